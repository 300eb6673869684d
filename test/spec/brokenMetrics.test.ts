import { describe, expect, it } from 'vitest';
import { problemLine } from '../../src/spec/formatProblems.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { type Change, changed } from './specTexts.ts';

/** A change to a good spec, and every word said about it. */
const CASES: readonly (readonly [what: string, change: Change, lines: readonly string[]])[] = [
  [
    'a metric name twice',
    (s) => {
      s.dataSchema.metricsSpec[1].name = 'count';
    },
    [
      'x.json:32:19 spec.dataSchema.metricsSpec[1].name: a second metric is named "count"; expected a name no other metric has',
    ],
  ],
  [
    'a metric without a field',
    (s) => {
      delete s.dataSchema.metricsSpec[1].fieldName;
    },
    ['x.json:30:9 spec.dataSchema.metricsSpec[1].fieldName: is missing; the name of the input field to aggregate'],
  ],
  [
    'a metric that is none',
    (s) => {
      s.dataSchema.metricsSpec[1].type = 'longsum';
    },
    ['x.json:31:19 spec.dataSchema.metricsSpec[1].type: "longsum" is not a metric type; did you mean "longSum"?'],
  ],
  [
    'metrics that are not built or make no sense',
    (s) => {
      s.dataSchema.metricsSpec.push(
        { type: 'stringAny', name: 'x', fieldName: 'x' },
        { type: 'HLLSketchBuild', name: 'y', fieldName: 'y' },
        { type: 'longSum', name: 'z', expression: 'a + b' },
      );
    },
    [
      'x.json:36:19 spec.dataSchema.metricsSpec[2].type: stringAny cannot be used at ingestion, in Druid neither; use stringFirst or stringLast',
      'x.json:41:19 spec.dataSchema.metricsSpec[3].type: HLLSketchBuild needs the DataSketches metrics, which are not built yet',
      'x.json:48:25 spec.dataSchema.metricsSpec[4].expression: a metric over an "expression" needs the expression language, which is not built yet; use "fieldName"',
    ],
  ],
  [
    'a metric named __time, without a type',
    (s) => {
      s.dataSchema.metricsSpec[0].name = '__time';
      delete s.dataSchema.metricsSpec[1].type;
    },
    [
      'x.json:28:19 spec.dataSchema.metricsSpec[0].name: a metric cannot be named __time; that is the column of the row times',
      'x.json:30:9 spec.dataSchema.metricsSpec[1].type: the metric type is missing',
    ],
  ],
  [
    'a filter with every fault',
    (s) => {
      s.dataSchema.transformSpec = {
        filter: {
          type: 'and',
          fields: [
            { type: 'or', fields: [] },
            { type: 'bound', dimension: 'a' },
            { type: 'bound', dimension: 'a', lower: 1, ordering: 'numerical' },
            { type: 'like', dimension: 'a', pattern: '%', escape: '\\\\' },
            { type: 'equals', column: 'a', matchValueType: 'LONG', matchValue: 'x' },
            { type: 'selektor' },
          ],
        },
      };
    },
    [
      'x.json:50:25 spec.dataSchema.transformSpec.filter.fields[0].fields: the "or" filter has no fields; expected at least one filter',
      'x.json:52:13 spec.dataSchema.transformSpec.filter.fields[1]: a bound filter needs an end; expected "lower", "upper" or both',
      'x.json:60:27 spec.dataSchema.transformSpec.filter.fields[2].ordering: "numerical" is not an ordering; expected lexicographic, numeric, alphanumeric, strlen, version; did you mean "numeric"?',
      'x.json:66:25 spec.dataSchema.transformSpec.filter.fields[3].escape: the escape "\\\\\\\\" is not a single character; expected a single character',
      'x.json:72:29 spec.dataSchema.transformSpec.filter.fields[4].matchValue: "x" does not fit matchValueType LONG; expected a whole number',
      'x.json:75:23 spec.dataSchema.transformSpec.filter.fields[5].type: "selektor" is not a filter type; did you mean "selector"?',
    ],
  ],
  [
    'a transform',
    (s) => {
      s.dataSchema.transformSpec = { transforms: [{ type: 'expression', name: 'x', expression: 'a + b' }] };
    },
    [
      'x.json:47:21 spec.dataSchema.transformSpec.transforms[0].type: a transform needs the expression language, which is not built yet',
    ],
  ],
  [
    'granularities that are none',
    (s) => {
      s.dataSchema.granularitySpec.segmentGranularity = 'PT1H';
      s.dataSchema.granularitySpec.queryGranularity = 'minutes';
    },
    [
      'x.json:38:31 spec.dataSchema.granularitySpec.segmentGranularity: "PT1H" is not a granularity; expected a name such as "hour", or a period object; write a period as {"type": "period", "period": "PT1H"}',
      'x.json:39:29 spec.dataSchema.granularitySpec.queryGranularity: "minutes" is not a granularity; expected a name such as "hour", or a period object; did you mean "MINUTE"?',
    ],
  ],
  [
    'a granularity with an unknown zone',
    (s) => {
      s.dataSchema.granularitySpec.segmentGranularity = { type: 'period', period: 'P1D', timeZone: 'Mars/Olympus' };
    },
    [
      'x.json:41:23 spec.dataSchema.granularitySpec.segmentGranularity.timeZone: time zone "Mars/Olympus" is not known; give an IANA id such as "America/Los_Angeles", "UTC" or an offset such as "+05:30"',
    ],
  ],
  [
    'segments of a millisecond',
    (s) => {
      s.dataSchema.granularitySpec.segmentGranularity = 'none';
    },
    [
      'x.json:38:31 spec.dataSchema.granularitySpec.segmentGranularity: segmentGranularity "none" would make a time chunk of every millisecond; use "day", "hour" or "all"',
    ],
  ],
  [
    'rounding beyond the time chunk',
    (s) => {
      s.dataSchema.granularitySpec.queryGranularity = 'month';
    },
    [
      'x.json:39:29 warning: spec.dataSchema.granularitySpec.queryGranularity: queryGranularity is coarser than segmentGranularity; rows are rounded down to the start of their time chunk at most; make segmentGranularity at least as long',
    ],
  ],
  [
    'intervals that are none',
    (s) => {
      s.dataSchema.granularitySpec.intervals = ['2024-01-01', '2024-02-01/2024-01-01', '2024-01-01/2024-01-01', null];
    },
    [
      'x.json:41:11 spec.dataSchema.granularitySpec.intervals[0]: "2024-01-01" is not an interval; expected a start and an end with a slash between, as 2024-01-01/2024-02-01 or 2024-01-01/P1M',
      'x.json:42:11 spec.dataSchema.granularitySpec.intervals[1]: the interval "2024-02-01/2024-01-01" ends before it starts',
      'x.json:43:11 spec.dataSchema.granularitySpec.intervals[2]: the interval "2024-01-01/2024-01-01" covers no time; the end is exclusive',
      'x.json:44:11 spec.dataSchema.granularitySpec.intervals[3]: null stands where an interval belongs; expected an ISO 8601 interval such as 2024-01-01/2024-02-01 or 2024-01-01/P1M',
    ],
  ],
  [
    'arbitrary intervals that overlap',
    (s) => {
      s.dataSchema.granularitySpec = { type: 'arbitrary', intervals: ['2024-01-01/P2D', '2024-01-02/P1D'] };
    },
    [
      'x.json:38:22 spec.dataSchema.granularitySpec.intervals: the intervals 2024-01-01T00:00:00.000Z/2024-01-03T00:00:00.000Z and 2024-01-02T00:00:00.000Z/2024-01-03T00:00:00.000Z overlap; expected time chunks that do not overlap; or use "type": "uniform"',
    ],
  ],
  [
    'numShards without intervals',
    (s) => {
      delete s.dataSchema.granularitySpec.intervals;
    },
    [
      'x.json:36:7 spec.dataSchema.granularitySpec.intervals: intervals are needed with numShards: Druid counts the shards of each time chunk before it reads a row; expected intervals such as ["2024-01-01/2024-02-01"]',
    ],
  ],
  [
    'single_dim without intervals',
    (s) => {
      s.dataSchema.granularitySpec.intervals = [];
      s.tuningConfig.partitionsSpec = { type: 'single_dim', targetRowsPerSegment: 10 };
    },
    [
      'x.json:36:7 spec.dataSchema.granularitySpec.intervals: intervals are needed with single_dim and range partitioning, in Druid as here; expected intervals such as ["2024-01-01/2024-02-01"]',
    ],
  ],
];

describe('specs with broken metrics, filters, granularities or intervals', () => {
  it.each(CASES)('tells of %s', (_what, change, lines) => {
    const { job, problems } = readSpec(changed(change), 'x.json');
    expect(problems.map((problem) => problemLine(problem, 'x.json'))).toEqual(lines);
    expect(job === null).toBe(problems.some((problem) => problem.severity === 'error'));
  });
});
