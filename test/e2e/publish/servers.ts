import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresqlPrograms } from './prepare.ts';

const START_MS = 120_000;

/** A database server on 127.0.0.1 with a data directory of its own; user, password and database are `druid`, `diurd`, `druid`. */
export interface Server {
  readonly port: number;
  /** Certificate that signed the server's, as a file. */
  readonly caFile: string;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root. */
function postgresqlUser(): { uid: number; gid: number } | null {
  if (userInfo().uid !== 0) return null;
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

export async function startPostgresql(): Promise<Server> {
  const programs = postgresqlPrograms() as string;
  const folder = newFolder('postgresql');
  const user = postgresqlUser();
  const options = user === null ? {} : user;
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'diurd');
  const tls = makeCertificate(folder);
  if (user !== null) for (const path of [folder, passwordFile, tls.key]) chownSync(path, user.uid, user.gid);
  run(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'druid', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--no-sync'],
    options,
  );
  const port = await freePort();
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', ssl: 'on' };
  const files = { ssl_cert_file: tls.cert, ssl_key_file: tls.key };
  const flags = Object.entries({ ...settings, ...files }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(programs, 'postgres'), ['-D', data, ...flags], { stdio: 'ignore', ...options });
  const server = { port, caFile: tls.cert, stop: () => stop(child, folder) };
  await untilAnswers(child, async () => {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'druid', password: 'diurd', database: 'postgres' });
    await client.connect();
    await client.query('CREATE DATABASE druid');
    await client.end();
  });
  return server;
}

export async function startMariadb(): Promise<Server> {
  const folder = newFolder('mariadb');
  const data = join(folder, 'data');
  const root = userInfo().username;
  run('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    `--user=${root}`,
    '--auth-root-authentication-method=normal',
  ]);
  const tls = makeCertificate(folder);
  const port = await freePort();
  const init = join(folder, 'init.sql');
  writeFileSync(
    init,
    'CREATE DATABASE IF NOT EXISTS druid CHARACTER SET utf8mb4;\n' +
      "CREATE USER IF NOT EXISTS druid@'127.0.0.1' IDENTIFIED BY 'diurd';\n" +
      "GRANT ALL ON druid.* TO druid@'127.0.0.1';\n",
  );
  const child = spawn(
    'mariadbd',
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--user=${root}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 's')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--init-file=${init}`,
      `--ssl-cert=${tls.cert}`,
      `--ssl-key=${tls.key}`,
      '--skip-name-resolve',
    ],
    { stdio: 'ignore' },
  );
  const server = { port, caFile: tls.cert, stop: () => stop(child, folder) };
  await untilAnswers(child, async () => {
    const { createConnection } = await import('mysql2/promise');
    const account = { user: 'druid', password: 'diurd', database: 'druid' };
    const connection = await createConnection({ host: '127.0.0.1', port, ...account });
    await connection.end();
  });
  return server;
}

function newFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `segmill-${name}-`));
  chmodSync(folder, 0o700);
  return folder;
}

/** A certificate for 127.0.0.1 that signs itself. */
function makeCertificate(folder: string): { cert: string; key: string } {
  const cert = join(folder, 'cert.pem');
  const key = join(folder, 'key.pem');
  mkdirSync(folder, { recursive: true });
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    '-days',
    '2',
    ...subject,
  ]);
  chmodSync(key, 0o600);
  chmodSync(cert, 0o644);
  return { cert, key };
}

/** Waits for a server that was started; one that never answers is ended. */
async function untilAnswers(child: ChildProcess, ask: () => Promise<void>): Promise<void> {
  const until = performance.now() + START_MS;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with exit code ${child.exitCode}`);
      if (performance.now() > until) {
        child.kill('SIGQUIT');
        throw error;
      }
      await sleep(200);
    }
  }
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // SIGQUIT: PostgreSQL and MariaDB both end at once, with no wait for clients.
  if (child.exitCode === null && child.kill('SIGQUIT')) await ended;
  rmSync(folder, { recursive: true, force: true });
}

function run(program: string, args: readonly string[], options: { uid?: number; gid?: number } = {}): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...options });
  if (error || status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
