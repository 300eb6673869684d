import { describe, expect, it } from 'vitest';
import type { JobSpec } from '../../src/spec/jobSpec.ts';
import { readSpec, type SpecResult } from '../../src/spec/readSpec.ts';
import { LOOSE_FORMS } from './looseForms.ts';
import { type Change, changed, task } from './specTexts.ts';

function read(change: Change): SpecResult {
  return readSpec(changed(change), 'x.json');
}

function jobOf(change: Change): JobSpec {
  const { job, problems } = read(change);
  if (job === null) throw new Error(JSON.stringify(problems, null, 1));
  return job;
}

const DAY: Change = () => {};

describe("a task in today's form", () => {
  it('becomes a job, whole', () => {
    const { job, problems } = readSpec(JSON.stringify({ ...task(), id: 'run-7', context: { priority: 50 } }), 'x.json');
    expect(problems).toEqual([]);
    expect(job).toEqual({
      dataSource: 'clicks',
      timestamp: { column: 'ts', format: 'iso', missingValue: null, missingValueText: null },
      parse: { format: 'json', lowercase: false, flatten: { useFieldDiscovery: true, fields: [] } },
      dimensions: {
        dimensions: [
          { name: 'page', type: 'string', multiValueHandling: 'SORTED_ARRAY', createBitmapIndex: true },
          { name: 'code', type: 'long', multiValueHandling: 'SORTED_ARRAY', createBitmapIndex: false },
        ],
        discover: false,
        exclusions: ['__time', 'ts', 'count', 'b', 'bytes'],
      },
      metrics: [
        { type: 'count', name: 'count' },
        { type: 'numeric', operation: 'sum', valueType: 'long', name: 'bytes', fieldName: 'b' },
      ],
      granularity: {
        type: 'uniform',
        segmentGranularity: { type: 'named', name: 'DAY' },
        queryGranularity: { type: 'named', name: 'HOUR' },
        rollup: true,
        intervals: [{ start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 1, 1) }],
      },
      transform: { filter: null, expressions: [] },
      input: { type: 'static', paths: ['/data/a.json'] },
      tuning: {
        workingPath: null,
        version: null,
        useExplicitVersion: false,
        partitions: { type: 'hashed', numShards: 2, targetRowsPerSegment: null, partitionDimensions: [] },
        indexSpec: {
          bitmap: 'roaring',
          dimensionCompression: 'lz4',
          metricCompression: 'lz4',
          longEncoding: 'longs',
          stringDictionaryEncoding: { type: 'utf8' },
        },
        maxRowsInMemory: 1_000_000,
        maxBytesInMemory: 268_435_456,
        leaveIntermediate: false,
        cleanupOnFailure: true,
        overwriteFiles: false,
        maxParseExceptions: 0,
        logParseExceptions: false,
        combineText: false,
        useCombiner: false,
        forceExtendableShardSpecs: false,
        determinePartitionsSamplingFactor: 1,
        jobProperties: {},
      },
      segmentOutputPath: null,
      metadataUpdate: null,
      dropExisting: false,
      context: { priority: 50 },
      taskId: 'run-7',
    });
  });

  it('is plain data: it survives the way to a worker', () => {
    const job = jobOf(DAY);
    expect(JSON.parse(JSON.stringify(job))).toEqual(job);
  });
});

describe('other forms', () => {
  it('takes the bare body of the command line, also with the type "hadoop"', () => {
    const { spec } = task();
    const whole = jobOf(DAY);
    expect(readSpec(JSON.stringify(spec), 'x.json')).toMatchObject({ job: whole, problems: [] });
    expect(readSpec(JSON.stringify({ type: 'hadoop', ...spec }), 'x.json').job).toEqual(whole);
  });

  it('takes timestampSpec and dimensionsSpec beside the parser before those inside', () => {
    const job = jobOf((spec) => {
      spec.dataSchema.timestampSpec = { column: 'when' };
      spec.dataSchema.dimensionsSpec = { dimensions: ['a'] };
    });
    expect(job.timestamp).toMatchObject({ column: 'when', format: 'auto' });
    expect(job.dimensions.dimensions.map(({ name }) => name)).toEqual(['a']);
  });

  it('takes a task without a type, with a warning', () => {
    const { job, problems } = read((_, whole) => {
      delete whole.type;
    });
    expect(job).toEqual(jobOf(DAY));
    expect(problems.map(({ message }) => message)).toEqual(['is missing; the file is taken as a task']);
  });

  it('takes the flat config of Druid 0.6', () => {
    const config = {
      dataSource: 'clicks',
      timestampColumn: 'ts',
      timestampFormat: 'iso',
      dataSpec: { format: 'csv', columns: ['ts', 'page', 'n'], dimensions: ['page'] },
      granularitySpec: { type: 'uniform', gran: 'hour', intervals: ['2024-01-01/P1D'] },
      pathSpec: { type: 'static', paths: 'a,b' },
      rollupSpec: {
        aggs: [{ type: 'max', name: 'm', fieldName: 'n' }],
        rollupGranularity: 'minute',
        rowFlushBoundary: 500,
      },
      targetPartitionSize: 100,
      partitionDimension: 'page',
      workingPath: '/w',
      segmentOutputPath: '/s',
      leaveIntermediate: 'true',
      updaterJobSpec: { type: 'db', connectURI: 'jdbc:mysql://h/d', user: 'u', password: 'p', segmentTable: 't' },
    };
    const { job, problems } = readSpec(JSON.stringify(config), 'x.json');
    expect(problems.map(({ message }) => message)).toEqual(['this is the flat config of Druid 0.6']);
    expect(job).toMatchObject({
      timestamp: { column: 'ts', format: 'iso' },
      parse: { format: 'delimited', columns: ['ts', 'page', 'n'], delimiter: ',', quotes: true },
      metrics: [{ type: 'numeric', operation: 'max', valueType: 'double', name: 'm', fieldName: 'n' }],
      granularity: { segmentGranularity: { name: 'HOUR' }, queryGranularity: { name: 'MINUTE' } },
      input: { paths: ['a', 'b'] },
      segmentOutputPath: '/s',
      metadataUpdate: { type: 'db', connectURI: 'jdbc:mysql://h/d', user: 'u', password: 'p', segmentTable: 't' },
    });
    expect(job?.tuning).toMatchObject({
      workingPath: '/w',
      leaveIntermediate: true,
      maxRowsInMemory: 500,
      partitions: {
        type: 'single_dim',
        partitionDimensions: ['page'],
        targetRowsPerSegment: 100,
        maxRowsPerSegment: 150,
      },
    });
    expect(readSpec(JSON.stringify({ type: 'index_hadoop', config }), 'x.json').job).toEqual(job);
  });

  it('names the fields of the flat config as they are in the text', () => {
    const config = {
      dataSource: 'x',
      dataSpec: { format: 'jsn' },
      pathSpec: { type: 'static', paths: 'a' },
      rollupSpec: { aggs: {} },
    };
    const { problems } = readSpec(JSON.stringify({ type: 'index_hadoop', config }), 'x.json');
    expect(problems.filter(({ severity }) => severity === 'error').map(({ path }) => path)).toEqual([
      'config.dataSpec.format',
      'config.rollupSpec.aggs',
    ]);
  });
});

describe('the loose forms of real specs', () => {
  it.each(LOOSE_FORMS)('takes %s', (_what, loose, plain) => {
    const { job, problems } = read(loose);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(job).toEqual(jobOf(plain));
  });

  it('says in a line each what has no effect, wherever it stands', () => {
    const { problems } = read((spec, whole) => {
      whole.hadoopDependencyCoordinates = ['a:b:1'];
      spec.dataSchema.hadoopDependencyCoordinates = ['a:b:1'];
      spec.tuningConfig.hadoopDependencyCoordinates = ['a:b:1'];
      spec.tuningConfig.buildV9Directly = true;
      spec.tuningConfig.jobProperties = {
        'mapreduce.job.classloader': 'true',
        'mapreduce.job.queuename': 'night',
        'mapreduce.map.java.opts': '-Xmx1g',
      };
    });
    const lines = problems.map(({ severity, path, message, hint }) => [severity, path, message, hint]);
    expect(lines).toEqual([
      [
        'note',
        'spec.dataSchema.hadoopDependencyCoordinates',
        'has no effect: it belongs next to "type" of the task, and no Java code is loaded here',
        null,
      ],
      [
        'warning',
        'spec.tuningConfig',
        'unknown field "hadoopDependencyCoordinates"',
        'it belongs next to the "type" of the task, and no Java code is loaded here, so there are no jars to find',
      ],
      ['note', 'spec.tuningConfig.buildV9Directly', 'has no effect: segments are V9 always', null],
      [
        'note',
        'spec.tuningConfig.jobProperties',
        'some have no effect, since no Java code of ours runs on the cluster: mapreduce.job.classloader, mapreduce.map.java.opts',
        null,
      ],
      [
        'note',
        'hadoopDependencyCoordinates',
        'has no effect: no Java code is loaded here, so there are no jars to find',
        null,
      ],
    ]);
  });
});

describe('values', () => {
  const tuning = (fields: object): JobSpec['tuning'] =>
    jobOf((spec) => Object.assign(spec.tuningConfig, fields)).tuning;

  it.each([
    [
      { type: 'hashed', numShards: -1, targetPartitionSize: -1 },
      { targetRowsPerSegment: 5_000_000, numShards: null },
    ],
    [{}, { type: 'hashed', targetRowsPerSegment: 5_000_000, numShards: null }],
    [
      { type: 'random', targetPartitionSize: 7 },
      { type: 'hashed', targetRowsPerSegment: 7 },
    ],
    [
      { type: 'hadoop_hashed_partitions', maxRowsPerSegment: '9' },
      { type: 'hashed', targetRowsPerSegment: 9 },
    ],
    [
      { type: 'dimension', targetPartitionSize: 7 },
      { type: 'single_dim', targetRowsPerSegment: 7, maxRowsPerSegment: 10 },
    ],
    [
      { type: 'single_dim', maxRowsPerSegment: 8 },
      { targetRowsPerSegment: 8, maxRowsPerSegment: 8, partitionDimensions: [] },
    ],
    [
      { type: 'dimension', targetPartitionSize: 7, maxPartitionSize: 30 },
      { targetRowsPerSegment: 7, maxRowsPerSegment: 30 },
    ],
    [
      { type: 'range', targetRowsPerSegment: 2, partitionDimensions: ['page', 'code'] },
      { type: 'range', maxRowsPerSegment: 3 },
    ],
  ])('reads the partitionsSpec %j', (partitionsSpec, expected) => {
    expect(tuning({ partitionsSpec }).partitions).toMatchObject(expected);
  });

  it.each([
    [{ maxBytesInMemory: 0 }, { maxBytesInMemory: 268_435_456 }],
    [{ maxBytesInMemory: -1 }, { maxBytesInMemory: null }],
    [{ maxBytesInMemory: '1000' }, { maxBytesInMemory: 1000 }],
    [{ ignoreInvalidRows: 'true' }, { maxParseExceptions: null }],
    [{ ignoreInvalidRows: true, maxParseExceptions: 3 }, { maxParseExceptions: 3 }],
    [{ maxParseExceptions: 2147483647 }, { maxParseExceptions: null }],
    [{ rowFlushBoundary: 20 }, { maxRowsInMemory: 20 }],
    [{ rowFlushBoundary: 20, maxRowsInMemory: 30 }, { maxRowsInMemory: 30 }],
    [{ rowFlushBoundary: 20, maxRowsInMemory: null }, { maxRowsInMemory: 20 }],
    [
      { useCombiner: 1, leaveIntermediate: 'TRUE', cleanupOnFailure: 'false' },
      { useCombiner: true, leaveIntermediate: true, cleanupOnFailure: false },
    ],
    [{ shardSpecs: {} }, {}],
    [{ shardSpecs: { '0': [{ actualSpec: { type: 'none' }, shardNum: 0 }] } }, {}],
  ])('reads the tuningConfig %j', (fields, expected) => {
    expect(tuning(fields)).toMatchObject(expected);
  });

  it('keeps numbers in jobProperties as they are written', () => {
    const text = changed((spec) => {
      spec.tuningConfig.jobProperties = { a: 'NUMBER', b: true };
    }).replace('"NUMBER"', '1.50');
    expect(readSpec(text, 'x.json').job?.tuning.jobProperties).toEqual({ a: '1.50', b: 'true' });
  });

  it.each([
    ['five_minute', { type: 'named', name: 'FIVE_MINUTE' }],
    [{ type: 'all' }, { type: 'all' }],
    [
      { type: 'period', period: 'P1D', timeZone: 'America/Los_Angeles', origin: null },
      { type: 'period', period: 'P1D', timeZone: 'America/Los_Angeles', origin: null },
    ],
    [
      { type: 'period', period: 'P2D', origin: '2020-01-02' },
      { type: 'period', period: 'P2D', timeZone: 'UTC', origin: Date.UTC(2020, 0, 2) },
    ],
    [
      { type: 'duration', duration: '3600000', origin: 5 },
      { type: 'duration', durationMs: 3_600_000, origin: 5 },
    ],
  ])('reads the granularity %j', (segmentGranularity, expected) => {
    const job = jobOf((spec) => {
      Object.assign(spec.dataSchema.granularitySpec, { segmentGranularity, queryGranularity: null });
    });
    expect(job.granularity).toMatchObject({ segmentGranularity: expected, queryGranularity: { type: 'none' } });
  });

  it('takes intervals as a bare text, and none as "from the data"', () => {
    const intervals = (value: unknown): JobSpec['granularity']['intervals'] =>
      jobOf((spec) => {
        spec.dataSchema.granularitySpec.intervals = value;
        spec.tuningConfig.partitionsSpec = {};
      }).granularity.intervals;
    expect(intervals('2024-01-01/P1M')).toEqual([{ start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 1, 1) }]);
    expect(intervals(null)).toBeNull();
    expect(intervals([])).toBeNull();
  });

  it('splits paths at commas outside of braces', () => {
    const paths = (value: unknown): readonly string[] =>
      jobOf((spec) => {
        spec.ioConfig.inputSpec.paths = value;
      }).input.paths;
    expect(paths('/a/{x,y{1,2}}/*.json,hdfs://n:1/b,/c\\,d')).toEqual([
      '/a/{x,y{1,2}}/*.json',
      'hdfs://n:1/b',
      '/c\\,d',
    ]);
    expect(paths(['/a,/b', '/c'])).toEqual(['/a', '/b', '/c']);
  });

  it('finds every field where no dimension is listed, but for those of metrics and filters', () => {
    const { dimensions } = jobOf((spec) => {
      spec.dataSchema.parser.parseSpec.dimensionsSpec = { dimensionExclusions: ['x'] };
      spec.dataSchema.metricsSpec.push(
        {
          type: 'filtered',
          filter: { type: 'not', field: { type: 'selector', dimension: 'kind', value: 7 } },
          aggregator: { type: 'floatMax', name: 'f', fieldName: 'v' },
        },
        { type: 'stringLast', name: 'last', fieldName: 's', timeColumn: 't2' },
      );
    });
    expect(dimensions).toEqual({
      dimensions: [],
      discover: true,
      exclusions: ['x', '__time', 'ts', 'count', 'b', 'bytes', 'v', 'kind', 'f', 't2', 's', 'last'],
    });
  });

  it('takes __time as a first long dimension, and leaves it out of the list', () => {
    const { dimensions } = jobOf((spec) => {
      spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions = [{ type: 'long', name: '__time' }, 'page'];
    });
    expect(dimensions.dimensions.map(({ name }) => name)).toEqual(['page']);
    expect(dimensions.discover).toBe(false);
  });
});

describe('fields', () => {
  const used = (change: Change, path: string): unknown => read(change).fields.find((field) => field.path === path);

  it('tells of every field what became of it', () => {
    const { fields } = read((spec) => {
      spec.tuningConfig.numBackgroundPersistThreads = 3;
      spec.tuningConfig.targetPartitionSize = 3;
    });
    const uses = Object.fromEntries(fields.map(({ path, use, value }) => [path, `${use} ${JSON.stringify(value)}`]));
    expect(uses).toMatchObject({
      'spec.dataSchema.dataSource': 'used "clicks"',
      'spec.tuningConfig.maxBytesInMemory': 'defaulted 268435456',
      'spec.tuningConfig.numBackgroundPersistThreads': 'ignored 3',
      'spec.tuningConfig.targetPartitionSize': 'dangerous null',
      'spec.tuningConfig.partitionsSpec.type': 'used "hashed"',
      'spec.dataSchema.metricsSpec[1].fieldName': 'used "b"',
    });
    expect(fields.every(({ why }) => why !== '' && !why.includes('\n'))).toBe(true);
  });

  it('shows no secrets', () => {
    const result = read((spec) => {
      spec.ioConfig.segmentOutputPath = 's3a://AKIA:topsecret@bucket/x';
      spec.ioConfig.metadataUpdateSpec = {
        type: 'mysql',
        connectURI: 'jdbc:mysql://h/d?user=me&password=topsecret',
        password: { type: 'default', password: 'topsecret' },
      };
      spec.tuningConfig.jobProperties = { 'fs.s3a.secret.key': 'topsecret', 'fs.azure.account.key.x': 'topsecret' };
    });
    expect(result.job?.metadataUpdate?.password).toBe('topsecret');
    expect(JSON.stringify(result.fields)).not.toContain('topsecret');
    expect(
      used((spec) => (spec.tuningConfig.jobProperties = { a: 'b' }), 'spec.tuningConfig.jobProperties.a'),
    ).toMatchObject({
      use: 'used',
      value: 'b',
    });
  });
});
