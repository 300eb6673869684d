/** What the SQL databases that Druid keeps its metadata in have in common, and where they differ. */

export type SqlValue = string | number | Uint8Array | null;

/** Column values by column name in lower case. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** One session of a database. */
export interface SqlConnection {
  /** @param sql with `?` for each value */
  query(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Never throws. */
  close(): Promise<void>;
}

/** A column of the table as the database's catalogue has it. */
export interface SqlColumn {
  /** In lower case. */
  readonly name: string;
  /** An insert that leaves it out fails. */
  readonly isRequired: boolean;
}

/** A kind of database. */
export interface SqlDialect {
  /** Begins a transaction whose outcome is as if it ran alone. */
  readonly begin: readonly string[];
  /** What `created_date` and its like are made as. */
  readonly payloadType: string;
  readonly booleanType: string;
  /** Follows the type of the column dataSource. */
  readonly dataSourceCollation: string;
  quote(identifier: string): string;
  /** The columns of a table; none where there is no such table. */
  columns(connection: SqlConnection, table: string): Promise<readonly SqlColumn[]>;
  /** True where the same transaction may succeed when it is run once more: a lost connection, a deadlock. */
  isTransient(error: unknown): boolean;
}
