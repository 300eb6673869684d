import type { Client } from 'pg';
import { connectError, firstHost } from './connect.ts';
import { type Credentials, type NetworkUrl, networkStoreName } from './credentials.ts';
import { SqlMetadataStore } from './SqlMetadataStore.ts';
import type { SqlConnection, SqlDialect } from './sqlConnection.ts';
import { tlsOf } from './tls.ts';

const POSTGRESQL: SqlDialect = {
  begin: ['BEGIN ISOLATION LEVEL SERIALIZABLE'],
  payloadType: 'BYTEA',
  booleanType: 'BOOLEAN',
  dataSourceCollation: '',
  quote: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
  columns: async (connection, table) => {
    const rows = await connection.query(
      'SELECT column_name, is_nullable, column_default FROM information_schema.columns ' +
        'WHERE table_schema = ANY(current_schemas(false)) AND table_name = ?',
      [table],
    );
    return rows.map((row) => ({
      name: String(row.column_name).toLowerCase(),
      isRequired: row.is_nullable === 'NO' && row.column_default === null,
    }));
  },
  isTransient: (error) => {
    const { code, message } = error as { code?: string; message?: string };
    // Serialization failure, deadlock, shutdown and connection errors: the classes of SQLSTATE; or no answer at all.
    return (
      /^(40001|40P01|57P0[123]|08...)$/.test(code ?? '') ||
      /^Connection terminated|ECONNRESET|^Query read timeout|^timeout expired/.test(message ?? '')
    );
  },
};

/** Druid's segments in PostgreSQL. Nothing is connected yet. */
export function postgresqlStore(url: NetworkUrl, credentials: Credentials): SqlMetadataStore {
  const name = networkStoreName('PostgreSQL', url, credentials.table);
  return new SqlMetadataStore({
    name,
    isReadByDruid: true,
    table: credentials.table,
    createTables: credentials.createTables,
    // Druid names tables without quotes, so that PostgreSQL has them in lower case.
    dialect: { ...POSTGRESQL, quote: (identifier) => POSTGRESQL.quote(identifier.toLowerCase()), columns: lowerCased },
    connect: async () => {
      try {
        return connectionOf(await firstHost(url.hosts, (host) => open(host, url, credentials)));
      } catch (error) {
        throw connectError(name, error);
      }
    },
  });
}

const lowerCased: SqlDialect['columns'] = (connection, table) => POSTGRESQL.columns(connection, table.toLowerCase());

async function open(host: { host: string; port: number }, url: NetworkUrl, credentials: Credentials): Promise<Client> {
  const { default: pg } = await import('pg');
  const tls = tlsOf(url.parameters);
  const schema = url.parameters.get('currentschema');
  const connect = async (withTls: boolean): Promise<Client> => {
    const client = new pg.Client({
      ...host,
      database: url.database,
      user: credentials.user ?? undefined,
      password: credentials.password ?? undefined,
      ssl: withTls ? tls.options : false,
      application_name: 'segmill',
      connectionTimeoutMillis: credentials.connectTimeoutMs,
      query_timeout: credentials.answerTimeoutMs,
      ...(schema === undefined ? {} : { options: `-c search_path=${schema.replaceAll(/[\\ ]/g, '\\$&')}` }),
    });
    // A connection that breaks between two statements is told by the next one.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    return client;
  };
  if (tls.use !== 'prefer') return connect(tls.use === 'always');
  try {
    return await connect(true);
  } catch (error) {
    if (!/does not support SSL/.test((error as Error).message)) throw error;
    return connect(false);
  }
}

function connectionOf(client: Client): SqlConnection {
  return {
    query: async (sql, values = []) => {
      let count = 0;
      const { rows } = await client.query(
        sql.replaceAll('?', () => `$${++count}`),
        [...values],
      );
      return rows;
    },
    close: () => client.end().catch(() => {}),
  };
}
