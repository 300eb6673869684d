import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { DruidKey } from '../../partition/determine/druidRanges.ts';
import type { Tuple } from '../../partition/determine/tuple.ts';
import { FragmentBuffer } from '../../partition/jsonFragments.ts';
import { keyColumns, type RowTimes } from './groupKeys.ts';
import type { TaskFile } from './indexPayload.ts';
import type { RowAssembler } from './rowAssembler.ts';

/**
 * Group keys as Druid's group-by job writes them, for `--quirks druid`: lines of JSON, each `[key, chunk, tuples]`: the key's own
 * JSON, the start of its time chunk and its values in each candidate (null where one of its dimensions has several).
 */
type KeyLine = readonly [string, number, readonly (Tuple | null)[]];

/** Where the files of a job are larger, its keys surely outgrow the buffer whose order they stand for (`planDruidRanges`). */
const BYTES_MAX = 256 * 1024 * 1024;
const encoder = new TextEncoder();
const COMMA = 0x2c;

/** Writes the keys of a map task. */
export class DruidKeysWriter {
  readonly #path: string;
  readonly #fragments = new FragmentBuffer();
  #bytes = 0;
  #crc = 0;

  constructor(path: string) {
    this.#path = path;
    writeFileSync(path, '');
  }

  /** @param rows the rows in memory that are sampled */
  add(assembler: RowAssembler, times: RowTimes, rows: Int32Array, candidates: readonly (readonly string[])[]): void {
    const columns = [...keyColumns(assembler)].sort(([a], [b]) => (a < b ? -1 : 1));
    let lines: string[] = [];
    for (const [i, row] of rows.entries()) {
      if (this.#bytes > BYTES_MAX) return;
      const values = new Map(columns.map(([name, { dimension, cells }]) => [name, dimension.keyTexts(cells[row])]));
      const key = this.#json(assembler.hashTime(times.times[times.ids[row]]), values);
      const tuples = candidates.map((names) => tupleOf(names, values));
      const line: KeyLine = [key, times.chunks[times.ids[row]], tuples];
      lines.push(`${JSON.stringify(line)}\n`);
      if (lines.length === 1000 || i === rows.length - 1) {
        const bytes = encoder.encode(lines.join(''));
        appendFileSync(this.#path, bytes);
        this.#bytes += bytes.length;
        this.#crc = crc32(bytes, this.#crc);
        lines = [];
      }
    }
  }

  finish(): TaskFile {
    return { path: this.#path, bytes: this.#bytes, crc32: this.#crc };
  }

  #json(time: number, values: ReadonlyMap<string, readonly string[]>): string {
    const fragments = this.#fragments;
    const text = (value: string) => {
      const bytes = encoder.encode(value);
      fragments.string(bytes, 0, bytes.length);
    };
    fragments.clear();
    fragments.ascii(`[${BigInt(time)},{`);
    let first = true;
    for (const [name, texts] of values) {
      if (texts.length === 0) continue;
      if (!first) fragments.byte(COMMA);
      first = false;
      text(name);
      fragments.ascii(':[');
      for (let i = 0; i < texts.length; i++) {
        if (i > 0) fragments.byte(COMMA);
        text(texts[i]);
      }
      fragments.ascii(']');
    }
    fragments.ascii('}]');
    fragments.end();
    return new TextDecoder().decode(fragments.bytes.subarray(0, fragments.ends[0]));
  }
}

function tupleOf(names: readonly string[], values: ReadonlyMap<string, readonly string[]>): Tuple | null {
  const lists = names.map((name) => values.get(name) ?? []);
  return lists.some(({ length }) => length > 1) ? null : lists.map(([value]) => value ?? null);
}

/**
 * The keys of a job in the order of Druid's group-by job: that of their bytes, each once; with `assumeGrouped` as they stand in
 * the input.
 *
 * @param files in split order
 * @returns null where there are too many for Hadoop's order to matter
 */
export function readDruidKeys(files: readonly TaskFile[], assumeGrouped: boolean): DruidKey[] | null {
  if (files.reduce((sum, { bytes }) => sum + bytes, 0) > BYTES_MAX) return null;
  const lines = files.flatMap(({ path }) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as KeyLine),
  );
  if (assumeGrouped) return lines.map(([, chunk, tuples]) => ({ chunk, tuples }));
  // Characters beyond U+FFFF are escaped, so UTF-16 order is that of the bytes.
  const order = lines.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return order.filter(([key], i) => i === 0 || order[i - 1][0] !== key).map(([, chunk, tuples]) => ({ chunk, tuples }));
}
