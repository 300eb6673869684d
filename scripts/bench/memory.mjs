/**
 * Peak memory of the whole process, worker threads included, on large jobs with default settings.
 *
 *     npm run bench:memory [-- rows]        3,000,000 rows when not given
 *
 * Writes .cache/bench/memory.json, and ends with exit code 1 where a job takes more than 1.5 GiB.
 */
import { closeSync, existsSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ingestionSpec } from './dataset.mjs';
import { CACHE, generate } from './generate.mjs';
import { machine, measure } from './measure.mjs';

const BOUND_MIB = 1536;
const CLI = resolve(import.meta.dirname, '../../dist/cli/main.js');
const OUT = join(CACHE, 'out');

const rows = Number(process.argv[2] ?? 3_000_000);
if (!Number.isSafeInteger(rows) || rows < 3) {
  fail(
    `"${process.argv[2]}" is not a number of rows. Give a whole number from 3 on, as in: npm run bench:memory -- 3000000`,
  );
}
if (!existsSync(CLI)) fail(`${CLI} does not exist. Run "npm run build" first.`);

const targetRowsPerSegment = Math.ceil(rows / 4);
const wide = (partitionsSpec) => ingestionSpec({ partitionsSpec }, generate({ rows, parts: 6, seed: 43 }), OUT);
const jobs = {
  wide: () => wide({ type: 'hashed' }),
  wideTarget: () => wide({ type: 'hashed', targetRowsPerSegment }),
  wideSingleDim: () => wide({ type: 'single_dim', partitionDimension: 'page', targetRowsPerSegment }),
  distinctNamed: () => distinct({ type: 'single_dim', partitionDimension: 'id', targetRowsPerSegment }),
  distinctChosen: () => distinct({ type: 'single_dim', targetRowsPerSegment }),
};

const results = {};
for (const [name, job] of Object.entries(jobs)) {
  const spec = join(CACHE, `spec-memory-${name}.json`);
  writeFileSync(spec, JSON.stringify(job()));
  rmSync(OUT, { recursive: true, force: true });
  const { stdout, ...figures } = measure([CLI, 'index', spec, '--json']);
  rmSync(OUT, { recursive: true, force: true });
  const { segments, rowsStored } = JSON.parse(stdout);
  results[name] = { ...figures, rowsStored, segments: segments.length };
  console.log(
    `${name.padEnd(15)} peak ${figures.peakMiB.toFixed(0)} MiB, CPU ${figures.cpuSeconds.toFixed(1)} s, ` +
      `${rowsStored} rows in ${segments.length} segments`,
  );
}
writeFileSync(
  join(CACHE, 'memory.json'),
  `${JSON.stringify({ rows, boundMiB: BOUND_MIB, ...machine(), results }, null, 2)}\n`,
);
const over = Object.keys(results).filter((name) => results[name].peakMiB > BOUND_MIB);
if (over.length > 0) {
  console.error(`More than ${BOUND_MIB} MiB: ${over.join(', ')}`);
  process.exitCode = 1;
}

/**
 * A job whose rows are all distinct, with a dimension of a third as many values and a small one.
 * @param {object} partitionsSpec
 */
function distinct(partitionsSpec) {
  const spec = ingestionSpec({ partitionsSpec }, [distinctRows()], OUT);
  const { parseSpec } = spec.spec.dataSchema.parser;
  parseSpec.dimensionsSpec.dimensions = ['id', 'group', { type: 'long', name: 'n' }];
  spec.spec.dataSchema.metricsSpec = [{ type: 'count', name: 'count' }];
  return spec;
}

/** @returns {string} the file */
function distinctRows() {
  const path = join(CACHE, `distinct-v1-${rows}.json`);
  if (existsSync(path)) return path;
  const file = openSync(`${path}.unfinished`, 'w');
  const ids = Math.ceil(rows / 3);
  let text = '';
  for (let n = 0; n < rows; n++) {
    // A step without a factor in common with the number of ids visits all of them, in no order.
    const id = String((n * 7919) % ids).padStart(8, '0');
    text += `{"time":"2015-09-12T00:00:00Z","id":"id-${id}-of-a-million","group":"g${n % 1000}","n":${n}}\n`;
    if (text.length > 1 << 20) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
  renameSync(`${path}.unfinished`, path);
  return path;
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(2);
}
