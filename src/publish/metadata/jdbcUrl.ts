/** JDBC addresses as Druid's configuration has them: `jdbc:postgresql://host:5432/druid?ssl=true`. */

import { MetadataStoreError } from './MetadataStore.ts';

export interface DatabaseHost {
  readonly host: string;
  readonly port: number;
}

export type JdbcUrl =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'postgresql' | 'mysql' | 'mariadb';
      /** Tried in this order. */
      readonly hosts: readonly DatabaseHost[];
      readonly database: string;
      /** By name in lower case: drivers differ in how strictly they take it. */
      readonly parameters: ReadonlyMap<string, string>;
    };

const PORTS = { postgresql: 5432, mysql: 3306, mariadb: 3306 };
const EXAMPLE = 'jdbc:postgresql://host:5432/druid or jdbc:mysql://host:3306/druid';

/** @throws MetadataStoreError for an address of a database that is not one of ours, or that is none at all */
export function parseJdbcUrl(text: string): JdbcUrl {
  const found = /^jdbc:([a-z0-9]+):(.*)$/is.exec(text.trim());
  if (found === null)
    throw new MetadataStoreError(`The address of the metadata store is no JDBC address; expected ${EXAMPLE}.`);
  const kind = found[1].toLowerCase();
  const rest = found[2];
  if (kind === 'derby') {
    throw new MetadataStoreError(
      "The metadata store is Derby, which only Java can speak to. Move Druid's metadata to PostgreSQL or MySQL, as Druid advises " +
        'for more than one machine, or leave metadataUpdateSpec out and publish by the Overlord.',
    );
  }
  if (kind === 'sqlite' && rest !== '') return { kind, path: rest };
  if (kind !== 'postgresql' && kind !== 'mysql' && kind !== 'mariadb') {
    throw new MetadataStoreError(`The metadata store jdbc:${kind}: is none that Druid has; expected ${EXAMPLE}.`);
  }
  const mark = rest.indexOf('?');
  const address = mark < 0 ? rest : rest.slice(0, mark);
  const parameters = readParameters(mark < 0 ? '' : rest.slice(mark + 1));
  const parts = /^\/\/([^/]*)\/([^/]*)$/.exec(address);
  if (parts === null && kind === 'postgresql' && /^\/?[^/:]+$/.test(address)) {
    // The driver's short form: a database of this machine.
    const hosts = [{ host: 'localhost', port: PORTS.postgresql }];
    return { kind, hosts, database: decoded(address.replace(/^\//, '')), parameters };
  }
  if (parts === null || parts[2] === '') {
    throw new MetadataStoreError(
      `The address of the metadata store names no host and database that can be read; expected ${EXAMPLE}. ` +
        "Forms of the driver's own, such as jdbc:mysql:loadbalance:, are not taken.",
    );
  }
  return { kind, hosts: readHosts(parts[1], PORTS[kind]), database: decoded(parts[2]), parameters };
}

function readHosts(text: string, defaultPort: number): DatabaseHost[] {
  return text.split(',').map((part) => {
    const found = /^(\[[^\]]+\]|[^:@]*)(?::(\d{1,5}))?$/.exec(part.trim());
    if (found === null) {
      throw new MetadataStoreError(
        'The address of the metadata store has a host that is none; expected host:port. User and password go into fields of their own.',
      );
    }
    const host = found[1].replace(/^\[|\]$/g, '');
    return { host: host === '' ? 'localhost' : host, port: found[2] === undefined ? defaultPort : Number(found[2]) };
  });
}

function readParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of text.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    parameters.set(decoded(name).toLowerCase(), equals < 0 ? '' : decoded(part.slice(equals + 1)));
  }
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
