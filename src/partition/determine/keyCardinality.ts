import { REGISTER_COUNT } from '../../rollup/hyperUnique/layout.ts';

const ALPHA = 0.7213 / (1 + 1.079 / REGISTER_COUNT);
const CORRECTION = ALPHA * REGISTER_COUNT * REGISTER_COUNT;
const LOW_MAX = (5 * REGISTER_COUNT) / 2;
const POSITION_MAX = 64;
const HASH_BYTES = 16;
/** A register that is set, in the short form. */
const ENTRY_BYTES = 3;

/**
 * Estimates the number of distinct group keys of a time chunk from their 128-bit hashes (murmur3_128 of the key's JSON).
 *
 * It is the HyperLogLog of Druid's `HyperLogLogCollector` (2048 registers, the same register and position of each hash, the same
 * estimator) with one difference: every register has a byte for its true maximum. Druid's four bits and one overflow place forget
 * positions in folds, so its estimate depends on how the input was split (docs/quirks.md, row 9). Here the estimate is a function
 * of the set of keys alone, whatever the splits and the order of merging.
 */
export class KeyCardinality {
  readonly #registers: Uint8Array;

  constructor() {
    this.#registers = new Uint8Array(REGISTER_COUNT);
  }

  /** @param bytes what `toBytes` gave; copied. @throws RangeError when they are something else */
  static fromBytes(bytes: Uint8Array): KeyCardinality {
    const result = new KeyCardinality();
    if (!(bytes.length === REGISTER_COUNT ? result.#takeAll(bytes) : result.#takeEntries(bytes))) {
      throw new RangeError(
        `a key cardinality of ${bytes.length} bytes was read that none has written: it is made of ${REGISTER_COUNT} registers ` +
          `of 0 to ${POSITION_MAX}, or of 3 bytes for each one that is set`,
      );
    }
    return result;
  }

  /** @returns false for bytes that the long form never has */
  #takeAll(bytes: Uint8Array): boolean {
    this.#registers.set(bytes);
    let set = 0;
    for (const position of bytes) {
      if (position > POSITION_MAX) return false;
      if (position > 0) set++;
    }
    return set * ENTRY_BYTES >= REGISTER_COUNT;
  }

  /** @returns false for bytes that the short form never has */
  #takeEntries(bytes: Uint8Array): boolean {
    if (bytes.length % ENTRY_BYTES !== 0 || bytes.length > REGISTER_COUNT) return false;
    let last = -1;
    for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
      const register = (bytes[at] << 8) | bytes[at + 1];
      const position = bytes[at + 2];
      if (register <= last || register >= REGISTER_COUNT || position < 1 || position > POSITION_MAX) return false;
      this.#registers[register] = position;
      last = register;
    }
    return true;
  }

  /** @param text what `toText` gave */
  static fromText(text: string): KeyCardinality {
    return KeyCardinality.fromBytes(Buffer.from(text, 'base64'));
  }

  /** Adds keys by their hashes: 16 bytes each in `hashes`, keys `from` up to `to`. */
  add(hashes: Uint8Array, from: number, to: number): void {
    const registers = this.#registers;
    for (let at = from * HASH_BYTES; at < to * HASH_BYTES; at += HASH_BYTES) {
      const register = ((hashes[at + 14] << 8) | hashes[at + 15]) & (REGISTER_COUNT - 1);
      const position = firstBit(hashes, at);
      if (position > registers[register]) registers[register] = position;
    }
  }

  /** Adds all keys of `other`, which stays as it is. */
  merge(other: KeyCardinality): void {
    const mine = this.#registers;
    const theirs = other.#registers;
    for (let i = 0; i < REGISTER_COUNT; i++) if (theirs[i] > mine[i]) mine[i] = theirs[i];
  }

  /**
   * The registers: 2048 bytes, or where that is shorter 3 for each one that is set, its number (big-endian) and value. Small chunks
   * are many, so their images in manifests had better be small.
   */
  toBytes(): Uint8Array {
    const registers = this.#registers;
    let set = 0;
    // Not by an iterator, see `estimate`.
    for (let register = 0; register < REGISTER_COUNT; register++) if (registers[register] > 0) set++;
    if (set * ENTRY_BYTES >= REGISTER_COUNT) return registers.slice();
    const bytes = new Uint8Array(set * ENTRY_BYTES);
    for (let register = 0, at = 0; register < REGISTER_COUNT; register++) {
      if (registers[register] === 0) continue;
      bytes[at++] = register >>> 8;
      bytes[at++] = register;
      bytes[at++] = registers[register];
    }
    return bytes;
  }

  /** The registers in base64, for manifests. */
  toText(): string {
    return Buffer.from(this.toBytes()).toString('base64');
  }

  /** Distinct keys, rounded as Druid rounds (`estimateCardinalityRound`). */
  estimate(): number {
    const registers = this.#registers;
    const counts = new Int32Array(POSITION_MAX + 1);
    // Not by an iterator: a job may have thousands of chunks to estimate, before V8 takes the trouble to compile it away.
    for (let i = 0; i < REGISTER_COUNT; i++) counts[registers[i]]++;
    let sum = 0;
    for (let position = POSITION_MAX; position >= 0; position--) {
      if (counts[position] > 0) sum += counts[position] * 2 ** -position;
    }
    const raw = CORRECTION / sum;
    const zeros = counts[0];
    // The correction for estimates near 2^64 is left out: so many keys cannot be read.
    const linear = raw <= LOW_MAX && zeros > 0;
    return Math.round(linear ? REGISTER_COUNT * Math.log(REGISTER_COUNT / zeros) : raw);
  }
}

/**
 * Segments of a time chunk (`DetermineHashedPartitionsJob`).
 *
 * @param keys estimated distinct group keys, a whole number
 * @param targetRows targetRowsPerSegment
 * @returns 0 for a chunk without rows
 */
export function shardCount(keys: number, targetRows: number): number {
  return Math.ceil(keys / targetRows);
}

/**
 * Position of the first 1 bit in the first 8 bytes of a hash, counted from 1: bytes in order, the bits of a byte from the lowest
 * up. No bit at all counts as 64.
 */
function firstBit(hashes: Uint8Array, at: number): number {
  for (let index = 0; index < 8; index++) {
    const byte = hashes[at + index];
    if (byte !== 0) return index * 8 + 32 - Math.clz32(byte & -byte);
  }
  return POSITION_MAX;
}
