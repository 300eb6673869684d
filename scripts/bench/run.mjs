/**
 * Segmill against DuckDB on the same rows, taking turns on the same machine.
 *
 *     npm run bench [-- rows]        1,000,000 rows when not given
 *
 * Prints a table and writes .cache/bench/result.json. Close other programs first: both sides want every core.
 */
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { ingestionSpec } from './dataset.mjs';
import { CACHE, generate } from './generate.mjs';
import { measure, median } from './measure.mjs';

const ROUNDS = 3;
const PARTS = 4;
const SEED = 42;
const THREADS = 2;
const CLI = resolve(import.meta.dirname, '../../dist/cli/main.js');
const OUT = join(CACHE, 'out');

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
const spec = join(CACHE, 'spec.json');
writeFileSync(spec, JSON.stringify(ingestionSpec(inputs, OUT), null, 2));
console.log(
  `${rows} rows, ${(inputBytes / 1e6).toFixed(1)} MB in ${PARTS} files, seed ${SEED}; ${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}`,
);

const contestants = {
  segmill: () => {
    rmSync(OUT, { recursive: true, force: true });
    const run = measure([CLI, 'index', spec, '--json']);
    const { segments } = JSON.parse(run.stdout);
    const bytes = segments.reduce((sum, segment) => sum + statSync(zipOf(segment.path)).size, 0);
    return { ...run, bytes };
  },
  duckdb: () => {
    const output = join(CACHE, 'duckdb.parquet');
    rmSync(output, { force: true });
    const run = measure([join(import.meta.dirname, 'duckdb.mjs'), output, String(THREADS), ...inputs]);
    return { ...run, bytes: JSON.parse(run.stdout).bytes };
  },
};

/** @type {Record<string, Array<{ wallSeconds: number, cpuSeconds: number, peakMiB: number, bytes: number }>>} */
const runs = { segmill: [], duckdb: [] };
for (let round = 1; round <= ROUNDS; round++) {
  for (const [name, run] of Object.entries(contestants)) {
    const { stdout: _, ...figures } = run();
    runs[name].push(figures);
    console.log(
      `round ${round} ${name.padEnd(8)} wall ${figures.wallSeconds.toFixed(2)} s, CPU ${figures.cpuSeconds.toFixed(2)} s, peak ${figures.peakMiB.toFixed(0)} MiB`,
    );
  }
}

const medianOf = (name, figure) => median(runs[name].map((run) => run[figure]));
const table = [
  ['wall seconds', 'wallSeconds', 1],
  ['CPU seconds', 'cpuSeconds', 1],
  ['peak memory MiB', 'peakMiB', 1],
  ['output MB', 'bytes', 1e6],
].map(([label, figure, unit]) => {
  const segmill = medianOf('segmill', figure) / unit;
  const duckdb = medianOf('duckdb', figure) / unit;
  return { label, segmill, duckdb, ratio: segmill / duckdb };
});
console.log(`\n${'median of 3'.padEnd(18)}${'segmill'.padStart(10)}${'duckdb'.padStart(10)}${'ratio'.padStart(10)}`);
for (const { label, segmill, duckdb, ratio } of table) {
  console.log(
    `${label.padEnd(18)}${segmill.toFixed(2).padStart(10)}${duckdb.toFixed(2).padStart(10)}${`${ratio.toFixed(2)}x`.padStart(10)}`,
  );
}
console.log(`segmill: ${Math.round(rows / medianOf('segmill', 'wallSeconds'))} rows a second`);

writeFileSync(
  join(CACHE, 'result.json'),
  `${JSON.stringify({ rows, inputBytes, cores: cpus().length, node: process.version, runs, median: table }, null, 2)}\n`,
);

/** @param {string} path a segment's index.zip or the folder that holds it @returns {string} the zip */
function zipOf(path) {
  return path.endsWith('.zip') ? path : join(path, 'index.zip');
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(2);
}
