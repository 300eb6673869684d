import { describe, expect, test } from 'vitest';
import { combiningAggregator, granularityJson, metadataBytes } from '../../../src/segment/writer/metadata.ts';
import type { DimensionSpec, Granularity, JobSpec, MetricSpec } from '../../../src/spec/jobSpec.ts';

function dimension(name: string, type: DimensionSpec['type'] = 'string'): DimensionSpec {
  return { name, type, multiValueHandling: 'SORTED_ARRAY', createBitmapIndex: true };
}

/** Only what metadata depends on. */
function spec(parts: {
  metrics?: MetricSpec[];
  dimensions?: DimensionSpec[];
  missingValue?: number;
  queryGranularity?: Granularity;
  rollup?: boolean;
}): JobSpec {
  return {
    timestamp: { column: 'ts', format: 'iso', missingValue: parts.missingValue ?? null, missingValueText: null },
    metrics: parts.metrics ?? [],
    dimensions: { dimensions: parts.dimensions ?? [], discover: true, exclusions: [] },
    granularity: {
      type: 'uniform',
      segmentGranularity: { type: 'named', name: 'DAY' },
      queryGranularity: parts.queryGranularity ?? { type: 'none' },
      rollup: parts.rollup ?? true,
      intervals: null,
    },
  } as Partial<JobSpec> as JobSpec;
}

function json(job: JobSpec): string {
  return Buffer.from(metadataBytes(job)).toString();
}

describe('metadata.drd', () => {
  test('as in the walk-through of the format', () => {
    const job = spec({
      metrics: [
        { type: 'numeric', operation: 'sum', valueType: 'long', name: 'sum', fieldName: 'v' },
        { type: 'count', name: 'cnt' },
      ],
      dimensions: [dimension('d'), dimension('n', 'long'), dimension('z')],
      queryGranularity: { type: 'named', name: 'HOUR' },
    });
    expect(json(job)).toBe(
      '{"container":{},"aggregators":[{"type":"longSum","name":"cnt","fieldName":"cnt"},{"type":"longSum","name":"sum","fieldName":"sum"}],' +
        '"timestampSpec":{"column":"ts","format":"iso","missingValue":null},"queryGranularity":"HOUR","rollup":true,' +
        '"ordering":[{"columnName":"__time","order":"ascending"},{"columnName":"d","order":"ascending"},' +
        '{"columnName":"n","order":"ascending"},{"columnName":"z","order":"ascending"}]}',
    );
  });

  test('a missing value is a full instant, however the spec wrote it', () => {
    const job = spec({ missingValue: Date.UTC(2024, 2, 1), rollup: false });
    expect(json(job)).toBe(
      '{"container":{},"aggregators":[],"timestampSpec":{"column":"ts","format":"iso","missingValue":"2024-03-01T00:00:00.000Z"},' +
        '"queryGranularity":{"type":"none"},"rollup":false,"ordering":[{"columnName":"__time","order":"ascending"}]}',
    );
  });

  test('names are escaped as Jackson does', () => {
    const text = json(spec({ dimensions: [dimension('\u{1f600}é\u001f\\u00ff"')] }));
    expect(text).toContain(String.raw`{"columnName":"\uD83D\uDE00é\u001F\\u00ff\"",`);
  });
});

describe('combining aggregators', () => {
  const byTime = { fieldName: 'v', timeColumn: '__time' };
  const cases: [metric: MetricSpec, json: string][] = [
    [
      { type: 'numeric', operation: 'min', valueType: 'float', name: 'n', fieldName: 'v' },
      '{"type":"floatMin","name":"n","fieldName":"n"}',
    ],
    [
      { type: 'numeric', operation: 'any', valueType: 'double', name: 'n', fieldName: 'v' },
      '{"type":"doubleAny","name":"n","fieldName":"n"}',
    ],
    [
      { type: 'numericByTime', operation: 'first', valueType: 'float', name: 'n', ...byTime },
      '{"type":"floatFirst","name":"n","fieldName":"n","timeColumn":"__time"}',
    ],
    [
      { type: 'numericByTime', operation: 'last', valueType: 'double', name: 'n', ...byTime },
      '{"type":"doubleLast","name":"n","fieldName":"n","timeColumn":"__time"}',
    ],
    [
      { type: 'stringByTime', operation: 'last', name: 'n', maxStringBytes: 1024, ...byTime },
      '{"type":"stringLast","name":"n","fieldName":"n","timeColumn":"__time","maxStringBytes":1024}',
    ],
    [
      { type: 'hyperUnique', name: 'n', fieldName: 'v', isInputHyperUnique: true, round: false },
      '{"type":"hyperUnique","name":"n","fieldName":"n","isInputHyperUnique":false,"round":false}',
    ],
    [
      { type: 'filtered', name: 'n', filter: { type: 'true' }, aggregator: { type: 'count', name: 'inner' } },
      '{"type":"longSum","name":"n","fieldName":"n"}',
    ],
  ];
  for (const [metric, expected] of cases) {
    test(expected, () => expect(JSON.stringify(combiningAggregator(metric))).toBe(expected));
  }
});

describe('granularities', () => {
  const period = (text: string, timeZone = 'UTC', origin: number | null = null): Granularity => ({
    type: 'period',
    period: text,
    timeZone,
    origin,
  });
  const cases: [granularity: Granularity, json: string][] = [
    [{ type: 'all' }, '{"type":"all"}'],
    [{ type: 'named', name: 'FIVE_MINUTE' }, '"FIVE_MINUTE"'],
    [period('P1D'), '"DAY"'],
    [period('P3M'), '"QUARTER"'],
    [period('P2D'), '{"type":"period","period":"P2D","timeZone":"UTC","origin":null}'],
    [
      period('P1D', 'America/Los_Angeles'),
      '{"type":"period","period":"P1D","timeZone":"America/Los_Angeles","origin":null}',
    ],
    [period('P1D', 'UTC', 0), '{"type":"period","period":"P1D","timeZone":"UTC","origin":"1970-01-01T00:00:00.000Z"}'],
    [
      { type: 'duration', durationMs: 7_200_000, origin: 1 },
      '{"type":"duration","duration":7200000,"origin":"1970-01-01T00:00:00.001Z"}',
    ],
    [
      { type: 'duration', durationMs: 1_234_567, origin: Date.parse('2024-03-30T00:00:01.000Z') },
      '{"type":"duration","duration":1234567,"origin":"1970-01-01T00:00:25.892Z"}',
    ],
  ];
  for (const [granularity, expected] of cases) {
    test(expected, () => expect(JSON.stringify(granularityJson(granularity))).toBe(expected));
  }
});
