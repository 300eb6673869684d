import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { murmur3x64_128 } from '../../../src/kernel/murmur3.ts';
import { javaDoubleTextJdk17 } from '../../../src/row/numbers/javaText.ts';
import { type GoldenCase, goldenCase } from '../../golden/goldens.ts';

/** A row of a golden's input as its group key, by plain means: `JSON.parse`, `Date.parse`, strings. */
export interface PlainKey {
  /** Start of the time chunk. */
  readonly chunk: number;
  /** Druid's JSON of the group key: texts of the input, distinct and sorted. */
  readonly json: string;
  /** Texts of the row by dimension; dimensions without any are left out. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Milliseconds of Druid's granularities; NONE keeps every millisecond. */
export const UNITS: Record<string, number> = { NONE: 1, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 };

/** What `readGolden` finds in a spec that it needs. */
export interface PlainSpec {
  readonly partitions: Fields;
  readonly dimensions: readonly string[];
}

export function plainSpec(golden: GoldenCase): PlainSpec {
  const spec = specOf(golden);
  return { partitions: spec.tuningConfig.partitionsSpec, dimensions: dimensionsOf(spec) };
}

const known = new Map<string, PlainKey[][]>();

/** Keys of all rows within the spec's time chunks, per input file. */
export function plainKeys(golden: GoldenCase): PlainKey[][] {
  const keys = known.get(golden.name) ?? readKeys(golden);
  known.set(golden.name, keys);
  return keys;
}

function readKeys(golden: GoldenCase): PlainKey[][] {
  const spec = specOf(golden);
  const { segmentGranularity, queryGranularity, intervals } = spec.dataSchema.granularitySpec;
  const segment = UNITS[segmentGranularity];
  const query = UNITS[queryGranularity];
  const wanted = (intervals as string[] | undefined)?.map((interval) =>
    interval.split('/').map((end) => Date.parse(end)),
  );
  const dimensions = [...dimensionsOf(spec)].sort();
  const { column } = spec.dataSchema.parser.parseSpec.timestampSpec;
  return spec.ioConfig.inputSpec.paths.split(',').map((path: string) =>
    rowsOf(path, spec.dataSchema.parser.parseSpec.columns).flatMap((row): PlainKey[] => {
      const time = Date.parse(String(row[column]));
      const chunk = Math.floor(time / segment) * segment;
      const inside = wanted?.some(([from, to]) => chunk < to && chunk + segment > from) ?? true;
      return inside ? [keyOf(row, chunk, Math.floor(time / query) * query, dimensions)] : [];
    }),
  );
}

/** murmur3_128 of each key's JSON, 16 bytes each. */
export function hashesOf(keys: readonly PlainKey[]): Uint8Array {
  const hashes = new Uint8Array(keys.length * 16);
  keys.forEach(({ json }, i) => {
    const bytes = Buffer.from(json);
    murmur3x64_128(bytes, 0, bytes.length, 0, hashes, i * 16);
  });
  return hashes;
}

/** @param time truncated by the query granularity @param dimensions sorted */
export function keyOf(row: Fields, chunk: number, time: number, dimensions: readonly string[]): PlainKey {
  const values = new Map<string, string[]>();
  for (const name of dimensions) {
    const texts = textsOf(row[name]);
    if (texts.length > 0) values.set(name, [...new Set(texts)].sort());
  }
  const fields = [...values].map(([name, texts]) => `${jacksonText(name)}:[${texts.map(jacksonText).join(',')}]`);
  return { chunk, json: `[${time},{${fields.join(',')}}]`, values };
}

function textsOf(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.map((element) => (element === null ? 'null' : textOf(element)));
  return [textOf(value)];
}

function textOf(value: unknown): string {
  return String(value);
}

/** Jackson writes characters beyond U+FFFF as escapes, all others as JSON.stringify does. */
function jacksonText(text: string): string {
  return JSON.stringify(text).replace(
    /[\ud800-\udfff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function rowsOf(path: string, columns: readonly string[] | undefined): Fields[] {
  const bytes = readFileSync(path);
  const lines = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd().split('\n');
  if (columns === undefined) return lines.map((line) => JSON.parse(withNumbersAsTexts(line)));
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, i) => [columns[i], cell === '' ? null : cell])),
  );
}

/** Numbers become strings, as Java writes them. */
function withNumbersAsTexts(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, (token) => {
    if (token.startsWith('"')) return token;
    return `"${/^-?\d+$/.test(token) ? token : javaDoubleTextJdk17(Number(token))}"`;
  });
}

// biome-ignore lint/suspicious/noExplicitAny: a spec of Druid, read here and there
function specOf(golden: GoldenCase): any {
  return JSON.parse(golden.specText('OUT')).spec;
}

function dimensionsOf(spec: ReturnType<typeof specOf>): string[] {
  return spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions.map((dimension: string | { name: string }) =>
    typeof dimension === 'string' ? dimension : dimension.name,
  );
}

/** Druid's planned shards of a golden: by chunk, in order. */
export function druidShardSpecs(key: string): Map<number, readonly Record<string, unknown>[]> {
  const shardSpecs = goldenCase(key).report?.determinePartitions.shardSpecs ?? {};
  return new Map(
    Object.entries(shardSpecs).map(([chunk, specs]) => [Number(chunk), specs.map(({ actualSpec }) => actualSpec)]),
  );
}
