/**
 * What both sides of the benchmark make of the generated rows, so that they cannot drift apart: the dimensions and the
 * metrics, with their types in Druid and in DuckDB.
 */

/** Field that carries the event time, ISO 8601. */
export const TIME_FIELD = 'time';

/** The 19 dimensions: name, Druid's type, DuckDB's type (the one it would detect by itself). */
export const DIMENSIONS = [
  ['channel', 'string', 'VARCHAR'],
  ['cityName', 'string', 'VARCHAR'],
  ['comment', 'string', 'VARCHAR'],
  ['countryIsoCode', 'string', 'VARCHAR'],
  ['countryName', 'string', 'VARCHAR'],
  ['isAnonymous', 'string', 'BOOLEAN'],
  ['isMinor', 'string', 'BOOLEAN'],
  ['isNew', 'string', 'BOOLEAN'],
  ['isRobot', 'string', 'BOOLEAN'],
  ['isUnpatrolled', 'string', 'BOOLEAN'],
  ['metroCode', 'string', 'BIGINT'],
  ['namespace', 'string', 'VARCHAR'],
  ['page', 'string', 'VARCHAR'],
  ['regionIsoCode', 'string', 'VARCHAR'],
  ['regionName', 'string', 'VARCHAR'],
  ['user', 'string', 'VARCHAR'],
  ['flags', 'string', 'VARCHAR[]'],
  ['commentLength', 'long', 'BIGINT'],
  ['deltaBucket', 'long', 'BIGINT'],
];

/** The summed fields: name, Druid's aggregator, DuckDB's type. A count stands beside them. */
export const SUMS = [
  ['added', 'longSum', 'BIGINT'],
  ['deleted', 'longSum', 'BIGINT'],
  ['delta', 'longSum', 'BIGINT'],
  ['cost', 'doubleSum', 'DOUBLE'],
];

/** The day that the generated rows fall into. */
const INTERVAL = '2015-09-12/2015-09-13';
const DAY_MS = 24 * 3600 * 1000;

/**
 * What a job does with the rows, beside the shared columns.
 * @typedef {object} Job
 * @property {object} partitionsSpec
 * @property {object | string} [segmentGranularity] DAY when not given
 * @property {string} [queryGranularity] MINUTE when not given
 */

/**
 * Jobs that `npm run bench` measures. Each makes two segments of the day, but for the last two.
 * @param {number} rows of the data set
 * @returns {Record<string, Job>}
 */
export function benchJobs(rows) {
  const targetRowsPerSegment = Math.ceil(rows * 0.55);
  const chunks = Math.max(1, Math.floor(rows / 500));
  return {
    numShards: { partitionsSpec: { type: 'hashed', numShards: 2 } },
    target: { partitionsSpec: { type: 'hashed', targetRowsPerSegment } },
    singleDim: { partitionsSpec: { type: 'single_dim', partitionDimension: 'page', targetRowsPerSegment } },
    oneChunk: { partitionsSpec: { type: 'hashed' }, queryGranularity: 'SECOND' },
    manyChunks: {
      partitionsSpec: { type: 'hashed' },
      queryGranularity: 'SECOND',
      segmentGranularity: { type: 'duration', duration: Math.ceil(DAY_MS / chunks), origin: '2015-09-12T00:00:00Z' },
    },
  };
}

/**
 * The ingestion spec of a job over the data set.
 * @param {Job} job
 * @param {string[]} inputs absolute paths of the parts
 * @param {string} folder where segments and work files go
 * @returns {any} an index_hadoop task
 */
export function ingestionSpec({ partitionsSpec, segmentGranularity, queryGranularity }, inputs, folder) {
  const dimensions = DIMENSIONS.map(([name, type]) => (type === 'string' ? name : { type, name }));
  return {
    type: 'index_hadoop',
    spec: {
      dataSchema: {
        dataSource: 'bench',
        parser: {
          type: 'hadoopyString',
          parseSpec: {
            format: 'json',
            timestampSpec: { column: TIME_FIELD, format: 'iso' },
            dimensionsSpec: { dimensions },
          },
        },
        metricsSpec: [
          { type: 'count', name: 'count' },
          ...SUMS.map(([name, type]) => ({ type, name, fieldName: name })),
        ],
        granularitySpec: {
          type: 'uniform',
          segmentGranularity: segmentGranularity ?? 'DAY',
          queryGranularity: queryGranularity ?? 'MINUTE',
          rollup: true,
          intervals: [INTERVAL],
        },
      },
      ioConfig: {
        type: 'hadoop',
        inputSpec: { type: 'static', paths: inputs.join(',') },
        segmentOutputPath: `${folder}/segments`,
      },
      tuningConfig: {
        type: 'hadoop',
        partitionsSpec,
        workingPath: `${folder}/work`,
        version: '2026-01-01T00:00:00.000Z',
      },
    },
  };
}

/**
 * The same rows, dimensions, metrics and shards for Druid's native batch ingestion, with perfect rollup.
 * @param {string[]} inputs absolute paths of the parts
 * @param {number} shards segments of the day
 * @param {number} tasks sub-tasks at a time
 * @returns {object} an index_parallel task
 */
export function parallelSpec(inputs, shards, tasks) {
  const partitionsSpec = { type: 'hashed', numShards: shards };
  const task = ingestionSpec({ partitionsSpec }, inputs, '');
  const { dataSource, parser, metricsSpec, granularitySpec } = task.spec.dataSchema;
  const { timestampSpec, dimensionsSpec } = parser.parseSpec;
  return {
    type: 'index_parallel',
    spec: {
      dataSchema: { dataSource, timestampSpec, dimensionsSpec, metricsSpec, granularitySpec },
      ioConfig: {
        type: 'index_parallel',
        inputSource: { type: 'local', files: inputs },
        inputFormat: { type: 'json' },
        appendToExisting: false,
      },
      tuningConfig: {
        type: 'index_parallel',
        forceGuaranteedRollup: true,
        partitionsSpec,
        maxNumConcurrentSubTasks: tasks,
        // A sub-task splits by file only.
        splitHintSpec: {
          type: 'maxSize',
          maxNumFiles: Math.max(1, Math.floor(inputs.length / tasks)),
          maxSplitSize: '100GiB',
        },
      },
    },
  };
}
