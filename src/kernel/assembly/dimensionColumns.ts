// Columns of dimensions of few rows, each in one call: from the cells and the dictionary block of a run's section
// (src/rollup/run/run.ts) to the part of a segment that is described in src/segment/writer/, whose writers make the same bytes of
// any number of rows. Caller: src/mapreduce/index/fewRows.ts.

import { bitmapWrite } from './bitmaps';
import { bitmapIndex, listBitmapIndex } from './bitmapIndex';
import { GENERIC_INDEXED_HEAD_BYTES, putGenericIndexedHead, swapEnds } from './genericIndexed';
import { lz4Encode } from './lz4Encode';
import { packIds } from './packIds';
import { textElements } from './textElements';

const LZ4: u8 = 1;
const LZ4_HEADS_BYTES: usize = 65536;
/** Of the scratch that every column gets, what the encoder takes. */
const LZ4_BYTES: usize = LZ4_HEADS_BYTES + 131072;
const MAX_BLOCK_BYTES: i32 = 65536;
/** The vectors of others reach so far behind a region. */
const SLACK: usize = 16;

// What a column returns in place of its end.
const UNORDERED: usize = 0;
const TOO_LONG: usize = 1;

/** Whether a row has the time and the cells of the row before it. @param columns address and width of the cells of each dimension */
export function equalRows(times: usize, rows: i32, columns: usize, count: i32): bool {
  for (let row = 1; row < rows; row++) {
    const time = times + (<usize>row << 3);
    if (load<u64>(time) != load<u64>(time - 8)) continue;
    let column = 0;
    for (; column < count; column++) {
      const entry = columns + (<usize>column << 3);
      const cells = load<usize>(entry);
      const width = load<i32>(entry, 4);
      if (cellAt(cells, width, row) != cellAt(cells, width, row - 1)) break;
    }
    if (column == count) return true;
  }
  return false;
}

/** Makes longs of times, which are whole doubles. */
export function longsOfTimes(times: usize, rows: i32, target: usize): void {
  for (let at: usize = 0; at < <usize>rows << 3; at += 8) store<i64>(target + at, <i64>load<f64>(times + at));
}

/**
 * A `longV2`, `floatV2` or `doubleV2` part.
 *
 * @param values little-endian; those of null rows become 0
 * @param present a byte per row, 0 where it is null; 0 in place of the address where none is
 * @param scratch room for the encoder, 4 bytes per row, and 40 bytes
 * @returns its end
 */
export function numberColumn(
  values: usize,
  present: usize,
  rows: i32,
  valueBytes: i32,
  target: usize,
  scratch: usize,
): usize {
  const nullRows = scratch + LZ4_BYTES;
  const nulls = present == 0 ? 0 : clearNulls(values, present, rows, valueBytes, nullRows);
  const end = putBlock(values, rows * valueBytes, target + 14, scratch);
  store<i32>(target, bswap<i32>(<i32>(end - target) - 4));
  store<u8>(target, 2, 4);
  store<i32>(target, bswap<i32>(rows), 5);
  store<i32>(target, bswap<i32>(MAX_BLOCK_BYTES / valueBytes), 9);
  store<u8>(target, LZ4, 13);
  return nulls == 0 ? end : putNullRows(nullRows, nulls, end);
}

/**
 * Looks numbers up by their cells.
 *
 * @param dictionary block of longs or doubles
 * @param isFloat the doubles become floats
 * @param values receives a number per row
 * @param present receives a byte per row, 0 where it is null
 * @returns how many rows are null
 */
export function numbersOfCells(
  dictionary: usize,
  cells: usize,
  width: i32,
  rows: i32,
  isFloat: bool,
  values: usize,
  present: usize,
): i32 {
  let nulls = 0;
  for (let row = 0; row < rows; row++) {
    const cell = cellAt(cells, width, row);
    const isNull = cell == 0;
    // The count stands where the number of cell 0 would be.
    const number = isNull ? 0 : load<u64>(dictionary + (<usize>cell << 3));
    if (isFloat) store<f32>(values + (<usize>row << 2), <f32>reinterpret<f64>(number));
    else store<u64>(values + (<usize>row << 3), number);
    store<u8>(present + <usize>row, u8(!isNull));
    nulls += i32(isNull);
  }
  return nulls;
}

/**
 * A `stringDictionary` part of a row's only values.
 *
 * @param dictionary block of texts
 * @param values of the dictionary, null left aside
 * @param lists list block where cells are lists of one value, which may be null, else 0
 * @param flags of the part
 * @param hasBitmaps whether there is a bitmap index
 * @param scratch room for the encoder, 8 bytes per value of the dictionary and 12 per row, and 40 bytes
 * @returns its end, or UNORDERED where texts are out of order, or ids not among them
 */
export function stringColumn(
  dictionary: usize,
  values: i32,
  hasNull: bool,
  lists: usize,
  cells: usize,
  width: i32,
  rows: i32,
  flags: i32,
  hasBitmaps: bool,
  target: usize,
  scratch: usize,
): usize {
  const cardinality = values + i32(hasNull);
  const ids = scratch + LZ4_BYTES;
  const packed = ids + (<usize>rows << 2);
  const rest = packed + (<usize>rows << 2) + SLACK;
  const end = putDictionary(dictionary, values, hasNull, putFlags(flags, target));
  if (end == UNORDERED) return UNORDERED;
  const lowest = hasNull ? 0 : 1;
  const listIds: usize = lists == 0 ? 0 : idsOfLists(lists);
  for (let row = 0; row < rows; row++) {
    const cell = cellAt(cells, width, row);
    const value = lists == 0 || cell == 0 ? cell : load<i32>(listIds + (<usize>(cell - 1) << 2));
    store<i32>(ids + (<usize>row << 2), value - lowest);
  }
  const idBytes = widthOf(cardinality);
  if (packIds(ids, rows, cardinality, idBytes, packed) < rows) return UNORDERED;
  const idsEnd = putIds(packed, rows, idBytes, end, scratch);
  return hasBitmaps ? idsEnd + <usize>bitmapIndex(ids, rows, cardinality, idsEnd, rest) : idsEnd;
}

/**
 * The same of rows with several values.
 *
 * @param nullIds ids of a row that is null: 1, that of null, or none
 * @param idsMax ids that there is room for
 * @param scratch room for the encoder, 8 bytes per value, 12 per id of `idsMax`, 8 per row, and 60 bytes
 * @returns its end, or UNORDERED, or TOO_LONG where there are more ids
 */
export function listColumn(
  dictionary: usize,
  values: i32,
  hasNull: bool,
  lists: usize,
  cells: usize,
  width: i32,
  rows: i32,
  flags: i32,
  hasBitmaps: bool,
  nullIds: i32,
  idsMax: i32,
  target: usize,
  scratch: usize,
): usize {
  const cardinality = values + i32(hasNull);
  const ends = scratch + LZ4_BYTES;
  const ids = ends + (<usize>(rows + 1) << 2);
  const lowest = hasNull ? 0 : 1;
  const listEnds = lists + 8;
  const listIds = idsOfLists(lists);
  let total = 0;
  store<i32>(ends, 0);
  for (let row = 0; row < rows; row++) {
    const cell = cellAt(cells, width, row);
    const from = cell < 2 ? 0 : load<i32>(listEnds + (<usize>(cell - 2) << 2));
    const to = cell == 0 ? 0 : load<i32>(listEnds + (<usize>(cell - 1) << 2));
    const length = cell == 0 ? nullIds : to - from;
    if (total + length > idsMax) return TOO_LONG;
    const at = ids + (<usize>total << 2);
    if (cell == 0) store<i32>(at, 0);
    else for (let i = 0; i < length; i++) store<i32>(at + (<usize>i << 2), listId(listIds, from + i) - lowest);
    total += length;
    store<i32>(ends + (<usize>(row + 1) << 2), total);
  }
  const packed = ids + (<usize>total << 2) + SLACK;
  const rest = packed + (<usize>total << 2) + SLACK;
  let end = putDictionary(dictionary, values, hasNull, putFlags(flags, target));
  const idBytes = widthOf(cardinality);
  if (end == UNORDERED || packIds(ids, total, cardinality, idBytes, packed) < total) return UNORDERED;
  store<u8>(end, 3);
  store<u8>(end, 2, 1);
  store<i32>(end, bswap<i32>(rows + 1), 2);
  store<i32>(end, bswap<i32>(MAX_BLOCK_BYTES / 4), 6);
  store<u8>(end, LZ4, 10);
  end = putBlock(ends, (rows + 1) << 2, end + 11, scratch);
  end = putIds(packed, total, idBytes, end, scratch);
  return hasBitmaps ? end + <usize>listBitmapIndex(ids, ends, rows, cardinality, end, rest) : end;
}

// @ts-ignore: decorator
@inline
function cellAt(cells: usize, width: i32, row: i32): i32 {
  if (width == 1) return load<u8>(cells + <usize>row);
  return width == 2 ? load<u16>(cells + (<usize>row << 1)) : load<i32>(cells + (<usize>row << 2));
}

/** Where the value ids of a list block begin. */
function idsOfLists(lists: usize): usize {
  return lists + 8 + ((<usize>load<i32>(lists) * 4 + 7) & ~7);
}

// @ts-ignore: decorator
@inline
function listId(ids: usize, at: i32): i32 {
  return load<i32>(ids + (<usize>at << 2));
}

function widthOf(cardinality: i32): i32 {
  return cardinality <= 0xff ? 1 : cardinality <= 0xffff ? 2 : cardinality <= 0xffffff ? 3 : 4;
}

/** Version and flags of a `stringDictionary` part. */
function putFlags(flags: i32, target: usize): usize {
  store<u8>(target, 2);
  store<i32>(target, bswap<i32>(flags), 1);
  return target + 5;
}

/** A GenericIndexed, flag 1, with null and the texts of a block. @returns its end, or UNORDERED */
function putDictionary(block: usize, values: i32, hasNull: bool, target: usize): usize {
  const nulls = i32(hasNull);
  const count = values + nulls;
  const ends = target + GENERIC_INDEXED_HEAD_BYTES;
  const first = ends + (<usize>count << 2);
  const nullBytes = nulls << 2;
  const bytes = textElements(block, 0, -1, first + <usize>nullBytes, ends + <usize>nullBytes);
  if (bytes < 0) return UNORDERED;
  swapEnds(ends + <usize>nullBytes, values, nullBytes);
  if (hasNull) {
    store<i32>(ends, bswap<i32>(nullBytes));
    store<i32>(first, -1);
  }
  putGenericIndexedHead(target, 1, count, nullBytes + bytes);
  return first + <usize>(nullBytes + bytes);
}

/** A `CompressedVSizeColumnarInts` of one block. @returns its end */
function putIds(packed: usize, count: i32, width: i32, target: usize, scratch: usize): usize {
  store<u8>(target, 2);
  store<u8>(target, <u8>width, 1);
  store<i32>(target, bswap<i32>(count), 2);
  store<i32>(target, bswap<i32>(MAX_BLOCK_BYTES / (width == 3 ? 4 : width)), 6);
  store<u8>(target, LZ4, 10);
  return putBlock(packed, count * width, target + 11, scratch);
}

/** A list of one compressed block: a GenericIndexed, flag 0, with one element. @returns its end */
function putBlock(source: usize, length: i32, target: usize, scratch: usize): usize {
  const block = target + GENERIC_INDEXED_HEAD_BYTES + 8;
  const stored = <i32>lz4Encode(source, length, block, scratch, scratch + LZ4_HEADS_BYTES);
  store<i32>(block - 8, bswap<i32>(4 + stored));
  store<i32>(block - 4, 0);
  putGenericIndexedHead(target, 0, 1, 4 + stored);
  return block + <usize>stored;
}

/** Sets the values of null rows to 0. @param nullRows receives their int32 numbers. @returns how many there are */
function clearNulls(values: usize, present: usize, rows: i32, valueBytes: i32, nullRows: usize): i32 {
  let nulls = 0;
  for (let row = 0; row < rows; row++) {
    if (load<u8>(present + <usize>row) != 0) continue;
    memory.fill(values + <usize>(row * valueBytes), 0, valueBytes);
    store<i32>(nullRows + (<usize>nulls << 2), row);
    nulls++;
  }
  return nulls;
}

/** The length-prefixed roaring bitmap of null rows. @param nullRows with 28 bytes of room behind them. @returns its end */
function putNullRows(nullRows: usize, count: i32, target: usize): usize {
  const starts = nullRows + (<usize>count << 2);
  store<i32>(starts, 0);
  store<i32>(starts, count, 4);
  bitmapWrite(nullRows, starts, starts + 4, 0, 1, target, i32.MAX_VALUE, starts + 8, starts + 12);
  const length = load<i32>(starts, 8);
  // Over the marker of the element that it is written as.
  store<i32>(target, bswap<i32>(length - 4));
  return target + <usize>length;
}
