import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IndexReport } from '../../src/mapreduce/index/indexReport.ts';
import { reused, StoppedJob, type StoppedJobOptions } from '../mapreduce/units/stoppedJob.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CLI = join(ROOT, 'dist/cli/main.js');
const KILLER = join(import.meta.dirname, 'killAtManifest.mjs');

let job: StoppedJob;
beforeEach(() => {
  job = new StoppedJob();
});
afterEach(() => job.remove());

function index(out: string, options: StoppedJobOptions, killAt: string | null = null) {
  const spec = join(job.folder, `${out}.json`);
  writeFileSync(spec, job.specText(out, options));
  const load = killAt === null ? [] : ['--import', KILLER];
  // Each file is a split of its own.
  const argv = [...load, CLI, 'index', spec, '--json', '--quiet', '--workers', '1', '--quirks', 'druid'];
  const env = { ...process.env, KILL_AT: killAt ?? '' };
  return spawnSync(process.execPath, argv, { encoding: 'utf8', env });
}

function killed(killAt: string, options: StoppedJobOptions): void {
  const { signal, stdout, stderr } = index('out', options, killAt);
  expect([signal, stdout, stderr]).toEqual(['SIGKILL', '', '']);
}

function reportOf(out: string, options: StoppedJobOptions): IndexReport {
  const { status, stdout, stderr } = index(out, options);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

function segmentsOf({ segments }: IndexReport): unknown {
  return segments.map(({ interval, partitionNum, path }) => {
    return [interval, partitionNum, createHash('sha256').update(readFileSync(path)).digest('hex')];
  });
}

/** Name of a zip whose job is not through. */
const TEMPORARY = /\/index\.zip\.[0-9a-f]{8}$/;
const VERSION = { tuning: { version: '2026-01-01T00:00:00.000Z' } };
const NOTHING = { count: '0 of 0', scatter: '0 of 0' };

test.each([
  ['before the second of its maps is through', 'map- 2 before', {}, { map: '1 of 3', reduce: '0 of 4' }],
  ['after the second of its maps', 'map- 2 after', {}, { map: '2 of 3', reduce: '0 of 4' }],
  ['before its second segment is through', 'reduce- 2 before', {}, { map: '3 of 3', reduce: '1 of 4' }],
  ['after its second segment', 'reduce- 2 after', {}, { map: '3 of 3', reduce: '2 of 4' }],
  [
    'after the second segment of a version that is given',
    'reduce- 2 after',
    VERSION,
    { map: '3 of 3', reduce: '2 of 4' },
  ],
])(
  'a job that is killed %s goes on there',
  (_where, killAt, options, expected) => {
    const whole = reportOf('undisturbed', options);
    killed(killAt, options);
    expect(job.segmentFiles().every((path) => TEMPORARY.test(path) || path.startsWith('.segmill/'))).toBe(true);
    const report = reportOf('out', options);
    expect(reused(report)).toEqual({ ...NOTHING, ...expected });
    expect(segmentsOf(report)).toEqual(segmentsOf(whole));
    expect(report.counts).toEqual(whole.counts);
    expect(readFileSync(report.deadLetters?.path ?? '')).toEqual(readFileSync(whole.deadLetters?.path ?? ''));
    expect(job.workingDirectories()).toEqual([]);
    expect(job.segmentFiles().filter((path) => TEMPORARY.test(path))).toEqual([]);
  },
  120_000,
);

test('what a killed job has made outlasts another one, which takes it out of deep storage', () => {
  killed('reduce- 2 after', {});
  reportOf('out', { metrics: [{ type: 'count', name: 'count' }] });
  expect(job.segmentFiles().filter((path) => TEMPORARY.test(path))).toEqual([]);
  expect(reused(reportOf('out', {}))).toEqual({ ...NOTHING, map: '3 of 3', reduce: '2 of 4' });
  expect(job.workingDirectories()).toEqual([]);
}, 120_000);

test('segments of a killed job that are of no use are not left in deep storage', () => {
  killed('reduce- 3 after', {});
  appendFileSync(join(job.input, '0.json'), '{"ts":1,"key":"new","n":1}\n');
  const report = reportOf('out', {});
  // Hour 0 has rows of that file, and so has hour 1, which is not the last.
  expect(reused(report)).toEqual({ ...NOTHING, map: '2 of 3', reduce: '1 of 4' });
  expect(job.workingDirectories()).toEqual([]);
  expect(job.segmentFiles().filter((path) => TEMPORARY.test(path))).toEqual([]);
}, 120_000);
