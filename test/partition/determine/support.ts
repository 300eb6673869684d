import type { SpillFile } from '../../../src/partition/determine/blockSink.ts';
import { CellKind, type RangeDimension } from '../../../src/partition/determine/rangeDimension.ts';
import type { RangeBounds } from '../../../src/partition/determine/rangeRouter.ts';
import { compareTuples, type Tuple } from '../../../src/partition/determine/tuple.ts';
import type { BlockRef } from '../../../src/rollup/run/run.ts';

/** A file in memory, which is written first and read afterwards. */
export class MemoryFile implements SpillFile {
  disposed = false;
  #bytes = Buffer.alloc(0);
  #isRead = false;

  get length(): number {
    return this.#bytes.length;
  }

  append(bytes: Uint8Array): void {
    if (this.#isRead) throw new Error('A file is written to that was read from.');
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  read({ offset, length }: BlockRef): Uint8Array {
    this.#isRead = true;
    return new Uint8Array(this.#bytes.subarray(offset, offset + length));
  }

  dispose(): void {
    this.disposed = true;
  }
}

/** A dimension of plain texts: the cell of a row is its number. */
export function textDimension(name: string, rows: readonly (readonly string[])[]): RangeDimension {
  const texts = rows.map((values) => values.map((value) => Buffer.from(value)));
  return {
    name,
    cells: Int32Array.from(rows, (_, i) => i),
    find: (cell, found) => {
      const values = texts[cell];
      if (values.length === 0) return CellKind.null;
      if (values.length > 1) return CellKind.several;
      found.bytes = values[0];
      found.start = 0;
      found.end = values[0].length;
      return CellKind.text;
    },
  };
}

/** The values of a row, or null where a dimension has several. */
export function tupleOf(values: ReadonlyMap<string, readonly string[]>, dimensions: readonly string[]): Tuple | null {
  const lists = dimensions.map((dimension) => values.get(dimension) ?? []);
  return lists.some(({ length }) => length > 1) ? null : lists.map(([value]) => value ?? null);
}

/** Order of the bytes of keys' JSON, which Druid's group-by job leaves them in. */
export function byJson(a: { readonly json: string }, b: { readonly json: string }): number {
  return Buffer.compare(Buffer.from(a.json), Buffer.from(b.json));
}

/** The first range that holds a tuple, or -1. */
export function rangeOf(ranges: readonly RangeBounds[], tuple: Tuple): number {
  return ranges.findIndex(
    ({ start, end }) =>
      (start === null || compareTuples(start, tuple) <= 0) && (end === null || compareTuples(tuple, end) < 0),
  );
}
