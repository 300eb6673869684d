import type { Change } from './specTexts.ts';

/** What real specs write, and what it means: a change to a good spec, and the plain form of the same change. */
export const LOOSE_FORMS: readonly (readonly [what: string, loose: Change, plain: Change])[] = [
  [
    '-1 for what is not set',
    (spec) => {
      spec.tuningConfig.partitionsSpec = {
        type: 'hashed',
        numShards: 2,
        targetPartitionSize: -1,
        maxRowsPerSegment: -1,
      };
    },
    () => {},
  ],
  [
    'a text of -1 for what is not set',
    (spec) => {
      spec.tuningConfig.partitionsSpec = { type: 'hashed', numShards: '2', targetRowsPerSegment: '-1' };
    },
    () => {},
  ],
  [
    'null for what is not set',
    (spec) => {
      Object.assign(spec.tuningConfig, { maxRowsInMemory: null, version: null, indexSpec: null, jobProperties: null });
      spec.tuningConfig.partitionsSpec.partitionDimensions = null;
      spec.dataSchema.transformSpec = null;
      spec.ioConfig.metadataUpdateSpec = null;
    },
    () => {},
  ],
  [
    'an empty text for what is not set',
    (spec) => {
      Object.assign(spec.tuningConfig, { maxRowsInMemory: '', useCombiner: '' });
    },
    () => {},
  ],
  [
    'texts for numbers',
    (spec) => {
      Object.assign(spec.tuningConfig, { maxRowsInMemory: '5000', maxParseExceptions: ' 7 ', maxBytesInMemory: '+9' });
    },
    (spec) => {
      Object.assign(spec.tuningConfig, { maxRowsInMemory: 5000, maxParseExceptions: 7, maxBytesInMemory: 9 });
    },
  ],
  [
    'texts and numbers for booleans',
    (spec) => {
      Object.assign(spec.tuningConfig, { ignoreInvalidRows: 'True', leaveIntermediate: 1, cleanupOnFailure: 'false' });
      spec.dataSchema.granularitySpec.rollup = 0;
    },
    (spec) => {
      Object.assign(spec.tuningConfig, { ignoreInvalidRows: true, leaveIntermediate: true, cleanupOnFailure: false });
      spec.dataSchema.granularitySpec.rollup = false;
    },
  ],
  [
    'numbers and booleans for texts',
    (spec) => {
      spec.dataSchema.dataSource = 2024;
      spec.dataSchema.metricsSpec[1].fieldName = 7;
      spec.tuningConfig.jobProperties = { a: 1, b: true };
    },
    (spec) => {
      spec.dataSchema.dataSource = '2024';
      spec.dataSchema.metricsSpec[1].fieldName = '7';
      spec.tuningConfig.jobProperties = { a: '1', b: 'true' };
    },
  ],
  [
    'bare texts for lists',
    (spec) => {
      spec.dataSchema.granularitySpec.intervals = '2024-01-01/2024-02-01';
      spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensionExclusions = 'x';
      spec.tuningConfig.partitionsSpec.partitionDimensions = 'page';
    },
    (spec) => {
      spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensionExclusions = ['x'];
      spec.tuningConfig.partitionsSpec.partitionDimensions = ['page'];
    },
  ],
  [
    'a list of paths',
    (spec) => {
      spec.ioConfig.inputSpec.paths = ['/a,/b', '/c'];
    },
    (spec) => {
      spec.ioConfig.inputSpec.paths = '/a,/b,/c';
    },
  ],
  [
    'a partitionsSpec without a type',
    (spec) => {
      spec.tuningConfig.partitionsSpec = { targetPartitionSize: 5_000_000 };
    },
    (spec) => {
      spec.tuningConfig.partitionsSpec = { type: 'hashed', targetRowsPerSegment: 5_000_000 };
    },
  ],
  [
    'older names',
    (spec) => {
      spec.tuningConfig.rowFlushBoundary = 20;
      spec.tuningConfig.partitionsSpec = { type: 'dimension', targetPartitionSize: 7, maxPartitionSize: 30 };
    },
    (spec) => {
      spec.tuningConfig.maxRowsInMemory = 20;
      spec.tuningConfig.partitionsSpec = { type: 'single_dim', targetRowsPerSegment: 7, maxRowsPerSegment: 30 };
    },
  ],
  [
    'older types of a partitionsSpec',
    (spec) => {
      spec.tuningConfig.partitionsSpec = { type: 'hadoop_hashed_partitions', numShards: 2 };
    },
    () => {},
  ],
  [
    'hadoopDependencyCoordinates in every place but its own',
    (spec) => {
      for (const part of [spec, spec.dataSchema, spec.ioConfig, spec.tuningConfig]) {
        part.hadoopDependencyCoordinates = ['org.apache.hadoop:hadoop-client:2.8.5'];
      }
    },
    () => {},
  ],
  [
    'what only Java code looks at',
    (spec, task) => {
      Object.assign(task, {
        hadoopDependencyCoordinates: 'org.apache.hadoop:hadoop-client:2.8.5',
        hadoopCoordinates: 'org.apache.hadoop:hadoop-core:1.0.3',
        classpathPrefix: '/opt/jars/*',
      });
      spec.tuningConfig.useYarnRMJobStatusFallback = 'no matter';
    },
    () => {},
  ],
  [
    'names of types and enumerations in other case',
    (spec) => {
      spec.dataSchema.granularitySpec.segmentGranularity = 'day';
      spec.dataSchema.granularitySpec.queryGranularity = 'hour';
      spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions[0] = { name: 'page', multiValueHandling: 'array' };
    },
    (spec) => {
      spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions[0] = {
        type: 'string',
        name: 'page',
        multiValueHandling: 'ARRAY',
      };
    },
  ],
];
