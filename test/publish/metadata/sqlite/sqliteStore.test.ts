import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MetadataStoreError } from '../../../../src/publish/metadata/MetadataStore.ts';
import { openSqlite } from '../../../../src/publish/metadata/sqlite/database.ts';
import { sqliteStore } from '../../../../src/publish/metadata/sqlite/sqliteStore.ts';
import { processText } from '../../../../src/publish/processes.ts';
import { requestOf, testStore, V1 } from '../storeContract.ts';

let folder = '';
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-sqlite-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const newPath = () => join(folder, String(count++), 'store.sqlite');
const DAY = [{ start: Date.UTC(2024, 2, 1), end: Date.UTC(2024, 2, 2) }];

describe('the embedded store', () => {
  testStore(async () => sqliteStore(newPath()));

  test('has the columns that Druid 33 would make, and leaves one file', async () => {
    const path = newPath();
    const store = sqliteStore(path);
    await store.check();
    await store.publish(requestOf(V1, [0]));
    expect(readdirSync(join(path, '..'))).toEqual(['store.sqlite']);
    const connection = await openSqlite(path);
    const [row] = await connection.query('SELECT * FROM druid_segments');
    await connection.close();
    expect(Object.keys(row)).toEqual([
      'id',
      'dataSource',
      'created_date',
      'start',
      'end',
      'partitioned',
      'version',
      'used',
      'payload',
      'used_status_last_updated',
      'upgraded_from_segment_id',
    ]);
    expect(row).toMatchObject({
      start: '2024-03-01T00:00:00.000Z',
      end: '2024-03-01T01:00:00.000Z',
      partitioned: 1,
      used: 1,
      used_status_last_updated: row.created_date,
      upgraded_from_segment_id: null,
    });
    expect(row.created_date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('a table of Druid 24, without the later columns, is filled too', async () => {
    const path = newPath();
    const connection = await openSqlite(path);
    await connection.query(
      'CREATE TABLE druid_segments (id VARCHAR(255) NOT NULL PRIMARY KEY, dataSource VARCHAR(255) NOT NULL, created_date VARCHAR(255) NOT NULL, ' +
        'start VARCHAR(255) NOT NULL, "end" VARCHAR(255) NOT NULL, partitioned BOOLEAN NOT NULL, version VARCHAR(255) NOT NULL, ' +
        'used BOOLEAN NOT NULL, payload BLOB NOT NULL)',
    );
    await connection.close();
    const store = sqliteStore(path);
    await store.check();
    expect(await store.publish(requestOf(V1, [0, 1]))).toBe(2);
    expect((await store.usedSegments('ds', DAY)).length).toBe(2);
  });

  test.each([
    [
      'CREATE TABLE druid_segments (id TEXT, payload BLOB)',
      'The table druid_segments has no column datasource, created_date, start, end, partitioned, version, used: it is no table of ' +
        "Druid's segments. Set metadataUpdateSpec.segmentTable to the one that is, which Druid calls druid_segments.",
    ],
    [
      'CREATE TABLE druid_segments (id, dataSource, created_date, start, "end", partitioned, version, used, payload, colour TEXT NOT NULL)',
      'The table druid_segments wants a value for colour, which no Druid from 24 to 37 does. Is it a newer Druid than this program knows?',
    ],
  ])('%s is refused', async (statement, message) => {
    const path = newPath();
    const connection = await openSqlite(path);
    await connection.query(statement);
    await connection.close();
    await expect(sqliteStore(path).check()).rejects.toThrow(new MetadataStoreError(message));
  });

  test('segments of all time overlap everything', async () => {
    const store = sqliteStore(newPath());
    await store.check();
    const eternity = { start: -(2 ** 62), end: 2 ** 62 };
    await store.publish({
      dataSource: 'ds',
      version: V1,
      segments: [{ id: 'all', interval: eternity, payload: '{}' }],
    });
    expect(await store.usedSegments('ds', DAY)).toEqual([{ id: 'all', interval: eternity, version: V1 }]);
    expect(await store.usedSegments('ds', [eternity])).toEqual([{ id: 'all', interval: eternity, version: V1 }]);
  });

  test('what a killed process left locked is free', async () => {
    const path = newPath();
    mkdirSync(`${path}.lock`, { recursive: true });
    // No process has had this number, on any Linux.
    writeFileSync(`${path}.owner.${processText({ host: hostname(), pid: 2 ** 22 + 1, startedAt: 5 })}.0`, '');
    const store = sqliteStore(path);
    await store.check();
    expect(await store.publish(requestOf(V1, [0]))).toBe(1);
    expect(readdirSync(join(path, '..'))).toEqual(['store.sqlite']);
  });

  test('a place that cannot be written is told', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(sqliteStore(join(file, 'store.sqlite')).check()).rejects.toThrow(
      `The embedded store ${join(file, 'store.sqlite')} can't be opened: Cannot make the directory ${file}: a file of that name is in the way.`,
    );
  });

  test('a file that is no database is told', async () => {
    const path = newPath();
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(
      path,
      'this is a text, and one that is longer than the header of any database file would be, by far, so that it is read.',
    );
    await expect(sqliteStore(path).check()).rejects.toThrow(
      `the embedded store ${path} failed: file is not a database`,
    );
  });
});
