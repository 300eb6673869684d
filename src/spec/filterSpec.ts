import { javaRegExp } from '../row/filter/javaRegex.ts';
import type { FilterSpec } from './jobSpec.ts';
import type { SpecLog } from './problem.ts';
import { asList, readFields, readType } from './readFields.ts';
import { checkRegex } from './regexField.ts';
import { readString } from './scalar.ts';
import {
  booleanFilterShape,
  boundFilterShape,
  columnComparisonFilterShape,
  constantFilterShape,
  equalsFilterShape,
  filterUnion,
  inFilterShape,
  intervalFilterShape,
  likeFilterShape,
  notFilterShape,
  nullFilterShape,
  rangeFilterShape,
  regexFilterShape,
  selectorFilterShape,
} from './shapes/filter.ts';
import { describeNode, quote, type SpecNode, type SpecObject, spotOf } from './specTree.ts';
import { didYouMean } from './suggest.ts';
import { readInterval } from './times.ts';
import { unsupportedFeature } from './unsupported.ts';

type Ordering = Extract<FilterSpec, { type: 'bound' }>['ordering'];
type MatchValueType = Extract<FilterSpec, { type: 'equals' }>['matchValueType'];

const ORDERINGS: readonly Ordering[] = ['lexicographic', 'numeric', 'alphanumeric', 'strlen', 'version'];

/** One filter with all that is in it; null after an error. */
export function readFilter(log: SpecLog, node: SpecNode): FilterSpec | null {
  const typed = readType(log, node, filterUnion);
  if (typed === null) return null;
  const { type, object } = typed;
  switch (type) {
    case 'true':
    case 'false':
      readFields(log, object, constantFilterShape, 'type');
      return { type };
    case 'and':
    case 'or':
      return readBoolean(log, object, type);
    case 'not': {
      const { field } = readFields(log, object, notFilterShape, 'type').value;
      const inner = field === null ? null : readFilter(log, field);
      return inner === null ? null : { type, field: inner };
    }
    case 'null': {
      const { column } = readFields(log, object, nullFilterShape, 'type').value;
      return column === null ? null : { type, column };
    }
    case 'selector':
      return readSelector(log, object);
    case 'in':
      return readIn(log, object);
    case 'bound':
      return readBound(log, object);
    case 'like':
      return readLike(log, object);
    case 'regex':
      return readRegex(log, object);
    case 'equals':
      return readEquals(log, object);
    case 'range':
      return readRange(log, object);
    case 'interval':
      return readIntervalFilter(log, object);
    default:
      return readColumnComparison(log, object);
  }
}

function refuseExtraction(log: SpecLog, node: SpecNode | null): void {
  const refusal = unsupportedFeature('filter:extractionFn');
  if (node !== null && refusal !== null) log.error(spotOf(node), refusal);
}

function readBoolean(log: SpecLog, object: SpecObject, type: 'and' | 'or'): FilterSpec | null {
  const read = readFields(log, object, booleanFilterShape, 'type');
  const items = asList(log, read.value.fields, 'the list of filters');
  if (items.length === 0 && read.value.fields?.kind === 'array') {
    log.error(read.at('fields'), `the "${type}" filter has no fields`, 'at least one filter');
    return null;
  }
  const fields = items.map((item) => readFilter(log, item));
  return fields.some((field) => field === null) ? null : { type, fields: fields as FilterSpec[] };
}

function readSelector(log: SpecLog, object: SpecObject): FilterSpec | null {
  const { dimension, value, extractionFn } = readFields(log, object, selectorFilterShape, 'type').value;
  refuseExtraction(log, extractionFn);
  const text = value === null ? null : readString(log, value);
  return dimension === null ? null : { type: 'selector', dimension, value: text };
}

function readIn(log: SpecLog, object: SpecObject): FilterSpec | null {
  const read = readFields(log, object, inFilterShape, 'type');
  const { dimension, values, extractionFn } = read.value;
  refuseExtraction(log, extractionFn);
  const texts = asList(log, values, 'the list of values').map((item) => readString(log, item));
  return dimension === null ? null : { type: 'in', dimension, values: texts };
}

function readBound(log: SpecLog, object: SpecObject): FilterSpec | null {
  const read = readFields(log, object, boundFilterShape, 'type');
  const { dimension, lower, upper, lowerStrict, upperStrict, alphaNumeric, extractionFn } = read.value;
  refuseExtraction(log, extractionFn);
  if (lower === null && upper === null) {
    log.error(spotOf(object), 'a bound filter needs an end', '"lower", "upper" or both');
    return null;
  }
  const ordering = readOrdering(log, read.value.ordering, alphaNumeric === true ? 'alphanumeric' : 'lexicographic');
  if (dimension === null || ordering === null) return null;
  return { type: 'bound', dimension, lower, upper, lowerStrict, upperStrict, ordering };
}

/** A name in any case, or an object with the name as its type. */
function readOrdering(log: SpecLog, node: SpecNode | null, fallback: Ordering): Ordering | null {
  if (node === null) return fallback;
  const named = node.kind === 'object' ? (node.members.get('type')?.value ?? node) : node;
  const text = readString(log, named);
  if (text === null) return named.kind === 'null' ? fallback : null;
  const ordering = ORDERINGS.find((known) => known === text.toLowerCase());
  if (ordering !== undefined) return ordering;
  const refusal = unsupportedFeature(`ordering:${text.toLowerCase()}`);
  if (refusal !== null) log.error(spotOf(named), refusal);
  else log.error(spotOf(named), `${quote(text)} is not an ordering`, ORDERINGS.join(', '), didYouMean(text, ORDERINGS));
  return null;
}

function readLike(log: SpecLog, object: SpecObject): FilterSpec | null {
  const read = readFields(log, object, likeFilterShape, 'type');
  const { dimension, pattern, escape: mark, extractionFn } = read.value;
  refuseExtraction(log, extractionFn);
  if (mark !== null && mark.length !== 1) {
    log.error(read.at('escape'), `the escape ${quote(mark)} is not a single character`, 'a single character');
    return null;
  }
  return dimension === null || pattern === null ? null : { type: 'like', dimension, pattern, escape: mark };
}

function readRegex(log: SpecLog, object: SpecObject): FilterSpec | null {
  const read = readFields(log, object, regexFilterShape, 'type');
  const { dimension, pattern, extractionFn } = read.value;
  refuseExtraction(log, extractionFn);
  // Only the first match compiles it.
  if (pattern !== null) checkRegex(log, read.at('pattern'), pattern, () => javaRegExp(pattern).test(''));
  return dimension === null || pattern === null ? null : { type: 'regex', dimension, pattern };
}

function readEquals(log: SpecLog, object: SpecObject): FilterSpec | null {
  const read = readFields(log, object, equalsFilterShape, 'type');
  const { column, matchValueType, matchValue } = read.value;
  if (column === null || matchValueType === null || matchValue === null) return null;
  const type = matchValueType as MatchValueType;
  const value = readMatchValue(log, matchValue, type);
  return value === null ? null : { type: 'equals', column, matchValueType: type, matchValue: value };
}

function readRange(log: SpecLog, object: SpecObject): FilterSpec | null {
  const read = readFields(log, object, rangeFilterShape, 'type');
  const { column, matchValueType, lowerOpen, upperOpen } = read.value;
  if (column === null || matchValueType === null) return null;
  if (read.value.lower === null && read.value.upper === null) {
    log.error(spotOf(object), 'a range filter needs an end', '"lower", "upper" or both');
    return null;
  }
  const type = matchValueType as MatchValueType;
  const lower = read.value.lower === null ? null : readMatchValue(log, read.value.lower, type);
  const upper = read.value.upper === null ? null : readMatchValue(log, read.value.upper, type);
  if ((read.value.lower !== null && lower === null) || (read.value.upper !== null && upper === null)) return null;
  return { type: 'range', column, matchValueType: type, lower, upper, lowerOpen, upperOpen };
}

/** A value of the type compared as: text for STRING, a number otherwise, also where it is written as text. */
function readMatchValue(log: SpecLog, node: SpecNode, type: MatchValueType): string | number | null {
  if (type === 'STRING') return readString(log, node);
  const number =
    node.kind === 'number' || (node.kind === 'string' && node.text.trim() !== '') ? Number(node.text) : Number.NaN;
  if (!Number.isNaN(number) && (type !== 'LONG' || Number.isInteger(number))) return number;
  const expected = type === 'LONG' ? 'a whole number' : 'a number';
  log.error(spotOf(node), `${describeNode(node)} does not fit matchValueType ${type}`, expected);
  return null;
}

function readIntervalFilter(log: SpecLog, object: SpecObject): FilterSpec | null {
  const read = readFields(log, object, intervalFilterShape, 'type');
  refuseExtraction(log, read.value.extractionFn);
  const items = asList(log, read.value.intervals, 'the list of intervals');
  const intervals = items.map((item) => readInterval(log, item)).filter((interval) => interval !== null);
  if (read.value.intervals?.kind === 'array' && items.length === 0) {
    log.error(read.at('intervals'), 'the interval filter has no intervals', 'at least one interval');
  }
  return read.value.dimension === null ? null : { type: 'interval', dimension: read.value.dimension, intervals };
}

function readColumnComparison(log: SpecLog, object: SpecObject): FilterSpec | null {
  const read = readFields(log, object, columnComparisonFilterShape, 'type');
  const dimensions: string[] = [];
  for (const item of asList(log, read.value.dimensions, 'the list of dimensions')) {
    const name = comparedDimension(log, item);
    if (name !== null) dimensions.push(name);
  }
  if (dimensions.length < 2 && read.value.dimensions?.kind === 'array') {
    log.error(read.at('dimensions'), 'a columnComparison filter compares at least two dimensions', 'two names or more');
    return null;
  }
  return { type: 'columnComparison', dimensions };
}

/** A name, or a default dimension spec `{"type": "default", "dimension": "x"}`; nothing that changes values. */
function comparedDimension(log: SpecLog, node: SpecNode): string | null {
  if (node.kind !== 'object') return readString(log, node);
  const type = node.members.get('type')?.value;
  const dimension = node.members.get('dimension')?.value;
  if (type !== undefined && type.kind === 'string' && type.text !== 'default') {
    log.error(spotOf(type), `dimension specs of type ${quote(type.text)} are not built yet`, 'a field name');
    return null;
  }
  if (dimension === undefined) {
    log.error(spotOf(node), 'the dimension is missing', 'a field name');
    return null;
  }
  return readString(log, dimension);
}
