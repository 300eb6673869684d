import { type BitmapType, decodeBitmap } from './bitmap.ts';
import type { ByteOrder } from './byteOrder.ts';
import type { ByteReader } from './byteReader.ts';
import type { ComplexColumn, PairColumn } from './column.ts';
import { BlockSink, type Compression, maxBlockBytes, readCompression } from './compression.ts';
import { asObject, bitmapTypeOf, type ColumnDescriptor, parseJson } from './descriptor.ts';
import { indexedFacts } from './dictionary.ts';
import { GenericIndexed } from './genericIndexed.ts';
import { pairValueType, readPairColumn } from './pairColumn.ts';
import type { Smoosh } from './smoosh.ts';

const compressedMarker = 0x7f;

/** The parts of a complex column that all its forms share. */
export interface ComplexHead {
  readonly name: string;
  readonly typeName: string;
  /** `COMPLEX<typeName>`. */
  readonly type: string;
  readonly rowCount: number;
  readonly descriptor: ColumnDescriptor;
  readonly storedBytes: number;
  readonly encoding: Readonly<Record<string, unknown>>;
}

/** Serialised objects by row. */
interface Blobs {
  readonly count: number;
  readonly hasNulls: boolean;
  readonly bytes: (row: number) => Uint8Array | null;
}

/**
 * Reads a complex column from behind its descriptor on. Its first byte tells the form: 1 or 2 a GenericIndexed list of objects, 127
 * compressed objects in entries beside it, 3 (pair types only) delta-encoded cells.
 *
 * @see org.apache.druid.segment.serde.ComplexColumnPartSerde
 */
export function readComplexColumn(
  reader: ByteReader,
  smoosh: Smoosh,
  name: string,
  descriptor: ColumnDescriptor,
  rowCount: number,
): ComplexColumn | PairColumn {
  const storedBytes = reader.end - reader.start;
  const { json, type: partType } = descriptor.part;
  const typeName = typeof json.typeName === 'string' ? json.typeName : '';
  const at = reader.position;
  const firstByte = reader.u8('the first byte of the complex column');
  reader.position = at;
  const encoding: Record<string, unknown> = { type: partType, firstByte };
  const type = `COMPLEX<${typeName}>`;
  const head = { name, typeName, type, rowCount, descriptor, storedBytes, encoding };
  const valueType = pairValueType(typeName);
  if (valueType !== null && firstByte === 3) return readPairColumn(reader, head, valueType);
  if (firstByte === compressedMarker) return new ComplexColumnReader(head, readCompressed(reader, smoosh, rowCount));
  if (firstByte !== 1 && firstByte !== 2) {
    throw reader.error(
      `the first byte of a column of type ${type} is ${firstByte}, expected 1 or 2 (a list) or 127 (compressed)`,
      at,
    );
  }
  const list = GenericIndexed.read(reader, smoosh, 'the objects');
  if (list.count !== rowCount) {
    throw reader.error(`the column has ${list.count} rows, but the segment has ${rowCount}`, at);
  }
  encoding.indexed = indexedFacts(list);
  if (valueType === 'string') return readPairColumn(reader, head, valueType, list);
  return new ComplexColumnReader(head, {
    count: list.count,
    hasNulls: true,
    bytes: (row) => list.element(row)?.rest() ?? null,
  });
}

class ComplexColumnReader implements ComplexColumn {
  readonly kind = 'complex';
  readonly name: string;
  readonly typeName: string;
  readonly type: string;
  readonly rowCount: number;
  readonly descriptor: ColumnDescriptor;
  readonly storedBytes: number;
  readonly encoding: Readonly<Record<string, unknown>>;
  readonly #blobs: Blobs;

  constructor(head: ComplexHead, blobs: Blobs) {
    this.name = head.name;
    this.typeName = head.typeName;
    this.type = head.type;
    this.rowCount = head.rowCount;
    this.descriptor = head.descriptor;
    this.storedBytes = head.storedBytes;
    this.encoding = head.encoding;
    this.#blobs = blobs;
  }

  get hasNulls(): boolean {
    return this.#blobs.hasNulls;
  }

  bytes(row: number): Uint8Array | null {
    return this.#blobs.bytes(row);
  }
}

/** @see org.apache.druid.segment.serde.CompressedComplexColumnSupplier, CompressedVariableSizedBlobColumn */
function readCompressed(reader: ByteReader, smoosh: Smoosh, rowCount: number): Blobs {
  const at = reader.position;
  reader.u8('the mark of a compressed complex column');
  const version = reader.u8('the version of the compressed complex column');
  if (version !== 0) throw reader.error(`the version of a compressed complex column is ${version}, expected 0`, at + 1);
  const text = reader.text(reader.size('the length of the metadata'), 'the metadata of a compressed complex column');
  const metadata = asObject(parseJson(reader, text, at + 6, 'the metadata of a compressed complex column'));
  const base = metadata?.fileNameBase;
  if (metadata === null || typeof base !== 'string') {
    throw reader.error('expected fileNameBase in the metadata of a compressed complex column', at + 6);
  }
  const order: ByteOrder = metadata.byteOrder === 'BIG_ENDIAN' ? 'BIG_ENDIAN' : 'LITTLE_ENDIAN';
  const bitmapType = bitmapTypeOf(reader, metadata.bitmapSerdeFactory, at + 6);
  const why = `a compressed complex column`;
  const head = smoosh.get(`${base}.__complexColumn`, why);
  const headVersion = head.u8('the version');
  if (headVersion !== 1) throw head.error(`the version is ${headVersion}, expected 1`, head.start);
  const count = head.size('the number of values');
  if (count !== rowCount) throw head.error(`the column has ${count} rows, but the segment has ${rowCount}`);
  const hasNulls = metadata.hasNulls === true;
  const source: CompressedSource = {
    offsets: smoosh.get(`${base}.__complexColumn_offsets`, why),
    values: smoosh.get(`${base}.__complexColumn_compressed`, why),
    nulls: hasNulls ? smoosh.get(`${base}.__nullIndex`, why) : null,
    count,
    order,
    bitmapType,
  };
  let lookup: ((row: number) => Uint8Array | null) | undefined;
  return {
    count,
    hasNulls,
    bytes: (row) => {
      lookup ??= decompressBlobs(source);
      return lookup(row);
    },
  };
}

interface CompressedSource {
  readonly offsets: ByteReader;
  readonly values: ByteReader;
  readonly nulls: ByteReader | null;
  readonly count: number;
  readonly order: ByteOrder;
  readonly bitmapType: BitmapType;
}

function decompressBlobs(source: CompressedSource): (row: number) => Uint8Array | null {
  const { count, order } = source;
  const offsets = readBlockStream(source.offsets, order, 'offsets');
  offsets.need(count * 8, 'end offsets');
  const values = readBlockStream(source.values, order, 'values');
  const nullRows = source.nulls === null ? null : new Set(readNulls(source.nulls, source.bitmapType, count));
  const endOf = (row: number): number => Number(offsets.view.getBigInt64(row * 8, order === 'LITTLE_ENDIAN'));
  return (row) => {
    if (nullRows?.has(row)) return null;
    const start = row === 0 ? 0 : endOf(row - 1);
    const end = endOf(row);
    if (start < 0 || start > end || end > values.end) {
      throw offsets.error(`row ${row} is said to take bytes ${start} to ${end} of ${values.end}`, row * 8);
    }
    return values.bytes.subarray(start, end);
  };
}

function readNulls(reader: ByteReader, type: BitmapType, rowCount: number): Int32Array {
  const nulls = reader.window(0, reader.end - reader.start);
  return decodeBitmap(type, nulls.slice(nulls.size('the length of the null bitmap'), 'the null bitmap'), rowCount);
}

/**
 * Decompresses a stream of blocks: version 1, compression id, block size and number of blocks (big-endian), end offsets of the blocks
 * in the column's byte order, blocks.
 *
 * @see org.apache.druid.segment.data.CompressedBlockReader
 */
function readBlockStream(entry: ByteReader, order: ByteOrder, what: string): ByteReader {
  const reader = entry.window(0, entry.end - entry.start);
  const version = reader.u8('the version');
  if (version !== 1) throw reader.error(`the version is ${version}, expected 1`, reader.start);
  const compression: Compression = readCompression(reader);
  const blockSize = reader.size('the block size');
  if (blockSize > maxBlockBytes)
    throw reader.error(`the block size is ${blockSize}, expected at most ${maxBlockBytes}`);
  const count = reader.size('the number of blocks');
  const ends = reader.slice(count * 4, 'the end offsets of the blocks');
  const data = reader.slice(reader.remaining, 'the blocks');
  const sink = new BlockSink();
  let start = 0;
  for (let block = 0; block < count; block++) {
    const end = ends.view.getInt32(ends.start + block * 4, order === 'LITTLE_ENDIAN');
    if (end < start || end > data.remaining) {
      throw ends.error(`block ${block} is said to take bytes ${start} to ${end} of ${data.remaining}`);
    }
    sink.append(compression, data.window(start, end));
    start = end;
  }
  return sink.finish(entry, what);
}
