// The names that src/input/json/keyTable.ts knows, as jsonScan.ts looks them up. Written by src/input/json/kernelKeys.ts.

import { plainEnd, stringEnd } from './jsonValue';

// A key: 64 bytes, on a vector boundary.
/** Address of the key that followed this one last, or 0: the prediction. */
export const KEY_NEXT: usize = 0;
/** Bytes of the name as it stands between the quotes. */
export const KEY_LENGTH: usize = 4;
/** The first field of its column, or -1 when it is unwanted. */
export const KEY_COLUMN: usize = 8;
const KEY_NAME: usize = 12; // address of the name and its closing quote
const KEY_HASH: usize = 16;
const KEY_HEAD: usize = 32; // the first 16 of these bytes, zeros behind them
const KEY_HEAD_MASK: usize = 48; // ones where KEY_HEAD counts

const QUOTE: u32 = 0x22;

/**
 * Enters a key, of which all but the hash is filled in, into a table: addresses of keys by hash with open addressing, 0 for
 * none. One place must stay empty, and the name must not be there yet.
 *
 * @param mask places of the table - 1
 */
export function putJsonKey(table: usize, mask: u32, key: usize): void {
  const hash = hashName(load<usize>(key, KEY_NAME), load<usize>(key, KEY_LENGTH));
  store<u32>(key, hash, KEY_HASH);
  let place = hash & mask;
  while (load<usize>(table + (<usize>place << 2)) != 0) place = (place + 1) & mask;
  store<usize>(table + (<usize>place << 2), key);
}

/** Whether this name and its closing quote stand at a place. */
// @ts-ignore: decorator
@inline
export function hasName(key: usize, at: usize): bool {
  const different = v128.and(v128.xor(v128.load(at), v128.load(key, KEY_HEAD)), v128.load(key, KEY_HEAD_MASK));
  return !v128.any_true(different) && (load<usize>(key, KEY_LENGTH) < 16 || hasTail(key, at));
}

// Stops at the first difference, so nothing is read beyond the vector that the line ends in.
function hasTail(key: usize, at: usize): bool {
  const name = load<usize>(key, KEY_NAME);
  const last = load<usize>(key, KEY_LENGTH) + 1 - 16;
  for (let i: usize = 16; i < last + 16; i += 16) {
    const from = min(i, last);
    if (v128.any_true(v128.xor(v128.load(at + from), v128.load(name + from)))) return false;
  }
  return true;
}

/** The key whose name begins at a place, or 0. */
export function findKey(table: usize, mask: u32, at: usize): usize {
  let quote = plainEnd(at);
  if (load<u8>(quote) != QUOTE) {
    quote = stringEnd(quote);
    if (quote == 0) return 0;
  }
  const length = quote - at;
  const hash = hashName(at, length);
  let place = hash & mask;
  while (true) {
    const key = load<usize>(table + (<usize>place << 2));
    if (key == 0) return 0;
    if (load<u32>(key, KEY_HASH) == hash && load<usize>(key, KEY_LENGTH) == length && hasName(key, at)) return key;
    place = (place + 1) & mask;
  }
}

// Any hash would do; it never leaves the process. Reads up to 3 bytes behind the name.
function hashName(start: usize, length: usize): u32 {
  let hash = <u32>length;
  const end = start + length;
  for (let at = start; at < end; at += 4) {
    const word = load<u32>(at);
    const rest = end - at;
    hash = (hash ^ (rest < 4 ? word & ((<u32>1 << (<u32>rest << 3)) - 1) : word)) * 0x9e3779b1;
    hash ^= hash >>> 15;
  }
  return hash;
}
