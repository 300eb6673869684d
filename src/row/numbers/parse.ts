/**
 * Text to numbers as Druid coerces them: strictly for numeric dimensions (`DimensionHandlerUtils.convertObjectToLong`,
 * `...Double`, `...Float`), leniently for metric inputs (`Rows.objectToNumber`), and fast for JSON number literals.
 * An input that Druid calls a parse error gives null (longs) or undefined (floating point).
 */

import { integerOfDecimal, parseDecimal } from './decimal.ts';
import {
  DOUBLE_EXPONENT_MIN,
  DOUBLE_PRECISION,
  FLOAT_EXPONENT_MIN,
  FLOAT_PRECISION,
  floatOfDecimal,
  floatOfLong,
  LONG_MAX,
  LONG_MIN,
  longOfDouble,
  roundBinary,
} from './rounding.ts';

/** A long dimension's value: an exact decimal without fraction (`7`, `+7`, `7.0`, `1e2`), no blanks around it; else null. */
export function parseLongDimension(text: string): bigint | null {
  const integer = integerOf(text.charCodeAt(0) === PLUS ? text.slice(1) : text);
  if (integer !== null) return integer;
  const decimal = parseDecimal(text);
  const exact = decimal === null ? null : integerOfDecimal(decimal, LONG_DIGITS_MAX);
  return exact === null ? null : withinLong(exact);
}

/** A double dimension's value: Java's floating-point syntax (`5`, `.5`, `1e3`, `5d`, `0x1p3`, `NaN`), no blanks around it. */
export function parseDoubleDimension(text: string): number | undefined {
  return parseJava(text, DOUBLE_PRECISION);
}

/** A float dimension's value: the syntax of `parseDoubleDimension`, rounded once, straight to a float. */
export function parseFloatDimension(text: string): number | undefined {
  return parseJava(text, FLOAT_PRECISION);
}

/** A text as input of a long metric: see `parseDoubleMetric`; what is no integer is truncated. */
export function parseLongMetric(text: string): bigint | null {
  const cleaned = cleanMetric(text);
  const integer = integerOf(cleaned);
  if (integer !== null) return integer;
  const double = parseJava(javaTrim(cleaned), DOUBLE_PRECISION);
  return double === undefined ? null : longOfDouble(double);
}

/** A text as input of a double metric: blanks around it and commas are dropped, then an integer, else Java's double syntax. */
export function parseDoubleMetric(text: string): number | undefined {
  const cleaned = cleanMetric(text);
  const integer = integerOf(cleaned);
  return integer === null ? parseJava(javaTrim(cleaned), DOUBLE_PRECISION) : Number(integer);
}

/** A text as input of a float metric: what is no integer becomes a double first, then a float, as in Druid. */
export function parseFloatMetric(text: string): number | undefined {
  const cleaned = cleanMetric(text);
  const integer = integerOf(cleaned);
  if (integer !== null) return floatOfLong(integer);
  const double = parseJava(javaTrim(cleaned), DOUBLE_PRECISION);
  return double === undefined ? undefined : Math.fround(double);
}

/** The integer that `text` is (`-` and ASCII digits) if it fits in 64 bits, else null. As Guava's `Longs.tryParse`. */
export function integerOf(text: string): bigint | null {
  if (text.length > 20 && text.replace(/^-?0*/, '').length > LONG_DIGITS_MAX) return null;
  return INTEGER.test(text) ? withinLong(BigInt(text)) : null;
}

/**
 * A JSON integer literal of up to 15 digits.
 *
 * @returns NaN when the literal is longer or has anything but digits after an optional `-`: use the slow path then
 */
export function parseLongSpan(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  if (end - first > EXACT_DIGITS_MAX || first >= end) return Number.NaN;
  let value = 0;
  for (let at = first; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return negative ? 0 - value : value;
}

/**
 * The double of a JSON number literal, correctly rounded. Up to 15 significant digits with a small exponent need one exact
 * integer and one multiplication or division by an exact power of ten (W. D. Clinger's fast path); others go to `Number`.
 */
export function parseDoubleSpan(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS;
  let at = negative ? start + 1 : start;
  let mantissa = 0;
  let digits = 0;
  let pointAt = -1;
  for (; at < end; at++) {
    const byte = bytes[at];
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      if (mantissa > 0) digits++;
    } else if (byte === POINT && pointAt < 0) {
      pointAt = at + 1;
    } else {
      break;
    }
  }
  if (digits > EXACT_DIGITS_MAX) return slowDouble(bytes, start, end);
  let exponent = pointAt < 0 ? 0 : pointAt - at;
  if (at < end) {
    if ((bytes[at] | 0x20) !== LOWER_E) return slowDouble(bytes, start, end);
    const plus = bytes[at + 1] === PLUS;
    const explicit = parseLongSpan(bytes, plus ? at + 2 : at + 1, end);
    if (Number.isNaN(explicit)) return slowDouble(bytes, start, end);
    exponent += explicit;
  }
  if (exponent > POWERS_OF_TEN.length - 1 || exponent < 1 - POWERS_OF_TEN.length) return slowDouble(bytes, start, end);
  const value = exponent < 0 ? mantissa / POWERS_OF_TEN[-exponent] : mantissa * POWERS_OF_TEN[exponent];
  return negative ? -value : value;
}

function slowDouble(bytes: Uint8Array, start: number, end: number): number {
  return Number(String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]));
}

/** `Double.parseDouble` and `Float.parseFloat` less their trimming, which Guava's `tryParse` does not let through. */
function parseJava(text: string, precision: number): number | undefined {
  if (!JAVA_FLOATING.test(text)) return undefined;
  const hex = HEX_FLOATING.exec(text);
  if (hex !== null) return hexFloating(hex, precision);
  if (text.endsWith('NaN')) return Number.NaN;
  if (text.endsWith('Infinity')) return Number(text);
  const last = text.charCodeAt(text.length - 1) | 0x20;
  const decimal = last === LOWER_D || last === LOWER_F ? text.slice(0, -1) : text;
  return precision === FLOAT_PRECISION ? floatOfDecimal(decimal) : Number(decimal);
}

function hexFloating(match: RegExpExecArray, precision: number): number {
  const fraction = match[3] ?? '';
  const exponent = Number(match[4]) - 4 * fraction.length;
  const exponentMin = precision === FLOAT_PRECISION ? FLOAT_EXPONENT_MIN : DOUBLE_EXPONENT_MIN;
  const magnitude = roundBinary(BigInt(`0x0${match[2]}${fraction}`), exponent, precision, exponentMin);
  return match[1] === '-' ? -magnitude : magnitude;
}

function cleanMetric(text: string): string {
  const cleaned = javaTrim(text).replaceAll(',', '');
  return LEADING_PLUS.test(cleaned) ? cleaned.slice(1) : cleaned;
}

/** Java's `String.trim`: everything up to and including the space, and nothing beyond ASCII. */
function javaTrim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= SPACE) start++;
  while (end > start && text.charCodeAt(end - 1) <= SPACE) end--;
  return text.slice(start, end);
}

function withinLong(value: bigint): bigint | null {
  return value >= LONG_MIN && value <= LONG_MAX ? value : null;
}

const INTEGER = /^-?[0-9]+$/;
const LEADING_PLUS = /^\+[0-9]/;
const JAVA_FLOATING =
  /^[+-]?(?:NaN|Infinity|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?|0[xX](?:[\da-fA-F]+\.?[\da-fA-F]*|\.[\da-fA-F]+)[pP][+-]?\d+[fFdD]?)$/;
/** Sign, whole digits, fraction digits, binary exponent. */
const HEX_FLOATING = /^([+-])?0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?[pP]([+-]?\d+)[fFdD]?$/;
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** All integers of so many digits are exact doubles. */
const EXACT_DIGITS_MAX = 15;
const LONG_DIGITS_MAX = 19;
const SPACE = 32;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const LOWER_D = 100;
const LOWER_E = 101;
const LOWER_F = 102;
