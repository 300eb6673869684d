// Bitmap indexes of columns of few rows, each in one call. Callers: src/segment/writer/fewIds.ts, and dimensionColumns.ts beside this.

import { bitmapScatter, bitmapStarts, bitmapWrite } from './bitmaps';
import { GENERIC_INDEXED_HEAD_BYTES, putGenericIndexedHead, swapEnds } from './genericIndexed';

/**
 * Writes a GenericIndexed, flag 0, with the bitmap of each id.
 *
 * @param ids int32, one per row, all in the dictionary, of which there is one or more
 * @param target room for the head, 16 bytes per value of the dictionary and 10 per row
 * @param scratch room for 8 bytes per value, 4 per row, and 8 per 65,536 rows
 * @returns its length
 */
export function bitmapIndex(ids: usize, count: i32, cardinality: i32, target: usize, scratch: usize): i32 {
  const ends = scratch + (<usize>cardinality << 2);
  const rows = ends + (<usize>cardinality << 2);
  countIds(ids, count, scratch, cardinality);
  bitmapStarts(scratch, ends, cardinality);
  bitmapScatter(ids, count, 0, ends, rows);
  return putBitmaps(scratch, cardinality, rows, rows + (<usize>count << 2), target);
}

/**
 * The same for rows of several ids: row i has those up to `rowEnds[i + 1]`, `rowEnds[i]` and on. A row without ids is one of id 0.
 *
 * @param count rows
 * @param target room for the head, 16 bytes per value, 10 per id, and 10 per row
 * @param scratch room for 8 bytes per value, 4 per id, 4 per row, and 8 per 65,536 rows
 */
export function listBitmapIndex(
  ids: usize,
  rowEnds: usize,
  count: i32,
  cardinality: i32,
  target: usize,
  scratch: usize,
): i32 {
  const ends = scratch + (<usize>cardinality << 2);
  const rows = ends + (<usize>cardinality << 2);
  const total = load<i32>(rowEnds + (<usize>count << 2));
  countIds(ids, total, scratch, cardinality);
  let empty = 0;
  for (let row = 0; row < count; row++) empty += i32(endOf(rowEnds, row) == endOf(rowEnds, row - 1));
  store<i32>(scratch, load<i32>(scratch) + empty);
  bitmapStarts(scratch, ends, cardinality);
  for (let row = 0, at = 0; row < count; row++) {
    const end = endOf(rowEnds, row);
    if (at == end) addRow(0, row, scratch, ends, rows);
    for (; at < end; at++) addRow(load<i32>(ids + (<usize>at << 2)), row, scratch, ends, rows);
  }
  return putBitmaps(scratch, cardinality, rows, rows + (<usize>(total + empty) << 2), target);
}

// @ts-ignore: decorator
@inline
function endOf(rowEnds: usize, row: i32): i32 {
  return load<i32>(rowEnds + (<usize>(row + 1) << 2));
}

/** A value that stands twice in a row counts once. */
// @ts-ignore: decorator
@inline
function addRow(id: i32, row: i32, starts: usize, ends: usize, rows: usize): void {
  const offset = <usize>id << 2;
  const end = load<i32>(ends + offset);
  if (end > load<i32>(starts + offset) && load<i32>(rows + (<usize>(end - 1) << 2)) == row) return;
  store<i32>(rows + (<usize>end << 2), row);
  store<i32>(ends + offset, end + 1);
}

function countIds(ids: usize, count: i32, counts: usize, cardinality: i32): void {
  memory.fill(counts, 0, <usize>cardinality << 2);
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = counts + (<usize>load<u32>(ids + (i << 2)) << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
}

/** @param starts followed by the ends of the rows of each id */
function putBitmaps(starts: usize, cardinality: i32, rows: usize, containers: usize, target: usize): i32 {
  const offsets = <usize>cardinality << 2;
  const outEnds = target + GENERIC_INDEXED_HEAD_BYTES;
  const values = outEnds + offsets;
  bitmapWrite(rows, starts, starts + offsets, 0, cardinality, values, i32.MAX_VALUE, outEnds, containers);
  const length = load<i32>(values - 4);
  swapEnds(outEnds, cardinality, 0);
  putGenericIndexedHead(target, 0, cardinality, length);
  return <i32>(values - target) + length;
}
