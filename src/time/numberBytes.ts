/**
 * Numbers as bytes, the way Java's Long.parseLong and Double.toString have them, for timestamps that are numbers.
 */

const DASH = 0x2d;
const PLUS = 0x2b;
/** Long.MAX_VALUE in two parts of nine digits and more. */
const MAX_LONG_HIGH = 9_223_372_036;
const MAX_LONG_LOW = 854_775_807;

/** True when `text[start, end)` is digits and nothing else, and not empty. */
export function isAllDigits(text: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if ((text[i] - 48) >>> 0 > 9) return false;
  }
  return end > start;
}

/**
 * The value of a Java long in text, its last `dropped` digits cut off: division by a power of ten towards zero that
 * stays exact where a double could not hold the number itself (nanoseconds).
 *
 * @returns NaN when the text is no long; beyond 2^53 the nearest double
 */
export function parseLongBytes(text: Uint8Array, start: number, end: number, dropped: number): number {
  let at = start;
  const negative = text[at] === DASH;
  if (at < end && (negative || text[at] === PLUS)) at++;
  if (!isAllDigits(text, at, end)) return Number.NaN;
  while (at < end - 1 && text[at] === 48) at++;
  const count = end - at;
  if (count > 19) return Number.NaN;
  if (count === 19) {
    const low = digits(text, end - 9, end);
    const high = digits(text, at, end - 9);
    const limit = negative ? MAX_LONG_LOW + 1 : MAX_LONG_LOW;
    if (high > MAX_LONG_HIGH || (high === MAX_LONG_HIGH && low > limit)) return Number.NaN;
  }
  const value = digits(text, at, end - dropped);
  return negative && value !== 0 ? -value : value;
}

function digits(text: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + (text[i] - 48);
  return value;
}

/**
 * A number as Java writes it: a whole one as a Long, any other as Double.toString (`2024.5`, `1.7041646455E9`). Only for
 * text formats that get a JSON number, so it need not be fast.
 */
export function javaNumberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return BigInt(value).toString();
  return javaDoubleText(value);
}

/** Double.toString, in as few digits as tell the double; a whole number has a fraction, too (`1.7E9`, `2024.0`). */
export function javaDoubleText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  if (size === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  return `${mantissa}${mantissa.includes('.') ? '' : '.0'}E${Number(exponent)}`;
}
