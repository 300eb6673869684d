import { shape, type Union } from '../field.ts';

const dimension = { kind: 'string', why: 'the row field', required: true } as const;
const column = { kind: 'string', why: 'the row field', required: true } as const;
const extractionFn = { kind: 'node', why: 'changes the value first', type: { json: {} } } as const;
const filterTuning = {
  kind: 'node',
  why: 'index hints',
  ignored: 'it tunes queries, not ingestion',
  type: { json: {} },
} as const;
const matchValueType = {
  kind: 'string',
  why: 'the type compared as',
  required: true,
  oneOf: ['STRING', 'LONG', 'DOUBLE', 'FLOAT'],
} as const;
const scalar = { json: { type: ['string', 'number', 'boolean', 'null'] } } as const;
const self = { union: (): Union => filterUnion };

export const constantFilterShape = shape('ConstantFilter', 'Every row, or none.', {});

export const booleanFilterShape = shape('BooleanFilter', 'All or any of several filters.', {
  fields: { kind: 'node', why: 'the filters', required: true, type: { list: self } },
});

export const notFilterShape = shape('NotFilter', 'The rows another filter rejects.', {
  field: { kind: 'node', why: 'the filter', required: true, type: self },
});

export const nullFilterShape = shape('NullFilter', 'Rows without a value.', { column, filterTuning });

export const selectorFilterShape = shape('SelectorFilter', 'Rows with one value.', {
  dimension,
  value: { kind: 'node', why: 'the value; null for rows without one', type: scalar },
  extractionFn,
  filterTuning,
});

export const inFilterShape = shape('InFilter', 'Rows with one of several values.', {
  dimension,
  values: { kind: 'node', why: 'the values', required: true, type: { list: scalar } },
  extractionFn,
  filterTuning,
});

export const boundFilterShape = shape('BoundFilter', 'Rows with a value in a range.', {
  dimension,
  lower: { kind: 'string', why: 'the lower end' },
  upper: { kind: 'string', why: 'the upper end' },
  lowerStrict: { kind: 'boolean', why: 'leaves out the lower end itself', default: false },
  upperStrict: { kind: 'boolean', why: 'leaves out the upper end itself', default: false },
  alphaNumeric: { kind: 'boolean', why: 'ordering alphanumeric, before Druid 0.9.2' },
  ordering: {
    kind: 'node',
    why: 'lexicographic, numeric, alphanumeric, strlen or version',
    type: { json: { type: ['string', 'object', 'null'] } },
  },
  extractionFn,
  filterTuning,
});

export const likeFilterShape = shape('LikeFilter', 'Rows that match an SQL LIKE pattern.', {
  dimension,
  pattern: { kind: 'string', why: '% for any text, _ for any character', required: true },
  escape: { kind: 'string', why: 'the character that takes the meaning from % and _' },
  extractionFn,
  filterTuning,
});

export const regexFilterShape = shape('RegexFilter', 'Rows with a part that matches a regular expression.', {
  dimension,
  pattern: { kind: 'string', why: 'a Java regular expression', required: true },
  extractionFn,
  filterTuning,
});

export const equalsFilterShape = shape('EqualsFilter', 'Rows with one value of a type.', {
  column,
  matchValueType,
  matchValue: { kind: 'node', why: 'the value', required: true, type: scalar },
  filterTuning,
});

export const rangeFilterShape = shape('RangeFilter', 'Rows with a value of a type in a range.', {
  column,
  matchValueType,
  lower: { kind: 'node', why: 'the lower end', type: scalar },
  upper: { kind: 'node', why: 'the upper end', type: scalar },
  lowerOpen: { kind: 'boolean', why: 'leaves out the lower end itself', default: false },
  upperOpen: { kind: 'boolean', why: 'leaves out the upper end itself', default: false },
  filterTuning,
});

export const intervalFilterShape = shape('IntervalFilter', 'Rows with a time in one of several intervals.', {
  dimension,
  intervals: {
    kind: 'node',
    why: 'ISO 8601 intervals',
    required: true,
    type: { json: { type: 'array', items: { type: 'string' } } },
  },
  extractionFn,
  filterTuning,
});

export const columnComparisonFilterShape = shape(
  'ColumnComparisonFilter',
  'Rows with equal values in several fields.',
  {
    dimensions: {
      kind: 'node',
      why: 'the row fields',
      required: true,
      type: { list: { json: { type: ['string', 'object'] } } },
    },
  },
);

/** `DimFilter`. */
export const filterUnion: Union = {
  name: 'Filter',
  about: 'A native filter over rows.',
  discriminator: 'type',
  defaultType: null,
  shapes: {
    true: constantFilterShape,
    false: constantFilterShape,
    and: booleanFilterShape,
    or: booleanFilterShape,
    not: notFilterShape,
    null: nullFilterShape,
    selector: selectorFilterShape,
    in: inFilterShape,
    bound: boundFilterShape,
    like: likeFilterShape,
    regex: regexFilterShape,
    equals: equalsFilterShape,
    range: rangeFilterShape,
    interval: intervalFilterShape,
    columnComparison: columnComparisonFilterShape,
  },
  oldNames: {},
  feature: 'filter',
  noun: 'filter type',
};
