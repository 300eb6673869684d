import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileLock, LockHeldError } from '../../src/publish/fileLock.ts';
import { processText } from '../../src/publish/processes.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('one has it at a time, and all get it', async () => {
  let holders = 0;
  let most = 0;
  const use = async () => {
    const lock = await FileLock.take(path, 60_000);
    most = Math.max(most, ++holders);
    await turn();
    holders--;
    lock.release();
  };
  await Promise.all(Array.from({ length: 10 }, use));
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('who waits too long is told who has it', async () => {
  const lock = await FileLock.take(path, 0);
  const [name] = readdirSync(folder);
  await expect(FileLock.take(path, 0)).rejects.toThrow(new LockHeldError(join(folder, name), `process ${process.pid}`));
  lock.release();
  (await FileLock.take(path, 0)).release();
});

test('what the dead have left is no lock; what other machines have is', async () => {
  // No process has had this number, on any Linux.
  const dead = { pid: 2 ** 22 + 1, startedAt: 5 };
  writeFileSync(`${path}.${processText({ host: hostname(), ...dead })}.0`, '');
  (await FileLock.take(path, 0)).release();
  expect(readdirSync(folder)).toEqual([]);
  const file = `${path}.${processText({ host: 'elsewhere', ...dead })}.0`;
  writeFileSync(file, '');
  await expect(FileLock.take(path, 0)).rejects.toThrow(
    `${file} is held by process ${dead.pid} of elsewhere; remove it if that is not so`,
  );
});
