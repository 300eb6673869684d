/**
 * Lays out decimal digits the way `Double.toString` and `Float.toString` do: plain notation for magnitudes from 1e-3 up to,
 * not including, 1e7, else one digit before the point and `E`; always at least one digit after the point.
 *
 * @param digits the significant digits, no leading zero; trailing zeros are kept
 * @param pointAt position of the decimal point relative to the first digit: `0.digits * 10^pointAt`
 */
export function javaNotation(negative: boolean, digits: string, pointAt: number): string {
  const sign = negative ? '-' : '';
  if (pointAt > 0 && pointAt <= 7) {
    if (digits.length <= pointAt) return `${sign}${digits}${'0'.repeat(pointAt - digits.length)}.0`;
    return `${sign}${digits.slice(0, pointAt)}.${digits.slice(pointAt)}`;
  }
  if (pointAt <= 0 && pointAt > -3) return `${sign}0.${'0'.repeat(-pointAt)}${digits}`;
  return `${sign}${digits[0]}.${digits.length > 1 ? digits.slice(1) : '0'}E${pointAt - 1}`;
}

/**
 * The Java text of a decimal that JavaScript has printed.
 *
 * @param text a finite, non-zero number as `toString`, `toPrecision` or `toExponential` write it
 */
export function javaNotationOf(text: string): string {
  const negative = text.charCodeAt(0) === MINUS;
  const mantissaStart = negative ? 1 : 0;
  const e = text.indexOf('e');
  const mantissaEnd = e < 0 ? text.length : e;
  let exponent = e < 0 ? 0 : Number(text.slice(e + 1));
  const point = text.indexOf('.');
  let digits: string;
  if (point < 0) {
    digits = text.slice(mantissaStart, mantissaEnd);
    exponent += digits.length;
  } else {
    digits = text.slice(mantissaStart, point) + text.slice(point + 1, mantissaEnd);
    exponent += point - mantissaStart;
  }
  let first = 0;
  while (digits.charCodeAt(first) === ZERO) first++;
  let end = digits.length;
  while (end > first + 1 && digits.charCodeAt(end - 1) === ZERO) end--;
  return javaNotation(negative, digits.slice(first, end), exponent - first);
}

const MINUS = 45;
const ZERO = 48;
