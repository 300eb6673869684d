/** What a store does when its database goes away. The database is SQLite, whose connections break as a test says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectError } from '../../../src/publish/metadata/connect.ts';
import { SqlMetadataStore } from '../../../src/publish/metadata/SqlMetadataStore.ts';
import type { SqlConnection, SqlDialect } from '../../../src/publish/metadata/sqlConnection.ts';
import { openSqlite } from '../../../src/publish/metadata/sqlite/database.ts';
import { sqliteStore } from '../../../src/publish/metadata/sqlite/sqliteStore.ts';
import { hourSegment, requestOf, V1 } from './storeContract.ts';

const WHOLE_DAY = [{ start: Date.UTC(2024, 2, 1), end: Date.UTC(2024, 2, 2) }];

/** A database that takes up no connection, or whose connection breaks. */
type Fault = 'refused' | 'broken before the commit' | 'broken after the commit' | 'full';

let folder: string;
let file: string;
/** Milliseconds. */
let waits: number[];
/** Of the next connections. */
let faults: (Fault | null)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-store-'));
  file = join(folder, 'store.sqlite');
  waits = [];
  faults = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const DIALECT: SqlDialect = {
  begin: ['BEGIN IMMEDIATE'],
  payloadType: 'BLOB',
  booleanType: 'BOOLEAN',
  dataSourceCollation: '',
  quote: (identifier) => `"${identifier}"`,
  columns: async (connection, table) => {
    const rows = await connection.query('SELECT name FROM pragma_table_info(?)', [table]);
    return rows.map(({ name }) => ({ name: String(name).toLowerCase(), isRequired: false }));
  },
  isTransient: (error) => (error as Error).message === 'broken',
};

async function connect(): Promise<SqlConnection> {
  const fault = faults.shift() ?? null;
  if (fault === 'refused') {
    throw connectError('the database', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
  }
  const connection = await openSqlite(file);
  return {
    query: async (sql, values) => {
      if (sql === 'COMMIT' && fault === 'broken before the commit') throw new Error('broken');
      if (sql === 'COMMIT' && fault === 'full') throw new Error('full');
      const rows = await connection.query(sql, values);
      if (sql === 'COMMIT' && fault === 'broken after the commit') throw new Error('broken');
      return rows;
    },
    close: () => connection.close(),
  };
}

/** @param next what happens to the connections after the one that makes the table */
async function storeWith(...next: (Fault | null)[]): Promise<SqlMetadataStore> {
  const store = new SqlMetadataStore({
    name: 'the database',
    isReadByDruid: true,
    table: 'druid_segments',
    createTables: true,
    dialect: DIALECT,
    connect,
    sleep: async (ms) => {
      waits.push(ms);
    },
  });
  await store.check();
  faults = next;
  return store;
}

const published = async () => (await sqliteStore(file).usedSegments('ds', WHOLE_DAY)).map(({ id }) => id);
const REFUSED = "the database can't be reached: nothing answers on that port.";
const BOTH = [0, 1].map((hour) => hourSegment(hour, V1).id);

test.each([
  ['before', 'broken before the commit'],
  ['after', 'broken after the commit'],
] as const)('a connection that breaks %s the commit: it is done once more, and counts once', async (_, fault) => {
  const store = await storeWith(fault);
  expect(await store.publish(requestOf(V1, [0, 1]))).toBe(2);
  expect(await published()).toEqual(BOTH);
  expect(waits).toEqual([200]);
});

test('a database that is started anew meanwhile is waited for', async () => {
  const store = await storeWith('broken before the commit', 'refused', 'refused', 'refused');
  expect(await store.publish(requestOf(V1, [0, 1]))).toBe(2);
  expect(await published()).toEqual(BOTH);
  expect(waits).toEqual([200, 1_000, 3_000, 6_000]);
});

test('one that does not come back is given up, after ten seconds', async () => {
  const store = await storeWith('broken after the commit', 'refused', 'refused', 'refused', 'refused');
  await expect(store.publish(requestOf(V1, [0, 1]))).rejects.toThrow(REFUSED);
  expect(waits).toEqual([200, 1_000, 3_000, 6_000]);
  expect(await published()).toEqual(BOTH);
});

test('one that does not answer the question what is published is asked again', async () => {
  const store = await storeWith(null, 'refused');
  await store.publish(requestOf(V1, [0]));
  expect([...(await store.payloads([BOTH[0]])).keys()]).toEqual([BOTH[0]]);
  expect(waits).toEqual([200]);
});

test('what more tries would not mend is told at once, and nothing is published', async () => {
  const store = await storeWith('full');
  await expect(store.publish(requestOf(V1, [0, 1]))).rejects.toThrow('the database failed: full');
  expect(waits).toEqual([]);
  expect(await published()).toEqual([]);
});

test('a store that is not there is told at once, before any work', async () => {
  const store = await storeWith('refused');
  await expect(store.check()).rejects.toThrow(REFUSED);
  expect(waits).toEqual([]);
});
