import { decodeJsonString } from './text.ts';

/**
 * A JSON value with Java's view of numbers kept: integers that fit in 64 bits are bigints (Druid: Long), all others are
 * numbers (Double).
 */
export type JsonValue = null | boolean | string | number | bigint | JsonValue[] | Map<string, JsonValue>;

/**
 * Parses a value that a JsonScanner has checked already; maps keep the order of their fields, the last of duplicate names wins.
 *
 * @param start the first byte of the value
 * @param end one past its last byte
 */
export function parseJsonValue(bytes: Uint8Array, start: number, end: number): JsonValue {
  const cursor = { at: start };
  return value(bytes, cursor, end);
}

interface Cursor {
  at: number;
}

function value(bytes: Uint8Array, cursor: Cursor, end: number): JsonValue {
  const first = bytes[cursor.at];
  switch (first) {
    case 0x7b:
      return map(bytes, cursor, end);
    case 0x5b:
      return list(bytes, cursor, end);
    case 0x22:
      return string(bytes, cursor);
    case 0x74:
      cursor.at += 4;
      return true;
    case 0x66:
      cursor.at += 5;
      return false;
    case 0x6e:
      cursor.at += 4;
      return null;
    default:
      return number(bytes, cursor, end);
  }
}

function map(bytes: Uint8Array, cursor: Cursor, end: number): JsonValue {
  const fields = new Map<string, JsonValue>();
  cursor.at++;
  for (skipSeparators(bytes, cursor); bytes[cursor.at] !== 0x7d; skipSeparators(bytes, cursor)) {
    const name = string(bytes, cursor);
    skipSeparators(bytes, cursor);
    fields.set(name, value(bytes, cursor, end));
  }
  cursor.at++;
  return fields;
}

function list(bytes: Uint8Array, cursor: Cursor, end: number): JsonValue {
  const elements: JsonValue[] = [];
  cursor.at++;
  for (skipSeparators(bytes, cursor); bytes[cursor.at] !== 0x5d; skipSeparators(bytes, cursor)) {
    elements.push(value(bytes, cursor, end));
  }
  cursor.at++;
  return elements;
}

function string(bytes: Uint8Array, cursor: Cursor): string {
  const start = ++cursor.at;
  let escaped = false;
  while (bytes[cursor.at] !== 0x22) {
    if (bytes[cursor.at] === 0x5c) {
      escaped = true;
      cursor.at++;
    }
    cursor.at++;
  }
  return decodeJsonString(bytes, start, cursor.at++, escaped);
}

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

function number(bytes: Uint8Array, cursor: Cursor, end: number): JsonValue {
  const start = cursor.at;
  let integer = true;
  for (; cursor.at < end; cursor.at++) {
    const byte = bytes[cursor.at];
    if (byte === 0x2e || byte === 0x65 || byte === 0x45) integer = false;
    else if (byte !== 0x2d && byte !== 0x2b && !(byte >= 0x30 && byte <= 0x39)) break;
  }
  const literal = Buffer.from(bytes.buffer, bytes.byteOffset + start, cursor.at - start).toString('latin1');
  if (!integer) return Number(literal);
  const exact = BigInt(literal);
  return exact >= LONG_MIN && exact <= LONG_MAX ? exact : Number(literal);
}

function skipSeparators(bytes: Uint8Array, cursor: Cursor): void {
  for (;;) {
    const byte = bytes[cursor.at];
    if (byte !== 0x20 && byte !== 0x2c && byte !== 0x3a && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return;
    cursor.at++;
  }
}
