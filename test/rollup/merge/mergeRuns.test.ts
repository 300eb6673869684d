import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSegment } from '../../../src/segment/reader/openSegment.ts';
import type { JobSpec } from '../../../src/spec/jobSpec.ts';
import { referenceJob } from '../../mapreduce/index/reference/referenceJob.ts';
import { indexFaults, type StoredRow, storedRows } from '../../mapreduce/index/storedRows.ts';
import { jobWith, mapRecords, reduceSections } from './mergeJob.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-merge-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Writes runs of one job's rows and merges them as another job's. */
async function merge(records: readonly unknown[], mapJob: JobSpec, reduceJob = mapJob) {
  const { path, sections, counts } = await mapRecords(directory, records, mapJob);
  const segment = await openSegment(await reduceSections(directory, sections, reduceJob));
  expect(indexFaults(segment)).toEqual([]);
  return { runs: sections.length, rows: storedRows(segment, reduceJob), path, segment, counts };
}

function expectedRows(job: JobSpec, path: string): StoredRow[] {
  const { segments } = referenceJob(job, [path]);
  return segments[0].rows.map((row) => ({ ...row, metrics: row.metrics.map(({ value }) => value) }));
}

test('two hundred runs of one row, texts and lists of one dimension in turn', async () => {
  const lists = [['b', 'a', 'b'], 'a', null, ['a'], [null, 'a'], ['a', 'b'], [], ['c', 'a']];
  const records = Array.from({ length: 200 }, (_, i) => ({
    ts: (i % 3) * 1_800_000,
    key: `k${i % 5}`,
    sorted: lists[i % lists.length],
    set: lists[(i * 3) % lists.length],
    array: lists[(i * 5) % lists.length],
    plain: i % 4 === 0 ? null : `p${i % 2}`,
    long: i % 6 === 0 ? null : (i % 3) - 1,
    double: [0, -0, 1.5, null][i % 4],
    n: i,
  }));
  const job = jobWith(
    directory,
    [
      'key',
      { type: 'string', name: 'sorted', multiValueHandling: 'SORTED_ARRAY' },
      { type: 'string', name: 'set', multiValueHandling: 'SORTED_SET' },
      { type: 'string', name: 'array', multiValueHandling: 'ARRAY' },
      'plain',
      { type: 'long', name: 'long' },
      { type: 'double', name: 'double' },
    ],
    1,
  );
  const { runs, rows, path } = await merge(records, job);
  expect(runs).toBe(200);
  expect(rows).toEqual(expectedRows(job, path));
  expect(rows.length).toBeLessThan(200);
});

test('equal keys within one run are combined, in their order', async () => {
  const records = [3, 1, 2].flatMap((n) => ['b', 'a', 'b'].map((key, i) => ({ ts: 5, key, n: n * 10 + i })));
  const { runs, rows } = await merge(
    records,
    jobWith(directory, ['key'], 1000, false),
    jobWith(directory, ['key'], 1000),
  );
  expect(runs).toBe(1);
  expect(rows).toEqual([
    { time: 0, cells: ['a'], metrics: [3n, { time: 5n, value: 31n }, { time: 5n, value: 21n }] },
    { time: 0, cells: ['b'], metrics: [6n, { time: 5n, value: 30n }, { time: 5n, value: 22n }] },
  ]);
});

test('without rollup equal keys stay apart, in position order over all runs', async () => {
  const records = Array.from({ length: 30 }, (_, n) => ({ ts: 5, key: n % 2 === 0 ? 'a' : 'b', n }));
  const { runs, rows } = await merge(records, jobWith(directory, ['key'], 4, false));
  expect(runs).toBeGreaterThan(5);
  const numbers = rows.map(({ metrics }) => (metrics[1] as { value: bigint }).value);
  const evens = Array.from({ length: 15 }, (_, i) => BigInt(2 * i));
  expect(numbers).toEqual([...evens, ...evens.map((value) => value + 1n)]);
});

test('a column that is of one value in each run but of lists in one', async () => {
  const records = [{ mv: 'b' }, { mv: 'a' }, { mv: ['b', 'c'] }, { mv: null }].map((record, n) => ({
    ts: 5,
    n,
    ...record,
  }));
  const { rows, segment } = await merge(records, jobWith(directory, ['mv'], 1));
  expect(rows.map(({ cells }) => cells[0])).toEqual([null, 'a', 'b', ['b', 'c']]);
  expect(segment.column('mv')).toMatchObject({ kind: 'string', hasMultipleValues: true });
});

test('more rows than a batch of output, met again in later runs', async () => {
  const records = Array.from({ length: 45_000 }, (_, n) => ({ ts: n % 7, key: `k${(n * 7919) % 20_000}`, n }));
  const { runs, rows } = await merge(records, jobWith(directory, ['key'], 6000));
  expect(runs).toBeGreaterThan(4);
  expect(rows.length).toBe(20_000);
  const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}`).sort();
  expect(rows.map(({ cells }) => cells[0])).toEqual(keys);
  const firsts = new Map<string, bigint>();
  const counts = new Map<string, bigint>();
  for (const { key, ts, n } of records) {
    counts.set(key, (counts.get(key) ?? 0n) + 1n);
    if (!firsts.has(key) || ts < (records[Number(firsts.get(key))].ts as number)) firsts.set(key, BigInt(n));
  }
  expect(rows.map(({ metrics }) => metrics[0])).toEqual(keys.map((key) => counts.get(key)));
  expect(rows.map(({ metrics }) => (metrics[1] as { value: bigint }).value)).toEqual(
    keys.map((key) => firsts.get(key)),
  );
});
