// Puts group keys in order and gathers blocks of them for key runs. Callers: src/partition/determine/keyRun.ts and keyBlockWriter.ts.

const DIGITS: usize = 2048;
const DIGIT_BITS: u64 = 11;
/** Passes over the first 33 bits of a hash settle nearly all; what is left is settled by insertion. */
const PASSES: usize = 3;
const FIRST_SHIFT: u64 = 31;
const COUNTS = memory.data(2048 * 3 * 4);

/**
 * Sorts keys by their hashes; equal ones keep their order.
 *
 * @param hashes 16 bytes per key
 * @param keys int32 numbers of the keys to sort; receives them in order
 * @param scratch 20 bytes per key to sort
 */
export function keySort(hashes: usize, keys: usize, count: i32, scratch: usize): void {
  let heads = scratch;
  let otherHeads = heads + (<usize>count << 3);
  let from = keys;
  let to = otherHeads + (<usize>count << 3);
  memory.fill(COUNTS, 0, DIGITS * PASSES * 4);
  for (let i = 0; i < count; i++) {
    const head = bswap<u64>(load<u64>(hashOf(hashes, load<i32>(at32(keys, i)))));
    store<u64>(at64(heads, i), head);
    for (let pass: usize = 0; pass < PASSES; pass++) {
      const place = COUNTS + (((pass << 11) + digitOf(head, pass)) << 2);
      store<i32>(place, load<i32>(place) + 1);
    }
  }
  for (let pass: usize = 0; pass < PASSES; pass++) {
    const counts = COUNTS + (pass << 13);
    let sum = 0;
    for (let digit: usize = 0; digit < DIGITS; digit++) {
      const many = load<i32>(counts + (digit << 2));
      store<i32>(counts + (digit << 2), sum);
      sum += many;
    }
    for (let i = 0; i < count; i++) {
      const head = load<u64>(at64(heads, i));
      const place = counts + (digitOf(head, pass) << 2);
      const target = load<i32>(place);
      store<i32>(place, target + 1);
      store<u64>(at64(otherHeads, target), head);
      store<i32>(at32(to, target), load<i32>(at32(from, i)));
    }
    const swapHeads = heads;
    heads = otherHeads;
    otherHeads = swapHeads;
    const swap = from;
    from = to;
    to = swap;
  }
  // Three passes: the keys are in the scratch.
  memory.copy(keys, from, <usize>count << 2);
  for (let i = 1; i < count; i++) {
    const head = load<u64>(at64(heads, i));
    if (load<u64>(at64(heads, i - 1)) < head) continue;
    const key = load<i32>(at32(keys, i));
    const tail = tailOf(hashes, key);
    let at = i;
    for (; at > 0; at--) {
      const before = load<u64>(at64(heads, at - 1));
      const other = load<i32>(at32(keys, at - 1));
      if (before < head || (before == head && tailOf(hashes, other) <= tail)) break;
      store<u64>(at64(heads, at), before);
      store<i32>(at32(keys, at), other);
    }
    store<u64>(at64(heads, at), head);
    store<i32>(at32(keys, at), key);
  }
}

// A candidate's column of keys, in int32 words.
const COLUMN_BYTES: usize = 28;
const IDS: usize = 0; // address of an int32 per key: the id of its text, 0 for a text of no bytes, -1 for several values
const TEXT_ENDS: usize = 4; // address of int32 offsets into the texts: text `id` is [ends[id - 1], ends[id])
const NUMBERS: usize = 8; // address of an int32 per id: its text's number in the block, from 1 on, or 0
const USED: usize = 12; // address of the block's ids in the order of their numbers
const COUNT: usize = 16; // how many there are
const TEXT_BYTES: usize = 20; // bytes of their texts
const CELLS: usize = 24; // address of an int32 per key of the block: the number of its text, or 0 for several values

/**
 * Takes keys into a block until it has about so many bytes.
 *
 * @param columns one behind the other, of no texts yet
 * @param keys int32 numbers of keys
 * @returns the place behind the last key taken
 */
export function keyBlockFill(columns: usize, count: i32, keys: usize, from: i32, to: i32, bytesMax: i32): i32 {
  const end = columns + <usize>count * COLUMN_BYTES;
  let bytes = 0;
  let at = from;
  for (; at < to && bytes < bytesMax; at++) {
    const key = load<i32>(at32(keys, at));
    bytes += 16;
    for (let column = columns; column < end; column += COLUMN_BYTES) {
      const id = load<i32>(at32(load<usize>(column, IDS), key));
      let number = 0;
      bytes += 4;
      if (id >= 0) {
        const known = at32(load<usize>(column, NUMBERS), id);
        number = load<i32>(known);
        if (number == 0) {
          const length = lengthOf(column, id);
          number = load<i32>(column, COUNT) + 1;
          store<i32>(known, number);
          store<i32>(at32(load<usize>(column, USED), number - 1), id);
          store<i32>(column, number, COUNT);
          store<i32>(column, load<i32>(column, TEXT_BYTES) + length, TEXT_BYTES);
          bytes += 4 + length;
        }
      }
      store<i32>(at32(load<usize>(column, CELLS), at - from), number);
    }
  }
  return at;
}

/** Copies 16-byte hashes of keys. */
export function keyBlockHashes(hashes: usize, keys: usize, from: i32, to: i32, target: usize): void {
  let out = target;
  for (let i = from; i < to; i++, out += 16) v128.store(out, v128.load(hashOf(hashes, load<i32>(at32(keys, i)))));
}

/**
 * Copies the texts of a column's block, one behind the other, and forgets them; writes up to 16 bytes past them.
 *
 * @param prefix a byte that each text of an id above 0 gets in front, or -1
 * @param ends receives where each ends
 */
export function keyBlockTexts(column: usize, arena: usize, prefix: i32, target: usize, ends: usize): void {
  const count = load<i32>(column, COUNT);
  let out = target;
  for (let i = 0; i < count; i++) {
    const id = load<i32>(at32(load<usize>(column, USED), i));
    store<i32>(at32(load<usize>(column, NUMBERS), id), 0);
    if (id > 0) {
      if (prefix >= 0) store<u8>(out++, <u8>prefix);
      const from = arena + load<u32>(at32(load<usize>(column, TEXT_ENDS), id - 1));
      const length = <usize>lengthOf(column, id);
      if (length > 256) memory.copy(out, from, length);
      else for (let at: usize = 0; at < length; at += 16) v128.store(out + at, v128.load(from + at));
      out += length;
    }
    store<i32>(at32(ends, i), <i32>(out - target));
  }
  store<i32>(column, 0, COUNT);
  store<i32>(column, 0, TEXT_BYTES);
}

// @ts-ignore: decorator
@inline
function lengthOf(column: usize, id: i32): i32 {
  if (id == 0) return 0;
  const end = at32(load<usize>(column, TEXT_ENDS), id);
  return load<i32>(end) - load<i32>(end - 4);
}

// @ts-ignore: decorator
@inline
function digitOf(head: u64, pass: usize): usize {
  return <usize>(head >>> (FIRST_SHIFT + <u64>pass * DIGIT_BITS)) & (DIGITS - 1);
}

// @ts-ignore: decorator
@inline
function tailOf(hashes: usize, key: i32): u64 {
  return bswap<u64>(load<u64>(hashOf(hashes, key), 8));
}

// @ts-ignore: decorator
@inline
function hashOf(hashes: usize, key: i32): usize {
  return hashes + (<usize>key << 4);
}

// @ts-ignore: decorator
@inline
function at32(base: usize, i: i32): usize {
  return base + (<usize>i << 2);
}

// @ts-ignore: decorator
@inline
function at64(base: usize, i: i32): usize {
  return base + (<usize>i << 3);
}
