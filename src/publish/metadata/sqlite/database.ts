import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { StorageError } from '../../../storage/local/StorageError.ts';
import { FileLock } from '../../fileLock.ts';
import type { SqlConnection, SqlRow, SqlValue } from '../sqlConnection.ts';

/** A transaction takes milliseconds; who waits longer waits for something that is broken. */
const WAIT_MS = 30_000;

/** What `node:sqlite` and `node-sqlite3-wasm` are used for. */
interface Database {
  all(sql: string, values: readonly SqlValue[]): readonly SqlRow[];
  close(): void;
}

/** Parts of `node:sqlite`, which is in Node from 22.13 on; our types are those of Node 20. */
interface NodeSqlite {
  DatabaseSync: new (
    path: string,
  ) => {
    prepare(sql: string): { all(...values: SqlValue[]): unknown[] };
    close(): void;
  };
}

/**
 * Opens an SQLite file, which is made where there is none, for this process alone: others wait. With SQLite of Node where it has one, else
 * with the one in WebAssembly; both write the same file.
 */
export async function openSqlite(path: string): Promise<SqlConnection> {
  makeFolder(dirname(path));
  const lock = await FileLock.take(`${path}.owner`, WAIT_MS);
  try {
    // SQLite in WebAssembly locks by a folder that outlives its process. Whoever left this is dead, or it would have our lock.
    rmSync(`${path}.lock`, { recursive: true, force: true });
    const database = await open(path);
    return {
      query: async (sql, values = []) => database.all(sql, values),
      close: async () => {
        database.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new StorageError(`make the directory ${folder}`, folder, error);
  }
}

async function open(path: string): Promise<Database> {
  const native = process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
  if (native !== undefined) {
    const database = new native.DatabaseSync(path);
    return {
      all: (sql, values) => database.prepare(sql).all(...values) as SqlRow[],
      close: () => database.close(),
    };
  }
  const { default: sqlite } = await import('node-sqlite3-wasm');
  const database = new sqlite.Database(path);
  return {
    all: (sql, values) => database.all(sql, [...values]) as SqlRow[],
    close: () => database.close(),
  };
}
