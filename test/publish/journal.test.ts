import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal, passingProcess, readJournal, removeJobDirectory } from '../../src/publish/journal.ts';
import { isProcessAlive, thisProcess } from '../../src/publish/processes.ts';

let folder = '';
let directory = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-journal-'));
  directory = join(folder, 'v1_0123456789abcdef0123456789abcdef');
  Journal.create(directory, { dataSource: 'ds', version: 'v1', base: '/out', store: null });
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what a killed process was writing was not begun, and whoever goes on writes behind what was', () => {
  const path = join(directory, 'journal.jsonl');
  const first = new Journal(directory);
  first.append({ type: 'stage', zips: [{ temporary: '/out/a.1', final: '/out/a' }] });
  appendFileSync(path, '{"type":"publ');
  expect(readJournal(directory)).toMatchObject({ isPublished: false, staged: [{ final: '/out/a' }] });
  Journal.takeOver(directory).append({ type: 'staged' });
  expect(readJournal(directory)).toMatchObject({ isPublished: false, isStaged: true, staged: [{ final: '/out/a' }] });
});

test('a directory that is removed, or was not made yet, names the process that does it', async () => {
  expect(passingProcess('2026-01-01T000000.000Z_12')).toBeNull();
  for (const prefix of ['.new-', '.old-']) {
    const name = `${prefix}12-34-my.host-1~any version_12`;
    expect(passingProcess(name)).toEqual({ pid: 12, startedAt: 34, host: 'my.host-1' });
  }
  mkdirSync(join(directory, 'attempts'));
  await removeJobDirectory(directory);
  expect(readdirSync(folder)).toEqual([]);
  // Somebody else was faster.
  await removeJobDirectory(directory);
  expect(existsSync(directory)).toBe(false);
});

test('a process is another one when it was started at another time', () => {
  const self = thisProcess();
  expect(self.host).toBe(hostname());
  expect(isProcessAlive(self)).toBe(true);
  if (self.startedAt !== 0) expect(isProcessAlive({ ...self, startedAt: self.startedAt - 1 })).toBe(false);
});
