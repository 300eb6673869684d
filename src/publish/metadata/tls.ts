import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { MetadataStoreError } from './MetadataStore.ts';

/** How a connection is made safe. */
export interface TlsChoice {
  /** `prefer`: with TLS where the server has it, else without. */
  readonly use: 'never' | 'prefer' | 'always';
  readonly options: ConnectionOptions;
}

/** What is checked of the server's certificate: nothing, who signed it, or also that it is this host's. */
type Verify = 'none' | 'ca' | 'full';

const MODES: Readonly<Record<string, { use: TlsChoice['use']; verify: Verify }>> = {
  // PostgreSQL's sslmode.
  disable: { use: 'never', verify: 'none' },
  allow: { use: 'prefer', verify: 'none' },
  prefer: { use: 'prefer', verify: 'none' },
  require: { use: 'always', verify: 'none' },
  'verify-ca': { use: 'always', verify: 'ca' },
  'verify-full': { use: 'always', verify: 'full' },
  // MySQL's sslMode.
  disabled: { use: 'never', verify: 'none' },
  preferred: { use: 'prefer', verify: 'none' },
  required: { use: 'always', verify: 'none' },
  verify_ca: { use: 'always', verify: 'ca' },
  verify_identity: { use: 'always', verify: 'full' },
  // MariaDB's sslMode.
  trust: { use: 'always', verify: 'none' },
};

/**
 * TLS by the parameters of a JDBC address: PostgreSQL's sslmode, ssl, sslrootcert, sslcert, sslkey; MySQL's sslMode, useSSL, requireSSL,
 * verifyServerCertificate; MariaDB's sslMode, serverSslCert.
 *
 * @throws MetadataStoreError for a mode that is none, or a file that can't be read
 */
export function tlsOf(parameters: ReadonlyMap<string, string>): TlsChoice {
  const { use, verify } = modeOf(parameters);
  const file = (...names: string[]) => {
    const name = names.find((candidate) => parameters.has(candidate));
    return name === undefined ? undefined : readPem(name, parameters.get(name) as string);
  };
  const ca = file('sslrootcert', 'serversslcert');
  const cert = file('sslcert');
  const key = file('sslkey');
  return {
    use,
    options: {
      rejectUnauthorized: verify !== 'none',
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(verify === 'ca' ? { checkServerIdentity: () => undefined } : {}),
    },
  };
}

function modeOf(parameters: ReadonlyMap<string, string>): { use: TlsChoice['use']; verify: Verify } {
  const mode = parameters.get('sslmode');
  if (mode !== undefined) {
    const known = MODES[mode.toLowerCase()];
    if (known !== undefined) return known;
    throw new MetadataStoreError(
      `The address of the metadata store has sslmode=${mode}; expected one of ${Object.keys(MODES).join(', ')}.`,
    );
  }
  const isOn = (name: string) => {
    const value = parameters.get(name);
    return value === undefined ? null : value === '' || value.toLowerCase() === 'true';
  };
  // The Java driver of PostgreSQL takes ssl=true for verify-full.
  if (isOn('ssl') === true) return { use: 'always', verify: 'full' };
  const useSsl = isOn('usessl');
  if (useSsl === false || isOn('ssl') === false) return { use: 'never', verify: 'none' };
  const verify = isOn('verifyservercertificate') === true ? 'ca' : 'none';
  if (isOn('requiressl') === true || useSsl === true) return { use: 'always', verify };
  return { use: 'prefer', verify: 'none' };
}

function readPem(parameter: string, path: string): Buffer {
  try {
    return readFileSync(path.replace(/^file:(\/\/)?/, ''));
  } catch (error) {
    throw new MetadataStoreError(
      `The file ${path} of the parameter ${parameter} in the metadata store's address can't be read: ${(error as Error).message}.`,
    );
  }
}
