import type { DimensionSpec, Granularity, JobSpec, MetricSpec } from '../../spec/jobSpec.ts';
import { utf8 } from './bytes.ts';

/** What metadata.drd holds, key order as Druid writes it. */
interface SegmentMetadata {
  readonly container: Readonly<Record<string, never>>;
  /** Combining aggregators in name order. */
  readonly aggregators: readonly Readonly<Record<string, string | number | boolean>>[];
  readonly timestampSpec: { readonly column: string; readonly format: string; readonly missingValue: string | null };
  readonly queryGranularity: string | Readonly<Record<string, string | number | null>>;
  readonly rollup: boolean;
  readonly ordering: readonly { readonly columnName: string; readonly order: 'ascending' }[];
}

const bytesOfJobs = new WeakMap<JobSpec, Uint8Array>();

/** metadata.drd of every segment of a job, made once. */
export function metadataBytes(spec: JobSpec): Uint8Array {
  const bytes = bytesOfJobs.get(spec) ?? utf8(jacksonJson(segmentMetadata(spec)));
  bytesOfJobs.set(spec, bytes);
  return bytes;
}

/** What metadata.drd of a job says. It follows from the spec alone: dimensions found in the data are not in `ordering`. */
function segmentMetadata(spec: JobSpec): SegmentMetadata {
  const { column, format, missingValue } = spec.timestamp;
  return {
    container: {},
    aggregators: [...spec.metrics].sort((a, b) => (a.name < b.name ? -1 : 1)).map(combiningAggregator),
    timestampSpec: {
      column,
      format,
      missingValue: missingValue === null ? null : new Date(missingValue).toISOString(),
    },
    queryGranularity: granularityJson(spec.granularity.queryGranularity),
    rollup: spec.granularity.rollup,
    ordering: ['__time', ...spec.dimensions.dimensions.map(({ name }: DimensionSpec) => name)].map((columnName) => ({
      columnName,
      order: 'ascending',
    })),
  };
}

/** The aggregator that merges stored values of `metric`, Druid's `AggregatorFactory.getCombiningFactory()`, as JSON. */
export function combiningAggregator(metric: MetricSpec): Readonly<Record<string, string | number | boolean>> {
  const { name } = metric;
  switch (metric.type) {
    case 'count':
      return { type: 'longSum', name, fieldName: name };
    case 'numeric':
      return { type: metric.valueType + capitalized(metric.operation), name, fieldName: name };
    case 'numericByTime':
      return {
        type: metric.valueType + capitalized(metric.operation),
        name,
        fieldName: name,
        timeColumn: metric.timeColumn,
      };
    case 'stringByTime':
      return {
        type: `string${capitalized(metric.operation)}`,
        name,
        fieldName: name,
        timeColumn: metric.timeColumn,
        maxStringBytes: metric.maxStringBytes,
      };
    case 'hyperUnique':
      return { type: 'hyperUnique', name, fieldName: name, isInputHyperUnique: false, round: metric.round };
    case 'filtered':
      return combiningAggregator({ ...metric.aggregator, name });
  }
}

/** Periods that Druid's `PeriodGranularity` writes by name when they are in UTC without an origin. */
const NAME_BY_PERIOD: Readonly<Record<string, string>> = {
  PT1S: 'SECOND',
  PT1M: 'MINUTE',
  PT5M: 'FIVE_MINUTE',
  PT10M: 'TEN_MINUTE',
  PT15M: 'FIFTEEN_MINUTE',
  PT30M: 'THIRTY_MINUTE',
  PT1H: 'HOUR',
  PT6H: 'SIX_HOUR',
  PT8H: 'EIGHT_HOUR',
  P1D: 'DAY',
  P1W: 'WEEK',
  P1M: 'MONTH',
  P3M: 'QUARTER',
  P1Y: 'YEAR',
};

/** A granularity as Druid serialises it. */
export function granularityJson(granularity: Granularity): SegmentMetadata['queryGranularity'] {
  switch (granularity.type) {
    case 'none':
    case 'all':
      return { type: granularity.type };
    case 'named':
      return granularity.name;
    case 'period': {
      const { period, timeZone, origin } = granularity;
      if (origin === null && timeZone === 'UTC' && Object.hasOwn(NAME_BY_PERIOD, period)) return NAME_BY_PERIOD[period];
      return { type: 'period', period, timeZone, origin: origin === null ? null : new Date(origin).toISOString() };
    }
    case 'duration':
      return {
        type: 'duration',
        duration: granularity.durationMs,
        // Of all origins that make the same buckets Druid keeps the one next to the epoch.
        origin: new Date(granularity.origin % granularity.durationMs).toISOString(),
      };
  }
}

/**
 * JSON as Druid's Jackson writes it into UTF-8: characters beyond U+FFFF as two upper-case escapes, control characters in upper-case
 * hexadecimal.
 */
function jacksonJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/\\(?:u[0-9a-f]{4}|.)/g, (escaped) =>
      escaped[1] === 'u' ? `\\u${escaped.slice(2).toUpperCase()}` : escaped,
    )
    .replace(
      /[\u{10000}-\u{10ffff}]/gu,
      (character) => unicodeEscape(character.charCodeAt(0)) + unicodeEscape(character.charCodeAt(1)),
    );
}

function unicodeEscape(codeUnit: number): string {
  return `\\u${codeUnit.toString(16).toUpperCase().padStart(4, '0')}`;
}

function capitalized(word: string): string {
  return word[0].toUpperCase() + word.slice(1);
}
