/**
 * Druid's three answers of a predicate. Unknown is a comparison with null: it is no match, and its negation is none either.
 *
 * @see org.apache.druid.query.filter.DruidPredicateMatch
 */
export const Match = { no: 0, yes: 1, unknown: 2 } as const;
export type Match = (typeof Match)[keyof typeof Match];

/** A 64-bit integer: a number while it is a safe integer, else a bigint, so that equal longs are equal by `===`. */
export type Long = number | bigint;

/**
 * What a filter asks of one value of its column; which question depends on the type that the value has in the row, not on
 * the filter.
 *
 * @see org.apache.druid.query.filter.DruidPredicateFactory
 */
export interface Predicate {
  /** @param value null for absent and null fields and empty lists */
  text(value: string | null): Match;
  long(value: Long): Match;
  double(value: number): Match;
}

export function matchIf(condition: boolean): Match {
  return condition ? Match.yes : Match.no;
}

/** The form of a long that `===` can compare. */
export function longOf(value: bigint): Long {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Java's `Double.compare`: -0.0 before 0.0, NaN last. */
export function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return a === 0 ? Number(Object.is(b, -0)) - Number(Object.is(a, -0)) : 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
