import { openSqlite } from './database.ts';

/** A run of a job, as it is remembered. */
export interface JobRecord {
  /** Its number in the history. */
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly status: 'SUCCESS' | 'FAILED' | 'STAGED' | 'DISCARDED';
  readonly dataSource: string;
  /** Null where the job failed. */
  readonly version: string | null;
  /** SHA-256 of the spec's text, in hex. */
  readonly specSha256: string;
  /** What the job told: its report without the descriptors, or its error. */
  readonly details: unknown;
}

const TABLE = `CREATE TABLE IF NOT EXISTS segmill_jobs (
  id INTEGER PRIMARY KEY, started TEXT NOT NULL, status TEXT NOT NULL, data_source TEXT NOT NULL, version TEXT, spec_sha256 TEXT NOT NULL,
  details TEXT NOT NULL)`;

/** Adds a run to the history. @param path of the embedded store */
export async function recordJob(path: string, record: Omit<JobRecord, 'id'>): Promise<void> {
  const database = await openSqlite(path);
  try {
    await database.query(TABLE);
    await database.query(
      'INSERT INTO segmill_jobs (started, status, data_source, version, spec_sha256, details) VALUES (?, ?, ?, ?, ?, ?)',
      [
        record.started,
        record.status,
        record.dataSource,
        record.version,
        record.specSha256,
        JSON.stringify(record.details),
      ],
    );
  } finally {
    await database.close();
  }
}

/** All runs, the last one first. @param path of the embedded store */
export async function listJobs(path: string): Promise<JobRecord[]> {
  const database = await openSqlite(path);
  try {
    await database.query(TABLE);
    const rows = await database.query('SELECT * FROM segmill_jobs ORDER BY id DESC');
    return rows.map((row) => ({
      id: Number(row.id),
      started: String(row.started),
      status: String(row.status) as JobRecord['status'],
      dataSource: String(row.data_source),
      version: row.version === null ? null : String(row.version),
      specSha256: String(row.spec_sha256),
      details: JSON.parse(String(row.details)),
    }));
  } finally {
    await database.close();
  }
}

/** Says what became of a staged job. @param path of the embedded store @param directory of the job */
export async function endStagedJob(path: string, directory: string, status: 'SUCCESS' | 'DISCARDED'): Promise<void> {
  const staged = (await listJobs(path)).filter((job) => job.status === 'STAGED' && stagedDirectory(job) === directory);
  const database = await openSqlite(path);
  try {
    for (const { id } of staged) await database.query('UPDATE segmill_jobs SET status = ? WHERE id = ?', [status, id]);
  } finally {
    await database.close();
  }
}

/** The working directory of a staged job, as it was recorded. */
export function stagedDirectory({ details }: Pick<JobRecord, 'details'>): string | null {
  const { publication } = details as { publication?: { directory?: string | null } | null };
  return publication?.directory ?? null;
}
