/**
 * Starts a Hadoop of its own with Kerberos, by scripts/hadoop: a KDC, a NameNode and two DataNodes on 127.0.0.1, everything below
 * .cache/e2e/kerberos. Installs segmill there as a package, with the package `kerberos` beside it. Stops the daemons again.
 * What is missing of MIT Kerberos is installed with apt-get, where this process may.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Ignored by git. */
const FOLDER = join(ROOT, '.cache/e2e/kerberos');
export const CLUSTER = join(FOLDER, 'cluster');
export const INSTALLED = join(FOLDER, 'installed');
export const PORT_OFFSET = 6000;
/** What npm puts beside segmill. */
const PACKAGE = 'kerberos@7.0.0';
/** Of Debian, by a file of each. */
const SYSTEM_PACKAGES = {
  'krb5-kdc': '/usr/sbin/krb5kdc',
  'krb5-admin-server': '/usr/sbin/kadmin.local',
  'krb5-user': '/usr/bin/kinit',
  // Where there is no binary of the package `kerberos` for this machine, it is built with it.
  'libkrb5-dev': '/usr/include/gssapi/gssapi.h',
  curl: '/usr/bin/curl',
};

/**
 * Vitest's global set-up of the suite.
 * @returns its tear-down
 * @throws when Java, Maven, MIT Kerberos or what the package is built with is missing, or a daemon does not come up
 */
export default function prepare(): () => void {
  hadoop('down');
  rmSync(CLUSTER, { recursive: true, force: true });
  installKerberos();
  install();
  hadoop('up', 'hdfs', '--kerberos', '--port-offset', String(PORT_OFFSET));
  return () => hadoop('down');
}

/** Runs scripts/hadoop for the suite's cluster. @throws Error when it fails */
export function hadoop(...args: readonly string[]): void {
  run(join(ROOT, 'scripts/hadoop'), [...args, '--dir', CLUSTER], ROOT);
}

function installKerberos(): void {
  const missing = Object.entries(SYSTEM_PACKAGES).flatMap(([name, file]) => (existsSync(file) ? [] : [name]));
  if (missing.length === 0) return;
  console.log(`Installing ${missing.join(', ')} with apt-get ...`);
  run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], ROOT);
}

function install(): void {
  mkdirSync(INSTALLED, { recursive: true });
  writeFileSync(join(INSTALLED, 'package.json'), '{"private": true}\n');
  for (const old of archives()) rmSync(join(INSTALLED, old));
  rmSync(join(INSTALLED, 'node_modules/segmill'), { recursive: true, force: true });
  // It is built already; else pack would do that.
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', INSTALLED], ROOT);
  run('npm', ['install', '--silent', '--no-save', ...archives().map((name) => `./${name}`), PACKAGE], INSTALLED);
}

function archives(): string[] {
  return readdirSync(INSTALLED).filter((name) => name.endsWith('.tgz'));
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`"${command} ${args.join(' ')}" ended with exit code ${status} ${error ?? ''}`);
}
