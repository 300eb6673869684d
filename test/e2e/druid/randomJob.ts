import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DAY = Date.parse('2024-03-01T00:00:00.000Z');
const HOUR_MS = 3_600_000;
const WORDS = [
  '',
  'a',
  'b',
  'B',
  'é',
  'ÅNGSTRÖM',
  '日本語',
  '😀',
  'ｆｕｌｌ',
  '"quoted"',
  'tab\there',
  'a b',
  '0',
  '-1',
];

/**
 * Makes a job that Druid's Hadoop indexer and segmill have to agree on to the last row: random dimensions, metrics,
 * granularities, partitions, rollup and inputs, but nothing that a quirk of Druid's depends on (nulls within lists, both
 * null and "" where ranges are cut, numbers written in several ways, so few keys that hash buckets stay empty) and only
 * sums that are exact in any order.
 * @param seed 32-bit; the same seed makes the same job
 * @param dir where its inputs are written
 * @returns the spec's text for an output folder
 */
export function randomJob(seed: number, dir: string): (out: string) => string {
  const random = mulberry32(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)];
  const maybe = <T>(value: T): T | null => (random() < 0.15 ? null : value);

  const cardinality = pick([40, 300, 3000]);
  const files = 1 + below(3);
  const rows = pick([300, 500, 4000]);
  const hours = pick([1, 5, 48]);
  mkdirSync(dir, { recursive: true });
  const paths = Array.from({ length: files }, (_, file) => {
    const lines = Array.from({ length: rows }, () =>
      JSON.stringify({
        ts: new Date(DAY + below(hours * HOUR_MS)).toISOString(),
        key: `k${below(cardinality)}`,
        word: maybe(pick(WORDS)),
        list: maybe(Array.from({ length: below(4) }, () => pick(WORDS))),
        flag: maybe(random() < 0.5),
        long: maybe(below(20) - 10),
        double: maybe((below(400) - 200) / 4),
        amount: maybe(below(2_000_000) - 1_000_000),
        ratio: maybe((below(200_000) - 100_000) / 64),
      }),
    );
    const path = join(dir, `part-${file}.json`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  });

  const numeric = [
    { type: 'long', name: 'long' },
    { type: 'double', name: 'double' },
    { type: 'float', name: 'double' },
  ];
  const optional = ['word', 'list', 'flag', numeric[0], pick(numeric.slice(1))].filter(() => random() < 0.6);
  const metric = (type: string, fieldName: string) => ({ type, name: `${type}_${fieldName}`, fieldName });
  const metrics = ['longSum', 'longMin', 'longMax']
    .map((type) => metric(type, 'amount'))
    .concat(['doubleSum', 'doubleMin', 'doubleMax', 'floatMin', 'floatMax'].map((type) => metric(type, 'ratio')))
    .concat([metric('hyperUnique', 'key')])
    .filter(() => random() < 0.5);
  const partitionsSpec = pick([
    { type: 'hashed', numShards: 1 },
    { type: 'hashed', numShards: 3 },
    { type: 'hashed', numShards: 2, partitionDimensions: ['key'] },
    { type: 'hashed', targetRowsPerSegment: Math.ceil(rows / 2) },
    { type: 'single_dim', partitionDimension: 'key', targetRowsPerSegment: Math.ceil(rows / 3) },
    { type: 'range', partitionDimensions: ['key'], targetRowsPerSegment: Math.ceil(rows / 2) },
  ]);
  const task = {
    type: 'index_hadoop',
    spec: {
      dataSchema: {
        dataSource: `random_${seed}`,
        parser: {
          type: 'hadoopyString',
          parseSpec: {
            format: 'json',
            timestampSpec: { column: 'ts', format: 'iso' },
            dimensionsSpec: { dimensions: ['key', ...optional] },
          },
        },
        metricsSpec: [{ type: 'count', name: 'count' }, ...metrics],
        granularitySpec: {
          type: 'uniform',
          segmentGranularity: hours > 5 ? 'DAY' : pick(['HOUR', 'DAY']),
          queryGranularity: pick(['NONE', 'MINUTE', 'HOUR']),
          rollup: random() < 0.8,
          intervals: ['2024-03-01/2024-03-03'],
        },
      },
      ioConfig: { type: 'hadoop', inputSpec: { type: 'static', paths: paths.join(',') }, segmentOutputPath: '' },
      tuningConfig: {
        type: 'hadoop',
        partitionsSpec,
        workingPath: '',
        version: '2026-01-01T00:00:00.000Z',
        ...(random() < 0.3 ? { maxRowsInMemory: 100 } : {}),
      },
    },
  };
  return (out) => {
    task.spec.ioConfig.segmentOutputPath = join(out, 'segments');
    task.spec.tuningConfig.workingPath = join(out, 'work');
    return JSON.stringify(task);
  };
}

/** Tommy Ettinger's generator: 32 bits of state, uniform in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
