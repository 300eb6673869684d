/**
 * The statements over `druid_segments`. Its columns grew over time: 24 to 27 have nine, later ones also `used_status_last_updated`
 * (which an insert must fill), and some that stay null where nothing fills them.
 */

import type { Interval } from '../../spec/jobSpec.ts';
import { ETERNITY_END } from '../../time/calendar.ts';
import { isoText, parseInterval } from '../../time/isoText.ts';
import {
  MetadataStoreError,
  PublishConflictError,
  type PublishedSegment,
  type PublishRequest,
  type StoredSegment,
  type UsedSegment,
} from './MetadataStore.ts';
import type { SqlConnection, SqlDialect, SqlRow, SqlValue } from './sqlConnection.ts';

/** Rows inserted by one statement, as Druid does. */
const ROWS_AT_ONCE = 100;
/** Ids named in one statement. SQLite in WebAssembly locks its file for each statement, by a folder that it makes and removes. */
const IDS_AT_ONCE = 1000;

/** What every Druid since 0.6 has. */
const BASE_COLUMNS = [
  'id',
  'datasource',
  'created_date',
  'start',
  'end',
  'partitioned',
  'version',
  'used',
  'payload',
] as const;
const STATUS_COLUMN = 'used_status_last_updated';

/** A table of segments within a session. */
export class SegmentTable {
  readonly #connection: SqlConnection;
  readonly #dialect: SqlDialect;
  readonly #name: string;
  readonly #sqlName: string;
  readonly #end: string;

  constructor(connection: SqlConnection, dialect: SqlDialect, name: string) {
    this.#connection = connection;
    this.#dialect = dialect;
    this.#name = name;
    this.#sqlName = dialect.quote(name);
    this.#end = dialect.quote('end');
  }

  /**
   * @param create makes the table where there is none, as Druid 33 would
   * @returns the names of its columns, in lower case
   * @throws MetadataStoreError when rows can't be inserted into it
   */
  async open(create: boolean): Promise<ReadonlySet<string>> {
    let columns = await this.#dialect.columns(this.#connection, this.#name);
    if (columns.length === 0 && create) {
      await this.#create();
      columns = await this.#dialect.columns(this.#connection, this.#name);
    }
    if (columns.length === 0) {
      throw new MetadataStoreError(
        `There is no table ${this.#name} in this database. Start Druid's Coordinator, which makes it, or give --create-tables; a table ` +
          'of another name is told by metadataUpdateSpec.segmentTable.',
      );
    }
    const names = new Set(columns.map(({ name }) => name));
    const missing = BASE_COLUMNS.filter((name) => !names.has(name));
    if (missing.length > 0) {
      throw new MetadataStoreError(
        `The table ${this.#name} has no column ${missing.join(', ')}: it is no table of Druid's segments. ` +
          'Set metadataUpdateSpec.segmentTable to the one that is, which Druid calls druid_segments.',
      );
    }
    const filled = new Set<string>([...BASE_COLUMNS, STATUS_COLUMN]);
    const unknown = columns.filter(({ name, isRequired }) => isRequired && !filled.has(name));
    if (unknown.length > 0) {
      throw new MetadataStoreError(
        `The table ${this.#name} wants a value for ${unknown.map(({ name }) => name).join(', ')}, which no Druid from 24 to 37 does. ` +
          'Is it a newer Druid than this program knows?',
      );
    }
    return names;
  }

  async #create(): Promise<void> {
    const { payloadType, booleanType, dataSourceCollation } = this.#dialect;
    const text = 'VARCHAR(255)';
    const table = this.#sqlName;
    await this.#connection.query(
      `CREATE TABLE ${table} (id ${text} NOT NULL, dataSource ${text}${dataSourceCollation} NOT NULL, created_date ${text} NOT NULL, ` +
        `start ${text} NOT NULL, ${this.#end} ${text} NOT NULL, partitioned ${booleanType} NOT NULL, version ${text} NOT NULL, ` +
        `used ${booleanType} NOT NULL, payload ${payloadType} NOT NULL, ${STATUS_COLUMN} ${text} NOT NULL, ` +
        `upgraded_from_segment_id ${text}, PRIMARY KEY (id))`,
    );
    const index = (suffix: string) => this.#dialect.quote(`idx_${this.#name}_${suffix}`);
    await this.#connection.query(`CREATE INDEX ${index('used')} ON ${table} (used)`);
    await this.#connection.query(
      `CREATE INDEX ${index('datasource_used_end_start')} ON ${table} (dataSource, used, ${this.#end}, start)`,
    );
  }

  async usedSegments(dataSource: string, intervals: readonly Interval[]): Promise<UsedSegment[]> {
    if (intervals.length === 0) return [];
    const [envelope, values] = this.#envelope(intervals);
    const rows = await this.#connection.query(
      `SELECT id, start, ${this.#end} AS end_time, version FROM ${this.#sqlName} WHERE dataSource = ? AND used = true${envelope} ORDER BY id`,
      [dataSource, ...values],
    );
    const sorted = [...intervals].sort((a, b) => a.start - b.start);
    return rows.map(usedSegment).filter(({ interval }) => overlapsAny(interval, sorted));
  }

  /** Leaves most of the table in the database; times are compared as text there, which works for the years 0 to 9999. */
  #envelope(intervals: readonly Interval[]): [sql: string, values: string[]] {
    const start = isoText(Math.min(...intervals.map((interval) => interval.start)));
    const end = isoText(Math.max(...intervals.map((interval) => interval.end)));
    if (!/^\d{4}-/.test(start) || !/^\d{4}-/.test(end)) return ['', []];
    // A minus sorts before all digits, as it should; the end of eternity has nine digits in its year.
    return [` AND start < ? AND (${this.#end} > ? OR ${this.#end} = ?)`, [end, start, isoText(ETERNITY_END)]];
  }

  async payloads(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.#each(ids, (marks, some) =>
      this.#connection.query(`SELECT id, payload FROM ${this.#sqlName} WHERE id IN (${marks})`, some),
    );
    return new Map(rows.map((row) => [String(row.id), payloadText(row)]));
  }

  /** Used ones and others, in the order of their ids. */
  async all(dataSource: string, columns: ReadonlySet<string>): Promise<StoredSegment[]> {
    const status = columns.has(STATUS_COLUMN) ? STATUS_COLUMN : 'NULL';
    const rows = await this.#connection.query(
      `SELECT id, start, ${this.#end} AS end_time, version, used, ${status} AS updated, payload FROM ${this.#sqlName} WHERE dataSource = ? ORDER BY id`,
      [dataSource],
    );
    return rows.map((row) => ({
      ...usedSegment(row),
      used: Number(row.used) === 1,
      statusUpdated: row.updated === null ? null : String(row.updated),
      payload: JSON.parse(payloadText(row)),
    }));
  }

  async markUnused(ids: readonly string[], columns: ReadonlySet<string>): Promise<void> {
    const hasStatus = columns.has(STATUS_COLUMN);
    const now = hasStatus ? [new Date().toISOString()] : [];
    await this.#each(ids, (marks, some) =>
      this.#connection.query(
        `UPDATE ${this.#sqlName} SET used = false${hasStatus ? `, ${STATUS_COLUMN} = ?` : ''} WHERE used = true AND id IN (${marks})`,
        [...now, ...some],
      ),
    );
  }

  /** Rows of unused segments. */
  async remove(ids: readonly string[]): Promise<void> {
    await this.#each(ids, (marks, some) =>
      this.#connection.query(`DELETE FROM ${this.#sqlName} WHERE used = false AND id IN (${marks})`, some),
    );
  }

  async #each(
    ids: readonly string[],
    query: (marks: string, some: readonly string[]) => Promise<readonly SqlRow[]>,
  ): Promise<SqlRow[]> {
    const rows: SqlRow[] = [];
    for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
      const some = ids.slice(from, from + IDS_AT_ONCE);
      rows.push(...(await query(some.map(() => '?').join(', '), some)));
    }
    return rows;
  }

  /** @returns how many rows are new. @throws PublishConflictError */
  async insert(request: PublishRequest, columns: ReadonlySet<string>): Promise<number> {
    const { dataSource, version, segments } = request;
    const known = await this.payloads(segments.map(({ id }) => id));
    const fresh = segments.filter(({ id, payload }) => {
      const there = known.get(id);
      if (there !== undefined && there !== payload) throw changedSegment(id, version);
      return there === undefined;
    });
    if (fresh.length === 0) return 0;
    checkVersions(
      request,
      await this.usedSegments(
        dataSource,
        segments.map(({ interval }) => interval),
      ),
    );
    const now = new Date().toISOString();
    const names = ['id', 'dataSource', 'created_date', 'start', this.#end, 'partitioned', 'version', 'used', 'payload'];
    const hasStatus = columns.has(STATUS_COLUMN);
    if (hasStatus) names.push(STATUS_COLUMN);
    const marks = `(?, ?, ?, ?, ?, true, ?, true, ?${hasStatus ? ', ?' : ''})`;
    for (let from = 0; from < fresh.length; from += ROWS_AT_ONCE) {
      const some = fresh.slice(from, from + ROWS_AT_ONCE);
      const values = some.flatMap((segment) => [
        ...rowValues(segment, dataSource, version, now),
        ...(hasStatus ? [now] : []),
      ]);
      await this.#connection.query(
        `INSERT INTO ${this.#sqlName} (${names.join(', ')}) VALUES ${some.map(() => marks).join(', ')}`,
        values,
      );
    }
    return fresh.length;
  }
}

/** @throws PublishConflictError when segments that are used would hide the new ones, or be mixed with them */
export function checkVersions({ dataSource, version, segments }: PublishRequest, used: readonly UsedSegment[]): void {
  const newer = used.find((segment) => segment.version > version);
  if (newer !== undefined) throw newerVersion(dataSource, version, newer);
  const ours = new Set(segments.map(({ id }) => id));
  const other = used.find((segment) => segment.version === version && !ours.has(segment.id));
  if (other !== undefined) {
    throw new PublishConflictError(
      `Version ${version} of ${dataSource} has another segment already, ${other.id}, which would be mixed with the new ones. ` +
        'Nothing was published. Leave tuningConfig.version out, so that each run gets a version of its own.',
    );
  }
}

/** Somebody has published for the same time since, or the clocks of two machines differ. */
function newerVersion(dataSource: string, version: string, newer: UsedSegment): PublishConflictError {
  return new PublishConflictError(
    `${dataSource} has a newer version of the same time already: ${newer.id}, beside which version ${version} would never be seen. ` +
      'Nothing was published. Run the job again if its data is to replace the newer one.',
  );
}

/** The same id, but not the same segment. */
export function changedSegment(id: string, version: string): PublishConflictError {
  return new PublishConflictError(
    `The segment ${id} is published already, and is not the one that was to be published now. Nothing was published. ` +
      `Leave tuningConfig.version (${version}) out, so that each run gets a version of its own.`,
  );
}

function rowValues({ id, interval, payload }: PublishedSegment, dataSource: string, version: string, now: string) {
  const bytes: SqlValue = Buffer.from(payload, 'utf8');
  return [id, dataSource, now, isoText(interval.start), isoText(interval.end), version, bytes];
}

function payloadText({ payload }: SqlRow): string {
  return Buffer.from(payload as Uint8Array).toString('utf8');
}

function usedSegment(row: SqlRow): UsedSegment {
  const text = `${String(row.start)}/${String(row.end_time)}`;
  return { id: String(row.id), interval: parseInterval(text), version: String(row.version) };
}

/** @param sorted by start; they may overlap */
function overlapsAny({ start, end }: Interval, sorted: readonly Interval[]): boolean {
  for (const other of sorted) {
    if (other.start >= end) return false;
    if (other.end > start) return true;
  }
  return false;
}
