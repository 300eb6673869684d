/** Predicates of the filters that look for given values: selector, in, null, equals. */

import { integerOf, parseDoubleDimension, parseLongDimension } from '../numbers/parse.ts';
import { longOfDouble } from '../numbers/rounding.ts';
import { type Long, longOf, Match, matchIf, type Predicate } from './predicate.ts';

/** Matches null and nothing else. Never unknown: null is what it asks for. */
export const isNull: Predicate = {
  text: (value) => matchIf(value === null),
  long: () => Match.no,
  double: () => Match.no,
};

/** `selector` with a value: a numeric row is compared with the number that the text is. */
export function selectorPredicate(wanted: string): Predicate {
  return equalsTextOr(wanted, longOfText(wanted), parseDoubleDimension(wanted));
}

/** `equals` with a STRING: like selector, but the text is read once, as a long if it is one, else as a double. */
export function equalsText(wanted: string): Predicate {
  const integer = integerOf(wanted.startsWith('+') ? wanted.slice(1) : wanted);
  const double = integer === null ? parseDoubleDimension(wanted) : Number(integer);
  const long = integer ?? (double === undefined ? null : wholeLong(double));
  return equalsTextOr(wanted, long === null ? null : longOf(long), double);
}

function equalsTextOr(wanted: string, long: Long | null, double: number | undefined): Predicate {
  return {
    text: (value) => (value === null ? Match.unknown : matchIf(value === wanted)),
    long: (value) => matchIf(value === long),
    double: (value) => matchIf(double !== undefined && Object.is(value, double)),
  };
}

/** `in`: one look-up among texts, longs or doubles. */
export function inTexts(wanted: readonly (string | null)[]): Predicate {
  const texts = new Set(wanted);
  const longs = new Set<Long | null>();
  const doubles = new Set<number>();
  let negativeZero = false;
  for (const text of texts) {
    if (text === null) continue;
    longs.add(longOfText(text));
    const double = parseDoubleDimension(text);
    if (double === undefined) continue;
    // A Set takes both zeros for one.
    if (Object.is(double, -0)) negativeZero = true;
    else doubles.add(double);
  }
  const nullMatch = texts.has(null) ? Match.yes : Match.unknown;
  return {
    text: (value) => (value === null ? nullMatch : matchIf(texts.has(value))),
    long: (value) => matchIf(longs.has(value)),
    double: (value) => matchIf(Object.is(value, -0) ? negativeZero : doubles.has(value)),
  };
}

/** `equals` with a LONG: a text row matches when it is that number. */
export function equalsLong(wanted: bigint): Predicate {
  const long = longOf(wanted);
  const double = Number(wanted);
  return {
    text: (value) => (value === null ? Match.unknown : matchIf(parseLongDimension(value) === wanted)),
    long: (value) => matchIf(value === long),
    double: (value) => matchIf(Object.is(value, double)),
  };
}

/** `equals` with a DOUBLE or FLOAT: a text row matches when it is that number. */
export function equalsDouble(wanted: number): Predicate {
  const whole = wholeLong(wanted);
  const long = whole === null ? null : longOf(whole);
  return {
    text: (value) => (value === null ? Match.unknown : matchIf(parseDoubleDimension(value) === wanted)),
    long: (value) => matchIf(value === long),
    double: (value) => matchIf(Object.is(value, wanted)),
  };
}

function longOfText(text: string): Long | null {
  const long = parseLongDimension(text);
  return long === null ? null : longOf(long);
}

/** The long that a double is, or null where it is none. */
function wholeLong(double: number): bigint | null {
  const long = longOfDouble(double);
  return Number(long) === double ? long : null;
}
