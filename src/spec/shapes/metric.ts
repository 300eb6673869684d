import { type Shape, shape, type Union } from '../field.ts';
import { filterUnion } from './filter.ts';

const name = { kind: 'string', why: 'name of the stored column', required: true } as const;
const fieldName = { kind: 'string', why: 'the input field' } as const;
const expression = { kind: 'string', why: 'a Druid expression in place of fieldName' } as const;
const timeColumn = {
  kind: 'string',
  why: "the time that decides which value is first or last; __time is the row's own, unrounded",
  default: '__time',
} as const;

/** `CountAggregatorFactory`. */
export const countShape = shape('CountMetric', 'Number of input rows.', { name });

/** `LongSumAggregatorFactory` and its like. */
export const numericShape = shape('NumericMetric', 'Sum, minimum, maximum or any of a number.', {
  name,
  fieldName,
  expression,
});

/** `LongFirstAggregatorFactory` and its like. */
export const numericByTimeShape = shape('NumericByTimeMetric', 'The number of the first or last row.', {
  name,
  fieldName,
  timeColumn,
});

/** `StringFirstAggregatorFactory`, `StringLastAggregatorFactory`. */
export const stringByTimeShape = shape('StringByTimeMetric', 'The text of the first or last row.', {
  name,
  fieldName,
  timeColumn,
  maxStringBytes: { kind: 'integer', why: 'longer texts are cut to this many bytes', default: 1024, minimum: 0 },
});

/** `HyperUniquesAggregatorFactory`. */
export const hyperUniqueShape = shape('HyperUniqueMetric', 'Approximate number of distinct values.', {
  name,
  fieldName,
  isInputHyperUnique: { kind: 'boolean', why: 'the input is a stored hyperUnique already', default: false },
  round: { kind: 'boolean', why: 'queries round the estimate', default: false },
});

/** `FilteredAggregatorFactory`. */
export const filteredShape = shape('FilteredMetric', 'A metric over the rows that match a filter.', {
  name: { kind: 'string', why: "name of the stored column; the inner metric's where left out" },
  filter: { kind: 'node', why: 'the rows that count', required: true, type: { union: () => filterUnion } },
  aggregator: { kind: 'node', why: 'the metric', required: true, type: { union: () => metricUnion } },
});

function metricShapes(): Record<string, Shape> {
  const shapes: Record<string, Shape> = { count: countShape };
  for (const type of ['long', 'float', 'double']) {
    for (const operation of ['Sum', 'Min', 'Max', 'Any']) shapes[type + operation] = numericShape;
    for (const operation of ['First', 'Last']) shapes[type + operation] = numericByTimeShape;
  }
  shapes.stringFirst = stringByTimeShape;
  shapes.stringLast = stringByTimeShape;
  shapes.hyperUnique = hyperUniqueShape;
  shapes.filtered = filteredShape;
  return shapes;
}

/** `AggregatorFactory`. */
export const metricUnion: Union = {
  name: 'Metric',
  about: 'A metric: a column aggregated at ingestion.',
  discriminator: 'type',
  defaultType: null,
  shapes: metricShapes(),
  // Druid before 0.9 had one `min` and one `max`, over doubles.
  oldNames: { min: 'doubleMin', max: 'doubleMax' },
  feature: 'metric',
  noun: 'metric type',
};
