import type { FilterSpec } from '../../spec/jobSpec.ts';
import { integerOf, parseDoubleDimension } from '../numbers/parse.ts';
import { longOfDouble } from '../numbers/rounding.ts';

type TypedSpec = Extract<FilterSpec, { type: 'equals' | 'range' }>;

/**
 * The number that an `equals` or `range` filter compares with: a bigint for the type LONG, where a fraction is cut off, else a
 * number.
 *
 * @throws RangeError when the value is a text that is no number
 */
export function numberToMatch(spec: TypedSpec, value: string | number): bigint | number {
  const number = typeof value === 'number' ? value : numberOfText(value);
  if (number === undefined) {
    throw new RangeError(
      `the ${spec.type} filter on column "${spec.column}" has ${JSON.stringify(value)} to compare with, ` +
        `which is no ${spec.matchValueType}: give a number, or matchValueType STRING`,
    );
  }
  if (spec.matchValueType !== 'LONG') return Number(number);
  return typeof number === 'bigint' ? number : longOfDouble(number);
}

/** Druid reads a text as a long if it is one, else as a double. */
function numberOfText(text: string): bigint | number | undefined {
  return integerOf(text.startsWith('+') ? text.slice(1) : text) ?? parseDoubleDimension(text);
}
