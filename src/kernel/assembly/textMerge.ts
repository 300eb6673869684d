// Unites sorted dictionaries of texts (UTF-16 order, see dictionarySort.ts) into the elements of a GenericIndexed: a tournament in
// which no byte of a text is compared twice, as in src/rollup/merge/mergeTree.ts. Caller: src/rollup/merge/TextMerge.ts, which reads
// the blocks and takes what has been united. Texts are read up to 8, and written up to 16 bytes past their end.

import { orderOf, sharedBytes } from './utf16Order';

// The state of a merge, in int32 words.
const SIZE: usize = 0; // number of dictionaries
const CURSORS: usize = 4; // address of their cursors
const LOSERS: usize = 8; // address of an int32 per node of the tournament: who lost there
const SHARED: usize = 12; // address of an int32 per dictionary: bytes its text shares with the one it lost to, or ENDED
const OUT: usize = 16; // address of the elements: a marker of four zero bytes and the text
const OUT_BYTES: usize = 20; // room there, enough for any one element
const OUT_ENDS: usize = 24; // address of an int32 per element: where it ends, counted from the first one that is there
const OUT_MAX: usize = 28; // room there
const OUT_USED: usize = 32; // bytes of the elements that are there; the caller sets both to 0 when it has taken them
const OUT_COUNT: usize = 36; // elements that are there
const COUNT: usize = 40; // texts united, ever
const LAST: usize = 44; // address of the text united last
const LAST_LENGTH: usize = 48;
const TOP: usize = 52; // the dictionary with the smallest text, or ENDED
const TOP_SHARED: usize = 56; // bytes its text shares with the one united last
const IS_TAKEN: usize = 60; // 1 while the top's text is taken and its next one waits for a block

// A cursor, in int32 words.
const CURSOR_BYTES: usize = 32;
const ENDS: usize = 0; // address of an int32 per text of the block: where it ends
const BYTES: usize = 4; // address of the block's texts
const IN_BLOCK: usize = 8; // number of the block's texts
const AT: usize = 12; // texts of the block that have been reached
const HAS_MORE: usize = 16; // 1 while there are further blocks
const REMAP: usize = 20; // address of the next int32 for the id that a text gets
const START: usize = 24; // address of the text
const LENGTH: usize = 28; // its length

const ENDED: i32 = -1;

// What a call returns besides the number of a cursor that needs its next block.
const DONE: i32 = -1;
const FULL: i32 = -2;
const UNORDERED: i32 = -3;

/** Plays the first round. Each cursor is before the first text of its first block, if it has one. */
export function textMergeBegin(state: usize): void {
  const size = load<i32>(state, SIZE);
  const shared = load<usize>(state, SHARED);
  for (let i = 0; i < size; i++) store<i32>(shared + (<usize>i << 2), advance(cursorOf(state, i)) ? 0 : ENDED);
  if (size > 0) crown(state, playAll(state, 1, size));
  else store<i32>(state, ENDED, TOP);
}

/** @returns DONE, FULL, UNORDERED, or the number of a cursor whose next block is wanted */
export function textMergeRun(state: usize): i32 {
  const shared = load<usize>(state, SHARED);
  const losers = load<usize>(state, LOSERS);
  const size = load<i32>(state, SIZE);
  for (let top = load<i32>(state, TOP); top != ENDED; top = load<i32>(state, TOP)) {
    const cursor = cursorOf(state, top);
    if (load<i32>(state, IS_TAKEN) == 0) {
      const outcome = unite(state, cursor);
      if (outcome != DONE) return outcome;
      const remap = load<usize>(cursor, REMAP);
      store<i32>(remap, load<i32>(state, COUNT));
      store<usize>(cursor, remap + 4, REMAP);
    }
    let known = ENDED;
    if (advance(cursor)) {
      const length = min<u32>(load<u32>(state, LAST_LENGTH), load<u32>(cursor, LENGTH));
      known = <i32>sharedBytes(load<usize>(state, LAST), load<usize>(cursor, START), 0, length);
    } else if (load<i32>(cursor, HAS_MORE) != 0) {
      store<i32>(state, 1, IS_TAKEN);
      return top;
    }
    store<i32>(state, 0, IS_TAKEN);
    store<i32>(shared + (<usize>top << 2), known);
    let winner = top;
    for (let node = (top + size) >> 1; node > 0; node >>= 1) {
      const loser = losers + (<usize>node << 2);
      const other = load<i32>(loser);
      const ours = load<i32>(shared + (<usize>winner << 2));
      const theirs = load<i32>(shared + (<usize>other << 2));
      if (ours > theirs || (ours == theirs && isBefore(state, winner, other))) continue;
      store<i32>(loser, winner);
      winner = other;
    }
    crown(state, winner);
  }
  return DONE;
}

/** Appends the top's text to what is united, unless it is the one united last. */
// @ts-ignore: decorator
@inline
function unite(state: usize, cursor: usize): i32 {
  const length = load<u32>(cursor, LENGTH);
  const lastLength = load<u32>(state, LAST_LENGTH);
  const known = load<u32>(state, TOP_SHARED);
  const count = load<i32>(state, COUNT);
  if (count > 0 && known >= lastLength && lastLength >= length) return DONE;
  const from = load<usize>(cursor, START);
  if (count > 0 && known < lastLength) {
    const isAbove = known < length && orderOf(load<u8>(from + known)) > orderOf(load<u8>(load<usize>(state, LAST) + known));
    if (!isAbove) return UNORDERED;
  }
  const used = load<u32>(state, OUT_USED);
  const elements = load<u32>(state, OUT_COUNT);
  const end = used + 4 + length;
  if (elements > 0 && (end > load<u32>(state, OUT_BYTES) || elements == load<u32>(state, OUT_MAX))) return FULL;
  const to = load<usize>(state, OUT) + used + 4;
  store<u32>(to - 4, 0);
  if (length > 256) memory.copy(to, from, length);
  else for (let i: u32 = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
  store<u32>(load<usize>(state, OUT_ENDS) + (<usize>elements << 2), end);
  store<u32>(state, end, OUT_USED);
  store<u32>(state, elements + 1, OUT_COUNT);
  store<i32>(state, count + 1, COUNT);
  store<usize>(state, to, LAST);
  store<u32>(state, length, LAST_LENGTH);
  return DONE;
}

/** Moves to the next text of the block. @returns whether there is one */
// @ts-ignore: decorator
@inline
function advance(cursor: usize): bool {
  const at = load<u32>(cursor, AT);
  if (at == load<u32>(cursor, IN_BLOCK)) return false;
  const end = load<usize>(cursor, ENDS) + (<usize>at << 2);
  const start = at == 0 ? 0 : load<u32>(end - 4);
  store<usize>(cursor, load<usize>(cursor, BYTES) + start, START);
  store<u32>(cursor, load<u32>(end) - start, LENGTH);
  store<u32>(cursor, at + 1, AT);
  return true;
}

function playAll(state: usize, node: i32, size: i32): i32 {
  if (node >= size) return node - size;
  const left = playAll(state, 2 * node, size);
  const right = playAll(state, 2 * node + 1, size);
  const shared = load<usize>(state, SHARED);
  const ours = load<i32>(shared + (<usize>left << 2));
  const theirs = load<i32>(shared + (<usize>right << 2));
  const leftWins = ours > theirs || (ours == theirs && isBefore(state, left, right));
  store<i32>(load<usize>(state, LOSERS) + (<usize>node << 2), leftWins ? right : left);
  return leftWins ? left : right;
}

function crown(state: usize, winner: i32): void {
  const shared = load<i32>(load<usize>(state, SHARED) + (<usize>winner << 2));
  store<i32>(state, shared, TOP_SHARED);
  store<i32>(state, shared == ENDED ? ENDED : winner, TOP);
}

/** Compares two texts of which the same number of bytes is known, and notes for the loser how many are shared by both. */
function isBefore(state: usize, left: i32, right: i32): bool {
  const shared = load<usize>(state, SHARED);
  const known = load<i32>(shared + (<usize>left << 2));
  if (known == ENDED) return true;
  const a = cursorOf(state, left);
  const b = cursorOf(state, right);
  const aLength = load<u32>(a, LENGTH);
  const bLength = load<u32>(b, LENGTH);
  const most = min<u32>(aLength, bLength);
  const aStart = load<usize>(a, START);
  const bStart = load<usize>(b, START);
  const at = sharedBytes(aStart, bStart, <u32>known, most);
  const order =
    at < most
      ? <i32>orderOf(load<u8>(aStart + at)) - <i32>orderOf(load<u8>(bStart + at))
      : <i32>(aLength - bLength);
  const before = order == 0 ? left < right : order < 0;
  store<i32>(shared + (<usize>(before ? right : left) << 2), <i32>at);
  return before;
}

// @ts-ignore: decorator
@inline
function cursorOf(state: usize, cursor: i32): usize {
  return load<usize>(state, CURSORS) + <usize>cursor * CURSOR_BYTES;
}
