// The id column of a string dimension with few rows, and its bitmap index, each in one call. Caller: src/segment/writer/fewIds.ts.

import { bitmapScatter, bitmapStarts, bitmapWrite } from './bitmaps';

/** Bytes of a GenericIndexed before its offsets: version, flag, length, count. */
const HEAD_BYTES: usize = 10;

/**
 * Packs ids, little-endian. Up to three bytes behind the target are touched.
 *
 * @param ids int32
 * @param width of a packed id, in bytes
 * @returns the first row whose id is not in a dictionary of `cardinality` values, `count` where there is none
 */
export function packIds(ids: usize, count: i32, cardinality: i32, width: i32, target: usize): i32 {
  let to = target;
  for (let row = 0; row < count; row++, to += <usize>width) {
    const id = load<u32>(ids + (<usize>row << 2));
    if (id >= <u32>cardinality) return row;
    store<u32>(to, id);
  }
  return count;
}

/**
 * Writes a GenericIndexed, flag 0, with the bitmap of each id.
 *
 * @param ids int32, all in the dictionary, of which there is one or more
 * @param target room for the head, 16 bytes per value of the dictionary and 10 per row
 * @param scratch room for 8 bytes per value, 4 per row, and 8 per 65,536 rows
 * @returns its length
 */
export function bitmapIndex(ids: usize, count: i32, cardinality: i32, target: usize, scratch: usize): i32 {
  const offsets = <usize>cardinality << 2;
  const starts = scratch;
  const ends = starts + offsets;
  const rows = ends + offsets;
  const containers = rows + (<usize>count << 2);
  memory.fill(starts, 0, offsets);
  for (let row: usize = 0; row < <usize>count; row++) {
    const at = starts + (<usize>load<u32>(ids + (row << 2)) << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
  bitmapStarts(starts, ends, cardinality);
  bitmapScatter(ids, count, 0, ends, rows);
  const outEnds = target + HEAD_BYTES;
  const values = outEnds + offsets;
  bitmapWrite(rows, starts, ends, 0, cardinality, values, i32.MAX_VALUE, outEnds, containers);
  const valuesLength = load<i32>(values - 4);
  for (let at = outEnds; at < values; at += 4) store<i32>(at, bswap<i32>(load<i32>(at)));
  store<u16>(target, 1);
  store<i32>(target, bswap<i32>(4 + <i32>offsets + valuesLength), 2);
  store<i32>(target, bswap<i32>(cardinality), 6);
  return <i32>(values - target) + valuesLength;
}
