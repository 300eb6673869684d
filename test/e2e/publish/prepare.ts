/**
 * Gets real PostgreSQL and MariaDB ready on this machine: looks for the programs of the system's packages, and installs them with apt-get where
 * they are missing and this process may.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const POSTGRESQL_ROOT = '/usr/lib/postgresql';

/** Folder of initdb and postgres, of the newest version there is; null where there is none. */
export function postgresqlPrograms(): string | null {
  if (!existsSync(POSTGRESQL_ROOT)) return null;
  const versions = readdirSync(POSTGRESQL_ROOT).sort((a, b) => Number(b) - Number(a));
  return versions.length === 0 ? null : join(POSTGRESQL_ROOT, versions[0], 'bin');
}

/**
 * Vitest's global set-up of the suite.
 * @throws when a program is missing and can't be installed
 */
export default function prepare(): void {
  const missing: string[] = [];
  if (postgresqlPrograms() === null) missing.push('postgresql');
  if (spawnSync('mariadbd', ['--version']).error) missing.push('mariadb-server');
  if (spawnSync('openssl', ['version']).error) missing.push('openssl');
  if (missing.length === 0) return;
  console.log(`Installing ${missing.join(', ')} with apt-get ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-q', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status;
  apt('update');
  const status = apt('install', '-y', '--no-install-recommends', ...missing);
  if (status !== 0) {
    throw new Error(`The tests of publishing need ${missing.join(', ')}. Install the packages of these names.`);
  }
}
