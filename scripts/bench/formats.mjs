/**
 * CSV to typed columns in memory, on one thread: segmill's scanner and parsers against DuckDB's read_csv into a table. Both are told
 * the columns and their types; both read the file, and both keep what they read: DuckDB copies its strings, segmill keeps the bytes
 * of the file and where in them each string stands. A third contestant is segmill with dictionaries, which is how its jobs go on.
 *
 *     npm run bench formats [-- rows]        1,000,000 rows (163 MB; the rows of "npm run bench") when not given
 *
 * Prints CPU seconds (user and system, of all threads) of each round, without the start of Node.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { CACHE, generate } from './generate.mjs';
import { median } from './measure.mjs';

const SRC = resolve(import.meta.dirname, '../../src');
const MODULES = join(CACHE, 'modules');
/** What the scan is made of. */
const PARTS = [
  'input/createScanner',
  'input/recordBatch',
  'kernel/kernel',
  'rollup/dictionary/kernelDictionary',
  'row/timeColumn',
  'row/numberColumn',
];
const ROUNDS = 3;
const SEED = 42;
/** The 20 columns: name and DuckDB's type. */
const COLUMNS = [
  ['time', 'TIMESTAMP'],
  ['channel', 'VARCHAR'],
  ['cityName', 'VARCHAR'],
  ['comment', 'VARCHAR'],
  ['countryIsoCode', 'VARCHAR'],
  ['countryName', 'VARCHAR'],
  ['isAnonymous', 'VARCHAR'],
  ['isRobot', 'VARCHAR'],
  ['namespace', 'VARCHAR'],
  ['page', 'VARCHAR'],
  ['regionIsoCode', 'VARCHAR'],
  ['regionName', 'VARCHAR'],
  ['user', 'VARCHAR'],
  ['flags', 'VARCHAR'],
  ['commentLength', 'BIGINT'],
  ['deltaBucket', 'BIGINT'],
  ['delta', 'BIGINT'],
  ['added', 'BIGINT'],
  ['deleted', 'BIGINT'],
  ['cost', 'DOUBLE'],
];
/** Columns that are written in quotes whatever they hold, as many programs do it. */
const QUOTED = new Set(['comment', 'page']);

/** @param {string[]} inputs JSON lines of generate.mjs @param {string} output the CSV file */
function writeCsv(inputs, output) {
  const file = openSync(`${output}.unfinished`, 'w');
  for (const input of inputs) {
    const lines = readFileSync(input, 'utf8').trimEnd().split('\n');
    for (let from = 0; from < lines.length; from += 10_000) {
      const rows = lines.slice(from, from + 10_000).map((line) => {
        const row = JSON.parse(line);
        return COLUMNS.map(([name]) => cell(name, row[name])).join(',');
      });
      writeSync(file, `${rows.join('\n')}\n`);
    }
  }
  closeSync(file);
  renameSync(`${output}.unfinished`, output);
}

/** @param {string} name @param {unknown} value @returns {string} */
function cell(name, value) {
  const text = value === null ? '' : Array.isArray(value) ? value.join('|') : String(value);
  return QUOTED.has(name) || /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Makes modules of the sources that this Node can load. */
async function buildModules() {
  const input = Object.fromEntries(PARTS.map((part) => [part, join(SRC, `${part}.ts`)]));
  const bundle = await rolldown({ input, platform: 'node', external: /^[^./]/ });
  await bundle.write({ dir: MODULES, format: 'esm', entryFileNames: '[name].js', cleanDir: true });
}

/**
 * Scans the file: times and numbers to typed arrays, strings to the places where they stand.
 *
 * @param {string} path @param {boolean} withDictionaries strings become ids of a dictionary instead
 */
async function segmill(path, withDictionaries = false) {
  const load = (module) => import(pathToFileURL(join(MODULES, `${module}.js`)).href);
  const { createRecordReader } = await load('input/createScanner');
  const { BATCH_ROWS, RecordBatch } = await load('input/recordBatch');
  const { createKernel } = await load('kernel/kernel');
  const { KernelDictionary } = await load('rollup/dictionary/kernelDictionary');
  const { TimeColumn } = await load('row/timeColumn');
  const { NumberColumn, Outcome } = await load('row/numberColumn');
  const before = process.cpuUsage();
  const names = COLUMNS.map(([name]) => name);
  const kernel = createKernel();
  kernel.reserve(256 * 1024 * 1024);
  const batch = new RecordBatch(kernel, names);
  const parse = {
    format: 'delimited',
    columns: names,
    delimiter: ',',
    listDelimiter: '\u0001',
    quotes: true,
    hasHeaderRow: false,
    skipHeaderRows: 0,
  };
  const { scanner, blocks } = createRecordReader(parse, batch, {
    discover: false,
    onMalformed: (_start, _end, problem) => fail(problem),
  });
  const time = new TimeColumn({ column: 'time', format: 'iso', missingValue: null, missingValueText: null }, 0);
  const dictionaries = COLUMNS.map(([, type]) =>
    withDictionaries && type === 'VARCHAR' ? new KernelDictionary(kernel) : null,
  );
  const length = statSync(path).size;
  // A column is a list of chunks, as the number of rows is not known before.
  const columns = COLUMNS.map(() => []);
  const cells = kernel.allocate(BATCH_ROWS * 4);
  const times = new Float64Array(BATCH_ROWS);
  const numbers = new NumberColumn();
  const longs = new BigInt64Array(numbers.pairs.buffer);
  const all = Int32Array.from({ length: BATCH_ROWS }, (_, i) => i);
  const kept = [];
  let rows = 0;
  const input = { index: 0, path, start: 0, end: length, length, codec: 'none' };
  for await (const block of blocks({ index: 0, inputs: [input], bytes: length })) {
    scanner.begin(block);
    if (!withDictionaries) kept.push(Uint8Array.from(batch.bytes));
    while (scanner.next(BATCH_ROWS) > 0) {
      const count = batch.rows;
      time.assemble(batch, times);
      columns[0].push(times.slice(0, count));
      for (let slot = 1; slot < COLUMNS.length; slot++) {
        const base = slot * BATCH_ROWS;
        const dictionary = dictionaries[slot];
        if (dictionary !== null) {
          const left = dictionary.internColumn({
            bytes: batch.bytesAddress,
            kinds: batch.kindsAddress + base,
            starts: batch.startsAddress + base * 4,
            ends: batch.endsAddress + base * 4,
            records: 0,
            count,
            cells,
            elementKinds: 0,
            elementStarts: 0,
            elementEnds: 0,
            elementIds: 0,
          });
          if (left > 0) fail('a value needs more than the kernel');
          columns[slot].push(kernel.ints.slice(cells / 4, cells / 4 + count));
          continue;
        }
        if (COLUMNS[slot][1] === 'VARCHAR') {
          const end = base + count;
          columns[slot].push([
            batch.kinds.slice(base, end),
            batch.starts.slice(base, end),
            batch.ends.slice(base, end),
          ]);
          continue;
        }
        const isLong = COLUMNS[slot][1] === 'BIGINT';
        numbers.read(batch, slot, all, count, isLong ? 'long' : 'double');
        if (numbers.outcomes.subarray(0, count).includes(Outcome.leftToCaller))
          fail('a number needs more than the kernel');
        columns[slot].push([
          isLong ? longs.slice(0, count) : numbers.doubles.slice(0, count),
          numbers.outcomes.slice(0, count),
        ]);
      }
      rows += count;
    }
  }
  const cpu = process.cpuUsage(before);
  const delta = columns[COLUMNS.findIndex(([name]) => name === 'delta')];
  const sum = delta.reduce((total, [chunk]) => chunk.reduce((part, value) => part + Number(value), total), 0);
  return { rows, sum, cpu };
}

/** Reads the file into a table of DuckDB, in memory. */
async function duckdb(path) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const before = process.cpuUsage();
  const columns = COLUMNS.map(([name, type]) => `'${name}': '${type}'`).join(', ');
  await connection.run(
    `CREATE TABLE rows AS SELECT * FROM read_csv('${path.replaceAll("'", "''")}', auto_detect = false, header = false, delim = ',',
      quote = '"', escape = '"', columns = {${columns}})`,
  );
  const cpu = process.cpuUsage(before);
  const result = await connection.runAndReadAll('SELECT count(*), sum(delta) FROM rows');
  const [rows, sum] = result.getRows()[0].map(Number);
  return { rows, sum, cpu };
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(2);
}

const CONTESTANTS = { segmill, duckdb, dictionaries: (path) => segmill(path, true) };

/** Compares the two, each round in a process of its own. @param {number} count rows */
async function compare(count) {
  if (!Number.isSafeInteger(count) || count < 1) {
    fail('The number of rows must be a positive whole number, as in: npm run bench formats -- 1000000');
  }
  await buildModules();
  const csv = join(CACHE, `rows-v1-${count}-seed-${SEED}.csv`);
  if (!existsSync(csv)) writeCsv(generate({ rows: count, parts: 4, seed: SEED }), csv);
  const megabytes = statSync(csv).size / 1e6;
  console.log(`${count} rows, ${COLUMNS.length} columns, ${megabytes.toFixed(1)} MB of CSV`);
  const seconds = Object.fromEntries(Object.keys(CONTESTANTS).map((name) => [name, []]));
  const results = new Set();
  for (let round = 1; round <= ROUNDS; round++) {
    for (const name of Object.keys(CONTESTANTS)) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name, csv], {
        encoding: 'utf8',
      });
      if (status !== 0) fail(`${name} ended with exit code ${status}:\n${stderr}${stdout}`);
      const { rows, sum, cpu } = JSON.parse(stdout);
      results.add(`${rows} rows, ${sum}`);
      seconds[name].push((cpu.user + cpu.system) / 1e6);
      console.log(`round ${round} ${name.padEnd(12)} ${seconds[name].at(-1).toFixed(2)} CPU seconds`);
    }
  }
  if (results.size !== 1) fail(`The two do not agree: ${[...results].join(' and ')}`);
  const theirs = median(seconds.duckdb);
  for (const [name, all] of Object.entries(seconds)) {
    const middle = median(all);
    console.log(
      `median ${name.padEnd(12)} ${middle.toFixed(2)} s, ${(megabytes / middle).toFixed(0)} MB/s, ${(middle / theirs).toFixed(2)} of duckdb's`,
    );
  }
}

const [first, path] = process.argv.slice(2);
if (path === undefined) await compare(Number(first ?? 1_000_000));
else console.log(JSON.stringify(await CONTESTANTS[first](path)));
