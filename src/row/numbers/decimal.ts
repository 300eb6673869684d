/**
 * Decimals of any length and exponent, read and compared as Java's BigDecimal does: numeric dimensions need the exact value,
 * and Druid's numeric ordering of texts is that of BigDecimal.
 */

/** `0.digits * 10^pointAt`, negated when `sign` is -1; zero has sign 0 and no digits. */
export interface Decimal {
  readonly sign: -1 | 0 | 1;
  /** ASCII digits with no zero at either end. */
  readonly digits: string;
  readonly pointAt: number;
}

const ZERO: Decimal = { sign: 0, digits: '', pointAt: 0 };

/** The decimal that a text is in BigDecimal's syntax (`7`, `+7.`, `.5e-3`; no blanks, no NaN), or null. */
export function parseDecimal(text: string): Decimal | null {
  const match = DECIMAL.exec(text);
  // A digit outside the BMP is no digit to BigDecimal, which looks at UTF-16 units.
  if (match === null || SURROGATE.test(text)) return null;
  const exponentText = asciiDigits(match[4] ?? '0');
  if (exponentText.replace(/^[+-]?0*/, '').length > EXPONENT_DIGITS_MAX) return null;
  const fraction = asciiDigits(match[3] ?? '');
  const exponent = Number(exponentText);
  // BigDecimal holds no scale beyond 32 bits, not even for zero.
  if (Math.abs(exponent) > INT_MAX || Math.abs(exponent - fraction.length) > INT_MAX) return null;
  const whole = asciiDigits(match[2]);
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return ZERO;
  return {
    sign: match[1] === '-' ? -1 : 1,
    digits: digits.replace(/0+$/, ''),
    pointAt: exponent - fraction.length + digits.length,
  };
}

/** Negative, 0 or positive as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.sign !== b.sign) return a.sign - b.sign;
  if (a.pointAt !== b.pointAt) return a.sign * (a.pointAt < b.pointAt ? -1 : 1);
  if (a.digits === b.digits) return 0;
  return a.sign * (a.digits < b.digits ? -1 : 1);
}

/** The integer that a decimal is, or null when it has a fraction or more than `digitsMax` digits. */
export function integerOfDecimal(decimal: Decimal, digitsMax: number): bigint | null {
  const { sign, digits, pointAt } = decimal;
  if (sign === 0) return 0n;
  if (pointAt < digits.length || pointAt > digitsMax) return null;
  const magnitude = BigInt(digits + '0'.repeat(pointAt - digits.length));
  return sign < 0 ? -magnitude : magnitude;
}

/** A number's text with any script's decimal digits as ASCII ones; `+` and `-` stay. */
export function asciiDigits(text: string): string {
  return text.replace(/[^0-9+-]/g, (digit) => {
    // Unicode keeps decimal digits in runs of ten, so the place in the run is the value.
    const code = digit.charCodeAt(0);
    let before = 0;
    while (UNICODE_DIGIT.test(String.fromCharCode(code - before - 1))) before++;
    return String(before % 10);
  });
}

const UNICODE_DIGIT = /^\p{Nd}$/u;
const SURROGATE = /[\ud800-\udfff]/;
/** Sign, whole digits, fraction digits, exponent. */
const DECIMAL = /^([+-])?(?=\.?\p{Nd})(\p{Nd}*)(?:\.(\p{Nd}*))?(?:[eE]([+-]?\p{Nd}+))?$/u;
const EXPONENT_DIGITS_MAX = 10;
const INT_MAX = 2 ** 31 - 1;
