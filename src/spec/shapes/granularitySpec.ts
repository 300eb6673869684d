import { shape, type Union } from '../field.ts';

/** Druid's named granularities, as `GranularityType` spells them. */
export const GRANULARITY_NAMES = [
  'SECOND',
  'MINUTE',
  'FIVE_MINUTE',
  'TEN_MINUTE',
  'FIFTEEN_MINUTE',
  'THIRTY_MINUTE',
  'HOUR',
  'SIX_HOUR',
  'EIGHT_HOUR',
  'DAY',
  'WEEK',
  'MONTH',
  'QUARTER',
  'YEAR',
  'ALL',
  'NONE',
] as const;

/** `Granularity` as JSON Schema: a name, a period or a duration. */
const granularityJson = {
  anyOf: [
    { type: 'string', enum: [...GRANULARITY_NAMES, ...GRANULARITY_NAMES.map((name) => name.toLowerCase())] },
    {
      type: 'object',
      properties: { type: { enum: ['all', 'none'] } },
      required: ['type'],
    },
    {
      type: 'object',
      properties: {
        type: { const: 'period' },
        period: { type: 'string', description: 'ISO 8601, such as P1D or PT15M' },
        timeZone: { type: ['string', 'null'], default: 'UTC' },
        origin: { type: ['string', 'integer', 'null'] },
      },
      required: ['period'],
    },
    {
      type: 'object',
      properties: {
        type: { const: 'duration' },
        duration: { type: ['integer', 'string'], description: 'milliseconds' },
        origin: { type: ['string', 'integer', 'null'] },
      },
      required: ['type', 'duration'],
    },
    { type: 'null' },
  ],
} as const;

const INTERVALS_JSON = { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'string' }, { type: 'null' }] };

/** `UniformGranularitySpec`: time chunks of one length. */
export const uniformGranularitySpecShape = shape('UniformGranularitySpec', 'Time chunks of one length.', {
  segmentGranularity: {
    kind: 'node',
    why: 'length of the time chunks, one set of segments each; DAY where left out',
    type: { json: granularityJson },
  },
  queryGranularity: {
    kind: 'node',
    why: 'row times are rounded down to this; NONE (milliseconds) where left out',
    type: { json: granularityJson },
  },
  rollup: { kind: 'boolean', why: 'rows with equal time and dimensions become one', default: true },
  intervals: {
    kind: 'node',
    why: 'rows outside their time chunks are thrown away; found from the data where left out',
    type: { json: INTERVALS_JSON },
  },
});

/** `ArbitraryGranularitySpec`: the intervals are the time chunks. */
export const arbitraryGranularitySpecShape = shape('ArbitraryGranularitySpec', 'The intervals are the time chunks.', {
  segmentGranularity: {
    kind: 'node',
    why: 'length of the time chunks',
    ignored: 'the intervals themselves are the time chunks',
    type: { json: granularityJson },
  },
  queryGranularity: {
    kind: 'node',
    why: 'row times are rounded down to this; NONE (milliseconds) where left out',
    type: { json: granularityJson },
  },
  rollup: { kind: 'boolean', why: 'rows with equal time and dimensions become one', default: true },
  intervals: {
    kind: 'node',
    why: 'the time chunks; they may not overlap',
    required: true,
    type: { json: INTERVALS_JSON },
  },
});

/** `PeriodGranularity`. */
export const periodGranularityShape = shape('PeriodGranularity', 'Calendar periods.', {
  period: { kind: 'string', why: 'ISO 8601 period such as P1D', required: true },
  timeZone: { kind: 'string', why: 'the zone whose calendar counts', default: 'UTC' },
  origin: { kind: 'node', why: 'where counting starts', type: { json: {} } },
});

/** `DurationGranularity`. */
export const durationGranularityShape = shape('DurationGranularity', 'Steps of fixed length.', {
  duration: { kind: 'integer', why: 'milliseconds', required: true, minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  origin: { kind: 'node', why: 'where counting starts', type: { json: {} } },
});

/** `AllGranularity`, `NoneGranularity`. */
export const plainGranularityShape = shape('PlainGranularity', 'One bucket, or one per millisecond.', {});

/** Granularities written as objects. */
export const granularityUnion = {
  name: 'Granularity',
  about: 'A granularity.',
  discriminator: 'type',
  defaultType: 'period',
  shapes: {
    period: periodGranularityShape,
    duration: durationGranularityShape,
    all: plainGranularityShape,
    none: plainGranularityShape,
  },
  oldNames: {},
  feature: 'granularity',
  noun: 'granularity type',
} as const satisfies Union;

/** `GranularitySpec`. */
export const granularitySpecUnion = {
  name: 'GranularitySpec',
  about: 'Time chunks, rounding of times, rollup, intervals.',
  discriminator: 'type',
  defaultType: 'uniform',
  shapes: { uniform: uniformGranularitySpecShape, arbitrary: arbitraryGranularitySpecShape },
  oldNames: {},
  unknownIs: 'uniform',
  feature: 'granularitySpec',
  noun: 'granularitySpec type',
} as const satisfies Union;
