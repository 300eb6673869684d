// Joins the byte fragments of group keys and hashes the result, row by row, for one slab of rows.
// Counterpart and caller: src/kernel/groupKeyHasher.ts.

import { murmur3x64_128, murmur3x86_32 } from './murmur3';

// One 12-byte entry per column, the first one for the open fragments.
const BYTES: usize = 0; // address of the fragments' bytes
const ENDS: usize = 4; // address of count + 1 offsets into them: fragment i is [offset i, offset i + 1)
const COUNT: usize = 8; // number of fragments
const ENTRY: usize = 12;

/**
 * Hashes the keys of `rows` rows.
 *
 * @param entries `columns + 1` entries as above; the first describes the open fragments
 * @param ids slabs of `slabRows` int32 ids, one slab per entry, in the same order
 * @param key scratch for the longest key plus 16 bytes: fragments are copied in whole vectors, past their ends
 * @param out32 receives int32 hashes, or 0 for none
 * @param out128 receives 16-byte hashes, or 0 for none
 * @returns -1 when all is well, else (entry index * slabRows + row) of the first id that names no fragment
 */
export function hashGroupKeys(
  entries: usize,
  columns: i32,
  ids: usize,
  slabRows: i32,
  rows: i32,
  close: usize,
  closeLength: i32,
  key: usize,
  out32: usize,
  out128: usize,
): i32 {
  const slabBytes = <usize>slabRows << 2;
  const entriesEnd = entries + <usize>(columns + 1) * ENTRY;
  for (let row = 0; row < rows; row++) {
    let idAt = ids + (<usize>row << 2);
    const openId = load<i32>(idAt);
    if (<u32>openId >= load<u32>(entries, COUNT)) return row;
    let at = append(key, load<u32>(entries, BYTES), <usize>load<u32>(entries, ENDS) + (<usize>openId << 2), 0);
    let comma: usize = 1;
    for (let entry = entries + ENTRY; entry < entriesEnd; entry += ENTRY) {
      idAt += slabBytes;
      const id = load<i32>(idAt);
      if (<u32>id < load<u32>(entry, COUNT)) {
        at = append(at, load<u32>(entry, BYTES), <usize>load<u32>(entry, ENDS) + (<usize>id << 2), comma);
        comma = 0;
      } else if (id != -1) {
        return <i32>((entry - entries) / ENTRY) * slabRows + row;
      }
    }
    memory.copy(at, close, closeLength);
    const length = <i32>(at - key) + closeLength;
    if (out32 != 0) store<i32>(out32 + (<usize>row << 2), murmur3x86_32(key, length));
    if (out128 != 0) murmur3x64_128(key, length, out128 + (<usize>row << 4));
  }
  return -1;
}

// Copies a fragment without its first `skip` bytes to `target`; returns the address behind it.
// @ts-ignore: decorator
@inline
function append(target: usize, bytes: usize, ends: usize, skip: usize): usize {
  const from = load<u32>(ends);
  let source = bytes + from + skip;
  const sourceEnd = bytes + load<u32>(ends, 4);
  const targetEnd = target + (sourceEnd - source);
  let to = target;
  do {
    v128.store(to, v128.load(source));
    to += 16;
    source += 16;
  } while (source < sourceEnd);
  return targetEnd;
}
