import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPublication } from '../../../../src/mapreduce/yarn/driver/openPublication.ts';
import { readJournal } from '../../../../src/publish/journal.ts';
import type { JobSpec } from '../../../../src/spec/jobSpec.ts';

const VERSION = '2026-01-01T00:00:00.000Z';
const MEANS = { store: null, publisher: null, hadoop: undefined };
const DEAD = 2 ** 30;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-publication-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const job = () => ({ dataSource: 'rows', tuning: { workingPath: folder } }) as unknown as JobSpec;
const open = () => openPublication(job(), 'segmill_abc', VERSION, 'hdfs://nn/druid', MEANS);

/** A journal that another process left. */
function left(pid: number, ...more: readonly object[]): string {
  const directory = join(folder, 'rows', '2026-01-01T000000.000Z_segmill_abc');
  mkdirSync(directory, { recursive: true });
  const process = { host: hostname(), pid, startedAt: 0 };
  const begin = { type: 'begin', process, dataSource: 'rows', version: VERSION, base: 'hdfs://nn/druid', store: null };
  writeFileSync(
    join(directory, 'journal.jsonl'),
    [begin, ...more].map((entry) => `${JSON.stringify(entry)}\n`).join(''),
  );
  return directory;
}

test('the journal of a driver that died is gone on with', () => {
  const directory = left(DEAD, { type: 'stage', zips: [{ temporary: 'a.0', final: 'a' }] });
  expect(open().directory).toBe(directory);
  const state = readJournal(directory);
  expect(state?.begin.process.pid).toBe(process.pid);
  expect(state?.staged).toEqual([{ temporary: 'a.0', final: 'a' }]);
});

test('of two drivers of a job on one machine the second is refused', () => {
  left(process.ppid);
  expect(open).toThrow(
    new Error(
      `Another driver of this job is at work on this machine, in process ${process.ppid}. Wait for it, or end it.`,
    ),
  );
});

test.each([{ type: 'staged' }, { type: 'ended' }])('what was left on purpose (%j) is let alone', (entry) => {
  const directory = left(DEAD, entry);
  expect(open().directory).not.toBe(directory);
});
