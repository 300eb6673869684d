import { shape, type Union } from '../field.ts';
import { filterUnion } from './filter.ts';
import { granularitySpecUnion } from './granularitySpec.ts';
import { metricUnion } from './metric.ts';
import { parserUnion } from './parser.ts';

/** `DataSchema`. */
export const dataSchemaShape = shape('DataSchema', 'What the segments hold.', {
  dataSource: { kind: 'string', why: 'the name of the datasource', required: true },
  parser: {
    kind: 'node',
    why: 'how lines become rows: a parser with its parseSpec',
    type: { union: () => parserUnion },
  },
  timestampSpec: {
    kind: 'node',
    why: 'which column holds the time; goes before the one in parseSpec',
    type: { shape: () => timestampSpecShape },
  },
  dimensionsSpec: {
    kind: 'node',
    why: 'the dimensions; goes before the one in parseSpec',
    type: { shape: () => dimensionsSpecShape },
  },
  metricsSpec: { kind: 'node', why: 'the metrics', type: { list: { union: () => metricUnion } } },
  granularitySpec: {
    kind: 'node',
    why: 'time chunks, rounding of times, rollup, intervals',
    type: { union: () => granularitySpecUnion },
  },
  transformSpec: {
    kind: 'node',
    why: 'changes and filters rows before they are indexed',
    type: { shape: () => transformSpecShape },
  },
  hadoopDependencyCoordinates: {
    kind: 'node',
    why: 'jars for Hadoop',
    ignored: 'it belongs next to "type" of the task, and no Java code is loaded here',
    type: { json: {} },
  },
});

/** `TimestampSpec`. */
export const timestampSpecShape = shape('TimestampSpec', 'Where and how a row tells its time.', {
  column: { kind: 'string', why: 'the input field with the time', default: 'timestamp' },
  format: {
    kind: 'string',
    why: 'auto, iso, millis, posix, micro, nano, ruby or a Joda pattern such as yyyy-MM-dd HH:mm:ss',
    default: 'auto',
  },
  missingValue: {
    kind: 'node',
    why: 'time of rows without one: ISO text or epoch milliseconds; without it such rows are unparseable',
    type: { json: { type: ['string', 'integer', 'null'] } },
  },
});

/** `DimensionsSpec`. */
export const dimensionsSpecShape = shape('DimensionsSpec', 'The dimensions of the segments, in sort order.', {
  dimensions: {
    kind: 'node',
    why: 'names or typed dimensions; empty: every field that is found',
    type: { list: { anyOf: [{ json: { type: ['string', 'number', 'boolean'] } }, { union: () => dimensionUnion }] } },
  },
  dimensionExclusions: { kind: 'strings', why: 'fields that never become dimensions', default: [] },
  spatialDimensions: { kind: 'node', why: 'spatial dimensions', type: { json: { type: 'array' } } },
  includeAllDimensions: {
    kind: 'boolean',
    why: 'adds the fields found in the data after the dimensions listed',
    default: false,
  },
  useSchemaDiscovery: { kind: 'boolean', why: 'finds fields and their types in the data', default: false },
  forceSegmentSortByTime: { kind: 'boolean', why: 'sorts rows by time before dimensions', default: true },
});

const stringDimensionShape = shape('StringDimension', 'A string dimension, with one value or several.', {
  name: { kind: 'string', why: 'name of the dimension and of its input field', required: true },
  multiValueHandling: {
    kind: 'string',
    why: 'order of several values in a row',
    oneOf: ['SORTED_ARRAY', 'SORTED_SET', 'ARRAY'],
    default: 'SORTED_ARRAY',
  },
  createBitmapIndex: { kind: 'boolean', why: 'writes the bitmap index that filters use', default: true },
});

const numericDimensionShape = shape('NumericDimension', 'A long, float or double dimension.', {
  name: { kind: 'string', why: 'name of the dimension and of its input field', required: true },
  multiValueHandling: { kind: 'string', why: 'order of several values', ignored: 'numbers have one value' },
  createBitmapIndex: {
    kind: 'boolean',
    why: 'writes the bitmap index',
    ignored: 'number columns have no bitmap index',
  },
});

/** `DimensionSchema`. */
export const dimensionUnion = {
  name: 'Dimension',
  about: 'One dimension.',
  discriminator: 'type',
  defaultType: 'string',
  shapes: {
    string: stringDimensionShape,
    long: numericDimensionShape,
    float: numericDimensionShape,
    double: numericDimensionShape,
  },
  oldNames: {},
  foreignNames: {
    int: 'long',
    integer: 'long',
    bigint: 'long',
    timestamp: 'long',
    number: 'double',
    decimal: 'double',
    real: 'float',
    text: 'string',
    varchar: 'string',
    boolean: 'string',
  },
  unknownIs: 'string',
  feature: 'dimension',
  noun: 'dimension type',
} as const satisfies Union;

/** `TransformSpec`. */
export const transformSpecShape = shape('TransformSpec', 'Changes and filters rows before they are indexed.', {
  filter: { kind: 'node', why: 'rows that do not match are thrown away', type: { union: () => filterUnion } },
  transforms: {
    kind: 'node',
    why: 'fields computed from other fields',
    type: { list: { union: () => transformUnion } },
  },
});

/** `Transform`. */
export const transformUnion = {
  name: 'Transform',
  about: 'A computed field.',
  discriminator: 'type',
  defaultType: null,
  shapes: {
    expression: shape('ExpressionTransform', 'A field computed by an expression.', {
      name: { kind: 'string', why: 'name of the field', required: true },
      expression: { kind: 'string', why: 'the Druid expression', required: true },
    }),
  },
  oldNames: {},
  feature: 'transform',
  noun: 'transform type',
} as const satisfies Union;
