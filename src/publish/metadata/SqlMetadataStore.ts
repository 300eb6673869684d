import { setTimeout as timer } from 'node:timers/promises';
import type { Interval } from '../../spec/jobSpec.ts';
import { StorageError } from '../../storage/local/StorageError.ts';
import { isUnreachable } from './connect.ts';
import {
  type MetadataStore,
  MetadataStoreError,
  PublishConflictError,
  type PublishRequest,
  type StoredSegment,
  type Sweep,
  type UsedSegment,
} from './MetadataStore.ts';
import { SegmentTable } from './segmentTable.ts';
import type { SqlConnection, SqlDialect } from './sqlConnection.ts';

/** Milliseconds before the second and later tries: a database that is started anew, or hands over to another host, is back by then. */
const PAUSES_MS = [200, 1_000, 3_000, 6_000];

export interface SqlStoreOptions {
  /** For people, without secrets. */
  readonly name: string;
  readonly isReadByDruid: boolean;
  /** Of the segments: `druid_segments`. */
  readonly table: string;
  /** Makes the table where there is none. */
  readonly createTables: boolean;
  readonly dialect: SqlDialect;
  connect(): Promise<SqlConnection>;
  /** By default this machine's clock. */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/**
 * A metadata store in an SQL database. Each operation has a connection of its own: an hour of indexing lies between them, which few idle
 * connections outlive.
 */
export class SqlMetadataStore implements MetadataStore {
  readonly name: string;
  readonly isReadByDruid: boolean;
  readonly #options: SqlStoreOptions;

  constructor(options: SqlStoreOptions) {
    this.name = options.name;
    this.isReadByDruid = options.isReadByDruid;
    this.#options = options;
  }

  async check(): Promise<void> {
    await this.#withTable(async (table) => {
      await table.open(this.#options.createTables);
    });
  }

  usedSegments(dataSource: string, intervals: readonly Interval[]): Promise<UsedSegment[]> {
    return this.#withTable((table) => table.usedSegments(dataSource, intervals));
  }

  payloads(ids: readonly string[]): Promise<Map<string, string>> {
    return this.#patiently((table) => table.payloads(ids));
  }

  publish(request: PublishRequest): Promise<number> {
    let committed = 0;
    // A commit whose answer was lost may have happened: then its rows are there, and stay as they are.
    return this.#transaction(async (table, columns) => {
      committed = Math.max(committed, await table.insert(request, columns));
      return committed;
    });
  }

  sweep(dataSource: string, decide: (all: readonly StoredSegment[]) => Sweep): Promise<void> {
    return this.#transaction(async (table, columns) => {
      const { unused, removed, removeFiles } = decide(await table.all(dataSource, columns));
      await table.markUnused(unused, columns);
      await table.remove(removed);
      await removeFiles();
    });
  }

  #transaction<Result>(work: (table: SegmentTable, columns: ReadonlySet<string>) => Promise<Result>): Promise<Result> {
    const { dialect } = this.#options;
    return this.#patiently(async (table, connection) => {
      const columns = await table.open(false);
      for (const statement of dialect.begin) await connection.query(statement);
      const result = await work(table, columns);
      await connection.query('COMMIT');
      return result;
    });
  }

  /** Work that may succeed when it is done once more, after a while. */
  async #patiently<Result>(work: (table: SegmentTable, connection: SqlConnection) => Promise<Result>): Promise<Result> {
    const { dialect, sleep = timer } = this.#options;
    for (let tries = 0; ; tries++) {
      try {
        return await this.#withTable(work);
      } catch (error) {
        const cause = error instanceof MetadataStoreError ? error.cause : error;
        if (tries === PAUSES_MS.length || !(dialect.isTransient(cause) || isUnreachable(cause))) throw error;
        await sleep(PAUSES_MS[tries]);
      }
    }
  }

  /** A transaction that is open when the work fails ends with the connection, without effect. */
  async #withTable<Result>(work: (table: SegmentTable, connection: SqlConnection) => Promise<Result>): Promise<Result> {
    const { dialect, table, name } = this.#options;
    const connection = await this.#options.connect();
    try {
      return await work(new SegmentTable(connection, dialect, table), connection);
    } catch (error) {
      if (error instanceof MetadataStoreError || error instanceof PublishConflictError || error instanceof StorageError)
        throw error;
      throw new MetadataStoreError(`${name} failed: ${(error as Error).message}`, { cause: error });
    } finally {
      await connection.close();
    }
  }
}
