/** Predicates of the filters that compare with bounds: bound, range, interval. */

import type { FilterSpec, Interval } from '../../spec/jobSpec.ts';
import type { Decimal } from '../numbers/decimal.ts';
import { parseDoubleDimension } from '../numbers/parse.ts';
import type { DoubleText } from './fieldText.ts';
import { numberToMatch } from './matchValue.ts';
import { compareDoubles, type Long, longOf, Match, matchIf, type Predicate } from './predicate.ts';
import { alphanumeric, compareNumeric, lexicographic, orderedDecimal, strlen, type TextOrder } from './textOrder.ts';
import { version } from './versionOrder.ts';

export type BoundSpec = Extract<FilterSpec, { type: 'bound' }>;
export type RangeSpec = Extract<FilterSpec, { type: 'range' }>;

/** The sides of a comparison: whether a value that stands so to the lower and upper bound is between them. */
interface Sides {
  readonly lowerOpen: boolean;
  readonly upperOpen: boolean;
}

const ORDERS: Readonly<Record<Exclude<BoundSpec['ordering'], 'numeric'>, TextOrder>> = {
  lexicographic,
  alphanumeric,
  strlen,
  version,
};

/** `bound`. Null is below every bound, and never unknown. */
export function boundPredicate(spec: BoundSpec, doubleText: DoubleText): Predicate {
  const { lower, upper, ordering } = spec;
  const sides = { lowerOpen: spec.lowerStrict, upperOpen: spec.upperStrict };
  const onNull = matchIf(lower === null);
  if (ordering !== 'numeric') return ofText(textBetween(lower, upper, sides, ORDERS[ordering], onNull), doubleText);
  return {
    text: numericTextBetween(lower, upper, sides, onNull),
    long: longBetween(decimalBound(lower), decimalBound(upper), sides),
    double: doubleBetween(doubleBound(lower), doubleBound(upper), sides),
  };
}

/** `interval`: rows hold epoch milliseconds, as numbers or as text. */
export function intervalPredicate(intervals: readonly Interval[], doubleText: DoubleText): Predicate {
  const bounds = intervals.map(({ start, end }) =>
    boundPredicate(
      {
        type: 'bound',
        dimension: '',
        lower: String(start),
        upper: String(end),
        lowerStrict: false,
        upperStrict: true,
        ordering: 'numeric',
      },
      doubleText,
    ),
  );
  return {
    text: (value) => matchIf(bounds.some((bound) => bound.text(value) === Match.yes)),
    long: (value) => matchIf(bounds.some((bound) => bound.long(value) === Match.yes)),
    double: (value) => matchIf(bounds.some((bound) => bound.double(value) === Match.yes)),
  };
}

/**
 * `range`: like `bound`, but a null row is unknown, and the type of the bounds decides the order.
 *
 * @throws RangeError when the bounds are to be numbers and are not
 */
export function rangePredicate(spec: RangeSpec, doubleText: DoubleText): Predicate {
  if (spec.matchValueType === 'STRING') {
    const [lower, upper] = [spec.lower, spec.upper].map((bound) => (bound === null ? null : String(bound)));
    return ofText(textBetween(lower, upper, spec, lexicographic, Match.unknown), doubleText);
  }
  const lower = spec.lower === null ? null : numberToMatch(spec, spec.lower);
  const upper = spec.upper === null ? null : numberToMatch(spec, spec.upper);
  const boundText = (bound: bigint | number | null) =>
    bound === null ? null : typeof bound === 'bigint' ? bound.toString() : doubleText(bound);
  // Against numbers Druid takes the bounds as doubles, of whatever type they are.
  const lowerNumber = lower === null ? Number.NEGATIVE_INFINITY : Number(lower);
  const upperNumber = upper === null ? Number.POSITIVE_INFINITY : Number(upper);
  return {
    text: numericTextBetween(boundText(lower), boundText(upper), spec, Match.unknown),
    // JavaScript compares a bigint with a number exactly.
    long: (value) =>
      matchIf(
        (lower === null || (spec.lowerOpen ? value > lowerNumber : value >= lowerNumber)) &&
          (upper === null || (spec.upperOpen ? value < upperNumber : value <= upperNumber)),
      ),
    double: doubleBetween(lower === null ? null : lowerNumber, upper === null ? null : upperNumber, spec),
  };
}

/** A predicate that sees numbers as their text. */
export function ofText(text: Predicate['text'], doubleText: DoubleText): Predicate {
  return { text, long: (value) => text(String(value)), double: (value) => text(doubleText(value)) };
}

function textBetween(
  lower: string | null,
  upper: string | null,
  sides: Sides,
  order: TextOrder,
  onNull: Match,
): Predicate['text'] {
  return (value) => {
    if (value === null) return onNull;
    return matchIf(
      (lower === null || above(order(value, lower), sides)) && (upper === null || below(order(value, upper), sides)),
    );
  };
}

function numericTextBetween(
  lower: string | null,
  upper: string | null,
  sides: Sides,
  onNull: Match,
): Predicate['text'] {
  const lowerDecimal = lower === null ? null : orderedDecimal(lower);
  const upperDecimal = upper === null ? null : orderedDecimal(upper);
  return (value) => {
    if (value === null) return onNull;
    const decimal = orderedDecimal(value);
    return matchIf(
      (lower === null || above(compareNumeric(value, decimal, lower, lowerDecimal), sides)) &&
        (upper === null || below(compareNumeric(value, decimal, upper, upperDecimal), sides)),
    );
  };
}

/** A text that is no number stands below all numbers: as a lower bound it lets all pass, as an upper bound none. */
type NumberBound<T> = T | 'below all' | null;

function decimalBound(text: string | null): NumberBound<Decimal> {
  return text === null ? null : (orderedDecimal(text) ?? 'below all');
}

function doubleBound(text: string | null): NumberBound<number> {
  return text === null ? null : (parseDoubleDimension(text) ?? 'below all');
}

function longBetween(lower: NumberBound<Decimal>, upper: NumberBound<Decimal>, sides: Sides): (value: Long) => Match {
  if (upper === 'below all') return () => Match.no;
  const least = lower === null || lower === 'below all' ? Number.NEGATIVE_INFINITY : leastAbove(lower, sides.lowerOpen);
  const greatest = upper === null ? Number.POSITIVE_INFINITY : negated(leastAbove(opposite(upper), sides.upperOpen));
  return (value) => matchIf(value >= least && value <= greatest);
}

/** The least integer above a bound, or at it if it is not open. */
function leastAbove(bound: Decimal, open: boolean): Long {
  if (bound.pointAt > LONG_DIGITS_MAX) return bound.sign * Number.POSITIVE_INFINITY;
  const whole = BigInt(bound.digits.slice(0, Math.max(0, bound.pointAt)).padEnd(Math.max(1, bound.pointAt), '0'));
  const fraction = bound.digits.length > Math.max(0, bound.pointAt);
  const floor = bound.sign < 0 ? -whole - (fraction ? 1n : 0n) : whole;
  return longOf(floor + (fraction || open ? 1n : 0n));
}

function opposite({ sign, digits, pointAt }: Decimal): Decimal {
  return { sign: -sign as Decimal['sign'], digits, pointAt };
}

function negated(value: Long): Long {
  return -value;
}

function doubleBetween(lower: NumberBound<number>, upper: NumberBound<number>, sides: Sides): (value: number) => Match {
  if (upper === 'below all') return () => Match.no;
  return (value) =>
    matchIf(
      (lower === null || lower === 'below all' || above(compareDoubles(value, lower), sides)) &&
        (upper === null || below(compareDoubles(value, upper), sides)),
    );
}

function above(order: number, { lowerOpen }: Sides): boolean {
  return lowerOpen ? order > 0 : order >= 0;
}

function below(order: number, { upperOpen }: Sides): boolean {
  return upperOpen ? order < 0 : order <= 0;
}

/** Digits of the greatest long. */
const LONG_DIGITS_MAX = 19;
