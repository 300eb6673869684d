import type { JdbcUrl } from './jdbcUrl.ts';

/** A database that is spoken to over the network. */
export type NetworkUrl = Exclude<JdbcUrl, { readonly kind: 'sqlite' }>;

/** How a database is spoken to, beside its address. */
export interface Credentials {
  readonly user: string | null;
  readonly password: string | null;
  /** Of the segments. */
  readonly table: string;
  /** Makes the table where there is none. */
  readonly createTables: boolean;
  readonly connectTimeoutMs: number;
  /** For each statement: a connection may be gone without anybody saying so. */
  readonly answerTimeoutMs: number;
}

/** For people, without secrets: parameters of the address are left out, some of them are. */
export function networkStoreName(product: string, { hosts, database }: NetworkUrl, table: string): string {
  const places = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  return `${product} at ${places}/${database}, table ${table}`;
}
