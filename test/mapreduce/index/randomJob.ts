import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Random } from './random.ts';
import { RecordWriter, TIME_STYLES } from './randomRecords.ts';

/** A job made up by chance. */
export interface RandomJob {
  /** Whether all rows fit into one run, so that sums are exact. */
  readonly oneRun: boolean;
  /** How many bad rows the spec shall allow: any number, or just as many as there are. */
  readonly badRows: 'unlimited' | 'exact';
  /** @param out an empty folder; segments go to `segments` in it, intermediate files to `work` */
  specText(out: string, maxParseExceptions: number): string;
}

const DAY_MS = 86_400_000;
const NAMED = ['SECOND', 'MINUTE', 'FIFTEEN_MINUTE', 'HOUR', 'SIX_HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];
/** Nights when clocks change, and a common one. */
const DAYS = ['2024-03-10', '2024-03-31', '2024-11-03', '2024-07-01', '1969-12-31'].map((day) => Date.parse(day));

/**
 * Makes a job that is random in all that the indexing job does: dimensions, metrics, rollup, granularities, intervals, shards,
 * times, memory, files and records.
 *
 * @param seed 32 bits; the same seed makes the same job
 * @param directory an empty folder for its input files
 */
export function randomJob(seed: number, directory: string): RandomJob {
  const random = new Random(seed);
  const time = random.pick(TIME_STYLES);
  const from = random.pick(DAYS) + random.below(DAY_MS);
  const to = from + random.pick([60_000, 3_600_000, 10 * 3_600_000, DAY_MS]);
  const lines = random.pick([1, 10, 60, 150, 400]);
  const paths = writeFiles(random, new RecordWriter(random, time, from, to), directory, lines);
  const maxRowsInMemory = random.pick([1, 7, 100, 1000, 1_000_000]);
  const maxBytesInMemory = random.pick([1, 20_000, 0, 0, 0]);
  const wanted = granularities(random, from, to);
  const dimensions = randomDimensions(random);
  const tuningConfig = {
    type: 'hadoop',
    partitionsSpec: partitions(random, dimensions.map(nameOf), 'intervals' in wanted),
    version: '2026-01-01T00:00:00.000Z',
    maxRowsInMemory: lines > 60 ? Math.max(7, maxRowsInMemory) : maxRowsInMemory,
    maxBytesInMemory,
    ...(random.chance(0.1) ? { forceExtendableShardSpecs: true } : {}),
  };
  const dataSchema = {
    dataSource: `random_${seed}`,
    parser: {
      type: 'hadoopyString',
      parseSpec: {
        format: 'json',
        timestampSpec: {
          column: 'ts',
          format: time.format,
          ...(random.chance(0.3) ? { missingValue: new Date(from).toISOString() } : {}),
        },
        dimensionsSpec: discovery(new Random(seed ^ 0xd15c), dimensions) ?? { dimensions },
      },
    },
    metricsSpec: randomMetrics(random),
    granularitySpec: { type: 'uniform', rollup: random.chance(0.75), ...wanted },
    ...(random.chance(0.2) ? { transformSpec: { filter: randomFilter(random, 2) } } : {}),
  };
  return {
    // Files this small share a split.
    oneRun: maxRowsInMemory >= 1000 && maxBytesInMemory === 0,
    badRows: random.pick(['unlimited', 'exact']),
    specText: (out, maxParseExceptions) =>
      JSON.stringify({
        type: 'index_hadoop',
        spec: {
          dataSchema,
          ioConfig: {
            type: 'hadoop',
            inputSpec: { type: 'static', paths },
            segmentOutputPath: join(out, 'segments'),
          },
          tuningConfig: { ...tuningConfig, workingPath: join(out, 'work'), maxParseExceptions },
        },
      }),
  };
}

function writeFiles(random: Random, records: RecordWriter, directory: string, lines: number): string {
  mkdirSync(directory, { recursive: true });
  const files = random.pick([1, 1, 2, 4]);
  const names = Array.from({ length: files }, (_, file) => {
    const count = random.chance(0.15) && files > 1 ? 0 : Math.ceil(lines / files);
    const end = random.pick(['\n', '\n', '\r\n']);
    const text = Array.from({ length: count }, () => records.line()).join(end);
    const bytes = Buffer.from(text + (random.chance(0.8) && count > 0 ? end : ''));
    const name = `part-${file}.json${random.chance(0.3) ? '.gz' : ''}`;
    writeFileSync(join(directory, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes);
    return join(directory, name);
  });
  return random.pick([join(directory, 'part-*'), directory, random.shuffled(names).join(',')]);
}

/** Granularities of segments and rows that make at most some hundred chunks of the time span, and the intervals. */
function granularities(random: Random, from: number, to: number): Record<string, unknown> {
  const zone = () => random.pick(['America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'UTC']);
  const span = to - from;
  const segment = random.pick<unknown>([
    'HOUR',
    'DAY',
    'DAY',
    'WEEK',
    'MONTH',
    'YEAR',
    'ALL',
    { type: 'period', period: random.pick(['P1D', 'P1W', 'PT1H']), timeZone: zone() },
    { type: 'duration', duration: Math.max(7_000_000, Math.ceil(span / 9)), origin: '2024-01-01T00:00:01.234Z' },
  ]);
  const query = random.pick<unknown>([
    'NONE',
    'NONE',
    'ALL',
    random.pick(NAMED),
    random.pick(NAMED),
    { type: 'period', period: random.pick(['P1D', 'PT1H', 'P1W', 'P1M']), timeZone: zone() },
    {
      type: 'duration',
      duration: 1 + random.below(5_000_000),
      origin: random.pick(['1970-01-01', '2024-02-03T04:05:06']),
    },
  ]);
  const interval = () => {
    const start = from + Math.floor((random.next() * 1.2 - 0.2) * span);
    return `${new Date(start).toISOString()}/${new Date(start + 1 + random.below(span)).toISOString()}`;
  };
  const whole = `${new Date(from).toISOString()}/${new Date(to).toISOString()}`;
  const intervals = random.pick([null, null, [whole], [interval()], [interval(), interval(), interval()]]);
  return {
    segmentGranularity: segment,
    queryGranularity: query,
    ...(intervals === null ? {} : { intervals }),
  };
}

/** A dimensionsSpec whose dimensions are found in the data, all or some; mostly none. */
function discovery(random: Random, dimensions: readonly unknown[]): Record<string, unknown> | null {
  if (!random.chance(0.3)) return null;
  const dimensionExclusions = random.some(['kind', 'n', 'decimal', 'when', 'wide_3', 'nowhere'], 0.3);
  if (random.chance(0.5)) return { dimensionExclusions };
  const listed = random.some(dimensions, 0.5).filter((one) => !dimensionExclusions.includes(nameOf(one)));
  return { dimensions: listed, dimensionExclusions, includeAllDimensions: true };
}

/** Without intervals the data decides how many shards there are: one here, since all of it fits. */
function partitions(random: Random, dimensions: readonly string[], hasIntervals: boolean): Record<string, unknown> {
  if (!hasIntervals) return { type: 'hashed', targetRowsPerSegment: 1_000_000 };
  const partitionDimensions = random.chance(0.5) ? random.shuffled(random.some(dimensions, 0.3)) : [];
  const numShards = 1 + random.below(5);
  return { type: 'hashed', numShards, ...(partitionDimensions.length > 0 ? { partitionDimensions } : {}) };
}

function nameOf(dimension: unknown): string {
  return typeof dimension === 'string' ? dimension : (dimension as { name: string }).name;
}

const HANDLINGS = ['SORTED_ARRAY', 'SORTED_SET', 'ARRAY'];

function randomDimensions(random: Random): unknown[] {
  const string = (name: string) => ({
    type: 'string',
    name,
    multiValueHandling: random.pick(HANDLINGS),
    createBitmapIndex: random.chance(0.8),
  });
  const all: unknown[] = [
    'key',
    'kind',
    string('word'),
    string('list'),
    { type: 'long', name: 'n' },
    { type: random.pick(['long', 'string']), name: 'long' },
    { type: random.pick(['float', 'double', 'string']), name: 'decimal' },
    string('naïve "😀"'),
    'absent',
  ];
  const wide = random.chance(0.1) ? Array.from({ length: 40 }, (_, i) => `wide_${i}`) : [];
  const some = [...random.some(all, random.pick([0.15, 0.4, 0.7])), ...wide];
  return random.shuffled(some.length === 0 ? ['key'] : some);
}

function randomMetrics(random: Random): unknown[] {
  const types = ['long', 'float', 'double'];
  const number = (kinds: readonly string[]) => random.pick(types) + random.pick(kinds);
  const make = (name: string): Record<string, unknown> => {
    const timeColumn = random.chance(0.3) ? { timeColumn: 'when' } : {};
    switch (random.below(6)) {
      case 0:
        return { type: 'count', name };
      case 1:
      case 2:
        return {
          type: number(['Sum', 'Min', 'Max', 'Any']),
          name,
          fieldName: random.pick(['amount', 'amount', 'long']),
        };
      case 3:
        return { type: number(['First', 'Last']), name, fieldName: 'amount', ...timeColumn };
      case 4:
        return {
          type: random.pick(['stringFirst', 'stringLast']),
          name,
          fieldName: random.pick(['word', 'list', 'key']),
          maxStringBytes: random.pick([1, 3, 8, 1024]),
          ...timeColumn,
        };
      default:
        return { type: 'hyperUnique', name, fieldName: random.pick(['key', 'word', 'list']) };
    }
  };
  return Array.from({ length: random.below(9) }, (_, i) => {
    const name = `m${i}`;
    if (random.chance(0.75)) return make(name);
    return { type: 'filtered', name, filter: randomFilter(random, 2), aggregator: make(`inner_${i}`) };
  });
}

/** Filters over fields whose values have one obvious reading. */
function randomFilter(random: Random, depth: number): unknown {
  const colour = () => random.pick(['red', 'green', 'blue', 'black', null]);
  const inner = () => randomFilter(random, depth - 1);
  const bound = () => String(random.below(30) - 15);
  const choice = random.below(depth > 0 ? 9 : 6);
  switch (choice) {
    case 0:
      return { type: 'selector', dimension: 'kind', value: colour() };
    case 1:
      return { type: 'in', dimension: 'kind', values: [colour(), colour()] };
    case 2:
      return { type: 'bound', dimension: 'n', lower: bound(), lowerStrict: random.chance(0.5), ordering: 'numeric' };
    case 3:
      return {
        type: 'bound',
        dimension: 'kind',
        upper: 'green',
        upperStrict: random.chance(0.5),
        ordering: 'lexicographic',
      };
    case 4:
      return {
        type: 'range',
        column: 'n',
        matchValueType: 'LONG',
        lower: -5,
        upper: 10,
        upperOpen: random.chance(0.5),
      };
    case 5:
      return { type: 'null', column: random.pick(['kind', 'n', 'list', 'absent']) };
    case 6:
      return { type: 'not', field: inner() };
    default:
      return { type: random.pick(['and', 'or']), fields: [inner(), inner()] };
  }
}
