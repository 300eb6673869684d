/**
 * The orders that `bound` can ask for, as Druid's StringComparators have them.
 *
 * @see org.apache.druid.query.ordering.StringComparators
 */

import { compareDecimals, type Decimal, parseDecimal } from '../numbers/decimal.ts';

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
  return compareNumeric(a, parseDecimal(a), b, parseDecimal(b));
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
    const order = compareRuns(aRuns[i], bRuns[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareRuns(a: string, b: string): number {
  const aDigits = DIGIT.test(a);
  const bDigits = DIGIT.test(b);
  if (aDigits !== bDigits) return aDigits ? -1 : 1;
  return aDigits ? compareDigits(a, b) : compareIgnoringCase(a, b);
}

/** By value, then by the number of leading zeros. */
function compareDigits(a: string, b: string): number {
  const aDigits = [...a].map(digitValue).join('');
  const bDigits = [...b].map(digitValue).join('');
  const aSignificant = aDigits.replace(/^0+/, '');
  const bSignificant = bDigits.replace(/^0+/, '');
  return (
    aSignificant.length - bSignificant.length ||
    lexicographic(aSignificant, bSignificant) ||
    aDigits.length - bDigits.length
  );
}

/** ASCII, Arabic-Indic, extended Arabic-Indic, Devanagari and full-width digits: the scripts that Druid knows. */
function digitValue(digit: string): number {
  const code = digit.charCodeAt(0);
  return code >= 0x966 && code <= 0x96f ? code - 0x966 : code & 0xf;
}

/** Java's `String.CASE_INSENSITIVE_ORDER`: unit by unit in lower case of upper case. */
function compareIgnoringCase(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] === b[i]) continue;
    const order = lexicographic(foldCase(a[i]), foldCase(b[i]));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Java maps one unit to one unit; where JavaScript's mapping gives several the unit stays as it is. */
function foldCase(unit: string): string {
  const upper = unit.toUpperCase();
  const lower = (upper.length === 1 ? upper : unit).toLowerCase();
  return lower.length === 1 ? lower : unit;
}

const RUNS = /[0-9٠-٩۰-۹०-९０-９]+|[^0-9٠-٩۰-۹०-९０-９]+/g;
const DIGIT = /^[0-9٠-٩۰-۹०-९０-９]/;
