/**
 * Segmill's engine `yarn` against Druid 33's Hadoop indexer, both as MapReduce jobs on the same real Hadoop of this machine: the same rows from
 * HDFS to HDFS, the same dimensions, metrics and shards, containers of the same size, taking turns; Druid itself compares the segments.
 *
 *     npm run bench yarn [-- rows] [--rounds N]      1,000,000 rows, 3 rounds when not given
 *
 * Needs Java 17 and Maven, and about 10 GB of memory. Writes .cache/bench/yarn.json, and from that the table in docs/performance.md.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { CACHE as JARS, JAVA_17, prepareDruid33Hdfs } from '../druid/jars.mjs';
import { ingestionSpec } from './dataset.mjs';
import { compareSegments, inDruid } from './druidJvm.mjs';
import { CACHE, generate } from './generate.mjs';
import {
  CONF_DIR,
  getFile,
  HDFS,
  putFiles,
  removeFolder,
  startHadoop,
  stopHadoop,
  usageSince,
} from './hadoopCluster.mjs';
import { machine, measure, median } from './measure.mjs';
import { writeYarnTable, yarnTable } from './yarnTable.mjs';

const CLI = resolve(import.meta.dirname, '../../dist/cli/main.js');
const OUT = join(CACHE, 'yarn');
const DATA = { parts: 4, seed: 42 };
const SHARDS = 2;
/** Rows of the job that each runs first, so that nodes have its jars or its program before time is taken. */
const WARM_UP_ROWS = 1000;
/** MB of a task's container: what segmill takes by default. */
const CONTAINER = 1536;
/** Of it, as Druid's documentation has it for its tasks. */
const JAVA_HEAP = 1152;
/** @typedef {import('./hadoopCluster.mjs').Usage & { wallSeconds: number }} Figures */

const { rows, rounds } = readArguments(process.argv.slice(2));
if (!existsSync(CLI)) throw new Error(`${CLI} does not exist. Run "npm run build" first.`);
prepareDruid33Hdfs();
const inputs = generate({ rows, ...DATA });
const few = generate({ rows: WARM_UP_ROWS, ...DATA });
const contestants = { segmill, druid };
/** @type {Record<string, Figures[]>} */
const runs = { segmill: [], druid: [] };
/** @type {Record<string, string[]>} */
const zips = {};
startHadoop();
try {
  const warmUp = await putFiles(few, '/bench/warm-up');
  for (const run of Object.values(contestants)) await run(warmUp);
  const files = await putFiles(inputs, `/bench/rows-${rows}`);
  for (let round = 1; round <= rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const load = loadavg()[0];
      const { wallSeconds, made, since } = await run(files);
      const figures = { wallSeconds, ...(await usageSince(since)) };
      runs[name].push({ ...figures, ...{ loadBefore: load } });
      console.log(
        `round ${round} ${name.padEnd(8)} wall ${wallSeconds.toFixed(1)} s, containers ${figures.containerSeconds} s, ` +
          `shuffle ${(figures.shuffleBytes / 1e6).toFixed(1)} MB, load before ${load.toFixed(1)}`,
      );
      if (round === rounds) zips[name] = await download(made, name);
    }
  }
} finally {
  stopHadoop();
}
const segmentsEqual = compareSegments(zips.segmill, zips.druid);
const medians = Object.fromEntries(Object.entries(runs).map(([name, all]) => [name, mediansOf(all)]));
const document = { rows, rounds, ...machine(), containerMB: CONTAINER, medians, segmentsEqual, runs };
writeFileSync(join(CACHE, 'yarn.json'), `${JSON.stringify(document, null, 2)}\n`);
console.log(yarnTable(document));
writeYarnTable(document);

/** @param {readonly string[]} args */
function readArguments(args) {
  const at = args.indexOf('--rounds');
  const numberOfRounds = at < 0 ? 3 : Number(args[at + 1]);
  const [size = 1_000_000, ...more] = (at < 0 ? args : args.toSpliced(at, 2)).map(Number);
  if (more.length > 0 || ![size, numberOfRounds].every((number) => Number.isSafeInteger(number) && number > 0)) {
    throw new Error('Give a whole number of rows, and of rounds, as in: npm run bench yarn -- 1000000 --rounds 3');
  }
  return { rows: size, rounds: numberOfRounds };
}

/** @param {readonly string[]} files URIs */
async function segmill(files) {
  const spec = await specFile('segmill', files, {});
  const since = Date.now();
  const args = [CLI, 'index', spec, '--engine', 'yarn', '--hadoop-conf', CONF_DIR, '--json'];
  const { wallSeconds, stdout } = measure(args);
  return { since, wallSeconds, made: JSON.parse(stdout).segments.map((/** @type {any} */ { path }) => path) };
}

/** @param {readonly string[]} files URIs */
async function druid(files) {
  const javaOptions = `-Xmx${JAVA_HEAP}m -Duser.timezone=UTC -Dfile.encoding=UTF-8 ${JAVA_17.join(' ')}`;
  const spec = await specFile('druid', files, {
    'mapreduce.map.memory.mb': String(CONTAINER),
    'mapreduce.reduce.memory.mb': String(CONTAINER),
    'mapreduce.map.java.opts': javaOptions,
    'mapreduce.reduce.java.opts': javaOptions,
    'mapreduce.task.io.sort.mb': '128',
    // Druid's libraries are others than Hadoop's.
    'mapreduce.job.user.classpath.first': 'true',
  });
  const since = Date.now();
  const started = performance.now();
  const [{ exit, output }] = inDruid([['hadoop-index', spec]], {
    folders: [CONF_DIR],
    jars: ['druid33-hdfs'],
    properties: {
      'druid.storage.type': 'hdfs',
      // What tasks get by Hadoop's distributed cache: not the Hadoop client, which nodes have.
      'druid.hadoop.internal.classpath': jarsOf('druid33', 'druid33-hdfs').join(':'),
    },
  });
  const wallSeconds = (performance.now() - started) / 1000;
  if (exit !== 0) throw new Error(`Druid's Hadoop indexer failed: ${output}`);
  const made = JSON.parse(output).segments.map((/** @type {any} */ { descriptor }) => descriptor.finalIndexZipFilePath);
  return { since, wallSeconds, made: made.sort() };
}

/** @param {string[]} folders in the cache @returns {string[]} */
function jarsOf(...folders) {
  return folders.flatMap((folder) =>
    readdirSync(join(JARS, folder))
      .filter((name) => name.endsWith('.jar'))
      .map((name) => join(JARS, folder, name)),
  );
}

/** @param {string} name of the contestant @param {readonly string[]} files @param {Record<string, string>} jobProperties */
async function specFile(name, files, jobProperties) {
  await removeFolder(`/bench/${name}/segments`);
  const partitionsSpec = { type: 'hashed', numShards: SHARDS };
  const task = ingestionSpec({ partitionsSpec }, [...files], `${HDFS}/bench/${name}`);
  task.spec.tuningConfig.jobProperties = jobProperties;
  mkdirSync(OUT, { recursive: true });
  const path = join(OUT, `${name}.json`);
  writeFileSync(path, JSON.stringify(task));
  return path;
}

/** @param {readonly string[]} uris @param {string} name @returns {Promise<string[]>} files of this machine */
async function download(uris, name) {
  const folder = join(OUT, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = uris.map((_, i) => join(folder, `${i}.zip`));
  for (const [i, uri] of uris.entries()) await getFile(uri, files[i]);
  return files;
}

/** @param {readonly Figures[]} all */
function mediansOf(all) {
  const names = /** @type {const} */ (['wallSeconds', 'containerSeconds', 'containerGiBSeconds', 'shuffleBytes']);
  return Object.fromEntries(names.map((name) => [name, median(all.map((figures) => figures[name]))]));
}
