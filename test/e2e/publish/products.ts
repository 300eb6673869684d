import type { Credentials, NetworkUrl } from '../../../src/publish/metadata/credentials.ts';
import type { MetadataStore } from '../../../src/publish/metadata/MetadataStore.ts';
import { mysqlStore } from '../../../src/publish/metadata/mysqlStore.ts';
import { postgresqlStore } from '../../../src/publish/metadata/postgresqlStore.ts';
import { type Server, startMariadb, startPostgresql } from './servers.ts';

/** A database product that Druid may keep its metadata in. */
export interface Product {
  readonly name: string;
  readonly kind: string;
  start(): Promise<Server>;
  /** A store with timeouts of one's own. */
  readonly open: (url: NetworkUrl, credentials: Credentials) => MetadataStore;
  /** Runs a statement as somebody else. */
  execute(server: Server, sql: string): Promise<unknown[]>;
  /** Ends the connections of segmill, as an administrator does. */
  killOthers(server: Server): Promise<void>;
  /** What begins a transaction. */
  readonly begin: string;
  readonly quotedEnd: string;
  readonly blobType: string;
  /** Parameters that ask for TLS without checks, with a check of the signer, and with no TLS. */
  readonly tls: { readonly require: string; readonly verify: (ca: string) => string; readonly never: string };
}

export const PRODUCTS: readonly Product[] = [
  {
    name: 'PostgreSQL',
    kind: 'postgresql',
    start: startPostgresql,
    open: postgresqlStore,
    execute: postgresql,
    killOthers: async (server) => {
      const others = "FROM pg_stat_activity WHERE application_name = 'segmill'";
      await postgresql(server, `SELECT pg_terminate_backend(pid) ${others}`);
    },
    begin: 'BEGIN ISOLATION LEVEL SERIALIZABLE',
    quotedEnd: '"end"',
    blobType: 'BYTEA',
    tls: {
      require: 'sslmode=require',
      verify: (ca) => `sslmode=verify-full&sslrootcert=${ca}`,
      never: 'sslmode=disable',
    },
  },
  {
    name: 'MariaDB',
    kind: 'mariadb',
    start: startMariadb,
    open: mysqlStore,
    execute: mariadb,
    killOthers: async (server) => {
      const processes = (await mariadb(server, 'SHOW PROCESSLIST')) as {
        Id: number;
        User: string;
        Info: string | null;
      }[];
      for (const { Id, User, Info } of processes) {
        // It may be gone by now.
        if (User === 'druid' && Info !== 'SHOW PROCESSLIST') await mariadb(server, `KILL ${Id}`).catch(() => {});
      }
    },
    begin: 'START TRANSACTION',
    quotedEnd: '`end`',
    blobType: 'LONGBLOB',
    tls: {
      require: 'sslMode=trust',
      verify: (ca) => `sslMode=verify-full&serverSslCert=${ca}`,
      never: 'sslMode=disable',
    },
  },
];

async function postgresql({ port }: Server, sql: string): Promise<unknown[]> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'druid', password: 'diurd', database: 'druid' });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

async function mariadb({ port }: Server, sql: string): Promise<unknown[]> {
  const { createConnection } = await import('mysql2/promise');
  const account = { user: 'druid', password: 'diurd', database: 'druid', multipleStatements: true };
  const connection = await createConnection({ host: '127.0.0.1', port, ...account });
  const [rows] = await connection.query(sql);
  await connection.end();
  return rows as unknown[];
}
