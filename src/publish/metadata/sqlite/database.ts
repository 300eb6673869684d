import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from '../../../storage/local/makeDirectory.ts';
import { FileLock } from '../../fileLock.ts';
import type { SqlConnection, SqlRow, SqlValue } from '../sqlConnection.ts';
import { rollBackHotJournal } from './hotJournal.ts';

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
  makeDirectory(dirname(path));
  const lock = await FileLock.take(`${path}.owner`, WAIT_MS);
  try {
    // SQLite in WebAssembly locks by a folder that outlives its process. Whoever left this is dead, or it would have our lock.
    rmSync(`${path}.lock`, { recursive: true, force: true });
    const database = await open(path);
    return {
      query: async (sql, values = []) => {
        try {
          return database.all(sql, values);
        } catch (error) {
          throw withAdvice(error);
        }
      },
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

/** What SQLite says of a disk, without saying more. */
const DISK = /disk I\/O error|disk is full|readonly database|unable to open/;

function withAdvice(error: unknown): unknown {
  if (!(error instanceof Error) || !DISK.test(error.message)) return error;
  const advice = 'See whether its disk is full, and whether it may be written to, then run it again.';
  return new Error(`${error.message}. ${advice}`, { cause: error });
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
  rollBackHotJournal(path);
  const { default: sqlite } = await import('node-sqlite3-wasm');
  const database = new sqlite.Database(path);
  return {
    all: (sql, values) => database.all(sql, [...values]) as SqlRow[],
    close: () => database.close(),
  };
}
