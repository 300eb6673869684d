/** Correct rounding to floats and doubles where JavaScript's own conversions would round twice. */

/**
 * The float nearest to a decimal (ties to even), rounded once: `Math.fround(Number(text))` rounds to a double first and then
 * errs where that double lies exactly between two floats. As Java's `Float.parseFloat`.
 *
 * @param text a decimal that `Number` reads
 */
export function floatOfDecimal(text: string): number {
  const double = Number(text);
  const nearest = Math.fround(double);
  if (nearest === double || Number.isNaN(double)) return nearest;
  const beyond = neighbour(nearest, double > nearest);
  if ((finite(nearest) + finite(beyond)) / 2 !== double) return nearest;
  const side = compareDecimal(text, double);
  if (side === 0) return nearest;
  return side > 0 === beyond > nearest ? beyond : nearest;
}

/** The float nearest to a 64-bit integer, as Java's cast `(float) long`. */
export function floatOfLong(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const float = roundBinary(magnitude, 0, FLOAT_PRECISION, FLOAT_EXPONENT_MIN);
  return value < 0n ? -float : float;
}

/**
 * Java's cast `(long) double`: truncates, NaN is 0, what lies beyond 64 bits becomes the nearest end of the range.
 */
export function longOfDouble(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return LONG_MAX;
  if (value <= -(2 ** 63)) return LONG_MIN;
  return BigInt(Math.trunc(value));
}

/**
 * `mantissa * 2^exponent` rounded to nearest, ties to even.
 *
 * @param mantissa not negative
 * @param precision bits of the significand: 53 for doubles, 24 for floats
 * @param exponentMin exponent of the smallest subnormal: -1074 or -149
 */
export function roundBinary(mantissa: bigint, exponent: number, precision: number, exponentMin: number): number {
  if (mantissa === 0n) return 0;
  const bits = mantissa.toString(2).length;
  if (exponent + bits < exponentMin) return 0;
  const unit = Math.max(exponent + bits - precision, exponentMin);
  // No double reaches 2^1024, and a float beyond its range is caught below.
  if (unit > 971) return Number.POSITIVE_INFINITY;
  const dropped = BigInt(unit - exponent);
  let kept: bigint;
  if (dropped <= 0n) {
    kept = mantissa << -dropped;
  } else {
    kept = mantissa >> dropped;
    const rest = mantissa - (kept << dropped);
    const half = 1n << (dropped - 1n);
    if (rest > half || (rest === half && (kept & 1n) === 1n)) kept++;
  }
  const value = Number(kept) * 2 ** unit;
  return precision === FLOAT_PRECISION ? Math.fround(value) : value;
}

/** The next float up or down. */
function neighbour(value: number, up: boolean): number {
  float[0] = value;
  if (value === 0) return up ? FLOAT_MIN : -FLOAT_MIN;
  floatBits[0] += up === value > 0 ? 1 : -1;
  return float[0];
}

/** Infinity stands at the place where the next float would be. */
function finite(float: number): number {
  if (float === Number.POSITIVE_INFINITY) return 2 ** 128;
  return float === Number.NEGATIVE_INFINITY ? -(2 ** 128) : float;
}

/** Sign of (the exact decimal − the exact double), for a decimal that rounds to this double. */
function compareDecimal(text: string, double: number): number {
  const [mantissaText, exponentText = '0'] = text.toLowerCase().split('e');
  const point = mantissaText.indexOf('.');
  const fractionDigits = point < 0 ? 0 : mantissaText.length - point - 1;
  let left = BigInt(mantissaText.replace(/[.+-]/g, ''));
  if (mantissaText.startsWith('-')) left = -left;
  const exponent10 = Number(exponentText) - fractionDigits;
  // A midpoint of floats has at most 25 bits, the lowest not below 2^-150.
  let right = BigInt(double * 2 ** 150);
  left <<= 150n;
  if (exponent10 >= 0) left *= 10n ** BigInt(exponent10);
  else right *= 10n ** BigInt(-exponent10);
  return left === right ? 0 : left > right ? 1 : -1;
}

export const FLOAT_PRECISION = 24;
export const FLOAT_EXPONENT_MIN = -149;
export const DOUBLE_PRECISION = 53;
export const DOUBLE_EXPONENT_MIN = -1074;
export const LONG_MAX = 2n ** 63n - 1n;
export const LONG_MIN = -(2n ** 63n);
const FLOAT_MIN = 2 ** -149;
const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);
