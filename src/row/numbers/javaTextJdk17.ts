/**
 * `Double.toString` of Java up to 18, digit for digit, with its departures from the shortest text: 1e23 comes out as
 * 9.999999999999999E22. Druid 33 runs on Java 17, so this is the text that its hash partitions saw.
 *
 * The digits are those of the free-format algorithm of Steele and White / Dragon4, with the shortcuts and the fixed-width
 * arithmetic of the JDK, because both show in the result. Only behaviour was taken over, checked against a JDK 17.
 */

import { javaNotation } from './javaNotation.ts';

/** Text of a double as `Double.toString` of Java 17 writes it. */
export function javaDoubleTextJdk17(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const magnitude = Math.abs(value);
  double[0] = magnitude;
  const rawExponent = Number(doubleBits[0] >> 52n);
  let significand = doubleBits[0] & FRACTION_MASK;
  let exponent = rawExponent - 1023;
  let significantBits = 53;
  if (rawExponent === 0) {
    significantBits = bitLength(significand);
    exponent = significantBits - 1075;
    significand <<= BigInt(53 - significantBits);
  } else {
    significand |= HIDDEN_BIT;
  }
  // Whole numbers below 2^63 go a way of their own.
  if (exponent <= 62 && magnitude === Math.floor(magnitude)) {
    return wholeNumber(value < 0, BigInt(magnitude), exponent, significantBits);
  }
  return freeFormat(value < 0, significand, exponent, significantBits);
}

/** Drops the low digits that a double of this size cannot tell apart, rounding half up. */
function wholeNumber(negative: boolean, whole: bigint, exponent: number, significantBits: number): string {
  const freeBits = exponent > significantBits ? exponent - significantBits - 1 : 0;
  const dropped = freeBits > 1 ? Math.floor(freeBits * Math.LOG10E * Math.LN2) : 0;
  let kept = whole;
  if (dropped > 0) {
    const unit = 10n ** BigInt(dropped);
    kept = whole / unit + (whole % unit >= unit / 2n ? 1n : 0n);
  }
  const digits = kept.toString();
  return javaNotation(negative, digits.replace(/0+$/, ''), digits.length + dropped);
}

/**
 * @param significand 53 bits, the highest set: the value is `significand * 2^(exponent - 52)`
 * @param significantBits bits that the double really holds, fewer than 53 for subnormals
 */
function freeFormat(negative: boolean, significand: bigint, exponent: number, significantBits: number): string {
  let tailZeros = 0;
  while (((significand >> BigInt(tailZeros)) & 1n) === 0n) tailZeros++;
  const fractionBits = 53 - tailZeros;
  const tinyBits = Math.max(0, fractionBits - exponent - 1);
  let decimalExponent = estimateDecimalExponent(significand, exponent);

  // value = b/s with b = odd * 5^five * 2^bTwo and s = 5^sFive * 2^sTwo; m is half the distance to the next double, over s.
  const five = Math.max(0, -decimalExponent);
  const sFive = Math.max(0, decimalExponent);
  let bTwo = five + tinyBits + exponent;
  let sTwo = sFive + tinyBits;
  let mTwo = bTwo - significantBits;
  bTwo -= fractionBits - 1;
  const common = Math.min(bTwo, sTwo);
  bTwo -= common;
  sTwo -= common;
  mTwo -= common;
  // Below a power of two doubles are twice as dense.
  if (fractionBits === 1) mTwo--;
  if (mTwo < 0) {
    bTwo -= mTwo;
    sTwo -= mTwo;
    mTwo = 0;
  }
  const width = arithmeticWidth(fractionBits + bTwo + fiveBits(five), sTwo + 1 + fiveBits(sFive + 1));
  const fixed = (x: bigint): bigint => (width === 0 ? x : BigInt.asIntN(width, x));

  const s = fixed((5n ** BigInt(sFive)) << BigInt(sTwo));
  const tens = fixed(s * 10n);
  let b = fixed(((significand >> BigInt(tailZeros)) * 5n ** BigInt(five)) << BigInt(bTwo));
  let m = fixed((5n ** BigInt(five)) << BigInt(mTwo));
  let digits = '';
  let low = false;
  let high = false;
  for (let first = true; first || (!low && !high); first = false) {
    const digit = b / s;
    b = fixed(10n * (b % s));
    m = fixed(m * 10n);
    if (!first && m <= 0n) {
      // The JDK's fixed-width m has overflowed: no further digit is significant.
      low = true;
      high = true;
    } else {
      low = b < m;
      const sum = fixed(b + m);
      high = width === 0 ? sum >= tens : sum > tens;
    }
    if (first && digit === 0n && !high) decimalExponent--;
    else digits += digit;
    // Numbers in E notation always get a second digit.
    if (first && (decimalExponent < -3 || decimalExponent >= 8)) {
      low = false;
      high = false;
    }
  }
  if (high && roundsUp(low, fixed((b << 1n) - tens), digits)) return roundedUp(negative, digits, decimalExponent + 1);
  return javaNotation(negative, digits, decimalExponent + 1);
}

/** Whether the last digit goes up, when the next higher one is within reach. `excess` is (remainder − one half). */
function roundsUp(low: boolean, excess: bigint, digits: string): boolean {
  if (!low) return true;
  return excess === 0n ? (digits.charCodeAt(digits.length - 1) & 1) === 1 : excess > 0n;
}

/** Adds one unit to the last digit; nines become zeros and stay written, as in Java. */
function roundedUp(negative: boolean, digits: string, pointAt: number): string {
  const next = (BigInt(digits) + 1n).toString().padStart(digits.length, '0');
  if (next.length === digits.length) return javaNotation(negative, next, pointAt);
  return javaNotation(negative, next.slice(0, -1), pointAt + 1);
}

/** Floor of an estimate of log10 from the leading bits; its errors by one are part of the result. */
function estimateDecimalExponent(significand: bigint, exponent: number): number {
  doubleBits[0] = ONE_BITS | (significand & FRACTION_MASK);
  return Math.floor((double[0] - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981);
}

/** The JDK computes in 32 bits where that looks enough, else in 64, else (0) without bound. */
function arithmeticWidth(valueBits: number, tensBits: number): 0 | 32 | 64 {
  if (valueBits >= 64 || tensBits >= 64) return 0;
  return valueBits < 32 && tensBits < 32 ? 32 : 64;
}

/** Bits of 5^power as the JDK counts them: exact up to 26, then three a power; none for 5^0. */
function fiveBits(power: number): number {
  if (power === 0) return 0;
  return power < 27 ? bitLength(5n ** BigInt(power)) : power * 3;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

const double = new Float64Array(1);
const doubleBits = new BigUint64Array(double.buffer);
const FRACTION_MASK = 2n ** 52n - 1n;
const HIDDEN_BIT = 2n ** 52n;
const ONE_BITS = 1023n << 52n;
