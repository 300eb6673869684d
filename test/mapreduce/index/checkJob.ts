import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BadRowsError, NoDataError } from '../../../src/mapreduce/index/errors.ts';
import { runIndexJob } from '../../../src/mapreduce/index/indexJob.ts';
import type { IndexReport } from '../../../src/mapreduce/index/indexReport.ts';
import type { EngineFactory } from '../../../src/mapreduce/index/jobEngine.ts';
import { totalRows, unparseableRows } from '../../../src/row/rowCounts.ts';
import { openSegment } from '../../../src/segment/reader/openSegment.ts';
import type { JobSpec } from '../../../src/spec/jobSpec.ts';
import { readSpec } from '../../../src/spec/readSpec.ts';
import { InlineEngine } from './inlineEngine.ts';
import { Random } from './random.ts';
import { randomJob } from './randomJob.ts';
import { RecutEngine } from './recutEngine.ts';
import type { ExpectedMetric, StoredMetric } from './reference/metrics.ts';
import { type ExpectedJob, type ExpectedRow, type ExpectedSegment, referenceJob } from './reference/referenceJob.ts';
import { indexFaults, type StoredRow, storedRows } from './storedRows.ts';

const UNLIMITED = 2 ** 31 - 1;
/** Differences of a segment that are told. */
const TOLD = 5;

/** A spec that must be right. */
export function jobOf(specText: string): JobSpec {
  const { job, problems } = readSpec(specText, 'spec.json');
  if (job === null) throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return job;
}

/** A random job, its input written below a folder. */
export interface PreparedJob {
  readonly specText: (out: string) => string;
  readonly expected: ExpectedJob;
  readonly oneRun: boolean;
  readonly bad: number;
}

export function prepareJob(seed: number, directory: string): PreparedJob {
  const input = join(directory, 'input');
  const random = randomJob(seed, input);
  const files = readdirSync(input).map((name) => join(input, name));
  const expected = referenceJob(jobOf(random.specText(directory, UNLIMITED)), files.sort());
  const bad = unparseableRows(expected.counts) + expected.counts.processedWithErrors;
  const allowed = random.badRows === 'exact' ? bad : UNLIMITED;
  return { specText: (out) => random.specText(out, allowed), expected, oneRun: random.oneRun, bad };
}

/** Runs a prepared job; null where there is no data. */
export async function runPrepared(
  prepared: PreparedJob,
  out: string,
  newEngine: EngineFactory,
): Promise<IndexReport | null> {
  const options = { workers: 1, quirks: 'none' as const, signal: new AbortController().signal };
  try {
    return await runIndexJob(jobOf(prepared.specText(out)), options, newEngine);
  } catch (error) {
    if (error instanceof NoDataError) return null;
    throw error;
  }
}

/**
 * Runs a random job, in one split or in many, and compares all that it made with the reference.
 *
 * @returns what is wrong; empty where nothing is
 */
export async function checkJob(seed: number, directory: string): Promise<string[]> {
  const prepared = prepareJob(seed, directory);
  const { expected, bad } = prepared;
  const splitBytes = new Random(seed ^ 0x5eed).pick([null, null, 3000, 20_000]);
  const newEngine: EngineFactory = (root) => {
    const inline = new InlineEngine(root);
    return splitBytes === null ? inline : new RecutEngine(inline, splitBytes);
  };
  const faults: string[] = [];
  if (bad > 0) faults.push(...(await badRowsFaults(prepared, join(directory, 'strict'), newEngine)));
  const out = join(directory, 'out');
  mkdirSync(out);
  const report = await runPrepared(prepared, out, newEngine);
  if (existsSync(join(out, 'work')) && readdirSync(join(out, 'work', `random_${seed}`)).length > 0) {
    faults.push('the working directory was left behind');
  }
  if (report === null) return expected.segments.length === 0 ? faults : [...faults, 'the job found no data'];
  faults.push(...differences('counts', report.counts, expected.counts));
  const inSegments = expected.segments.flatMap(({ rows }) => rows).length;
  faults.push(...differences('rowsStored', report.rowsStored, inSegments));
  const { processed, processedWithErrors } = report.counts;
  if (totalRows(report.counts) !== totalRows(expected.counts)) faults.push('a record is in no counter');
  const job = jobOf(prepared.specText(out));
  if (!job.granularity.rollup && report.rowsStored !== processed + processedWithErrors)
    faults.push('a row is in no segment');
  faults.push(...differences('number of segments', report.segments.length, expected.segments.length));
  for (let i = 0; i < Math.min(report.segments.length, expected.segments.length); i++) {
    const isExact = prepared.oneRun && splitBytes === null;
    const found = await segmentFaults(report, i, expected.segments[i], job, isExact);
    faults.push(...found.map((fault) => `segment ${i}: ${fault}`));
  }
  return faults;
}

/** The same job with one bad row less allowed must fail and leave nothing. */
async function badRowsFaults(prepared: PreparedJob, out: string, newEngine: EngineFactory): Promise<string[]> {
  const spec = JSON.parse(prepared.specText(out));
  spec.spec.tuningConfig.maxParseExceptions = prepared.bad - 1;
  const strict = { ...prepared, specText: () => JSON.stringify(spec) };
  try {
    await runPrepared(strict, out, newEngine);
    return [`${prepared.bad} bad rows passed where ${prepared.bad - 1} are allowed`];
  } catch (error) {
    if (!(error instanceof BadRowsError)) throw error;
    return existsSync(join(out, 'segments')) ? ['a job with too many bad rows left segments'] : [];
  }
}

async function segmentFaults(
  report: IndexReport,
  place: number,
  expected: ExpectedSegment,
  job: JobSpec,
  isExact: boolean,
): Promise<string[]> {
  const { path, rows, descriptor } = report.segments[place];
  const segment = await openSegment(path);
  const { partitions, forceExtendableShardSpecs } = job.tuning;
  const hash = {
    bucketId: expected.bucket,
    numBuckets: partitions.type === 'hashed' ? (partitions.numShards ?? 1) : null,
    partitionDimensions: partitions.partitionDimensions,
  };
  const { type, partitionFunction, ...shardSpec } = (descriptor as { shardSpec: Record<string, unknown> }).shardSpec;
  const stored = storedRows(segment, job, expected.dimensions);
  const faults = [
    ...differences(
      'interval',
      [Number(segment.startMillis), Number(segment.endMillis)],
      [expected.interval.start, expected.interval.end],
    ),
    ...differences(
      'shard spec',
      [type, partitionFunction],
      forceExtendableShardSpecs ? ['numbered', undefined] : ['hashed', 'murmur3_32_abs'],
    ),
    ...differences('shard', shardSpec, {
      partitionNum: expected.partitionNum,
      partitions: expected.partitions,
      ...(forceExtendableShardSpecs ? {} : hash),
    }),
    ...differences(
      'dimensions',
      (descriptor as { dimensions: string }).dimensions,
      expected.dimensions.map(({ name }) => name).join(','),
    ),
    // Of numbers, columns of nothing but nulls are stored, too.
    ...differences(
      'stored dimensions',
      segment.dimensions,
      expected.dimensions
        .filter(({ type }, i) => type !== 'string' || expected.rows.some((row) => row.cells[i] !== null))
        .map(({ name }) => name),
    ),
    ...differences('rows', [rows, stored.length], [expected.rows.length, expected.rows.length]),
    ...indexFaults(segment),
  ];
  for (const [i, { name, type: dimensionType }] of expected.dimensions.entries()) {
    const column = segment.column(name);
    if (dimensionType !== 'string' || column?.kind !== 'string') continue;
    const isMultiple = expected.rows.some((row) => Array.isArray(row.cells[i]));
    faults.push(...differences(`${name} has multiple values`, column.hasMultipleValues, isMultiple));
  }
  for (let row = 0; row < Math.min(stored.length, expected.rows.length) && faults.length < TOLD; row++) {
    const found = rowFaults(stored[row], expected.rows[row], isExact);
    faults.push(...found.map((fault) => `row ${row} ${fault}`));
  }
  return faults;
}

function rowFaults(stored: StoredRow, expected: ExpectedRow, isExact: boolean): string[] {
  return [
    ...differences('time', stored.time, expected.time),
    ...expected.cells.flatMap((cell, i) => differences(`dimension ${i}`, stored.cells[i], cell)),
    ...expected.metrics
      .filter((metric, i) => !sameMetric(stored.metrics[i], metric, isExact))
      .map((metric) => {
        const i = expected.metrics.indexOf(metric);
        return `metric ${i}: ${show(stored.metrics[i])} for ${show(metric.value)}`;
      }),
  ];
}

function sameMetric(stored: StoredMetric, { value, tolerance }: ExpectedMetric, isExact: boolean): boolean {
  if (!isExact && typeof stored === 'number' && typeof value === 'number' && Math.abs(stored - value) <= tolerance)
    return true;
  return show(stored) === show(value);
}

function differences(what: string, stored: unknown, expected: unknown): string[] {
  return show(stored) === show(expected) ? [] : [`${what}: ${show(stored)} for ${show(expected)}`];
}

/** JSON that tells bigints, -0, NaN and infinities; keys in order. */
function show(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => {
    if (typeof inner === 'bigint') return `${inner}n`;
    if (typeof inner === 'number') return Object.is(inner, -0) ? '-0' : Number.isFinite(inner) ? inner : `${inner}`;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
