import { resolve } from 'node:path';
import { StorageError, systemErrorText } from '../../../storage/local/StorageError.ts';
import { MetadataStoreError } from '../MetadataStore.ts';
import { SqlMetadataStore } from '../SqlMetadataStore.ts';
import type { SqlDialect } from '../sqlConnection.ts';
import { openSqlite } from './database.ts';

const SQLITE: SqlDialect = {
  begin: ['BEGIN IMMEDIATE'],
  payloadType: 'BLOB',
  booleanType: 'BOOLEAN',
  dataSourceCollation: '',
  quote: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
  columns: async (connection, table) => {
    const rows = await connection.query('SELECT name, "notnull" AS required, dflt_value FROM pragma_table_info(?)', [
      table,
    ]);
    return rows.map((row) => ({
      name: String(row.name).toLowerCase(),
      isRequired: Number(row.required) === 1 && row.dflt_value === null,
    }));
  },
  isTransient: () => false,
};

/** The table of segments in a file of this machine. No Druid reads it: it is what makes a job all or nothing where there is no Druid. */
export function sqliteStore(path: string, table = 'druid_segments'): SqlMetadataStore {
  const file = resolve(path);
  return new SqlMetadataStore({
    name: `the embedded store ${file}`,
    isReadByDruid: false,
    table,
    createTables: true,
    dialect: SQLITE,
    connect: async () => {
      try {
        return await openSqlite(file);
      } catch (error) {
        const why = error instanceof StorageError ? error.message : systemErrorText(error);
        throw new MetadataStoreError(`The embedded store ${file} can't be opened: ${why}`, { cause: error });
      }
    },
  });
}
