/** A Hadoop for benchmarks, by scripts/hadoop: what is put there, what its applications took. */
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { request } from 'node:http';
import { basename, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { paths, ports } from '../local-hadoop/settings.mjs';
import { CACHE } from './generate.mjs';

const SETTINGS = { directory: join(CACHE, 'hadoop'), portOffset: 7000 };
const HADOOP = resolve(import.meta.dirname, '../hadoop');
const AT = ports(SETTINGS);
const WEBHDFS = `http://127.0.0.1:${AT.nameNodeHttp}/webhdfs/v1`;
const RESOURCE_MANAGER = `http://127.0.0.1:${AT.resourceManagerHttp}/ws/v1/cluster`;
const HISTORY = `http://127.0.0.1:${AT.historyHttp}/ws/v1/history/mapreduce`;
/** The history server reads what an application left some seconds after its end. */
const HISTORY_MS = 60_000;

/** HADOOP_CONF_DIR of its clients. */
export const CONF_DIR = paths(SETTINGS).conf;
export const HDFS = `hdfs://127.0.0.1:${AT.nameNode}`;

/** @throws {Error} when Java or Maven is missing, or a daemon does not come up */
export function startHadoop() {
  hadoop('up', '--port-offset', String(SETTINGS.portOffset));
}

export function stopHadoop() {
  hadoop('down');
}

/** @param {string[]} args */
function hadoop(...args) {
  const { status } = spawnSync(HADOOP, [...args, '--dir', SETTINGS.directory], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`"scripts/hadoop ${args.join(' ')}" ended with exit code ${status}`);
}

/**
 * Asks a daemon. A connection for each question: those that wait while a job is measured are closed by the daemon, and a DataNode answers
 * "100 Continue" without being asked, which `fetch` does not take.
 * @param {string} method
 * @param {string} url
 * @param {string} [file] to send
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
function ask(method, url, file) {
  return new Promise((done, fail) => {
    const headers = { accept: 'application/json' };
    const asking = request(url, { method, headers, agent: false }, done);
    asking.once('error', fail);
    if (file === undefined) asking.end();
    else pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), asking).catch(fail);
  });
}

/**
 * @param {string} method
 * @param {string} url
 * @param {string} [file]
 * @returns {Promise<any>} the document of the answer, null where it has none
 * @throws {Error} when the answer is an error
 */
async function askJson(method, url, file) {
  const response = await ask(method, url, file);
  const body = await text(response);
  if (/** @type {number} */ (response.statusCode) >= 300)
    throw new Error(`${url} answered ${response.statusCode}: ${body}`);
  return body === '' ? null : JSON.parse(body);
}

/**
 * Puts files into a folder of HDFS, unless they are there.
 * @param {readonly string[]} files
 * @param {string} folder absolute path
 * @returns {Promise<string[]>} their URIs, in the same order
 */
export async function putFiles(files, folder) {
  await askJson('PUT', `${WEBHDFS}${folder}?op=MKDIRS`);
  const { FileStatuses } = await askJson('GET', `${WEBHDFS}${folder}?op=LISTSTATUS`);
  const lengths = new Map(FileStatuses.FileStatus.map((/** @type {any} */ it) => [it.pathSuffix, it.length]));
  for (const file of files) {
    if (lengths.get(basename(file)) === statSync(file).size) continue;
    const url = `${WEBHDFS}${folder}/${basename(file)}?op=CREATE&overwrite=true&noredirect=true`;
    await askJson('PUT', (await askJson('PUT', url)).Location, file);
  }
  return files.map((file) => `${HDFS}${folder}/${basename(file)}`);
}

/** @param {string} uri @param {string} file of this machine */
export async function getFile(uri, file) {
  const { Location } = await askJson('GET', `${WEBHDFS}${new URL(uri).pathname}?op=OPEN&noredirect=true`);
  const response = await ask('GET', Location);
  if (response.statusCode !== 200) throw new Error(`${uri} cannot be read: ${response.statusCode}`);
  await pipeline(response, createWriteStream(file));
}

/** @param {string} folder absolute path */
export async function removeFolder(folder) {
  await askJson('DELETE', `${WEBHDFS}${folder}?op=DELETE&recursive=true`);
}

/**
 * What the applications took that were submitted since a time.
 * @typedef {object} Usage
 * @property {number} applications
 * @property {number} containerSeconds of all containers, one virtual core each: the masters', too
 * @property {number} containerGiBSeconds memory of all containers by the time that they were held
 * @property {number} shuffleBytes what reducers fetched
 */

/** @param {number} since milliseconds @returns {Promise<Usage>} */
export async function usageSince(since) {
  const { apps } = await askJson('GET', `${RESOURCE_MANAGER}/apps?startedTimeBegin=${since}`);
  const usage = { applications: 0, containerSeconds: 0, containerGiBSeconds: 0, shuffleBytes: 0 };
  for (const { id, vcoreSeconds, memorySeconds } of apps?.app ?? []) {
    usage.applications++;
    usage.containerSeconds += vcoreSeconds;
    usage.containerGiBSeconds += memorySeconds / 1024;
    usage.shuffleBytes += await shuffleBytesOf(id.replace('application', 'job'));
  }
  return usage;
}

/** @param {string} job */
async function shuffleBytesOf(job) {
  const { jobCounters } = await fromHistory(`${HISTORY}/jobs/${job}/counters`);
  const counters = jobCounters.counterGroup.flatMap((/** @type {any} */ { counter }) => counter);
  return counters.find((/** @type {any} */ { name }) => name === 'REDUCE_SHUFFLE_BYTES')?.totalCounterValue ?? 0;
}

/** @param {string} url @returns {Promise<any>} */
async function fromHistory(url) {
  for (const end = Date.now() + HISTORY_MS; ; await sleep(500)) {
    try {
      return await askJson('GET', url);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
