/**
 * Segmill's jobs against each other and against DuckDB, on the same rows, taking turns on the same machine; with --peer druid against
 * Druid (see druid.mjs).
 *
 *     npm run bench [-- rows]        1,000,000 rows when not given
 *     npm run bench -- --peer druid [rows ...] [--rounds N]
 *
 * Prints the medians and what they are to each other, and writes .cache/bench/result.json. Close other programs first: all sides
 * want every core.
 */
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { benchJobs, ingestionSpec } from './dataset.mjs';
import { CACHE, generate } from './generate.mjs';
import { machine, measure, median } from './measure.mjs';

const ROUNDS = 3;
const PARTS = 4;
const SEED = 42;
const THREADS = 2;
const CLI = resolve(import.meta.dirname, '../../dist/cli/main.js');
/**
 * Holds what each run has written until all are done: for a minute after files were removed ext4 steps over each of their inodes before it
 * gives out one, so that a run would pay for those removed before it.
 */
const OUT = join(CACHE, 'out');

if (process.argv[2] === '--peer') {
  if (process.argv[3] !== 'druid')
    fail(`"${process.argv[3]}" is no peer. There is druid; without --peer it is DuckDB.`);
  const { compareWithDruid } = await import('./druid.mjs');
  await compareWithDruid(process.argv.slice(4));
  process.exit(0);
}
/** What is compared with what, and how many times its wall and CPU seconds it may take. */
const BOUNDS = [
  ['numShards', 'duckdb', 1.5],
  ['target', 'duckdb', 1.5],
  ['target', 'numShards', 1.25],
  ['singleDim', 'numShards', 1.25],
  ['manyChunks', 'oneChunk', 1.5],
];

const rows = Number(process.argv[2] ?? 1_000_000);
if (!Number.isSafeInteger(rows) || rows < 1) {
  fail(`"${process.argv[2]}" is not a number of rows. Give a positive whole number, as in: npm run bench -- 1000000`);
}
if (!existsSync(CLI)) {
  fail(`${CLI} does not exist. Run "npm run build" first.`);
}

const inputs = generate({ rows, parts: PARTS, seed: SEED });
const inputBytes = inputs.reduce((sum, path) => sum + statSync(path).size, 0);
mkdirSync(CACHE, { recursive: true });
const { cpu, cores, node } = machine();
console.log(
  `${rows} rows, ${(inputBytes / 1e6).toFixed(1)} MB in ${PARTS} files, seed ${SEED}; ${cpu}, ${cores} cores, Node ${node}`,
);

const contestants = Object.fromEntries(
  Object.entries(benchJobs(rows)).map(([name, job]) => [
    name,
    (folder) => {
      const spec = join(CACHE, `spec-${name}.json`);
      writeFileSync(spec, JSON.stringify(ingestionSpec(job, inputs, folder), null, 2));
      return runSegmill(spec);
    },
  ]),
);
contestants.duckdb = (folder) => {
  const output = join(folder, 'duckdb.parquet');
  const run = measure([join(import.meta.dirname, 'duckdb.mjs'), output, String(THREADS), ...inputs]);
  return { ...run, bytes: JSON.parse(run.stdout).bytes, segments: 1 };
};

/** @typedef {{ wallSeconds: number, cpuSeconds: number, peakMiB: number, bytes: number, segments: number, load: number }} Figures */
/** @type {Record<string, Figures[]>} */
const runs = {};
rmSync(OUT, { recursive: true, force: true });
for (let round = 1; round <= ROUNDS; round++) {
  for (const [name, run] of Object.entries(contestants)) {
    const folder = join(OUT, `${name}-${round}`);
    mkdirSync(folder, { recursive: true });
    const load = loadavg()[0];
    const { stdout: _, ...figures } = run(folder);
    runs[name] = [...(runs[name] ?? []), { ...figures, load }];
    console.log(
      `round ${round} ${name.padEnd(10)} wall ${figures.wallSeconds.toFixed(2)} s, CPU ${figures.cpuSeconds.toFixed(2)} s, ` +
        `peak ${figures.peakMiB.toFixed(0)} MiB, load before ${load.toFixed(1)}`,
    );
  }
}
rmSync(OUT, { recursive: true });

const FIGURES = ['wallSeconds', 'cpuSeconds', 'peakMiB', 'bytes', 'segments', 'load'];
/** @type {Record<string, Figures>} */
const medians = Object.fromEntries(
  Object.entries(runs).map(([name, all]) => [
    name,
    Object.fromEntries(FIGURES.map((figure) => [figure, median(all.map((run) => run[figure]))])),
  ]),
);
const ratios = BOUNDS.map(([name, to, bound]) => ({
  name,
  to,
  bound,
  wall: medians[name].wallSeconds / medians[to].wallSeconds,
  cpu: medians[name].cpuSeconds / medians[to].cpuSeconds,
}));

console.log(
  `\n${'medians'.padEnd(12)}${'wall s'.padStart(9)}${'CPU s'.padStart(9)}${'peak MiB'.padStart(10)}${'MB out'.padStart(9)}`,
);
for (const [name, { wallSeconds, cpuSeconds, peakMiB, bytes }] of Object.entries(medians)) {
  const columns = [wallSeconds.toFixed(2).padStart(9), cpuSeconds.toFixed(2).padStart(9)];
  console.log(
    `${name.padEnd(12)}${columns.join('')}${peakMiB.toFixed(0).padStart(10)}${(bytes / 1e6).toFixed(1).padStart(9)}`,
  );
}
for (const { name, to, bound, wall, cpu: cpuRatio } of ratios) {
  const kept = Math.max(wall, cpuRatio) <= bound ? 'kept' : 'missed';
  console.log(
    `${`${name} to ${to}`.padEnd(24)} wall ${wall.toFixed(2)}, CPU ${cpuRatio.toFixed(2)}; bound ${bound}: ${kept}`,
  );
}
writeFileSync(
  join(CACHE, 'result.json'),
  `${JSON.stringify({ rows, inputBytes, seed: SEED, threads: THREADS, ...machine(), runs, medians, ratios }, null, 2)}\n`,
);

/** @param {string} spec path of an ingestion spec */
function runSegmill(spec) {
  const run = measure([CLI, 'index', spec, '--json', '--workers', String(THREADS)]);
  const { segments } = JSON.parse(run.stdout);
  const bytes = segments.reduce((sum, { zipBytes }) => sum + zipBytes, 0);
  return { ...run, bytes, segments: segments.length };
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(2);
}
