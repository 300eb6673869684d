/** Writes a segment that Druid made once more: the content taken from it, the bytes by SegmentWriter. */
import { tmpdir } from 'node:os';
import type { BlockEncoder } from '../../../src/kernel/lz4.ts';
import { Scratch } from '../../../src/segment/scratch.ts';
import type { SegmentDescription, SegmentDimension, SegmentMetric } from '../../../src/segment/writer/segmentWriter.ts';
import { SegmentWriter } from '../../../src/segment/writer/segmentWriter.ts';
import type { IndexSpec } from '../../../src/spec/jobSpec.ts';
import { type Files, type GoldenColumn, ReplayEncoder, readColumn } from './goldenSegment.ts';
import { textElements } from './textElements.ts';

/** Not a divisor of any block length, so that batches and blocks cut across each other. */
const ROWS_PER_BATCH = 997;

export const DEFAULT_INDEX_SPEC: IndexSpec = {
  bitmap: 'roaring',
  dimensionCompression: 'lz4',
  metricCompression: 'lz4',
  longEncoding: 'longs',
  stringDictionaryEncoding: { type: 'utf8' },
};

/** All files of the segment as SegmentWriter makes them from `entries`, with Druid's own LZ4 blocks unless `lz4` is given. */
export function rewriteSegment(entries: Files, indexSpec: Partial<IndexSpec>, lz4?: BlockEncoder): Map<string, Buffer> {
  const encoder = new ReplayEncoder();
  const columns = new Map<string, GoldenColumn>();
  for (const [name, entry] of entries) if (!name.endsWith('.drd')) columns.set(name, readColumn(entry, encoder));

  const description = describe(entries, columns, { ...DEFAULT_INDEX_SPEC, ...indexSpec });
  const scratch = new Scratch(tmpdir(), 65_536);
  try {
    const writer = new SegmentWriter(description, { encoder: lz4 ?? encoder, scratch });
    description.dimensions.forEach(({ name, type }, i) => {
      if (type === 'string') addDictionary(writer, i, columns.get(name));
    });
    writer.endDictionaries();
    const time = columns.get('__time');
    if (time?.kind !== 'numeric') throw new Error('no __time');
    for (let start = 0; start < time.rows; start += ROWS_PER_BATCH) {
      const end = Math.min(time.rows, start + ROWS_PER_BATCH);
      writer.appendTimes(int32s(time.values.subarray(8 * start, 8 * end)), end - start);
      description.dimensions.forEach(({ name }, i) => void appendDimension(writer, i, columns.get(name), start, end));
      description.metrics.forEach(({ name }, i) => void appendMetric(writer, i, columns.get(name)!, start, end));
    }
    return new Map(
      writer.finish().map((file) => [file.name, Buffer.concat(Array.from(file.chunks(), (c) => c.slice()))]),
    );
  } finally {
    scratch.dispose();
  }
}

function describe(entries: Files, columns: Map<string, GoldenColumn>, indexSpec: IndexSpec): SegmentDescription {
  const metadata = JSON.parse(entries.get('metadata.drd')!.toString());
  const index = entries.get('index.drd')!;
  const { names: columnNames, next } = nameList(index, 0);
  const { names: dimensionNames, next: intervalAt } = nameList(index, next);
  // Declared dimensions that were not stored are null in all rows.
  const declared: string[] = metadata.ordering.map((o: { columnName: string }) => o.columnName).slice(1);
  const all = declared.length >= dimensionNames.length ? declared : dimensionNames;
  const metricNames = columnNames.filter((name) => !dimensionNames.includes(name));
  return {
    interval: { start: Number(index.readBigInt64BE(intervalAt)), end: Number(index.readBigInt64BE(intervalAt + 8)) },
    dimensions: all.map((name) => describeDimension(name, columns.get(name))),
    metrics: metricNames.reverse().map((name) => describeMetric(name, columns.get(name)!)),
    metadata: entries.get('metadata.drd')!,
    indexSpec,
  };
}

function describeDimension(name: string, column: GoldenColumn | undefined): SegmentDimension {
  if (column?.kind === 'numeric') return { name, type: column.type, hasMultipleValues: false, createBitmapIndex: true };
  const strings = column?.kind === 'string' ? column : { multi: false, bitmaps: [] };
  return { name, type: 'string', hasMultipleValues: strings.multi, createBitmapIndex: strings.bitmaps !== null };
}

function describeMetric(name: string, column: GoldenColumn): SegmentMetric {
  if (column.kind === 'numeric') return { name, column: column.type, typeName: null };
  if (column.kind === 'complex') return { name, column: 'complex', typeName: column.typeName };
  if (column.kind !== 'pair') throw new Error(`${name} is no metric`);
  return {
    name,
    column: ({ long: 'pairLong', float: 'pairFloat', double: 'pairDouble' } as const)[column.type],
    typeName: null,
  };
}

function addDictionary(writer: SegmentWriter, dimension: number, column: GoldenColumn | undefined): void {
  for (const value of column?.kind === 'string' ? column.dictionary : [null]) {
    if (value === null) writer.addNullValue(dimension);
    else writer.addValues(dimension, textElements([value]));
  }
}

function appendDimension(
  writer: SegmentWriter,
  dimension: number,
  column: GoldenColumn | undefined,
  start: number,
  end: number,
): void {
  const rows = end - start;
  if (column === undefined) {
    writer.appendIds(dimension, new Int32Array(rows), rows);
  } else if (column.kind === 'string') {
    const slice = column.rows.slice(start, end);
    const ids = Int32Array.from(slice.flat());
    if (!column.multi) {
      writer.appendIds(dimension, ids, rows);
      return;
    }
    let at = 0;
    const ends = Int32Array.from(slice, (row) => {
      at += row.length;
      return at;
    });
    writer.appendIdLists(dimension, ends, ids, rows);
  } else if (column.kind === 'numeric') {
    const { bytes, nulls } = numbers(column, start, end);
    if (column.type === 'long') writer.appendDimensionLongs(dimension, int32s(bytes), nulls, rows);
    else if (column.type === 'float')
      writer.appendDimensionFloats(dimension, new Float32Array(int32s(bytes).buffer), nulls, rows);
    else writer.appendDimensionDoubles(dimension, new Float64Array(int32s(bytes).buffer), nulls, rows);
  }
}

function appendMetric(writer: SegmentWriter, metric: number, column: GoldenColumn, start: number, end: number): void {
  const rows = end - start;
  if (column.kind === 'numeric') {
    const { bytes, nulls } = numbers(column, start, end);
    if (column.type === 'long') writer.appendMetricLongs(metric, int32s(bytes), nulls, rows);
    else if (column.type === 'float')
      writer.appendMetricFloats(metric, new Float32Array(int32s(bytes).buffer), nulls, rows);
    else writer.appendMetricDoubles(metric, new Float64Array(int32s(bytes).buffer), nulls, rows);
  } else if (column.kind === 'complex') {
    const objects = column.objects.slice(start, end);
    let at = 0;
    const ends = Int32Array.from(objects, (object) => {
      at += object?.length ?? 0;
      return at;
    });
    const bytes = Buffer.concat(objects.filter((object) => object !== null));
    const nulls = Uint8Array.from(objects, (object) => (object === null ? 1 : 0));
    writer.appendComplex(metric, bytes, ends, nulls.includes(1) ? nulls : null, rows);
  } else if (column.kind === 'pair') {
    const width = column.type === 'float' ? 4 : 8;
    const times = new BigInt64Array(column.times.slice(start, end));
    const values = column.values.slice(start, end);
    // Values of nulls are not to be stored, whatever they are.
    const bytes = int32s(Buffer.concat(values.map((value) => value ?? Buffer.alloc(width, 0x77))));
    const typed =
      column.type === 'long'
        ? bytes
        : column.type === 'float'
          ? new Float32Array(bytes.buffer)
          : new Float64Array(bytes.buffer);
    const valueNulls = Uint8Array.from(values, (value) => (value === null ? 1 : 0));
    writer.appendPairs(metric, new Int32Array(times.buffer), typed, valueNulls, rows);
  }
}

/** Values of rows `start` to `end`; those of nulls are not 0, for the writer has to see to that. */
function numbers(column: GoldenColumn & { kind: 'numeric' }, start: number, end: number) {
  const width = column.type === 'float' ? 4 : 8;
  const bytes = Buffer.from(column.values.subarray(width * start, width * end));
  const nulls = column.nulls.slice(start, end);
  nulls.forEach((isNull, i) => {
    if (isNull) bytes.fill(0x55, width * i, width * (i + 1));
  });
  return { bytes, nulls: nulls.includes(1) ? nulls : null };
}

/** A copy, because the source may lie at any offset. */
function int32s(bytes: Buffer): Int32Array<ArrayBuffer> {
  return new Int32Array(new Uint8Array(bytes).buffer);
}

function nameList(index: Buffer, at: number): { names: string[]; next: number } {
  const next = at + 6 + index.readInt32BE(at + 2);
  const count = index.readInt32BE(at + 6);
  const values = at + 10 + 4 * count;
  const names = Array.from({ length: count }, (_, i) => {
    const start = i === 0 ? 0 : index.readInt32BE(at + 6 + 4 * i);
    return index.toString('utf8', values + start + 4, values + index.readInt32BE(at + 10 + 4 * i));
  });
  return { names, next };
}
