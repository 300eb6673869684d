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
      'x.json:38:31 spec.dataSchema.granularitySpec.segmentGranularity: time zone "Mars/Olympus" is not known; give an IANA id such as "America/Los_Angeles", "UTC" or an offset such as "+05:30"',
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
  [
    'numShards and a target',
    (s) => {
      s.tuningConfig.partitionsSpec.targetRowsPerSegment = 1000;
    },
    [
      'x.json:56:22 spec.tuningConfig.partitionsSpec.numShards: numShards and targetRowsPerSegment are both given; expected one of the two; -1 stands for "not set"',
    ],
  ],
  [
    'numbers that are none, or too small',
    (s) => {
      s.tuningConfig.partitionsSpec.numShards = 0;
      s.tuningConfig.maxRowsInMemory = 'many';
      s.tuningConfig.maxBytesInMemory = -5;
      s.tuningConfig.determinePartitionsSamplingFactor = 0.5;
    },
    [
      'x.json:56:22 spec.tuningConfig.partitionsSpec.numShards: 0 is too small; expected a whole number of at least 1, or -1 for not set',
      'x.json:58:26 spec.tuningConfig.maxRowsInMemory: "many" is not a whole number; expected a whole number of at least 1',
      'x.json:60:44 warning: spec.tuningConfig.determinePartitionsSamplingFactor: 0.5 is taken as 0, as Druid drops the fraction',
      'x.json:60:44 warning: spec.tuningConfig.determinePartitionsSamplingFactor: 0 is taken as 1, which looks at every row; give 1 or more',
    ],
  ],
  [
    'a boolean that is none',
    (s) => {
      s.tuningConfig.useCombiner = 'yes';
    },
    ['x.json:58:22 spec.tuningConfig.useCombiner: "yes" is neither true nor false; expected true or false'],
  ],
  [
    'single_dim without rows, over an unknown dimension',
    (s) => {
      s.tuningConfig.partitionsSpec = { type: 'single_dim', partitionDimension: 'user' };
    },
    [
      'x.json:54:7 spec.tuningConfig.partitionsSpec.targetRowsPerSegment: is missing; expected the number of rows wanted in a segment, such as 5000000; maxRowsPerSegment will do too',
      'x.json:54:25 warning: spec.tuningConfig.partitionsSpec: the partition dimension "user" is not among the dimensions; it is null in every row',
    ],
  ],
  [
    'single_dim whose maximum is too small',
    (s) => {
      s.tuningConfig.partitionsSpec = {
        type: 'single_dim',
        partitionDimension: 'page',
        targetRowsPerSegment: 100,
        maxRowsPerSegment: 50,
      };
    },
    [
      'x.json:58:30 spec.tuningConfig.partitionsSpec.maxRowsPerSegment: the maximum, 50 rows, is less than the target, 100; expected a number above it',
    ],
  ],
  [
    'range without dimensions, dynamic',
    (s) => {
      s.tuningConfig.partitionsSpec = { type: 'range', targetRowsPerSegment: 100 };
    },
    ['x.json:54:7 spec.tuningConfig.partitionsSpec.partitionDimensions: is missing (the dimensions, first one first)'],
  ],
  [
    'dynamic partitioning',
    (s) => {
      s.tuningConfig.partitionsSpec = { type: 'dynamic' };
    },
    [
      'x.json:55:17 spec.tuningConfig.partitionsSpec.type: "dynamic" partitioning belongs to index_parallel; index_hadoop knows hashed, single_dim and range',
    ],
  ],
  [
    'an indexSpec that is not built',
    (s) => {
      s.tuningConfig.indexSpec = {
        bitmap: { type: 'concise' },
        dimensionCompression: 'zstd',
        metricCompression: 'snappy',
      };
    },
    [
      'x.json:59:19 spec.tuningConfig.indexSpec.bitmap: concise bitmaps are not written yet; use roaring, the default',
      'x.json:62:33 spec.tuningConfig.indexSpec.dimensionCompression: Zstandard blocks are not written yet; use lz4, the default',
      'x.json:63:30 spec.tuningConfig.indexSpec.metricCompression: "snappy" is not known here; expected lz4, lzf, zstd, uncompressed, none',
    ],
  ],
  [
    'no paths',
    (s) => {
      s.ioConfig.inputSpec.paths = '';
    },
    ['x.json:49:18 spec.ioConfig.inputSpec.paths: there is an empty path in ""; expected paths divided by one comma'],
  ],
  [
    'an inputSpec that is not built',
    (s) => {
      s.ioConfig.inputSpec = { type: 'granularity', inputPath: '/a', dataGranularity: 'hour' };
    },
    [
      'x.json:48:17 spec.ioConfig.inputSpec.type: the "granularity" inputSpec is not built yet; use "static" with a glob over its folders',
    ],
  ],
  [
    'maxParseExceptions below zero',
    (s) => {
      s.tuningConfig.maxParseExceptions = -1;
    },
    [
      'x.json:58:29 warning: spec.tuningConfig.maxParseExceptions: -1 fails the job at the first bad row, as 0 does; no limit is 2147483647',
    ],
  ],
  [
    'a version that is no instant',
    (s) => {
      s.tuningConfig.version = 'v2';
    },
    [
      'x.json:58:18 warning: spec.tuningConfig.version: the version "v2" is not an instant; Druid compares versions as texts: segments of later jobs may never replace these, or these not the older ones',
    ],
  ],
  [
    'fields of the command-line form in a task',
    (s) => {
      s.ioConfig.segmentOutputPath = '/deep';
      s.tuningConfig.workingPath = '/w';
    },
    [
      'x.json:51:28 warning: spec.ioConfig.segmentOutputPath: an Overlord refuses a task with segmentOutputPath, workingPath; here it is taken; Druid knows that in the command-line form only',
    ],
  ],
  [
    'the inputSpec of another Druid, and one nobody knows',
    (s) => {
      s.ioConfig.inputSpec = { type: 'hadoop', elements: [] };
      s.dataSchema.metricsSpec = [5];
    },
    [
      'x.json:26:9 spec.dataSchema.metricsSpec[0]: 5 stands where a metric belongs; expected an object in { and }',
      `x.json:40:17 spec.ioConfig.inputSpec.type: this is the inputSpec of Metatron's Druid; Apache Druid's is {"type": "static", "paths": "..."}`,
    ],
  ],
  [
    'an unknown inputSpec',
    (s) => {
      s.ioConfig.inputSpec = { type: 'sttic', paths: 'a' };
    },
    [
      'x.json:48:17 spec.ioConfig.inputSpec.type: "sttic" is not an inputSpec type; expected static; did you mean "static"?',
    ],
  ],
  [
    'types that Druid replaces without a word',
    (s) => {
      s.tuningConfig.partitionsSpec.type = 'hash';
      s.dataSchema.parser.parseSpec.dimensionsSpec.dimensions[1].type = 'LONG';
    },
    [
      'x.json:18:25 warning: spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions[1].type: "LONG" is not a dimension type, and Druid takes it as "string"; did you mean "long"?',
      'x.json:55:17 warning: spec.tuningConfig.partitionsSpec.type: "hash" is not a partitionsSpec type, and Druid takes it as "hashed"; did you mean "hashed"?',
    ],
  ],
  [
    'flattenSpec fields that are not built',
    (s) => {
      s.dataSchema.parser.parseSpec.flattenSpec = {
        fields: ['a', { type: 'path', name: 'b', expr: '$.b' }, { type: 'JQ', name: 'c', expr: '.c' }],
      };
    },
    [
      'x.json:27:25 spec.dataSchema.parser.parseSpec.flattenSpec.fields[1].type: flattenSpec fields of type "path" (JSONPath) are not built yet; "root" fields are',
      'x.json:32:25 spec.dataSchema.parser.parseSpec.flattenSpec.fields[2].type: flattenSpec fields of type "jq" are not built yet; "root" fields are',
    ],
  ],
  [
    'spatial dimensions, schema discovery, another encoding',
    (s) => {
      s.dataSchema.parser.encoding = 'latin1';
      Object.assign(s.dataSchema.parser.parseSpec.dimensionsSpec, {
        spatialDimensions: [{ dimName: 'x' }],
        useSchemaDiscovery: true,
      });
    },
    [
      'x.json:22:34 spec.dataSchema.parser.parseSpec.dimensionsSpec.spatialDimensions: spatial dimensions are not built yet',
      'x.json:27:35 spec.dataSchema.parser.parseSpec.dimensionsSpec.useSchemaDiscovery: useSchemaDiscovery needs auto dimensions, which are not built yet',
      'x.json:30:21 spec.dataSchema.parser.encoding: "latin1" is not known here; expected UTF-8, UTF8, US-ASCII',
    ],
  ],
  [
    'JavaScript',
    (s) => {
      s.dataSchema.parser.parseSpec = { format: 'javascript', function: 'f' };
      s.dataSchema.metricsSpec[0].type = 'javascript';
    },
    [
      `x.json:9:21 spec.dataSchema.parser.parseSpec.format: JavaScript in specs is not run: it would be code of the spec's author with the rights of this process`,
      `x.json:15:19 spec.dataSchema.metricsSpec[0].type: JavaScript in specs is not run: it would be code of the spec's author with the rights of this process`,
    ],
  ],
  [
    'a parseSpec without time and dimensions',
    (s) => {
      s.dataSchema.parser.parseSpec = { format: 'json' };
    },
    [
      'x.json:8:9 spec.dataSchema.parser.parseSpec.timestampSpec: is missing; expected {"column": "timestamp", "format": "auto"}; it tells the time of a row',
      'x.json:8:9 spec.dataSchema.parser.parseSpec.dimensionsSpec: is missing; expected {"dimensions": ["a", "b"]}; an empty list takes every field that is found',
    ],
  ],
  [
    'a placeholder',
    (s) => {
      s.dataSchema.dataSource = '%%DATASOURCE%%';
      s.dataSchema.granularitySpec.intervals = ['{{ ds }}/{{ next_ds }}'];
    },
    [
      'x.json:5:21 warning: spec.dataSchema.dataSource: the datasource is named "%%DATASOURCE%%"; this looks like a template placeholder that was not filled in',
      'x.json:41:11 spec.dataSchema.granularitySpec.intervals[0]: the interval "{{ ds }}/{{ next_ds }}" has "{{ ds }}", which is no ISO 8601 time; write 2024-01-31, 2024-01-31T10:00 or 2024-01-31T10:00:00+02:00; this looks like a template placeholder that was not filled in',
    ],
  ],
];

describe('specs with broken metrics, filters, granularities, input or tuning', () => {
  it.each(CASES)('tells of %s', (_what, change, lines) => {
    const { job, problems } = readSpec(changed(change), 'x.json');
    expect(problems.map((problem) => problemLine(problem, 'x.json'))).toEqual(lines);
    expect(job === null).toBe(problems.some((problem) => problem.severity === 'error'));
  });
});
