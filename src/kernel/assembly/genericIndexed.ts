// The head of a GenericIndexed: version, flag, length of what follows, count, then where each element ends. See
// src/segment/writer/genericIndexed.ts.

export const GENERIC_INDEXED_HEAD_BYTES: usize = 10;

/** @param valuesLength bytes of all elements, markers included */
export function putGenericIndexedHead(target: usize, flag: i32, count: i32, valuesLength: i32): void {
  store<u8>(target, 1);
  store<u8>(target, <u8>flag, 1);
  store<i32>(target, bswap<i32>(4 + 4 * count + valuesLength), 2);
  store<i32>(target, bswap<i32>(count), 6);
}

/** Makes ends big-endian, and adds `before` to each. */
export function swapEnds(ends: usize, count: i32, before: i32): void {
  const end = ends + (<usize>count << 2);
  for (let at = ends; at < end; at += 4) store<i32>(at, bswap<i32>(load<i32>(at) + before));
}
