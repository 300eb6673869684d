// Merges sorted sequences of 128-bit hashes, and notes of each whether it is the first one of its kind: a tournament over the first
// eight bytes, which settle nearly every game. Caller: src/partition/determine/keyMerge.ts, which reads the blocks.

// The state of a merge, in int32 words.
const SIZE: usize = 0; // number of sequences
const CURSORS: usize = 4; // address of their cursors
const LOSERS: usize = 8; // address of an int32 per node of the tournament: who lost there
const TOP: usize = 12; // the sequence with the smallest hash
const HAS_LAST: usize = 16; // 1 once a hash has been taken
const LAST: usize = 24; // the hash taken last: two words of 64 bits

// A cursor.
const CURSOR_BYTES: usize = 32;
const AT: usize = 0; // address of its hash, 16 bytes
const END: usize = 4; // address behind the hashes of its block; the same as AT: the sequence has ended
const FLAGS: usize = 8; // address of the byte that tells whether the hash is the first of its kind
const HEAD: usize = 16; // the hash's first eight bytes as a number, 2^64 - 1 once the sequence has ended

const DONE: i32 = -1;

/** Plays the first round. Each cursor is before the first hash of its first block. */
export function keyMergeBegin(state: usize): void {
  const size = load<i32>(state, SIZE);
  for (let i = 0; i < size; i++) takeHead(cursorOf(state, i));
  store<i32>(state, 0, HAS_LAST);
  store<i32>(state, size > 0 ? playAll(state, 1, size) : DONE, TOP);
}

/**
 * Goes on until a block is at its end. The caller puts the cursor before its next block, or sets AT = END, and calls
 * `keyMergeNext`.
 *
 * @returns the number of that cursor, or DONE
 */
export function keyMergeRun(state: usize): i32 {
  const size = load<i32>(state, SIZE);
  const losers = load<usize>(state, LOSERS);
  let lastHigh = load<u64>(state, LAST);
  let lastLow = load<u64>(state, LAST + 8);
  for (let top = load<i32>(state, TOP); top != DONE; top = replay(state, losers, size, top)) {
    const cursor = cursorOf(state, top);
    const at = load<usize>(cursor, AT);
    const end = load<usize>(cursor, END);
    if (at == end) break;
    const high = load<u64>(at);
    const low = load<u64>(at, 8);
    const flags = load<usize>(cursor, FLAGS);
    const isNew = high != lastHigh || low != lastLow || load<i32>(state, HAS_LAST) == 0;
    store<i32>(state, 1, HAS_LAST);
    store<u8>(flags, <u8>isNew);
    store<usize>(cursor, flags + 1, FLAGS);
    store<usize>(cursor, at + 16, AT);
    lastHigh = high;
    lastLow = low;
    if (at + 16 == end) {
      store<u64>(state, lastHigh, LAST);
      store<u64>(state, lastLow, LAST + 8);
      store<i32>(state, top, TOP);
      return top;
    }
    takeHead(cursor);
  }
  return DONE;
}

/** Takes up a cursor that `keyMergeRun` returned. */
export function keyMergeNext(state: usize): void {
  const top = load<i32>(state, TOP);
  takeHead(cursorOf(state, top));
  store<i32>(state, replay(state, load<usize>(state, LOSERS), load<i32>(state, SIZE), top), TOP);
}

// @ts-ignore: decorator
@inline
function replay(state: usize, losers: usize, size: i32, top: i32): i32 {
  let winner = top;
  for (let node = (top + size) >> 1; node > 0; node >>= 1) {
    const loser = losers + (<usize>node << 2);
    const other = load<i32>(loser);
    if (isBefore(state, winner, other)) continue;
    store<i32>(loser, winner);
    winner = other;
  }
  return winner;
}

function playAll(state: usize, node: i32, size: i32): i32 {
  if (node >= size) return node - size;
  const left = playAll(state, 2 * node, size);
  const right = playAll(state, 2 * node + 1, size);
  const leftWins = isBefore(state, left, right);
  store<i32>(load<usize>(state, LOSERS) + (<usize>node << 2), leftWins ? right : left);
  return leftWins ? left : right;
}

// @ts-ignore: decorator
@inline
function isBefore(state: usize, left: i32, right: i32): bool {
  const a = cursorOf(state, left);
  const b = cursorOf(state, right);
  const aHead = load<u64>(a, HEAD);
  const bHead = load<u64>(b, HEAD);
  return aHead == bHead ? isTailBefore(a, b) : aHead < bHead;
}

function isTailBefore(a: usize, b: usize): bool {
  const aAt = load<usize>(a, AT);
  const bAt = load<usize>(b, AT);
  if (aAt == load<usize>(a, END)) return false;
  if (bAt == load<usize>(b, END)) return true;
  return bswap<u64>(load<u64>(aAt, 8)) <= bswap<u64>(load<u64>(bAt, 8));
}

// @ts-ignore: decorator
@inline
function takeHead(cursor: usize): void {
  const at = load<usize>(cursor, AT);
  store<u64>(cursor, at == load<usize>(cursor, END) ? u64.MAX_VALUE : bswap<u64>(load<u64>(at)), HEAD);
}

// @ts-ignore: decorator
@inline
function cursorOf(state: usize, cursor: i32): usize {
  return load<usize>(state, CURSORS) + <usize>cursor * CURSOR_BYTES;
}
