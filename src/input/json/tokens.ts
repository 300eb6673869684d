/** The smallest parts of JSON text: for each, where it ends. */

import { FieldKind } from '../record.ts';

const COMMA = 0x2c;
const CLOSE_BRACKET = 0x5d;
const CLOSE_BRACE = 0x7d;

/** @returns the first place that is no blank */
export function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) break;
    at++;
  }
  return at;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Jackson refuses a number that runs into other text, such as `12abc` or `012`. */
export function endsValue(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte <= 0x20;
}

/** @returns one past `true`, `false` or `null` at this place, or -1 */
export function literalEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  let after = -1;
  if (first === 0x74 && at + 4 <= end) {
    if (bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x65) after = at + 4;
  } else if (first === 0x66 && at + 5 <= end) {
    if (bytes[at + 1] === 0x61 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x73 && bytes[at + 4] === 0x65)
      after = at + 5;
  } else if (first === 0x6e && at + 4 <= end) {
    if (bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c) after = at + 4;
  }
  return after < 0 || (after < end && !endsValue(bytes[after])) ? -1 : after;
}

/** The kind of a literal, by its first byte. */
export function literalKind(first: number): FieldKind {
  return first === 0x74 ? FieldKind.true : first === 0x66 ? FieldKind.false : FieldKind.null;
}

/** @returns the last byte of the escape whose first byte behind the backslash is `at`, or -1 */
export function escapeEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1;
  switch (bytes[at]) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at;
    case 0x75:
      if (at + 4 >= end) return -1;
      for (let i = at + 1; i <= at + 4; i++) {
        const lower = bytes[i] | 0x20;
        if (!isDigit(bytes[i]) && !(lower >= 0x61 && lower <= 0x66)) return -1;
      }
      return at + 4;
    default:
      return -1;
  }
}

const LONG_MAX_DIGITS = '9223372036854775807';

/** Whether 19 digits stay within 64 bits. */
export function fitsLong(bytes: Uint8Array, start: number, end: number, negative: boolean): boolean {
  for (let at = start; at < end; at++) {
    const limit = LONG_MAX_DIGITS.charCodeAt(at - start);
    if (bytes[at] !== limit) return bytes[at] < limit || (negative && at === end - 1 && bytes[at] === limit + 1);
  }
  return true;
}
