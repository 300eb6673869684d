/**
 * The peer: DuckDB reads the same files, rolls them up by the same key, sorts and writes Parquet.
 *
 *     node scripts/bench/duckdb.mjs OUTPUT.parquet THREADS INPUT.json...
 *
 * Prints one JSON line: `{"rows": <rows written>, "bytes": <size of the file>}`.
 */
import { statSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { DIMENSIONS, SUMS, TIME_FIELD } from './dataset.mjs';

const [output, threads, ...inputs] = process.argv.slice(2);
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const columns = [
  [TIME_FIELD, 'TIMESTAMP'],
  ...DIMENSIONS.map(([name, , type]) => [name, type]),
  ...SUMS.map(([name, , type]) => [name, type]),
]
  .map(([name, type]) => `"${name}": ${quoted(type)}`)
  .join(', ');
const selected = [
  `date_trunc('minute', "${TIME_FIELD}") AS "__time"`,
  ...DIMENSIONS.map(([name]) => `"${name}"`),
  'count(*) AS "count"',
  ...SUMS.map(([name]) => `sum("${name}") AS "${name}"`),
].join(', ');

const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
const result = await connection.runAndReadAll(
  `COPY (SELECT ${selected} FROM read_json([${inputs.map(quoted).join(', ')}], format = 'newline_delimited', columns = {${columns}})
    GROUP BY ALL ORDER BY ALL) TO ${quoted(output)} (FORMAT parquet, COMPRESSION zstd)`,
);
console.log(JSON.stringify({ rows: Number(result.getRows()[0][0]), bytes: statSync(output).size }));
connection.closeSync();
instance.closeSync();
