import fs, { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rollBackHotJournal } from '../../../../src/publish/metadata/sqlite/hotJournal.ts';

const ROWS = 200;
let folder = '';
/** What a process would leave that is killed after each write of a commit: names of folders. */
const moments: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-hot-'));
  const live = join(folder, 'live');
  mkdirSync(live);
  const database = new sqlite.Database(join(live, 'store.sqlite'));
  database.all('CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)');
  for (let id = 0; id < ROWS; id++) database.all('INSERT INTO t VALUES (?, ?)', [id, 'x'.repeat(200)]);
  database.all('BEGIN IMMEDIATE');
  database.all("UPDATE t SET text = 'y'");
  for (let id = ROWS; id < 2 * ROWS; id++) database.all('INSERT INTO t VALUES (?, ?)', [id, 'y'.repeat(200)]);
  const { writeSync } = fs;
  fs.writeSync = ((
    file: number,
    ...args: Parameters<typeof writeSync> extends [number, ...infer Rest] ? Rest : never
  ) => {
    const written = writeSync(file, ...args);
    const moment = join(folder, String(moments.length));
    cpSync(live, moment, { recursive: true });
    moments.push(moment);
    return written;
  }) as typeof writeSync;
  try {
    database.all('COMMIT');
  } finally {
    fs.writeSync = writeSync;
  }
  database.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a transaction whose process was killed while it was committed did not happen', () => {
  expect(moments.length).toBeGreaterThan(10);
  for (const moment of moments) {
    const path = join(moment, 'store.sqlite');
    rmSync(`${path}.lock`, { recursive: true, force: true });
    rollBackHotJournal(path);
    expect(existsSync(`${path}-journal`)).toBe(false);
    const database = new sqlite.Database(path);
    expect(database.all('PRAGMA integrity_check'), moment).toEqual([{ integrity_check: 'ok' }]);
    expect(database.all("SELECT count(*) AS rows, sum(text LIKE 'y%') AS changed FROM t"), moment).toEqual([
      { rows: ROWS, changed: 0 },
    ]);
    database.close();
  }
});

test('without a journal there is nothing to do', () => {
  rollBackHotJournal(join(folder, 'none.sqlite'));
  expect(existsSync(join(folder, 'none.sqlite'))).toBe(false);
});
