import {
  checkImage,
  DENSE_BYTES,
  HEADER_BYTES,
  nonZeroNibbles,
  REGISTER_BYTES,
  REGISTER_COUNT,
  SPARSE_ENTRY_BYTES,
} from './layout.ts';

const ALPHA = 0.7213 / (1 + 1.079 / REGISTER_COUNT);
const CORRECTION = ALPHA * REGISTER_COUNT * REGISTER_COUNT;
const LOW_MAX = (5 * REGISTER_COUNT) / 2;
const TWO_TO_64 = 2 ** 64;
const HIGH_MIN = TWO_TO_64 / 30;

/**
 * Number of distinct values that a stored hyperUnique stands for, as Druid's `estimateCardinality` of these very bytes:
 * dense and sparse images of equal registers can differ in the last digits, and where two registers share a byte by more.
 *
 * @param bytes holds the image from `start` up to `end`; an empty range counts as no values
 * @throws RangeError when the bytes are no such image
 */
export function estimate(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0;
  checkImage(bytes, start, end);
  const offset = bytes[start + 1];
  const overflowValue = bytes[start + 4];
  const overflowRegister = (bytes[start + 5] << 8) | bytes[start + 6];
  return end - start === DENSE_BYTES
    ? estimateDense(bytes, start + HEADER_BYTES, offset, overflowValue, overflowRegister)
    : estimateSparse(bytes, start + HEADER_BYTES, end, offset, overflowValue, overflowRegister);
}

/** The estimate of 1024 register bytes that begin at `start`. */
export function estimateDense(
  bytes: Uint8Array,
  start: number,
  offset: number,
  overflowValue: number,
  overflowRegister: number,
): number {
  let sum = 0;
  let zeros = 0;
  for (let index = 0; index < REGISTER_BYTES; index++) {
    const byte = bytes[start + index];
    const overflow = overflowValue !== 0 && index === overflowRegister >> 1;
    sum += overflow ? overflowTerm(byte, offset, overflowValue, overflowRegister) : term(byte, offset);
    zeros += overflow ? overflowZeros(byte, offset, overflowValue, overflowRegister) : 2 - nonZeroNibbles(byte);
  }
  return corrected(sum, zeros);
}

function estimateSparse(
  bytes: Uint8Array,
  start: number,
  end: number,
  offset: number,
  overflowValue: number,
  overflowRegister: number,
): number {
  let sum = 0;
  let zeros = REGISTER_COUNT - (2 * (end - start)) / SPARSE_ENTRY_BYTES;
  for (let at = start; at < end; at += SPARSE_ENTRY_BYTES) {
    const position = (bytes[at] << 8) | bytes[at + 1];
    const byte = bytes[at + 2];
    // Druid compares the stored position, header included, with that of the register, header not included.
    const overflow = overflowValue !== 0 && position === overflowRegister >> 1;
    sum += overflow ? overflowTerm(byte, offset, overflowValue, overflowRegister) : term(byte, offset);
    zeros += overflow ? overflowZeros(byte, offset, overflowValue, overflowRegister) : 2 - nonZeroNibbles(byte);
  }
  return corrected(sum + zeros, zeros);
}

/** 2^-high + 2^-low of a byte's two registers. */
function term(byte: number, offset: number): number {
  return 2 ** -((byte >> 4) + offset) + 2 ** -((byte & 15) + offset);
}

function overflowTerm(byte: number, offset: number, value: number, register: number): number {
  const high = (byte >> 4) + offset;
  const low = (byte & 15) + offset;
  return register & 1 ? 2 ** -high + 2 ** -Math.max(low, value) : 2 ** -Math.max(high, value) + 2 ** -low;
}

/** Druid tests the high four bits of the true values here, so it takes any value below 16 for zero. */
function overflowZeros(byte: number, offset: number, value: number, register: number): number {
  let high = (byte >> 4) + offset;
  let low = (byte & 15) + offset;
  if (register & 1) low = Math.max(low, value);
  else high = Math.max(high, value);
  return ((high & 0xf0) === 0 ? 1 : 0) + ((low & 0x0f) === 0 ? 1 : 0);
}

function corrected(sum: number, zeros: number): number {
  const raw = CORRECTION / sum;
  if (raw <= LOW_MAX) return zeros === 0 ? raw : REGISTER_COUNT * Math.log(REGISTER_COUNT / zeros);
  if (raw <= HIGH_MIN) return raw;
  const share = raw / TWO_TO_64;
  return share >= 1 ? Number.MAX_VALUE : -TWO_TO_64 * Math.log(1 - share);
}
