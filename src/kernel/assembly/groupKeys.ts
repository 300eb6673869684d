// Writes the group keys of rows and hashes them, row by row, for one slab of rows.
// Counterpart and caller: src/kernel/groupKeyHasher.ts.

import { murmur3x64_128, murmur3x86_32 } from './murmur3';

// One entry per column, the first one for the open fragments, in int32 words.
const BYTES: usize = 0; // address of the fragments' bytes
const ENDS: usize = 4; // address of count + 1 offsets into them: fragment i is [offset i, offset i + 1)
const COUNT: usize = 8; // number of fragments
const VALUES: usize = 12; // ids of the column's dictionary, 0 included; 0 for a column of fragments alone
const ARENA: usize = 16; // the dictionary's values, as in dictionary.ts
const VALUE_ENDS: usize = 20;
const PLAIN: usize = 24; // a byte per id: 1 where the value needs no escape
const PREFIX: usize = 28; // address of what stands before each value, from its comma to the quote
const PREFIX_LENGTH: usize = 32;
const ENTRY: usize = 36;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
/** What stands behind each value: `"]`. */
const SUFFIX: u16 = 0x5d22;

/**
 * Hashes the keys of `rows` rows.
 *
 * @param entries `columns + 1` entries as above; the first describes the open fragments
 * @param ids slabs of `slabRows` int32 ids, one slab per entry, in the same order
 * @param key scratch for the longest key plus 16 bytes: all is copied in whole vectors, past the ends
 * @param out32 receives int32 hashes, or 0 for none
 * @param out128 receives 16-byte hashes, or 0 for none
 * @returns -1 when all is well, else (entry index * slabRows + row) of the first id that names nothing
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
    let at = appendFragment(key, entries, openId, 0) || key;
    let comma: usize = 1;
    for (let entry = entries + ENTRY; entry < entriesEnd; entry += ENTRY) {
      idAt += slabBytes;
      let id = load<i32>(idAt);
      const values = load<i32>(entry, VALUES);
      if (id > 0 && values != 0) {
        if (id >= values) return <i32>((entry - entries) / ENTRY) * slabRows + row;
        at = copy(at, load<usize>(entry, PREFIX) + comma, load<usize>(entry, PREFIX_LENGTH) - comma);
        at = appendValue(at, entry, id);
        store<u16>(at, SUFFIX);
        at += 2;
        comma = 0;
        continue;
      }
      if (values != 0) id = -id;
      if (<u32>id < load<u32>(entry, COUNT)) {
        const end = appendFragment(at, entry, id, comma);
        if (end != 0) {
          at = end;
          comma = 0;
        }
      } else if (id != -1 || values != 0) {
        return <i32>((entry - entries) / ENTRY) * slabRows + row;
      }
    }
    at = copy(at, close, closeLength);
    const length = <i32>(at - key);
    if (out32 != 0) store<i32>(out32 + (<usize>row << 2), murmur3x86_32(key, length));
    if (out128 != 0) murmur3x64_128(key, length, out128 + (<usize>row << 4));
  }
  return -1;
}

/**
 * Hashes every fragment of an entry: those that are set, then the values of its dictionary from id 1 on. An empty one, which stands
 * for an absent column, gets zeros.
 *
 * @param key scratch as in `hashGroupKeys`
 * @param table receives a 16-byte hash of each
 */
export function hashFragments(entry: usize, key: usize, table: usize): void {
  let out = table;
  const count = load<i32>(entry, COUNT);
  for (let id = 0; id < count; id++, out += 16) {
    const end = appendFragment(key, entry, id, 0);
    if (end != 0) murmur3x64_128(key, <i32>(end - key), out);
    else v128.store(out, i64x2.splat(0));
  }
  const values = load<i32>(entry, VALUES);
  for (let id = 1; id < values; id++, out += 16) {
    let at = copy(key, load<usize>(entry, PREFIX), load<usize>(entry, PREFIX_LENGTH));
    at = appendValue(at, entry, id);
    store<u16>(at, SUFFIX);
    murmur3x64_128(key, <i32>(at + 2 - key), out);
  }
}

/**
 * Adds the hashes of an entry's fragments to sums of two 64-bit halves each.
 *
 * @param table as `hashFragments` wrote it
 * @param ids int32 id of each row, as for `hashGroupKeys`
 * @returns -1 when all is well, else the first row whose id names nothing
 */
export function sumFragments(entry: usize, table: usize, ids: usize, rows: i32, sums: usize): i32 {
  const count = load<i32>(entry, COUNT);
  const values = load<i32>(entry, VALUES);
  for (let row = 0; row < rows; row++) {
    const id = load<i32>(ids + (<usize>row << 2));
    let place = id;
    if (values != 0) {
      if (id >= values) return row;
      place = id > 0 ? count + id - 1 : -id;
    } else if (id == -1) continue;
    if (place < 0 || (id <= 0 || values == 0) && place >= count) return row;
    const sum = sums + (<usize>row << 4);
    v128.store(sum, i64x2.add(v128.load(sum), v128.load(table + (<usize>place << 4))));
  }
  return -1;
}

// Copies a fragment without its first `skip` bytes to `target`; returns the address behind it, or 0 for an empty fragment,
// which stands for an absent column.
// @ts-ignore: decorator
@inline
function appendFragment(target: usize, entry: usize, id: i32, skip: usize): usize {
  const bytes = load<u32>(entry, BYTES);
  const ends = <usize>load<u32>(entry, ENDS) + (<usize>id << 2);
  const start = load<u32>(ends);
  const length = <usize>(load<u32>(ends, 4) - start);
  return length == 0 ? 0 : copy(target, <usize>(bytes + start) + skip, length - skip);
}

// @ts-ignore: decorator
@inline
function appendValue(target: usize, entry: usize, id: i32): usize {
  const ends = <usize>load<u32>(entry, VALUE_ENDS) + (<usize>id << 2);
  const start = load<u32>(ends - 4);
  const length = <usize>(load<u32>(ends) - start);
  const from = <usize>load<u32>(entry, ARENA) + start;
  if (load<u8>(<usize>load<u32>(entry, PLAIN) + <usize>id) != 0) return copy(target, from, length);
  return escape(target, from, length);
}

// In whole vectors, also past the end.
// @ts-ignore: decorator
@inline
function copy(target: usize, source: usize, length: usize): usize {
  let to = target;
  let from = source;
  const end = target + length;
  do {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  } while (to < end);
  return end;
}

// As Jackson writes text to bytes: `"`, `\` and control characters escaped, characters beyond U+FFFF as two \uXXXX with
// upper-case digits, all others as UTF-8.
function escape(target: usize, source: usize, length: usize): usize {
  let at = target;
  for (let from = source, end = source + length; from < end; from++) {
    const byte = <u32>load<u8>(from);
    if (byte == QUOTE || byte == BACKSLASH) {
      store<u16>(at, <u16>(BACKSLASH | (byte << 8)));
      at += 2;
    } else if (byte < 0x20) {
      at = escapeControl(at, byte);
    } else if (byte >= 0xf0) {
      const code =
        ((byte & 7) << 18) |
        ((<u32>load<u8>(from, 1) & 63) << 12) |
        ((<u32>load<u8>(from, 2) & 63) << 6) |
        (<u32>load<u8>(from, 3) & 63);
      at = escapeUnit(at, 0xd800 + ((code - 0x10000) >> 10));
      at = escapeUnit(at, 0xdc00 + ((code - 0x10000) & 0x3ff));
      from += 3;
    } else {
      store<u8>(at++, <u8>byte);
    }
  }
  return at;
}

function escapeControl(at: usize, byte: u32): usize {
  let short: u32 = 0;
  if (byte == 0x08) short = 0x62;
  else if (byte == 0x09) short = 0x74;
  else if (byte == 0x0a) short = 0x6e;
  else if (byte == 0x0c) short = 0x66;
  else if (byte == 0x0d) short = 0x72;
  if (short == 0) return escapeUnit(at, byte);
  store<u16>(at, <u16>(BACKSLASH | (short << 8)));
  return at + 2;
}

function escapeUnit(at: usize, unit: u32): usize {
  store<u16>(at, 0x755c);
  for (let i: usize = 0; i < 4; i++) {
    const digit = (unit >> (12 - 4 * <u32>i)) & 15;
    store<u8>(at + 2 + i, <u8>(digit < 10 ? 0x30 + digit : 0x37 + digit));
  }
  return at + 6;
}
