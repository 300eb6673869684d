import { readFileSync } from 'node:fs';
import type { MetadataUpdateSpec, PasswordSpec } from '../../spec/jobSpec.ts';
import type { Credentials } from './credentials.ts';
import { parseJdbcUrl } from './jdbcUrl.ts';
import { type MetadataStore, MetadataStoreError } from './MetadataStore.ts';
import { mysqlStore } from './mysqlStore.ts';
import { postgresqlStore } from './postgresqlStore.ts';
import { sqliteStore } from './sqlite/sqliteStore.ts';

const CONNECT_TIMEOUT_MS = 15_000;
/** More than MySQL waits for a row that another transaction has locked. */
const ANSWER_TIMEOUT_MS = 60_000;

/** What the environment may hold, so that no password stands in a spec or among the arguments. */
const PASSWORD = 'SEGMILL_METADATA_PASSWORD';
const PASSWORD_FILE = 'SEGMILL_METADATA_PASSWORD_FILE';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The metadata store that a spec names. Its type is told by the address; the `type` field of a spec, which was `db`, `metadata`, `mysql`,
 * `postgresql` and more over the years, decides nothing, in Druid neither. Nothing is connected yet.
 *
 * @throws MetadataStoreError for an address that can't be used, or a password that isn't there
 */
export function openStore(spec: MetadataUpdateSpec, createTables: boolean, env: Environment): MetadataStore {
  const url = parseJdbcUrl(spec.connectURI);
  if (url.kind === 'sqlite') return sqliteStore(url.path, spec.segmentTable);
  const credentials: Credentials = {
    user: spec.user ?? url.parameters.get('user') ?? env.SEGMILL_METADATA_USER ?? null,
    password: passwordOf(spec.password, env) ?? url.parameters.get('password') ?? passwordFromEnvironment(env),
    table: spec.segmentTable,
    createTables,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
  };
  return url.kind === 'postgresql' ? postgresqlStore(url, credentials) : mysqlStore(url, credentials);
}

function passwordOf(password: PasswordSpec | null, env: Environment): string | null {
  if (password === null || typeof password === 'string') return password;
  const value = env[password.environment];
  if (value !== undefined) return value;
  throw new MetadataStoreError(
    `The password of the metadata store is in the environment variable ${password.environment}, which is not set.`,
  );
}

function passwordFromEnvironment(env: Environment): string | null {
  const given = env[PASSWORD];
  if (given !== undefined) return given;
  const path = env[PASSWORD_FILE];
  if (path === undefined) return null;
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new MetadataStoreError(`The file ${path} of ${PASSWORD_FILE} can't be read: ${(error as Error).message}.`);
  }
}
