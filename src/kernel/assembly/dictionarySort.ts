// Sorts the values of a dictionary in the order of Java's String.compareTo (UTF-16 code units): a radix sort on eight bytes at
// a time, from the front, which reads each byte about once. In UTF-8 that order is the one of bytes, but for the lead bytes EE
// and EF (U+E000 to U+FFFF), which come behind F0 to F4 (supplementary characters).

import { orderOf } from './utf16Order';

/** Groups up to this size are sorted by insertion. */
const SMALL: i32 = 12;
/** Groups from this size on are radix sorted. */
const LARGE: i32 = 512;
const DIGIT_BITS: u64 = 11;
const DIGITS: usize = 2048;
const PASSES: usize = 6;
const COUNTS = memory.data(<i32>(DIGITS * PASSES * 4), 16);
/** Ciura's gaps. */
const GAPS = memory.data<i32>([301, 132, 57, 23, 10, 4, 1]);
const GAP_COUNT: usize = 7;

const ONES: u64 = 0x0101010101010101;

// Of the sort in progress; a kernel runs in one thread.
let arena: usize = 0;
let ends: usize = 0;
let ids: usize = 0;
let otherIds: usize = 0;
let keys: usize = 0;
let otherKeys: usize = 0;

/**
 * Sorts values 1 to `count`.
 *
 * @param valueEnds offsets into the arena as in a dictionary
 * @param sorted receives `count` int32 ids in order
 * @param scratch 20 bytes per value, aligned to 8
 */
export function dictionarySort(valueArena: usize, valueEnds: usize, count: i32, sorted: usize, scratch: usize): void {
  arena = valueArena;
  ends = valueEnds;
  ids = sorted;
  keys = scratch;
  otherKeys = scratch + (<usize>count << 3);
  otherIds = otherKeys + (<usize>count << 3);
  for (let i = 0; i < count; i++) store<i32>(ids + (<usize>i << 2), i + 1);
  sort(0, count, 0);
}

/** Sets `ranks[sorted[i]]` to `i + 1`, and the rank of 0 (null) to 0. */
export function dictionaryRanks(sorted: usize, count: i32, ranks: usize): void {
  store<i32>(ranks, 0);
  for (let i = 0; i < count; i++) store<i32>(ranks + (<usize>load<i32>(sorted + (<usize>i << 2)) << 2), i + 1);
}

// Sorts ids[from..to), whose values agree in their first `depth` bytes and are at least as long.
function sort(from: i32, to: i32, depth: u32): void {
  let start = from;
  let common = depth;
  while (to - start > SMALL) {
    fillKeys(start, to, common);
    if (to - start < LARGE) shellSort(start, to);
    else radixSort(start, to);
    const wholeGroup = load<u64>(keyAt(start)) == load<u64>(keyAt(to - 1));
    if (!wholeGroup) {
      sortGroups(start, to, common);
      return;
    }
    // All agree in eight more bytes: go on without recursion, that long common beginnings need no stack.
    if ((load<u64>(keyAt(start)) & 0xff) == 0) start = settleEnds(start, to, common);
    common += 8;
  }
  insertionSort(start, to, common);
}

function sortGroups(from: i32, to: i32, depth: u32): void {
  for (let start = from; start < to; ) {
    const key = load<u64>(keyAt(start));
    let end = start + 1;
    while (end < to && load<u64>(keyAt(end)) == key) end++;
    if (end - start > 1) {
      // A last byte of 0 may mean "the text ends here".
      sort((key & 0xff) == 0 ? settleEnds(start, end, depth) : start, end, depth + 8);
    }
    start = end;
  }
}

// Texts that share a key with padding or NUL characters: those that end within it come first, by length. Returns the first
// of the others.
function settleEnds(from: i32, to: i32, depth: u32): i32 {
  let kept = from;
  for (let i = from; i < to; i++) {
    const id = load<i32>(idAt(i));
    if (lengthOf(id) >= depth + 8) continue;
    store<i32>(idAt(i), load<i32>(idAt(kept)));
    store<i32>(idAt(kept++), id);
  }
  insertionSort(from, kept, depth);
  return kept;
}

// Eight bytes from `depth` on, padded with 0: a text that ends early sorts before or together with one that goes on.
function fillKeys(from: i32, to: i32, depth: u32): void {
  for (let i = from; i < to; i++) {
    const id = load<i32>(idAt(i));
    const valueEnds = ends + (<usize>id << 2);
    const start = load<u32>(valueEnds - 4) + depth;
    const rest = load<u32>(valueEnds) - start;
    let key: u64 = 0;
    if (rest > 0) {
      key = load<u64>(arena + start);
      if (rest < 8) key &= ((<u64>1) << (<u64>rest << 3)) - 1;
      // Any byte EE or EF?
      const match = (key | ONES) ^ (ONES * 0xef);
      if (((match - ONES) & ~match & (ONES * 0x80)) != 0) key = reorder(key);
      key = bswap<u64>(key);
    }
    store<u64>(keyAt(i), key);
  }
}

function reorder(key: u64): u64 {
  let result: u64 = 0;
  for (let shift: u64 = 0; shift < 64; shift += 8) result |= <u64>orderOf(<u32>(key >>> shift) & 0xff) << shift;
  return result;
}

function insertionSort(from: i32, to: i32, depth: u32): void {
  for (let i = from + 1; i < to; i++) {
    const id = load<i32>(idAt(i));
    let at = i;
    for (; at > from; at--) {
      const before = load<i32>(idAt(at - 1));
      if (compare(before, id, depth) <= 0) break;
      store<i32>(idAt(at), before);
    }
    store<i32>(idAt(at), id);
  }
}

function compare(left: i32, right: i32, depth: u32): i32 {
  const leftEnds = ends + (<usize>left << 2);
  const rightEnds = ends + (<usize>right << 2);
  const leftStart = load<u32>(leftEnds - 4) + depth;
  const rightStart = load<u32>(rightEnds - 4) + depth;
  const leftRest = load<u32>(leftEnds) - leftStart;
  const rightRest = load<u32>(rightEnds) - rightStart;
  const shared = min<u32>(leftRest, rightRest);
  for (let i: u32 = 0; i < shared; i += 8) {
    const a = load<u64>(arena + leftStart + i);
    const b = load<u64>(arena + rightStart + i);
    if (a == b) continue;
    const bit = ctz<u64>(a ^ b) & 56;
    if (i + <u32>(bit >>> 3) >= shared) break;
    return <i32>orderOf(<u32>(a >>> bit) & 0xff) - <i32>orderOf(<u32>(b >>> bit) & 0xff);
  }
  return <i32>(leftRest - rightRest);
}

function shellSort(from: i32, to: i32): void {
  for (let g: usize = 0; g < GAP_COUNT; g++) {
    const gap = load<i32>(GAPS + (g << 2));
    for (let i = from + gap; i < to; i++) {
      const key = load<u64>(keyAt(i));
      const id = load<i32>(idAt(i));
      let at = i;
      for (; at - gap >= from && load<u64>(keyAt(at - gap)) > key; at -= gap) {
        store<u64>(keyAt(at), load<u64>(keyAt(at - gap)));
        store<i32>(idAt(at), load<i32>(idAt(at - gap)));
      }
      store<u64>(keyAt(at), key);
      store<i32>(idAt(at), id);
    }
  }
}

function radixSort(from: i32, to: i32): void {
  memory.fill(COUNTS, 0, DIGITS * PASSES * 4);
  for (let i = from; i < to; i++) {
    let key = load<u64>(keyAt(i));
    for (let pass: usize = 0; pass < PASSES; pass++) {
      const count = COUNTS + (((pass << 11) + (<usize>key & (DIGITS - 1))) << 2);
      store<i32>(count, load<i32>(count) + 1);
      key >>>= DIGIT_BITS;
    }
  }
  let sourceKeys = keys;
  let sourceIds = ids;
  let targetKeys = otherKeys;
  let targetIds = otherIds;
  for (let pass: usize = 0; pass < PASSES; pass++) {
    const counts = COUNTS + (pass << 13);
    const shift = <u64>pass * DIGIT_BITS;
    const first = <usize>(load<u64>(sourceKeys + (<usize>from << 3)) >>> shift) & (DIGITS - 1);
    if (load<i32>(counts + (first << 2)) == to - from) continue;
    let sum = from;
    for (let digit: usize = 0; digit < DIGITS; digit++) {
      const count = load<i32>(counts + (digit << 2));
      store<i32>(counts + (digit << 2), sum);
      sum += count;
    }
    for (let i = from; i < to; i++) {
      const key = load<u64>(sourceKeys + (<usize>i << 3));
      const place = counts + ((<usize>(key >>> shift) & (DIGITS - 1)) << 2);
      const at = load<i32>(place);
      store<i32>(place, at + 1);
      store<u64>(targetKeys + (<usize>at << 3), key);
      store<i32>(targetIds + (<usize>at << 2), load<i32>(sourceIds + (<usize>i << 2)));
    }
    const swapKeys = sourceKeys;
    sourceKeys = targetKeys;
    targetKeys = swapKeys;
    const swapIds = sourceIds;
    sourceIds = targetIds;
    targetIds = swapIds;
  }
  if (sourceKeys == keys) return;
  memory.copy(keyAt(from), sourceKeys + (<usize>from << 3), <usize>(to - from) << 3);
  memory.copy(idAt(from), sourceIds + (<usize>from << 2), <usize>(to - from) << 2);
}

// @ts-ignore: decorator
@inline
function keyAt(i: i32): usize {
  return keys + (<usize>i << 3);
}

// @ts-ignore: decorator
@inline
function idAt(i: i32): usize {
  return ids + (<usize>i << 2);
}

// @ts-ignore: decorator
@inline
function lengthOf(id: i32): u32 {
  const valueEnds = ends + (<usize>id << 2);
  return load<u32>(valueEnds) - load<u32>(valueEnds - 4);
}
