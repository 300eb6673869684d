// MurmurHash3 (Austin Appleby's public-domain definition), seed 0. Same results as src/kernel/murmur3.ts.

const C1_32: u32 = 0xcc9e2d51;
const C2_32: u32 = 0x1b873593;
const C1_128: u64 = 0x87c37b91114253d5;
const C2_128: u64 = 0x4cf5ad432745937f;

/** murmur3_x86_32 with seed 0 of `length` bytes at `start`. */
export function murmur3x86_32(start: usize, length: i32): i32 {
  let hash: u32 = 0;
  let at = start;
  for (let end = start + <usize>(length & ~3); at < end; at += 4) {
    let word = load<u32>(at) * C1_32;
    word = rotl<u32>(word, 15) * C2_32;
    hash = rotl<u32>(hash ^ word, 13) * 5 + 0xe6546b64;
  }
  const rest = length & 3;
  if (rest > 0) {
    let word: u32 = load<u8>(at);
    if (rest > 1) word |= <u32>load<u8>(at, 1) << 8;
    if (rest > 2) word |= <u32>load<u8>(at, 2) << 16;
    hash ^= rotl<u32>(word * C1_32, 15) * C2_32;
  }
  hash ^= <u32>length;
  hash ^= hash >>> 16;
  hash *= 0x85ebca6b;
  hash ^= hash >>> 13;
  hash *= 0xc2b2ae35;
  hash ^= hash >>> 16;
  return <i32>hash;
}

/** murmur3_x64_128 with seed 0 of `length` bytes at `start`; writes 16 bytes (both halves little-endian) at `out`. */
export function murmur3x64_128(start: usize, length: i32, out: usize): void {
  let h1: u64 = 0;
  let h2: u64 = 0;
  let at = start;
  for (let end = start + <usize>(length & ~15); at < end; at += 16) {
    h1 ^= rotl<u64>(load<u64>(at) * C1_128, 31) * C2_128;
    h1 = (rotl<u64>(h1, 27) + h2) * 5 + 0x52dce729;
    h2 ^= rotl<u64>(load<u64>(at, 8) * C2_128, 33) * C1_128;
    h2 = (rotl<u64>(h2, 31) + h1) * 5 + 0x38495ab5;
  }
  const rest = length & 15;
  if (rest > 8) h2 ^= rotl<u64>(partialWord(at + 8, rest - 8) * C2_128, 33) * C1_128;
  if (rest > 0) h1 ^= rotl<u64>(partialWord(at, min(rest, 8)) * C1_128, 31) * C2_128;
  h1 ^= <u64>length;
  h2 ^= <u64>length;
  h1 += h2;
  h2 += h1;
  h1 = finalMix(h1);
  h2 = finalMix(h2);
  h1 += h2;
  h2 += h1;
  store<u64>(out, h1);
  store<u64>(out, h2, 8);
}

/** The first `count` (1 to 8) bytes at `at` as a little-endian number, without reading past them. */
function partialWord(at: usize, count: i32): u64 {
  let word: u64 = 0;
  for (let i = count - 1; i >= 0; i--) word = (word << 8) | load<u8>(at + <usize>i);
  return word;
}

// @ts-ignore: decorator
@inline
function finalMix(value: u64): u64 {
  let k = value;
  k ^= k >>> 33;
  k *= 0xff51afd7ed558ccd;
  k ^= k >>> 33;
  k *= 0xc4ceb9fe1a85ec53;
  return k ^ (k >>> 33);
}
