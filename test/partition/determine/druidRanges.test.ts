import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { NoPartitionDimensionError } from '../../../src/partition/determine/chooseCandidate.ts';
import { planDruidRanges } from '../../../src/partition/determine/druidRanges.ts';
import { isSampled } from '../../../src/partition/determine/sampling.ts';
import { plainHashes } from '../../kernel/plainGroupKeys.ts';
import { keyOf, type PlainKey, UNITS } from './goldenKeys.ts';
import { byJson, tupleOf } from './support.ts';

/** See test/fixtures/partition/README.md. */
interface RandomJob {
  readonly partitionsSpec: {
    readonly type: 'single_dim' | 'range';
    readonly partitionDimension?: string;
    readonly partitionDimensions?: readonly string[];
    readonly targetRowsPerSegment?: number;
    readonly maxRowsPerSegment?: number;
    readonly assumeGrouped?: boolean;
  };
  readonly samplingFactor: number;
  readonly queryGranularity: string;
  readonly dimensions: readonly string[];
  readonly rows: readonly (readonly [string, readonly unknown[]])[];
  readonly plan: readonly unknown[] | null;
}

const FIXTURE = join(import.meta.dirname, '../../fixtures/partition/druidRanges.jsonl.gz');
const JOBS = gunzipSync(readFileSync(FIXTURE)).toString('utf8').trimEnd().split('\n');

function keysOf(job: RandomJob): PlainKey[] {
  const query = UNITS[job.queryGranularity];
  const names = [...job.dimensions].sort();
  const keys = job.rows.map(([text, values]) => {
    const row = Object.fromEntries(job.dimensions.map((name, i) => [name, values[i]]));
    const time = Date.parse(text);
    return keyOf(row, Math.floor(time / UNITS.DAY) * UNITS.DAY, Math.floor(time / query) * query, names);
  });
  const sampled = keys.filter(({ json }) => isSampled(plainHashes(json).hash32, job.samplingFactor));
  if (job.partitionsSpec.assumeGrouped === true) return sampled;
  return [...new Map(sampled.map((key) => [key.json, key])).values()].sort(byJson);
}

test.each(JOBS.map((line, i) => [i, JSON.parse(line) as RandomJob] as const))('random job %d', (_, job) => {
  const { type, partitionDimension, partitionDimensions, ...spec } = job.partitionsSpec;
  const chosen = partitionDimensions ?? partitionDimension;
  const candidates = chosen === undefined ? job.dimensions.map((name) => [name]) : [[chosen].flat()];
  const target = spec.targetRowsPerSegment ?? spec.maxRowsPerSegment!;
  const plan = () =>
    planDruidRanges(
      keysOf(job).map((key) => ({ chunk: key.chunk, tuples: candidates.map((names) => tupleOf(key.values, names)) })),
      {
        type,
        candidates,
        targetRowsPerSegment: target,
        maxRowsPerSegment: spec.maxRowsPerSegment ?? Math.floor(target * 1.5),
        samplingFactor: job.samplingFactor,
        druid: true,
      },
    )!;
  if (job.plan === null) expect(plan).toThrow(NoPartitionDimensionError);
  else {
    const plans = [...plan()].map(([chunk, { dimensions, ranges }]) => [
      chunk,
      dimensions,
      ranges.map(({ start, end }) => [start, end]),
    ]);
    expect(plans).toEqual(job.plan);
  }
});
