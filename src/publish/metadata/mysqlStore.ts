import type { Connection, RowDataPacket } from 'mysql2/promise';
import { connectError, firstHost } from './connect.ts';
import { type Credentials, type NetworkUrl, networkStoreName } from './credentials.ts';
import { SqlMetadataStore } from './SqlMetadataStore.ts';
import type { SqlConnection, SqlDialect } from './sqlConnection.ts';
import { tlsOf } from './tls.ts';

/** Deadlock; lock wait timeout. */
const TRANSIENT_NUMBERS: ReadonlySet<number> = new Set([1213, 1205, 1053, 1927]);
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ECONNRESET',
  'EPIPE',
  'ER_CLIENT_INTERACTION_TIMEOUT',
]);

const MYSQL: SqlDialect = {
  begin: ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', 'START TRANSACTION'],
  payloadType: 'LONGBLOB',
  booleanType: 'BOOLEAN',
  dataSourceCollation: ' CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  quote: (identifier) => `\`${identifier.replaceAll('`', '``')}\``,
  columns: async (connection, table) => {
    const rows = await connection.query(
      'SELECT column_name AS name, is_nullable AS nullable, column_default AS preset FROM information_schema.columns ' +
        'WHERE table_schema = DATABASE() AND table_name = ?',
      [table],
    );
    return rows.map((row) => ({
      name: String(row.name).toLowerCase(),
      isRequired: row.nullable === 'NO' && row.preset === null,
    }));
  },
  isTransient: (error) => {
    const { errno, code } = error as { errno?: number; code?: string };
    return TRANSIENT_NUMBERS.has(errno ?? 0) || TRANSIENT_CODES.has(code ?? '');
  },
};

/** Druid's segments in MySQL or MariaDB. Nothing is connected yet. */
export function mysqlStore(url: NetworkUrl, credentials: Credentials): SqlMetadataStore {
  const name = networkStoreName(url.kind === 'mariadb' ? 'MariaDB' : 'MySQL', url, credentials.table);
  return new SqlMetadataStore({
    name,
    isReadByDruid: true,
    table: credentials.table,
    createTables: credentials.createTables,
    dialect: MYSQL,
    connect: async () => {
      try {
        const connection = await firstHost(url.hosts, (host) => open(host, url, credentials));
        return connectionOf(connection, credentials.answerTimeoutMs);
      } catch (error) {
        throw connectError(name, error);
      }
    },
  });
}

async function open(
  host: { host: string; port: number },
  url: NetworkUrl,
  credentials: Credentials,
): Promise<Connection> {
  const { createConnection } = await import('mysql2/promise');
  const tls = tlsOf(url.parameters);
  const connect = async (withTls: boolean): Promise<Connection> => {
    const connection = await createConnection({
      ...host,
      database: url.database,
      ...(credentials.user === null ? {} : { user: credentials.user }),
      ...(credentials.password === null ? {} : { password: credentials.password }),
      ...(withTls
        ? { ssl: { ...tls.options, verifyIdentity: tls.options.checkServerIdentity === undefined } as object }
        : {}),
      charset: 'utf8mb4',
      connectTimeout: credentials.connectTimeoutMs,
    });
    // A connection that breaks between two statements is told by the next one.
    connection.on('error', () => {});
    return connection;
  };
  if (tls.use !== 'prefer') return connect(tls.use === 'always');
  try {
    return await connect(true);
  } catch (error) {
    if ((error as { code?: string }).code !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error;
    return connect(false);
  }
}

function connectionOf(connection: Connection, timeout: number): SqlConnection {
  return {
    query: async (sql, values) => {
      // Prepared on the server, so that no quoting rule of ours has to match its SQL mode.
      const [rows] =
        values === undefined
          ? await connection.query<RowDataPacket[]>({ sql, timeout })
          : await connection.execute<RowDataPacket[]>({ sql, timeout, values: values.map(bufferOf) });
      return Array.isArray(rows) ? rows : [];
    },
    close: async () => {
      // Not end(): it waits for a server that may be gone.
      connection.destroy();
    },
  };
}

function bufferOf(value: string | number | Uint8Array | null): string | number | Buffer | null {
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}
