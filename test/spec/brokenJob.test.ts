import { describe, expect, it } from 'vitest';
import { problemLine } from '../../src/spec/formatProblems.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { type Change, changed } from './specTexts.ts';

/** A change to a good spec, and every word said about it. */
const CASES: readonly (readonly [what: string, change: Change, lines: readonly string[]])[] = [
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
      'x.json:51:28 note: spec.ioConfig.segmentOutputPath: an Overlord refuses a task with segmentOutputPath, workingPath; here it is taken; Druid knows that in the command-line form only',
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
      `x.json:40:17 spec.ioConfig.inputSpec.type: this is an inputSpec of Metatron's Druid; Apache Druid's is {"type": "static", "paths": "..."}`,
    ],
  ],
  ...['hive', 'hynix', 'partition'].map((type): (typeof CASES)[number] => [
    `the inputSpec ${type} of another Druid`,
    (s) => {
      s.ioConfig.inputSpec = { type };
    },
    [
      `x.json:48:17 spec.ioConfig.inputSpec.type: this is an inputSpec of Metatron's Druid; Apache Druid's is {"type": "static", "paths": "..."}`,
    ],
  ]),
  [
    'the parser of another Druid',
    (s) => {
      s.dataSchema.parser.type = 'csv.stream';
    },
    [
      `x.json:7:17 spec.dataSchema.parser.type: this is a parser of Metatron's Druid; Apache Druid's is {"type": "hadoopyString", "parseSpec": {"format": "csv", ...}}`,
    ],
  ],
  [
    'the task type of another Druid',
    (_, task) => {
      task.type = 'lucene_index_hadoop';
    },
    [
      `x.json:2:11 type: a task of type "lucene_index_hadoop" cannot be run here; expected "index_hadoop"; it is a task of Datafruit's Druid, whose segments are Lucene indexes and not Apache Druid's`,
    ],
  ],
  [
    'the format of another Druid',
    (s) => {
      s.dataSchema.parser.parseSpec.format = 'url';
    },
    [
      `x.json:9:21 spec.dataSchema.parser.parseSpec.format: the "url" format is one of Datafruit's Druid; Apache Druid has none like it`,
    ],
  ],
  [
    'shardSpecs of its own',
    (s) => {
      s.tuningConfig.shardSpecs = { 1704067200000: [{ actualSpec: { type: 'none' }, shardNum: 0 }] };
    },
    [
      'x.json:58:21 warning: spec.tuningConfig.shardSpecs: shardSpecs have no effect: every run finds its shards anew, in Druid too; a partitionsSpec says how they are found',
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

describe('specs with broken input, partitioning or tuning', () => {
  it.each(CASES)('tells of %s', (_what, change, lines) => {
    const { job, problems } = readSpec(changed(change), 'x.json');
    expect(problems.map((problem) => problemLine(problem, 'x.json'))).toEqual(lines);
    expect(job === null).toBe(problems.some((problem) => problem.severity === 'error'));
  });
});
