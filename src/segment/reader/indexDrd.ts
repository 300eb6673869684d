import type { BitmapType } from './bitmap.ts';
import type { ByteReader } from './byteReader.ts';
import { bitmapTypeOf, parseJson } from './descriptor.ts';
import { GenericIndexed } from './genericIndexed.ts';
import type { Smoosh } from './smoosh.ts';

/** The list of columns of a segment: its entry `index.drd`. */
export interface IndexDrd {
  readonly bytes: number;
  /** Columns with a value in at least one row, metrics first; without `__time`. */
  readonly columns: readonly (string | null)[];
  /** Those of `columns` that are dimensions. */
  readonly dimensions: readonly (string | null)[];
  readonly startMillis: bigint;
  readonly endMillis: bigint;
  /** JSON of the bitmap serialisation; null in segments that predate it. */
  readonly bitmapSerdeText: string | null;
  readonly bitmapType: BitmapType;
  /** All stored columns, null standing for the next of `columns`; null in segments that predate it. */
  readonly allColumns: readonly (string | null)[] | null;
  /** All stored dimensions, null standing for the next of `dimensions`; null in segments that predate it. */
  readonly allDimensions: readonly (string | null)[] | null;
}

/** Reads `index.drd`. @see org.apache.druid.segment.IndexIO.V9IndexLoader */
export function readIndexDrd(reader: ByteReader, smoosh: Smoosh): IndexDrd {
  const columns = readNames(reader, smoosh, 'the list of columns');
  const dimensions = readNames(reader, smoosh, 'the list of dimensions');
  const startMillis = reader.i64('the start of the interval');
  const endMillis = reader.i64('the end of the interval');
  let bitmapSerdeText: string | null = null;
  let bitmapType: BitmapType = 'concise';
  if (reader.remaining > 0) {
    const at = reader.position + 4;
    bitmapSerdeText = reader.text(reader.size('the length of the bitmap type'), 'the bitmap type');
    bitmapType = bitmapTypeOf(reader, parseJson(reader, bitmapSerdeText, at, 'the bitmap type'), at);
  }
  const hasAll = reader.remaining > 0;
  return {
    bytes: reader.end - reader.start,
    columns,
    dimensions,
    startMillis,
    endMillis,
    bitmapSerdeText,
    bitmapType,
    allColumns: hasAll ? readNames(reader, smoosh, 'the list of all columns') : null,
    allDimensions: hasAll ? readNames(reader, smoosh, 'the list of all dimensions') : null,
  };
}

/** The full list: `all` with each null replaced by the next of `named`. */
export function mergeNames(all: readonly (string | null)[] | null, named: readonly (string | null)[]): string[] {
  const names = named.filter((name) => name !== null);
  if (all === null) return names;
  let next = 0;
  return all.map((name) => name ?? names[next++]).filter((name) => name !== undefined);
}

function readNames(reader: ByteReader, smoosh: Smoosh, what: string): (string | null)[] {
  const list = GenericIndexed.read(reader, smoosh, what);
  return Array.from({ length: list.count }, (_, i) => list.text(i));
}
