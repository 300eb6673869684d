// Ids of few rows, packed. Callers: src/segment/writer/fewIds.ts, and dimensionColumns.ts beside this.

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
