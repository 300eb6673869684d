import { BlockReader } from '../../../rollup/run/blockBytes.ts';
import { cellWidth, type SectionHeader, type SectionRef } from '../../../rollup/run/run.ts';
import { NumericCursor, type RunSource, readHeader, readLists, TextCursor } from '../../../rollup/run/runReader.ts';
import type { DimensionType } from '../../../spec/jobSpec.ts';
import type { MapManifest } from '../../index/indexPayload.ts';
import { RunFileReader } from '../../index/runFile.ts';
import { BlockKind, encodeBlockKey } from './blockKey.ts';
import { OrderWriter } from './firstKey.ts';
import type { RawBytesWriter } from './rawBytes.ts';
import type { ReducerOf } from './reducerOf.ts';

export interface EmitOptions {
  /** Number of the split. */
  readonly map: number;
  /** Number of the first run among those of the split. */
  readonly firstRun: number;
  readonly types: readonly DimensionType[];
  readonly reducerOf: ReducerOf;
  readonly onBytes: (count: number) => void;
}

/** Hands the runs that a map task left to Hadoop's shuffle, a record per block. */
export function emitRuns(runs: MapManifest['runs'], records: RawBytesWriter, options: EmitOptions): void {
  runs.forEach(({ path, sections }, run) => {
    const source = new RunFileReader(path);
    try {
      for (const section of sections) emitSection(source, section, options.firstRun + run, records, options);
    } finally {
      source.close();
    }
  });
}

function emitSection(
  source: RunSource,
  section: SectionRef,
  run: number,
  records: RawBytesWriter,
  { map, types, reducerOf, onBytes }: EmitOptions,
): void {
  const { chunk, shard } = section;
  const reducer = reducerOf.of(chunk, shard);
  const order = new OrderWriter();
  const emit = (kind: BlockKind, offset: number, value: Uint8Array) => {
    const key = { chunk, shard, kind, map, run, offset };
    records.write(encodeBlockKey(key, reducer, reducerOf.count, order.bytes()), value);
    onBytes(value.length);
  };
  const header = readHeader(source, section);
  emit(BlockKind.header, section.header.offset, source.read(section.header));
  header.columns.forEach((column, dimension) => {
    for (const ref of column.dictionary) {
      order.clear();
      order.uint16(dimension);
      order.byte(LISTS_AFTER_VALUES.values);
      const cursor = types[dimension] === 'string' ? new TextCursor(source, [ref]) : new NumericCursor(source, [ref]);
      cursor.next();
      writeValue(order, valueAt(cursor), types[dimension]);
      emit(BlockKind.dictionary, ref.offset, source.read(ref));
    }
    for (const ref of column.lists) {
      order.clear();
      order.uint16(dimension);
      order.byte(LISTS_AFTER_VALUES.lists);
      emit(BlockKind.dictionary, ref.offset, source.read(ref));
    }
  });
  const firsts = firstRows(source, header);
  const values = valuesOf(source, header, types, firsts);
  header.blocks.forEach((ref, block) => {
    order.clear();
    order.integer(firsts[block].time);
    firsts[block].cells.forEach((ids, dimension) => {
      writeCell(order, ids, values[dimension], types[dimension]);
    });
    emit(BlockKind.rows, ref.offset, source.read(ref));
  });
}

/** A merge first unites a dimension's values, then its lists. */
const LISTS_AFTER_VALUES = { values: 0, lists: 1 } as const;

/** The first row of a block: its time and, per dimension, value ids of its cell; none for null. */
interface FirstRow {
  readonly time: number;
  readonly cells: readonly (readonly number[])[];
}

type Value = string | { readonly low: number; readonly high: number };

function firstRows(source: RunSource, header: SectionHeader): FirstRow[] {
  const lists = header.columns.map((column) => (column.lists.length === 0 ? null : readLists(source, column.lists)));
  return header.blocks.map((ref) => {
    const block = new BlockReader(source.read(ref));
    const rows = block.int32(1)[0];
    const time = block.float64(rows)[0];
    const cells = header.columns.map((column, dimension) => {
      const width = cellWidth(column.cells);
      const cell = (width === 1 ? block.uint8(rows) : width === 2 ? block.uint16(rows) : block.int32(rows))[0];
      if (cell === 0) return [];
      const table = lists[dimension];
      return table === null ? [cell] : [...table.ids.subarray(table.ends[cell - 1], table.ends[cell])];
    });
    return { time, cells };
  });
}

/** The values that first rows have, by dimension and id: the only ones that are looked up. */
function valuesOf(
  source: RunSource,
  { columns }: SectionHeader,
  types: readonly DimensionType[],
  firsts: readonly FirstRow[],
): ReadonlyMap<number, Value>[] {
  return columns.map(({ dictionary }, dimension) => {
    const wanted = new Set(firsts.flatMap(({ cells }) => cells[dimension]));
    const last = Math.max(0, ...wanted);
    const values = new Map<number, Value>();
    const cursor =
      types[dimension] === 'string' ? new TextCursor(source, dictionary) : new NumericCursor(source, dictionary);
    while (cursor.id < last && cursor.next()) if (wanted.has(cursor.id)) values.set(cursor.id, valueAt(cursor));
    return values;
  });
}

function valueAt(cursor: TextCursor | NumericCursor): Value {
  if (cursor instanceof NumericCursor) return { low: cursor.low, high: cursor.high };
  return Buffer.from(cursor.bytes.buffer, cursor.bytes.byteOffset).toString('utf8', cursor.start, cursor.end);
}

/** Null before all lists, null in a list before all values, a list before those that it begins. */
function writeCell(
  order: OrderWriter,
  ids: readonly number[],
  values: ReadonlyMap<number, Value>,
  type: DimensionType,
): void {
  if (ids.length > 0) {
    order.byte(1);
    for (const id of ids) {
      order.byte(id === 0 ? 1 : 2);
      if (id > 0) writeValue(order, values.get(id) as Value, type);
    }
  }
  order.byte(0);
}

function writeValue(order: OrderWriter, value: Value, type: DimensionType): void {
  if (typeof value === 'string') order.text(value);
  else if (type === 'long') order.long(value.low, value.high);
  else order.double(value.low, value.high);
}
