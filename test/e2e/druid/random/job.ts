import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type InputRecord, randomFields } from './fields.ts';
import { type Format, formatSpec, wordsOf, writeRecords } from './files.ts';
import { randomMetrics } from './metrics.ts';
import { Randomness } from './randomness.ts';
import { QUERY_GRANULARITIES, SEGMENT_GRANULARITIES, TIME_FORMATS, type TimeFormat } from './times.ts';

const HOUR_MS = 3_600_000;
/** Times before the epoch, around a change of the clock in Berlin, and in between. */
const BASES = ['1969-12-31T13:00:00.000Z', '2001-09-09T01:46:40.000Z', '2024-03-30T20:00:00.000Z'].map(Date.parse);

const PLAIN_GRANULARITY = /^(?:NONE|SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|QUARTER|YEAR|ALL)$/;

/** A job for Druid's Hadoop indexer and for segmill. */
export interface RandomJob {
  /** @param out folder for the outputs of one run */
  specText(out: string): string;
  /** True where rows that are not rolled up may stand in any order among themselves. */
  readonly anyOrder: boolean;
}

/** What a random job may ask for. */
export interface JobOptions {
  /** How it is cut into segments: by a fixed number of shards, or after a look at the data. */
  readonly partitions: 'numShards' | 'determined';
  /** Whether an indexSpec asks for other encodings than the usual ones. */
  readonly encodings: boolean;
  /** Whether dimensions are found in the data: all of them, or those beside some that are listed. */
  readonly discovery?: boolean;
}

/**
 * Makes a job whose outcome does not depend on the order of its records: random format, dimensions, metrics, granularities,
 * partitions and inputs, with odd and unreadable values among them.
 * @param seed the same one makes the same job
 * @param folder where its inputs are written
 */
export function randomJob(seed: number, options: JobOptions, folder: string): RandomJob {
  const random = new Randomness(seed);
  const format = random.pick<Format>(['json', 'json', 'json', 'csv', 'tsv', 'regex']);
  const [segmentGranularity, hours] = random.pick(SEGMENT_GRANULARITIES);
  const finest = random.chance(0.9) ? QUERY_GRANULARITIES.filter(([, length]) => length <= hours) : QUERY_GRANULARITIES;
  const [roundedTo] = random.pick(finest);
  const timeFormat = random.pick(TIME_FORMATS);
  const discovery = options.discovery === true;
  // Over several pieces of a segment that do not know the same dimensions Druid falls back to the order of their names.
  const persists = !discovery && random.chance(0.3);
  // Druid cannot cut ranges of times within 2^31 ms of the epoch, which it reads back as another type; it cannot merge pieces of
  // a segment where a granularity of fixed length has rounded times before 1970 up, beyond their time chunk.
  const roundsUp = persists || [segmentGranularity, roundedTo].some((it) => !PLAIN_GRANULARITY.test(String(it)));
  const bases = options.partitions === 'determined' || roundsUp ? BASES.slice(1) : BASES;
  const times = { start: random.pick(bases), spanMs: Math.ceil(hours * random.pick([0.3, 1.4, 2.6]) * HOUR_MS) };
  const rollup = random.chance(0.8);
  const rows = random.pick([200, 500, 1500]);
  const missingValue = random.chance(0.2)
    ? new Date(times.start + Math.floor(times.spanMs / 2)).toISOString()
    : undefined;
  const distinctTimes = timeFormat.exact && missingValue === undefined;

  const paths = writeInputs(random, folder, {
    format,
    rows,
    timeFormat,
    ...times,
    strange: missingValue === undefined,
    fieldsInAnyOrder: discovery && format === 'json',
  });
  const partitionsSpec = options.partitions === 'numShards' ? hashedByNumber(random) : determined(random, rows);
  // Druid counts rows for ranges in the time chunk of their rounded times, which may be the one before.
  const queryGranularity = partitionsSpec.type === 'hashed' ? roundedTo : 'NONE';
  const columns = Object.keys(recordAt(new Randomness(seed), format, timeFormat, 0, 0, rows));
  const task = {
    type: 'index_hadoop',
    spec: {
      dataSchema: {
        dataSource: `random_${seed}`,
        parser: {
          type: 'hadoopyString',
          parseSpec: {
            ...formatSpec(format, columns),
            timestampSpec: { column: 'ts', format: timeFormat.format, missingValue },
            dimensionsSpec: discovery
              ? randomDiscovery(random)
              : { dimensions: randomDimensions(random, options.partitions) },
          },
        },
        // The key may be no dimension, so that rows of one group differ in what depends on it.
        metricsSpec: randomMetrics(random, distinctTimes, persists || discovery),
        granularitySpec: {
          ...randomIntervals(random, times.start, times.spanMs),
          segmentGranularity,
          queryGranularity,
          rollup,
        },
      },
      ioConfig: { type: 'hadoop', inputSpec: { type: 'static', paths: paths.join(',') }, segmentOutputPath: '' },
      tuningConfig: {
        type: 'hadoop',
        partitionsSpec,
        workingPath: '',
        version: '2026-01-01T00:00:00.000Z',
        maxParseExceptions: 2 ** 31 - 1,
        maxRowsInMemory: persists ? 100 : undefined,
        useCombiner: random.chance(0.2),
        forceExtendableShardSpecs: random.chance(0.15),
        indexSpec: options.encodings ? randomIndexSpec(random) : undefined,
      },
    },
  };
  return {
    anyOrder: !rollup && (!distinctTimes || queryGranularity !== 'NONE'),
    specText: (out) => {
      task.spec.ioConfig.segmentOutputPath = join(out, 'segments');
      task.spec.tuningConfig.workingPath = join(out, 'work');
      return JSON.stringify(task, null, 1);
    },
  };
}

interface PartitionsSpec {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Inputs {
  readonly format: Format;
  readonly rows: number;
  readonly timeFormat: TimeFormat;
  readonly start: number;
  readonly spanMs: number;
  /** False where a row without fields would get a time, too. */
  readonly strange: boolean;
  /** The order depends on the key, so that records of one group have the same. */
  readonly fieldsInAnyOrder: boolean;
}

/** Writes one to three files; all times differ, but for records that occur twice. */
function writeInputs(random: Randomness, folder: string, inputs: Inputs): string[] {
  const { format, rows, timeFormat, start, spanMs } = inputs;
  mkdirSync(folder, { recursive: true });
  const files = 1 + random.below(3);
  const step = Math.max(1, Math.floor(spanMs / (rows * files)));
  return Array.from({ length: files }, (_, file) => {
    const records: InputRecord[] = [];
    for (let i = 0; i < rows; i++) {
      const seq = (i * files + file + 1) % (rows * files);
      const ms = start + seq * step + random.below(step);
      const made = recordAt(random, format, timeFormat, ms, seq, rows);
      const record = inputs.fieldsInAnyOrder ? reordered(made) : made;
      records.push(record);
      if (random.chance(0.05)) records.push(record);
    }
    return writeRecords(random, folder, `part-${file}`, format, records, inputs.strange);
  });
}

function recordAt(
  random: Randomness,
  format: Format,
  timeFormat: TimeFormat,
  ms: number,
  seq: number,
  rows: number,
): InputRecord {
  const unreadable = random.chance(0.01);
  const missing = random.chance(0.01);
  const ts = unreadable ? 'no time' : missing ? null : timeFormat.write(ms, random);
  const odd = { json: true, csv: true, tsv: true, regex: false }[format];
  return { ts, ...randomFields(random, { cardinality: Math.ceil(rows / 10), odd, words: wordsOf(format) }, seq) };
}

/** The record with its fields in another order, one for each key. */
function reordered(record: InputRecord): InputRecord {
  const random = new Randomness(Number(String(record.key).slice(1)));
  const fields = Object.entries(record);
  if (random.chance(0.5)) return record;
  for (let i = fields.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [fields[i], fields[other]] = [fields[other], fields[i]];
  }
  return Object.fromEntries(fields);
}

function randomDiscovery(random: Randomness): object {
  const dimensionExclusions = ['seq', ...random.some(['word', 'flag', 'undeclared', 'keyed'], 0.25)];
  if (random.chance(0.5)) return { dimensionExclusions };
  const listed = random
    .some<unknown>(['flag', { type: 'long', name: 'long' }, { type: 'double', name: 'double' }, 'nowhere'], 0.5)
    .filter((one) => !dimensionExclusions.includes(String(one)));
  return { dimensions: listed, dimensionExclusions, includeAllDimensions: true };
}

function randomDimensions(random: Randomness, partitions: JobOptions['partitions']): unknown[] {
  const multiValueHandling = () => random.pick(['SORTED_ARRAY', 'SORTED_SET', 'ARRAY']);
  const all: unknown[] = [
    'word',
    { type: 'string', name: 'list', multiValueHandling: multiValueHandling() },
    {
      type: 'string',
      name: 'mixed',
      multiValueHandling: random.pick(['SORTED_ARRAY', 'ARRAY']),
      createBitmapIndex: random.chance(0.5),
    },
    'flag',
    { type: 'long', name: 'long' },
    { type: 'double', name: 'double' },
    { type: 'float', name: 'float' },
    'nowhere',
  ];
  const chosen = random.some(all, 0.55);
  // Ranges are cut by it.
  if (partitions === 'determined' || chosen.length === 0) chosen.unshift('key');
  else chosen.splice(random.below(chosen.length + 1), 0, 'key');
  return chosen;
}

/** Intervals that leave some records out, at either end or between two of them. */
function randomIntervals(random: Randomness, start: number, spanMs: number): object {
  const interval = (from: number, to: number) =>
    `${new Date(start + Math.floor(from * spanMs)).toISOString()}/${new Date(start + Math.ceil(to * spanMs)).toISOString()}`;
  const uniform = random.chance(0.8);
  const whole = [interval(-0.2, 0.95)];
  const parts = [interval(0.05, 0.4), interval(0.55, 1.1)];
  return { type: uniform ? 'uniform' : 'arbitrary', intervals: random.chance(0.5) ? whole : parts };
}

function hashedByNumber(random: Randomness): PartitionsSpec {
  const numShards = random.pick([1, 2, 3, 5]);
  const dimensions = [
    ['key'],
    ['list'],
    ['long'],
    ['word', 'double'],
    ['mixed', 'list'],
    ['float'],
    ['nowhere'],
    ['undeclared'],
  ];
  const partitionDimensions = random.chance(0.4) ? [] : random.pick(dimensions);
  return { type: 'hashed', numShards, partitionDimensions };
}

function determined(random: Randomness, rows: number): PartitionsSpec {
  const targetRowsPerSegment = Math.ceil(rows / random.pick([2, 3, 5]));
  return random.pick([
    { type: 'hashed', targetRowsPerSegment },
    { type: 'single_dim', partitionDimension: 'key', targetRowsPerSegment },
    { type: 'single_dim', targetRowsPerSegment },
    { type: 'single_dim', partitionDimension: 'key', targetRowsPerSegment, assumeGrouped: true },
    { type: 'range', partitionDimensions: ['key'], targetRowsPerSegment },
  ]);
}

function randomIndexSpec(random: Randomness): object {
  return {
    bitmap: { type: random.pick(['roaring', 'concise']) },
    dimensionCompression: random.pick(['lz4', 'lzf', 'zstd', 'uncompressed']),
    metricCompression: random.pick(['lz4', 'lzf', 'zstd', 'uncompressed', 'none']),
    longEncoding: random.pick(['longs', 'auto']),
    stringDictionaryEncoding: random.pick([
      { type: 'utf8' },
      { type: 'frontCoded', bucketSize: 4, formatVersion: 1 },
      { type: 'frontCoded', bucketSize: 16, formatVersion: 0 },
    ]),
  };
}
