import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { BadRowsError, NoDataError } from '../../../src/mapreduce/index/errors.ts';
import { type IndexOptions, runIndexJob } from '../../../src/mapreduce/index/indexJob.ts';
import type { IndexReport } from '../../../src/mapreduce/index/indexReport.ts';
import { NoPartitionDimensionError } from '../../../src/partition/determine/chooseCandidate.ts';
import type { RangeBounds } from '../../../src/partition/determine/rangeRouter.ts';
import type { Tuple } from '../../../src/partition/determine/tuple.ts';
import { javaDoubleText, javaFloatText } from '../../../src/row/numbers/javaText.ts';
import { openSegment } from '../../../src/segment/reader/openSegment.ts';
import type { JobSpec } from '../../../src/spec/jobSpec.ts';
import { rangeOf } from '../../partition/determine/support.ts';
import { jobOf } from './checkJob.ts';
import { InlineEngine } from './inlineEngine.ts';
import { Random } from './random.ts';
import { randomJob } from './randomJob.ts';
import { RecutEngine } from './recutEngine.ts';
import type { Cell } from './reference/values.ts';
import { type StoredRow, storedRows } from './storedRows.ts';

const SEEDS = Array.from({ length: 20 }, (_, i) => 1000 + i);
/** Some make hundreds of segments, and each one is written through to the disk. */
const TIMEOUT_MS = 120_000;
const UNLIMITED = 2 ** 31 - 1;

let directory = '';
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function randomPartitions(random: Random, names: readonly string[]): Record<string, unknown> {
  const targetRowsPerSegment = 1 + random.below(20);
  const some = random.shuffled([...names]).slice(0, 1 + random.below(3));
  const limits = { targetRowsPerSegment, maxRowsPerSegment: 1_000_000, assumeGrouped: random.chance(0.3) };
  const single = { type: 'single_dim', ...limits };
  return random.pick([
    { type: 'hashed', targetRowsPerSegment },
    { type: 'hashed', targetRowsPerSegment, partitionDimensions: some },
    { ...single, partitionDimension: some[0] },
    { ...single },
    { type: 'range', ...limits, partitionDimensions: some },
  ]);
}

/** The text that a stored cell is hashed and cut by; lists of several values count as null. */
function cutText(cell: Cell, type: string): string | null {
  if (cell === null) return null;
  if (typeof cell === 'number') return type === 'float' ? javaFloatText(cell) : javaDoubleText(cell);
  if (typeof cell !== 'object') return String(cell);
  return cell.every((text) => text === cell[0]) ? cell[0] : null;
}

interface Ran {
  readonly report: IndexReport;
  /** Rows of each segment. */
  readonly rows: readonly (readonly StoredRow[])[];
}

async function run(
  spec: unknown,
  name: string,
  splitBytes: number,
  options: Partial<IndexOptions> = {},
): Promise<Ran | null> {
  const out = join(directory, name);
  mkdirSync(out);
  const text = JSON.stringify(spec).replaceAll('@OUT@', out);
  const job: JobSpec = jobOf(text);
  const all = { workers: 1, quirks: 'none' as const, signal: new AbortController().signal, ...options };
  try {
    const report = await runIndexJob(job, all, (root) => new RecutEngine(new InlineEngine(root), splitBytes));
    const rows = await Promise.all(report.segments.map(async ({ path }) => storedRows(await openSegment(path), job)));
    return { report, rows };
  } catch (error) {
    if (error instanceof NoDataError || error instanceof BadRowsError) return null;
    // Dimensions that all have lists cannot cut rows.
    if (error instanceof NoPartitionDimensionError) return null;
    throw error;
  }
}

/** Time and dimensions of all rows. */
function keysOf({ report, rows }: Ran): string[] {
  const texts = rows.flatMap((ofSegment, i) =>
    ofSegment.map(({ time, cells }) =>
      JSON.stringify([report.segments[i].interval, time, cells], (_key, value) =>
        typeof value === 'bigint' || typeof value === 'number' ? `${value} ${1 / Number(value)}` : value,
      ),
    ),
  );
  return texts.sort();
}

function shardSpecOf(report: IndexReport, place: number): Record<string, unknown> {
  return (report.segments[place].descriptor as { shardSpec: Record<string, unknown> }).shardSpec;
}

let made = 0;
const kinds = new Set<unknown>();

describe('every row is in exactly one shard, and in the right one', () => {
  test.each(SEEDS)('seed %i', { timeout: TIMEOUT_MS }, async (seed) => {
    directory = mkdtempSync(join(tmpdir(), 'segmill-shards-'));
    const random = new Random(seed ^ 0x7a11);
    const spec = JSON.parse(randomJob(seed, join(directory, 'input')).specText('@OUT@', UNLIMITED));
    if (!('intervals' in spec.spec.dataSchema.granularitySpec)) return;
    const whole = structuredClone(spec);
    whole.spec.tuningConfig.partitionsSpec = { type: 'hashed', numShards: 1 };
    const splitBytes = random.pick([1500, 6000, 1_000_000]);
    const expected = await run(whole, 'whole', splitBytes);
    if (expected === null) return;

    const { dimensions } = jobOf(JSON.stringify(spec)).dimensions;
    spec.spec.tuningConfig.partitionsSpec = randomPartitions(
      random,
      dimensions.map(({ name }) => name),
    );
    delete spec.spec.tuningConfig.forceExtendableShardSpecs;
    if (random.chance(0.2)) spec.spec.tuningConfig.determinePartitionsSamplingFactor = 3;
    const kept = await run(spec, 'kept', splitBytes);
    const again = await run(spec, 'again', splitBytes, { keepRuns: 'never' });
    if (kept === null) {
      expect(again).toBeNull();
      return;
    }
    made++;
    expect(keysOf(kept)).toEqual(keysOf(expected));
    expect(again?.report.segments.map(({ id, zipSha256 }) => [id, zipSha256])).toEqual(
      kept.report.segments.map(({ id, zipSha256 }) => [id, zipSha256]),
    );
    for (const [i, { interval, rows, partitionNum }] of kept.report.segments.entries()) {
      const mates = kept.report.segments.filter((segment) => segment.interval === interval);
      const shardSpec = shardSpecOf(kept.report, i);
      kinds.add(shardSpec.type);
      expect(rows).toBeGreaterThan(0);
      expect(mates[partitionNum].id).toBe(kept.report.segments[i].id);
      expect(shardSpec.partitions ?? shardSpec.numCorePartitions).toBe(mates.length);
      if (shardSpec.type === 'hashed') continue;
      const names = (shardSpec.dimensions ?? [shardSpec.dimension]) as string[];
      const columns = names.map((name) => dimensions.findIndex((dimension) => dimension.name === name));
      const bound = (value: unknown) => (value === null ? null : ([value].flat() as unknown as Tuple));
      const range: RangeBounds = { start: bound(shardSpec.start), end: bound(shardSpec.end) };
      for (const { cells } of kept.rows[i]) {
        const tuple = columns.map((column) => cutText(cells[column], dimensions[column].type));
        expect(rangeOf([range], tuple), JSON.stringify([range, tuple])).toBe(0);
      }
    }
  });

  test('enough of them made segments of every kind', () => {
    expect(made).toBeGreaterThan(6);
    expect([...kinds].sort()).toEqual(['hashed', 'range', 'single']);
  });
});

describe("with Druid's quirks no row is lost either", () => {
  test.each(SEEDS.slice(0, 8))('seed %i', { timeout: TIMEOUT_MS }, async (seed) => {
    directory = mkdtempSync(join(tmpdir(), 'segmill-shards-'));
    const random = new Random(seed ^ 0x7a11);
    const spec = JSON.parse(randomJob(seed, join(directory, 'input')).specText('@OUT@', UNLIMITED));
    if (!('intervals' in spec.spec.dataSchema.granularitySpec)) return;
    const { dimensions } = jobOf(JSON.stringify(spec)).dimensions;
    const names = dimensions.map(({ name }) => name);
    spec.spec.tuningConfig.partitionsSpec = randomPartitions(random, names);
    // Rows of one stored key may lie in several shards, but each record is counted once.
    spec.spec.dataSchema.metricsSpec = [{ type: 'count', name: 'how many' }];
    const ran = await run(spec, 'druid', 1_000_000, { quirks: 'druid' });
    if (ran === null) return;
    const records = ran.rows.flat().reduce((sum, { metrics }) => sum + Number(metrics[0]), 0);
    const { processed, processedWithErrors } = ran.report.counts;
    expect(records).toBe(processed + processedWithErrors);
  });
});
