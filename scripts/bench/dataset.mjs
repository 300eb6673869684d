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

/** Shards of the day, and so the number of segments. */
const SHARDS = 2;

/**
 * The ingestion spec for the data set: DAY segments, rolled up to the minute, hashed to two shards.
 * @param {string[]} inputs absolute paths of the parts
 * @param {string} folder where segments and work files go
 * @returns {object} an index_hadoop task
 */
export function ingestionSpec(inputs, folder) {
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
          segmentGranularity: 'DAY',
          queryGranularity: 'MINUTE',
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
        partitionsSpec: { type: 'hashed', numShards: SHARDS },
        workingPath: `${folder}/work`,
        version: '2026-01-01T00:00:00.000Z',
      },
    },
  };
}
