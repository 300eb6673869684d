/**
 * The orders that `bound` can ask for, as Druid's StringComparators have them.
 *
 * @see org.apache.druid.query.ordering.StringComparators
 */

import { compareDecimals, type Decimal, parseDecimal } from '../numbers/decimal.ts';
import { integerOf } from '../numbers/parse.ts';

/** Negative, 0 or positive as `a` comes before, with or after `b`. */
export type TextOrder = (a: string, b: string) => number;

/** By UTF-16 units. */
export function lexicographic(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By length in UTF-16 units, then lexicographic. */
export function strlen(a: string, b: string): number {
  return a.length - b.length || lexicographic(a, b);
}

/** By exact decimal value; texts that are no decimals come first, among themselves lexicographic. */
export function numeric(a: string, b: string): number {
  return compareNumeric(a, orderedDecimal(a), b, orderedDecimal(b));
}

/** The decimal that `numeric` takes a text for, or null. Druid drops a `+` before it tries for a long, so `+-1` is -1. */
export function orderedDecimal(text: string): Decimal | null {
  const unsigned = text.startsWith('+-') && integerOf(text.slice(1)) !== null ? text.slice(1) : text;
  return parseDecimal(unsigned);
}

/** `numeric` for texts that have been parsed already. */
export function compareNumeric(a: string, aDecimal: Decimal | null, b: string, bDecimal: Decimal | null): number {
  if (aDecimal !== null && bDecimal !== null) return compareDecimals(aDecimal, bDecimal);
  if (aDecimal === null && bDecimal === null) return lexicographic(a, b);
  return aDecimal === null ? -1 : 1;
}

/** Runs of digits by value, runs of other characters ignoring case; digits before other characters. */
export function alphanumeric(a: string, b: string): number {
  if (a.length === 0 || b.length === 0) return a.length - b.length;
  const aRuns = a.match(RUNS) as string[];
  const bRuns = b.match(RUNS) as string[];
  for (let i = 0; i < aRuns.length && i < bRuns.length; i++) {
    const [aRun, bRun] = [aRuns[i], bRuns[i]];
    const aDigits = DIGIT.test(aRun);
    if (aDigits !== DIGIT.test(bRun)) return aDigits ? -1 : 1;
    const order = aDigits
      ? compareDigits(aRun, i === aRuns.length - 1, bRun, i === bRuns.length - 1)
      : compareIgnoringCase(aRun, bRun);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** By value, then by the number of leading zeros. */
function compareDigits(a: string, aLast: boolean, b: string, bLast: boolean): number {
  const aSignificant = significantDigits(a, aLast);
  const bSignificant = significantDigits(b, bLast);
  return aSignificant.length - bSignificant.length || lexicographic(aSignificant, bSignificant) || a.length - b.length;
}

/** Druid counts a zero as a digit where nothing but zeros stands at the end of the text: "x0" comes after "x0.1". */
function significantDigits(run: string, last: boolean): string {
  const digits = Array.from(run, digitValue).join('').replace(/^0+/, '');
  return digits === '' && last ? '0' : digits;
}

/** ASCII, Arabic-Indic, extended Arabic-Indic, Devanagari and full-width digits: the scripts that Druid knows. */
function digitValue(digit: string): number {
  const code = digit.charCodeAt(0);
  return code >= 0x966 && code <= 0x96f ? code - 0x966 : code & 0xf;
}

/** Java's `String.CASE_INSENSITIVE_ORDER`: by code points, each in lower case of upper case. */
function compareIgnoringCase(a: string, b: string): number {
  const [aPoints, bPoints] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < aPoints.length && i < bPoints.length; i++) {
    const order = foldCase(aPoints[i]) - foldCase(bPoints[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Java maps one code point to one: what has several in upper case stays, and only `İ` has several in lower case. */
function foldCase(char: string): number {
  const upper = char.toUpperCase();
  return (upper.length === char.length ? upper : char).toLowerCase().codePointAt(0) as number;
}

const RUNS = /[0-9٠-٩۰-۹०-९０-９]+|[^0-9٠-٩۰-۹०-९０-９]+/g;
const DIGIT = /^[0-9٠-٩۰-۹०-९０-９]/;
