// MurmurHash3 (Austin Appleby's public-domain definition) in plain TypeScript on 32-bit limbs: no BigInt, no
// allocation. Druid takes both from Guava: `Hashing.murmur3_32` for hash partitioning, `Hashing.murmur3_128` for
// hyperUnique and the group keys of index_hadoop.

/**
 * murmur3_x86_32 of `bytes[start, end)`.
 *
 * @param seed defaults to 0, the only one Druid uses
 * @returns the hash as int32, equal to Guava's `murmur3_32(seed).hashBytes(...).asInt()`
 */
export function murmur3x86_32(bytes: Uint8Array, start: number, end: number, seed = 0): number {
  const length = end - start;
  let hash = seed | 0;
  let at = start;
  for (const wordsEnd = start + (length & ~3); at < wordsEnd; at += 4) {
    let word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    word = Math.imul(word, 0xcc9e2d51);
    hash ^= Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  if (at < end) {
    let word = 0;
    for (let i = end - 1; i >= at; i--) word = (word << 8) | bytes[i];
    word = Math.imul(word, 0xcc9e2d51);
    hash ^= Math.imul((word << 15) | (word >>> 17), 0x1b873593);
  }
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

// A 64-bit number is a pair (high, low) of int32. What a helper below computes is returned as the low half, and the
// high half is left here: the cheapest way to return two numbers.
let high = 0;

/**
 * murmur3_x64_128 of `bytes[start, end)`; writes 16 bytes to `out` from `outStart` on: the two 64-bit halves in order,
 * each little-endian, as Guava's `murmur3_128(seed).hashBytes(...).asBytes()`.
 *
 * @param seed 32 bits, 0 in Druid
 */
export function murmur3x64_128(
  bytes: Uint8Array,
  start: number,
  end: number,
  seed: number,
  out: Uint8Array,
  outStart: number,
): void {
  const length = end - start;
  // Guava widens its int seed with sign to 64 bits.
  let h1High = seed >> 31;
  let h1Low = seed | 0;
  let h2High = h1High;
  let h2Low = h1Low;
  for (let at = start; at < end; at += 16) {
    // Bytes behind the end count as 0; a mixed-in 0 changes nothing, so short and full blocks differ only in the
    // steps that follow the mixing.
    const full = at + 16 <= end;
    h1Low ^= mixFirst(littleEndian(bytes, at + 4, end), littleEndian(bytes, at, end));
    h1High ^= high;
    if (full) {
      h1Low = add(rotatedHigh(h1High, h1Low, 27), rotatedLow(h1High, h1Low, 27), h2High, h2Low);
      h1Low = timesFivePlus(high, h1Low, 0x52dce729);
      h1High = high;
    }
    h2Low ^= mixSecond(littleEndian(bytes, at + 12, end), littleEndian(bytes, at + 8, end));
    h2High ^= high;
    if (full) {
      h2Low = add(rotatedHigh(h2High, h2Low, 31), rotatedLow(h2High, h2Low, 31), h1High, h1Low);
      h2Low = timesFivePlus(high, h2Low, 0x38495ab5);
      h2High = high;
    }
  }
  h1Low ^= length;
  h2Low ^= length;
  h1Low = add(h1High, h1Low, h2High, h2Low);
  h1High = high;
  h2Low = add(h2High, h2Low, h1High, h1Low);
  h2High = high;
  h1Low = finalMix(h1High, h1Low);
  h1High = high;
  h2Low = finalMix(h2High, h2Low);
  h2High = high;
  h1Low = add(h1High, h1Low, h2High, h2Low);
  h1High = high;
  h2Low = add(h2High, h2Low, h1High, h1Low);
  h2High = high;
  storeWord(out, outStart, h1Low);
  storeWord(out, outStart + 4, h1High);
  storeWord(out, outStart + 8, h2Low);
  storeWord(out, outStart + 12, h2High);
}

function littleEndian(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 <= end) return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  let word = 0;
  for (let i = end - 1; i >= at; i--) word = (word << 8) | bytes[i];
  return word;
}

function storeWord(out: Uint8Array, at: number, word: number): void {
  out[at] = word;
  out[at + 1] = word >>> 8;
  out[at + 2] = word >>> 16;
  out[at + 3] = word >>> 24;
}

/** rotl(k1 * c1, 31) * c2 */
function mixFirst(kHigh: number, kLow: number): number {
  const low = multiply(kHigh, kLow, 0x87c37b91, 0x114253d5);
  const productHigh = high;
  return multiply(rotatedHigh(productHigh, low, 31), rotatedLow(productHigh, low, 31), 0x4cf5ad43, 0x2745937f);
}

/** rotl(k2 * c2, 33) * c1; a rotation by 33 is one by 1 with the halves swapped. */
function mixSecond(kHigh: number, kLow: number): number {
  const low = multiply(kHigh, kLow, 0x4cf5ad43, 0x2745937f);
  const productHigh = high;
  return multiply(rotatedHigh(low, productHigh, 1), rotatedLow(low, productHigh, 1), 0x87c37b91, 0x114253d5);
}

function finalMix(kHigh: number, kLow: number): number {
  // k ^= k >>> 33 touches only the low half.
  let low = multiply(kHigh, kLow ^ (kHigh >>> 1), 0xff51afd7, 0xed558ccd);
  low = multiply(high, low ^ (high >>> 1), 0xc4ceb9fe, 0x1a85ec53);
  return low ^ (high >>> 1);
}

/** High half of rotl((high, low), count) for 0 < count < 32. */
function rotatedHigh(wordHigh: number, wordLow: number, count: number): number {
  return (wordHigh << count) | (wordLow >>> (32 - count));
}

/** Low half of rotl((high, low), count) for 0 < count < 32. */
function rotatedLow(wordHigh: number, wordLow: number, count: number): number {
  return (wordLow << count) | (wordHigh >>> (32 - count));
}

function add(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const low = (aLow + bLow) | 0;
  high = (aHigh + bHigh + (low >>> 0 < aLow >>> 0 ? 1 : 0)) | 0;
  return low;
}

/** (high, low) * 5 + addend, addend being a positive int32. */
function timesFivePlus(wordHigh: number, wordLow: number, addend: number): number {
  // (2^32 - 1) * 5 + 2^31 is far below 2^53, so the sum is exact in a double.
  const sum = (wordLow >>> 0) * 5 + addend;
  high = (Math.imul(wordHigh, 5) + Math.floor(sum / 0x100000000)) | 0;
  return sum | 0;
}

/** Low 64 bits of a 64 x 64 bit product. */
function multiply(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const a0 = aLow & 0xffff;
  const a1 = aLow >>> 16;
  const b0 = bLow & 0xffff;
  const b1 = bLow >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const other = (middle & 0xffff) + a0 * b1;
  const lowProductHigh = a1 * b1 + Math.floor(middle / 65536) + Math.floor(other / 65536);
  high = (lowProductHigh + Math.imul(aLow, bHigh) + Math.imul(aHigh, bLow)) | 0;
  return Math.imul(aLow, bLow);
}
