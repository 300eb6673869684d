import type { Interval } from '../../spec/jobSpec.ts';
import { StorageError } from '../../storage/local/StorageError.ts';
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

/** Times a transaction is run in all, where it may succeed when it is run once more. */
const ATTEMPTS = 5;

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
    return this.#withTable((table) => table.payloads(ids));
  }

  publish(request: PublishRequest): Promise<number> {
    return this.#transaction((table, columns) => table.insert(request, columns));
  }

  sweep(dataSource: string, decide: (all: readonly StoredSegment[]) => Sweep): Promise<void> {
    return this.#transaction(async (table, columns) => {
      const { unused, removed, removeFiles } = decide(await table.all(dataSource, columns));
      await table.markUnused(unused, columns);
      await table.remove(removed);
      await removeFiles();
    });
  }

  async #transaction<Result>(
    work: (table: SegmentTable, columns: ReadonlySet<string>) => Promise<Result>,
  ): Promise<Result> {
    const { dialect } = this.#options;
    let lastError: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return await this.#withTable(async (table, connection) => {
          const columns = await table.open(false);
          for (const statement of dialect.begin) await connection.query(statement);
          const result = await work(table, columns);
          await connection.query('COMMIT');
          return result;
        });
      } catch (error) {
        lastError = error;
        // A commit whose answer is lost may have happened: the next attempt finds its rows, and leaves them.
        if (!dialect.isTransient(error instanceof MetadataStoreError ? error.cause : error)) throw error;
      }
    }
    throw lastError;
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
