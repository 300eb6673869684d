// Sorts rows by columns of int32. Caller: src/rollup/rowSort.ts, where it is told how.

/** Groups up to this size are sorted by insertion. */
const SMALL: i32 = 16;
/** Groups from this size on are worth tables of 2048 counts. */
const LARGE: i32 = 2048;
const COUNTS_BYTES: usize = 2048 * 4;

// A column: the address of its values, int32 and not negative, and the highest that occurs, or a bound of it.
const MAX: usize = 4;
const COLUMN_BYTES: usize = 8;

let columns: usize = 0;
let columnCount: i32 = 0;
let order: usize = 0;
let keys: usize = 0;
let otherOrder: usize = 0;
let otherKeys: usize = 0;
let counts: usize = 0;

/**
 * @param columnTable the columns, `count` of them, the leading one first
 * @param target receives the int32 numbers of the rows in order; rows equal in all columns keep theirs
 * @param scratch 8192 bytes, and 12 for each row
 */
export function rowSort(columnTable: usize, count: i32, rows: i32, target: usize, scratch: usize): void {
  const bytes = <usize>rows << 2;
  columns = columnTable;
  columnCount = count;
  order = target;
  counts = scratch;
  keys = counts + COUNTS_BYTES;
  otherKeys = keys + bytes;
  otherOrder = otherKeys + bytes;
  for (let row = 0; row < rows; row++) store<i32>(order + (<usize>row << 2), row);
  sort(0, rows, 0);
}

/** Sorts the rows at places `from` to `to`, which agree in the columns before `column`. */
function sort(from: i32, to: i32, column: i32): void {
  if (column == columnCount || to - from < 2) return;
  if (to - from <= SMALL) {
    insertionSort(from, to, column);
    return;
  }
  const next = pack(from, to, column);
  radixSort(from, to);
  if (next == columnCount) return;
  for (let start = from; start < to; ) {
    const key = load<u32>(keys + (<usize>start << 2));
    let end = start + 1;
    while (end < to && load<u32>(keys + (<usize>end << 2)) == key) end++;
    // The recursion writes the keys of this range only: those of later ranges stay.
    if (end - start > 1) sort(start, end, next);
    start = end;
  }
}

/** Packs as many leading bits of the columns from `column` on as fit in 32. @returns the first column that is not wholly packed */
function pack(from: i32, to: i32, column: i32): i32 {
  memory.fill(keys + (<usize>from << 2), 0, <usize>(to - from) << 2);
  let room = 32;
  for (let at = column; at < columnCount; at++) {
    const entry = columns + <usize>at * COLUMN_BYTES;
    const bits = 32 - <i32>clz(load<u32>(entry, MAX));
    if (bits == 0) continue;
    if (room == 0) return at;
    const taken = min(bits, room);
    room -= taken;
    putBits(load<usize>(entry), from, to, bits - taken, room);
    if (taken < bits) return at;
  }
  return columnCount;
}

/** Adds `value >>> drop` of each row to its key, `shift` bits up. */
function putBits(values: usize, from: i32, to: i32, drop: i32, shift: i32): void {
  for (let i = <usize>from << 2, end = <usize>to << 2; i < end; i += 4) {
    const value = load<u32>(values + (<usize>load<u32>(order + i) << 2));
    store<u32>(keys + i, load<u32>(keys + i) | ((value >>> drop) << shift));
  }
}

function radixSort(from: i32, to: i32): void {
  const digitBits = to - from < LARGE ? 8 : 11;
  const mask: u32 = (1 << digitBits) - 1;
  const start = <usize>from << 2;
  const end = <usize>to << 2;
  let fromKeys = keys;
  let fromOrder = order;
  let toKeys = otherKeys;
  let toOrder = otherOrder;
  for (let shift = 0; shift < 32; shift += digitBits) {
    memory.fill(counts, 0, (<usize>mask + 1) << 2);
    for (let i = start; i < end; i += 4) {
      const count = counts + (<usize>((load<u32>(fromKeys + i) >>> shift) & mask) << 2);
      store<i32>(count, load<i32>(count) + 1);
    }
    const first = <usize>((load<u32>(fromKeys + start) >>> shift) & mask);
    if (load<i32>(counts + (first << 2)) == to - from) continue;
    let sum = start;
    for (let digit: usize = 0; digit <= <usize>mask; digit++) {
      const count = load<u32>(counts + (digit << 2));
      store<u32>(counts + (digit << 2), <u32>sum);
      sum += <usize>count << 2;
    }
    for (let i = start; i < end; i += 4) {
      const key = load<u32>(fromKeys + i);
      const place = counts + (<usize>((key >>> shift) & mask) << 2);
      const at = <usize>load<u32>(place);
      store<u32>(place, <u32>at + 4);
      store<u32>(toKeys + at, key);
      store<u32>(toOrder + at, load<u32>(fromOrder + i));
    }
    const swapKeys = fromKeys;
    fromKeys = toKeys;
    toKeys = swapKeys;
    const swapOrder = fromOrder;
    fromOrder = toOrder;
    toOrder = swapOrder;
  }
  if (fromKeys == keys) return;
  memory.copy(keys + start, fromKeys + start, end - start);
  memory.copy(order + start, fromOrder + start, end - start);
}

function insertionSort(from: i32, to: i32, column: i32): void {
  for (let i = from + 1; i < to; i++) {
    const row = load<u32>(order + (<usize>i << 2));
    let at = order + (<usize>i << 2);
    const first = order + (<usize>from << 2);
    for (; at > first && isBehind(load<u32>(at - 4), row, column); at -= 4) store<u32>(at, load<u32>(at - 4));
    store<u32>(at, row);
  }
}

/** Whether a row comes behind another by the columns from `column` on. */
function isBehind(row: u32, other: u32, column: i32): bool {
  const end = columns + <usize>columnCount * COLUMN_BYTES;
  for (let entry = columns + <usize>column * COLUMN_BYTES; entry < end; entry += COLUMN_BYTES) {
    const values = load<usize>(entry);
    const left = load<i32>(values + (<usize>row << 2));
    const right = load<i32>(values + (<usize>other << 2));
    if (left != right) return left > right;
  }
  return false;
}
