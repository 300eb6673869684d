import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { readHadoopConf } from '../../../src/hadoop/conf/readHadoopConf.ts';
import { type HadoopClient, hadoopClient } from '../../../src/hadoop/hadoopClient.ts';
import { hdfsFor } from '../../../src/storage/storage.ts';
import type { WebHdfsStorage } from '../../../src/storage/webhdfs/WebHdfsStorage.ts';
import { CLUSTER, PORT_OFFSET } from './prepare.ts';

const JARS = resolve(import.meta.dirname, '../../../.cache/hadoop/lib');
/** HADOOP_CONF_DIR of the cluster that prepare.ts started. */
export const CONF_DIR = join(CLUSTER, 'conf');
export const WEBHDFS = `http://127.0.0.1:${9870 + PORT_OFFSET}/webhdfs/v1`;

export async function clusterClient(more: Partial<HadoopClient> = {}): Promise<HadoopClient> {
  return { ...(await hadoopClient(await readHadoopConf({ directory: CONF_DIR, env: {} }), {})), ...more };
}

export async function clusterHdfs(more: Partial<HadoopClient> = {}): Promise<WebHdfsStorage> {
  return hdfsFor('hdfs:///', await clusterClient(more));
}

/** Puts a file there. */
export async function put(hdfs: WebHdfsStorage, path: string, content: Uint8Array, replication = 2): Promise<void> {
  const stream = await hdfs.createWrite(path, { replication });
  stream.end(content);
  await finished(stream);
}

/** Sends a signal to a daemon of the cluster, by its pid. */
export function signalDaemon(name: string, signal: NodeJS.Signals): void {
  process.kill(Number(readFileSync(join(CLUSTER, 'pids', `${name}.pid`), 'utf8')), signal);
}

/** Hadoop's own tool for what WebHDFS does not do. */
export function dfsadmin(...args: readonly string[]): void {
  const classPath = `${CONF_DIR}:${join(JARS, '*')}`;
  const { status, stderr } = spawnSync('java', ['-cp', classPath, 'org.apache.hadoop.hdfs.tools.DFSAdmin', ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`dfsadmin ${args.join(' ')} failed: ${stderr}`);
}
