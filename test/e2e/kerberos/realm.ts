/** Tickets and tokens of the suite's realm, and programs that have them or not. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readHadoopConf } from '../../../src/hadoop/conf/readHadoopConf.ts';
import { hadoopClient } from '../../../src/hadoop/hadoopClient.ts';
import { hdfsFor } from '../../../src/storage/storage.ts';
import type { WebHdfsStorage } from '../../../src/storage/webhdfs/WebHdfsStorage.ts';
import { scratchFolder } from '../druid/segmill.ts';
import { CLUSTER, PORT_OFFSET } from './prepare.ts';

export const ROOT = resolve(import.meta.dirname, '../../..');
export const CONF_DIR = join(CLUSTER, 'conf');
const REALM = join(CLUSTER, 'kerberos');
const WEBHDFS = `http://127.0.0.1:${9870 + PORT_OFFSET}/webhdfs/v1`;

export type Environment = Readonly<Record<string, string>>;

/** Variables of a user who has no ticket yet, and sees only those that come into a file of its own. */
export function newUser(): Environment {
  return {
    PATH: process.env.PATH as string,
    HOME: process.env.HOME as string,
    KRB5_CONFIG: join(REALM, 'krb5.conf'),
    KRB5CCNAME: join(scratchFolder(), 'tickets'),
    HADOOP_CONF_DIR: CONF_DIR,
  };
}

/** Gets a ticket for alice. */
export function kinit(env: Environment, ...options: readonly string[]): void {
  must(run('kinit', [...options, '-k', '-t', join(REALM, 'alice.keytab'), 'alice'], env));
}

/** Waits until a ticket is no longer good. */
export async function expired(env: Environment): Promise<void> {
  while (run('klist', ['-s'], env).status === 0) await sleep(200);
  // The clock of tickets has whole seconds, and GSS-API takes the last one as good.
  await sleep(2000);
}

/** Runs `hdfs fetchdt`. */
export function fetchdt(env: Environment, ...args: readonly string[]): void {
  const main = 'org.apache.hadoop.hdfs.tools.DelegationTokenFetcher';
  const options = [
    `-Djava.security.krb5.conf=${env.KRB5_CONFIG}`,
    '-cp',
    `${CONF_DIR}:${join(ROOT, '.cache/hadoop/lib/*')}`,
  ];
  must(run('java', [...options, main, ...args], env));
}

/** HDFS as alice sees it, by a token that curl got for her: this process has no Kerberos. */
export async function aliceHdfs(): Promise<WebHdfsStorage> {
  const env = newUser();
  kinit(env);
  const url = `${WEBHDFS}/?op=GETDELEGATIONTOKEN&renewer=alice`;
  const answer = must(run('curl', ['--silent', '--fail', '--negotiate', '--user', ':', url], env)).stdout;
  const { Token } = JSON.parse(answer) as { Token: { urlString: string } };
  const client = await hadoopClient(await readHadoopConf({ directory: CONF_DIR, env: {} }), {});
  return hdfsFor('hdfs:///', {
    ...client,
    tokens: [{ kind: 'WEBHDFS delegation', service: '', text: Token.urlString }],
  });
}

export function run(command: string, args: readonly string[], env: Environment): SpawnSyncReturns<string> {
  return spawnSync(command, args, { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 1 << 28 });
}

function must(ended: SpawnSyncReturns<string>): SpawnSyncReturns<string> {
  if (ended.status !== 0) throw new Error(`exit code ${ended.status}: ${ended.error ?? ended.stderr}`);
  return ended;
}
