import { FieldKind, type RecordView } from '../../input/record.ts';
import type { FilterSpec } from '../../spec/jobSpec.ts';
import { javaDoubleText } from '../numbers/javaText.ts';
import { parseDoubleSpan, parseLongSpan } from '../numbers/parse.ts';
import { equalsDouble, equalsLong, equalsText, inTexts, isNull, selectorPredicate } from './equalPredicates.ts';
import { type DoubleText, fieldText, integerText } from './fieldText.ts';
import { numberToMatch } from './matchValue.ts';
import { longOf, Match, type Predicate } from './predicate.ts';
import { boundPredicate, intervalPredicate, rangePredicate } from './rangePredicates.ts';
import { likePredicate, regexPredicate } from './textPredicates.ts';

/** A filter ready for rows. Stateless: one filter may serve many views. */
export interface RowFilter {
  /**
   * Whether the row passes.
   *
   * @param rowTimeMs the row's timestamp, epoch milliseconds: what `__time` is to the filter
   */
  matches(record: RecordView, rowTimeMs: number): boolean;
}

/** In place of a slot: the row's own time, `__time`. */
export const TIME_SLOT = -1;
/** In place of a slot: a column whose values no filter can read. To the `null` filter they are not null, to all others they are. */
export const OPAQUE_SLOT = -2;

/**
 * Makes a Druid filter ready for rows, with Druid's answers: a row value that is a number is compared as a number, one that is
 * text as text; a list matches if any element does, and a null element is the text "null"; what is compared with null is
 * unknown, and so is its negation.
 *
 * @param slotOf gives each column's slot in the record views to come, or {@link TIME_SLOT} or {@link OPAQUE_SLOT}
 * @param doubleText how doubles are written where a filter looks at text
 * @throws SyntaxError where a regex can't be understood
 * @throws RangeError where a number to compare with is none
 * @see org.apache.druid.query.filter.ValueMatcher
 */
export function compileFilter(
  spec: FilterSpec,
  slotOf: (column: string) => number,
  doubleText: DoubleText = javaDoubleText,
): RowFilter {
  const node = compile(spec, { slotOf, doubleText });
  return { matches: (record, rowTimeMs) => node(record, rowTimeMs, false) };
}

/** @param unknown what to answer where the truth is unknown: negation asks the other way round */
type Node = (record: RecordView, rowTimeMs: number, unknown: boolean) => boolean;

interface Columns {
  readonly slotOf: (column: string) => number;
  readonly doubleText: DoubleText;
}

function compile(spec: FilterSpec, columns: Columns): Node {
  const { doubleText } = columns;
  switch (spec.type) {
    case 'true':
      return () => true;
    case 'false':
      return () => false;
    case 'and': {
      const nodes = spec.fields.map((field) => compile(field, columns));
      return (record, time, unknown) => nodes.every((node) => node(record, time, unknown));
    }
    case 'or': {
      const nodes = spec.fields.map((field) => compile(field, columns));
      return (record, time, unknown) => nodes.some((node) => node(record, time, unknown));
    }
    case 'not': {
      const node = compile(spec.field, columns);
      return (record, time, unknown) => !node(record, time, !unknown);
    }
    case 'columnComparison':
      return columnComparison(spec.dimensions, columns);
    case 'null':
      return columns.slotOf(spec.column) === OPAQUE_SLOT ? () => false : leaf(spec.column, isNull, columns);
    case 'selector':
      return leaf(spec.dimension, spec.value === null ? isNull : selectorPredicate(spec.value), columns);
    case 'in':
      return leaf(spec.dimension, inTexts(spec.values), columns);
    case 'bound':
      return leaf(spec.dimension, boundPredicate(spec, doubleText), columns);
    case 'like':
      return leaf(spec.dimension, likePredicate(spec.pattern, spec.escape, doubleText), columns);
    case 'regex':
      return leaf(spec.dimension, regexPredicate(spec.pattern, doubleText), columns);
    case 'equals':
      return leaf(spec.column, equalsPredicate(spec), columns);
    case 'range':
      return leaf(spec.column, rangePredicate(spec, doubleText), columns);
    case 'interval':
      return leaf(spec.dimension, intervalPredicate(spec.intervals, doubleText), columns);
  }
}

function equalsPredicate(spec: Extract<FilterSpec, { type: 'equals' }>): Predicate {
  if (spec.matchValueType === 'STRING') return equalsText(String(spec.matchValue));
  const number = numberToMatch(spec, spec.matchValue);
  return typeof number === 'bigint' ? equalsLong(number) : equalsDouble(number);
}

function leaf(column: string, predicate: Predicate, { slotOf, doubleText }: Columns): Node {
  const slot = slotOf(column);
  if (slot === OPAQUE_SLOT) return (_record, _time, unknown) => answer(predicate.text(null), unknown);
  if (slot === TIME_SLOT) return (_record, time, unknown) => answer(predicate.long(time), unknown);
  return (record, _time, unknown) => matchesField(record, slot, predicate, doubleText, unknown);
}

function matchesField(
  record: RecordView,
  slot: number,
  predicate: Predicate,
  doubleText: DoubleText,
  unknown: boolean,
): boolean {
  const { kinds, starts, ends } = record.slots;
  const kind = kinds[slot] as FieldKind;
  if (kind === FieldKind.integer) return answer(predicate.long(longOfSpan(record, starts[slot], ends[slot])), unknown);
  if (kind === FieldKind.decimal) {
    return answer(predicate.double(parseDoubleSpan(record.bytes, starts[slot], ends[slot])), unknown);
  }
  const text = fieldText(record, slot, doubleText);
  if (text === null || typeof text === 'string') return answer(predicate.text(text), unknown);
  for (const element of text) if (answer(predicate.text(element ?? NULL_ELEMENT), unknown)) return true;
  return false;
}

function answer(match: Match, unknown: boolean): boolean {
  return match === Match.yes || (unknown && match === Match.unknown);
}

function longOfSpan(record: RecordView, start: number, end: number): number | bigint {
  const small = parseLongSpan(record.bytes, start, end);
  return Number.isNaN(small) ? longOf(BigInt(integerText(record.bytes, start, end))) : small;
}

/** Whether each column has a text in common with the one before it; null, missing and an empty list are alike. */
function columnComparison(dimensions: readonly string[], { slotOf, doubleText }: Columns): Node {
  const slots = dimensions.map(slotOf);
  const textsOf = (record: RecordView, slot: number, time: number): readonly (string | null)[] => {
    if (slot === OPAQUE_SLOT) return [null];
    const text = slot === TIME_SLOT ? String(time) : fieldText(record, slot, doubleText);
    return text === null || typeof text === 'string' ? [text] : text;
  };
  return (record, time) => {
    let previous = textsOf(record, slots[0], time);
    for (let i = 1; i < slots.length; i++) {
      const texts = textsOf(record, slots[i], time);
      if (!texts.some((text) => previous.includes(text))) return false;
      previous = texts;
    }
    return true;
  };
}

/** What Druid's row adapter makes of a null in a list. */
const NULL_ELEMENT = 'null';
