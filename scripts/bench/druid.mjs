/**
 * Segmill against the two ways of real Druid 33 to index a batch: its Hadoop indexer (on Hadoop's LocalJobRunner, two tasks at a time) and
 * index_parallel (on a small cluster, two sub-tasks at a time). The same rows, dimensions, metrics and shards, taking turns on one
 * machine; Druid itself compares the segments.
 *
 *     npm run bench -- --peer druid [rows ...] [--rounds N]      1,000,000 and 3,000,000 rows, 3 rounds when not given
 *
 * Needs Java 17 and Maven, and about 8 GB of memory. Writes .cache/bench/druid.json, and from that the table in docs/performance.md
 * (see druidTable.mjs). CPU seconds are those of the process that indexes: of segmill, of the Hadoop indexer's JVM, of the cluster's
 * Indexer; its Coordinator, where native batch publishes, is not counted.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startCluster } from '../druid/cluster.mjs';
import { prepareDruid33 } from '../druid/jars.mjs';
import { ingestionSpec, parallelSpec } from './dataset.mjs';
import { compareSegments, inDruid } from './druidJvm.mjs';
import { druidTable, writeTable } from './druidTable.mjs';
import { CACHE, generate } from './generate.mjs';
import { measure, median } from './measure.mjs';

const CLI = resolve(import.meta.dirname, '../../dist/cli/main.js');
const OUT = join(CACHE, 'druid');
const TASKS = 2;
const ROWS_PER_SHARD = 500_000;
/** Parts and seed of the generated data; a sub-task of native batch takes whole files. */
const DATA = { parts: 6, seed: 43 };

/**
 * @typedef {object} Figures
 * @property {number} wallSeconds
 * @property {number} cpuSeconds
 * @property {string[]} zips the segments in the order of their partitions
 */

/** @param {string[]} args numbers of rows, and perhaps `--rounds N` */
export async function compareWithDruid(args) {
  const at = args.indexOf('--rounds');
  const rounds = at < 0 ? 3 : Number(args[at + 1]);
  const sizes = (at < 0 ? args : args.toSpliced(at, 2)).map(Number);
  if (sizes.length === 0) sizes.push(1_000_000, 3_000_000);
  if (![rounds, ...sizes].every((number) => Number.isSafeInteger(number) && number > 0)) {
    throw new Error('Give whole numbers of rows and rounds, as in: npm run bench -- --peer druid 1000000 --rounds 3');
  }
  if (!existsSync(CLI)) throw new Error(`${CLI} does not exist. Run "npm run build" first.`);
  prepareDruid33();
  const results = [];
  for (const rows of sizes) results.push(await compare(rows, rounds));
  const document = { machine: `${cpus()[0].model}, ${cpus().length} cores`, node: process.version, results };
  writeFileSync(join(CACHE, 'druid.json'), `${JSON.stringify(document, null, 2)}\n`);
  console.log(druidTable(document));
  writeTable(document);
}

/**
 * @param {number} rows
 * @param {number} rounds
 */
async function compare(rows, rounds) {
  const inputs = generate({ rows, ...DATA });
  const shards = Math.ceil(rows / ROWS_PER_SHARD);
  /** @type {Record<string, Omit<Figures, 'zips'>[]>} */
  const runs = { segmill: [], hadoop: [], parallel: [] };
  /** @type {Record<string, string[]>} */
  const zips = {};
  for (let round = 1; round <= rounds; round++) {
    for (const [name, run] of Object.entries({ segmill, hadoop, parallel })) {
      const load = loadavg()[0];
      const { zips: made, ...figures } = await run(inputs, shards);
      zips[name] = made;
      runs[name].push({ ...figures, loadBefore: load });
      console.log(
        `${rows} rows, round ${round}, ${name.padEnd(8)} wall ${figures.wallSeconds.toFixed(1)} s, CPU ${figures.cpuSeconds.toFixed(1)} s ` +
          `(load before ${load.toFixed(1)})`,
      );
    }
  }
  const same = {
    hadoop: compareSegments(zips.segmill, zips.hadoop),
    parallel: compareSegments(zips.segmill, zips.parallel),
  };
  const medians = Object.fromEntries(
    Object.entries(runs).map(([name, figures]) => [
      name,
      {
        wallSeconds: median(figures.map((run) => run.wallSeconds)),
        cpuSeconds: median(figures.map((run) => run.cpuSeconds)),
      },
    ]),
  );
  return { rows, shards, rounds, medians, segmentsEqual: same, runs };
}

/** @param {string[]} inputs @param {number} shards @returns {Promise<Figures>} */
async function segmill(inputs, shards) {
  const folder = fresh('segmill');
  const spec = join(folder, 'spec.json');
  writeFileSync(spec, JSON.stringify(ingestionSpec(hashed(shards), inputs, folder)));
  const { wallSeconds, cpuSeconds, stdout } = measure([CLI, 'index', spec, '--workers', String(TASKS), '--json']);
  return {
    wallSeconds,
    cpuSeconds,
    zips: JSON.parse(stdout).segments.map((/** @type {any} */ segment) => segment.path),
  };
}

/** @param {string[]} inputs @param {number} shards @returns {Promise<Figures>} */
async function hadoop(inputs, shards) {
  const folder = fresh('hadoop');
  const spec = join(folder, 'spec.json');
  writeFileSync(spec, JSON.stringify(ingestionSpec(hashed(shards), inputs, folder)));
  const started = performance.now();
  const [{ exit, output }] = inDruid([['hadoop-index', spec, '--local-tasks', String(TASKS)]]);
  const wallSeconds = (performance.now() - started) / 1000;
  if (exit !== 0) throw new Error(`Druid's Hadoop indexer failed: ${output}`);
  const { processCpuSeconds, segments } = JSON.parse(output);
  const made = segments.map((/** @type {any} */ { descriptor }) =>
    descriptor.finalIndexZipFilePath.replace(/^file:/, ''),
  );
  return { wallSeconds, cpuSeconds: processCpuSeconds, zips: made.sort() };
}

/** A cluster of its own for each round, as the Hadoop indexer has a JVM of its own. @param {string[]} inputs @param {number} shards @returns {Promise<Figures>} */
async function parallel(inputs, shards) {
  const cluster = await startCluster({ name: 'bench-cluster', slots: TASKS + 2 });
  try {
    const cpuBefore = cluster.indexerCpuSeconds();
    const started = performance.now();
    const { task } = await cluster.post('/druid/indexer/v1/task', parallelSpec(inputs, shards, TASKS));
    const { statusCode, errorMsg } = await cluster.ended(task);
    const wallSeconds = (performance.now() - started) / 1000;
    if (statusCode !== 'SUCCESS') throw new Error(`index_parallel failed: ${errorMsg}`);
    const cpuSeconds = cluster.indexerCpuSeconds() - cpuBefore;
    const folder = fresh('parallel');
    const zips = readdirSync(cluster.deepStorage, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('index.zip'))
      .sort()
      .map((path, i) => {
        const copy = join(folder, `${i}.zip`);
        copyFileSync(join(cluster.deepStorage, path), copy);
        return copy;
      });
    return { wallSeconds, cpuSeconds, zips };
  } finally {
    await cluster.stop();
  }
}

/** @param {number} numShards @returns {import('./dataset.mjs').Job} */
function hashed(numShards) {
  return { partitionsSpec: { type: 'hashed', numShards } };
}

/** @param {string} name @returns {string} an empty folder */
function fresh(name) {
  const folder = join(OUT, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
