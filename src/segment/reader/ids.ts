import { type BlockList, decompressAll, readBlockList } from './blocks.ts';
import { type ByteOrder, toMachineOrder } from './byteOrder.ts';
import type { ByteReader } from './byteReader.ts';
import { type Compression, readCompression } from './compression.ts';
import type { Smoosh } from './smoosh.ts';

/** Whole numbers of 1 to 4 bytes (dictionary ids or offsets) whose values are not yet decoded. */
export interface IntsPart {
  /** Number of values. */
  readonly count: number;
  /** Decodes all values into a new array. */
  readonly decode: () => Int32Array;
}

/** Ids of a string column, one or several a row, and what the head says in the words of Druid's dump. */
export interface IdsPart {
  /** Number of rows. */
  readonly rows: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly decode: () => RowIds;
}

/** Dictionary ids by row. */
export interface RowIds {
  /** Ids of all rows, one after the other. */
  readonly ids: Int32Array;
  /** Ids of row r are `ids[offsets[r]]` up to `ids[offsets[r + 1]]` (exclusive); null when every row has just `ids[r]`. */
  readonly offsets: Int32Array | null;
}

/** Reads ids of single-value rows without compression. @see org.apache.druid.segment.data.VSizeColumnarInts */
export function readPlainIds(reader: ByteReader): IdsPart {
  const version = readVersion(reader, 0, 'VSizeColumnarInts');
  const numBytes = readNumBytes(reader);
  const size = reader.size('the length of the ids');
  const body = reader.slice(size, 'the ids');
  const padding = 4 - numBytes;
  const rows = (size - padding) / numBytes;
  if (size < padding || !Number.isInteger(rows)) {
    throw body.error(
      `${size} bytes of ids are no whole number of ${numBytes} byte ids and ${padding} bytes of padding`,
    );
  }
  return {
    rows,
    facts: { valueFormat: `VSizeColumnarInts v${version}`, numBytes, size, compression: 'uncompressed' },
    decode: () => ({ ids: unpackInts(body.bytes, body.start, rows, numBytes, 'BIG_ENDIAN'), offsets: null }),
  };
}

/** Reads ids of multi-value rows without compression. @see org.apache.druid.segment.data.VSizeColumnarMultiInts */
export function readPlainMultiIds(reader: ByteReader): IdsPart {
  const version = readVersion(reader, 1, 'VSizeColumnarMultiInts');
  const numBytes = readNumBytes(reader);
  const size = reader.size('the length of the ids');
  const body = reader.slice(size, 'the ids');
  const rows = body.size('the row count');
  const ends = body.slice(rows * 4, 'the end offsets of the rows');
  const values = body.slice(body.remaining, 'the ids');
  return {
    rows,
    facts: { valueFormat: `VSizeColumnarMultiInts v${version}`, numBytes, size, compression: 'uncompressed' },
    decode: () => decodePlainMulti(ends, values, rows, numBytes),
  };
}

/** Reads ids of single-value rows in compressed blocks. */
export function readCompressedIds(reader: ByteReader, smoosh: Smoosh, order: ByteOrder): IdsPart {
  const { part, version, numBytes, perBlock, compression } = readVSizeInts(reader, smoosh, order, 'the ids');
  const total = part.count;
  const valueFormat = `CompressedVSizeColumnarInts v${version}`;
  return {
    rows: total,
    facts: { valueFormat, numBytes, total, perBlock, compression },
    decode: () => ({ ids: part.decode(), offsets: null }),
  };
}

/**
 * Reads ids of multi-value rows in compressed blocks: offsets, then values. The current form (flag MULTI_VALUE_V3) has version 3 and
 * offsets of 4 bytes; the legacy one (flag MULTI_VALUE, no longer written) has version 2 and offsets of as few bytes as they need.
 *
 * @see org.apache.druid.segment.data.V3CompressedVSizeColumnarMultiIntsSupplier, CompressedVSizeColumnarMultiIntsSupplier
 */
export function readCompressedMultiIds(
  reader: ByteReader,
  smoosh: Smoosh,
  order: ByteOrder,
  form: 'current' | 'legacy',
): IdsPart {
  const name = form === 'current' ? 'V3CompressedVSizeColumnarMultiInts' : 'CompressedVSizeColumnarMultiInts';
  const version = readVersion(reader, form === 'current' ? 3 : 2, name);
  const offsets =
    form === 'current'
      ? readInts(reader, smoosh, order, 'the offsets')
      : readVSizeInts(reader, smoosh, order, 'the offsets');
  const { part: values } = readVSizeInts(reader, smoosh, order, 'the ids');
  const offsetsTotal = offsets.part.count;
  if (offsetsTotal < 1) throw reader.error('there are no offsets, expected one more than rows');
  const { perBlock: offsetsPerBlock, compression } = offsets;
  const origin = reader.slice(0, 'the ids');
  return {
    rows: offsetsTotal - 1,
    facts: { valueFormat: `${name} v${version}`, offsetsTotal, offsetsPerBlock, compression },
    decode: () => {
      const decoded = { ids: values.decode(), offsets: offsets.part.decode() };
      checkOffsets(origin, decoded.offsets, decoded.ids.length);
      return decoded;
    },
  };
}

interface BlockedInts {
  readonly part: IntsPart;
  readonly version: number;
  readonly numBytes: number;
  readonly perBlock: number;
  readonly compression: Compression;
}

/** @see org.apache.druid.segment.data.CompressedVSizeColumnarIntsSupplier */
function readVSizeInts(reader: ByteReader, smoosh: Smoosh, order: ByteOrder, what: string): BlockedInts {
  const version = readVersion(reader, 2, 'CompressedVSizeColumnarInts');
  return readBlockedInts(reader, smoosh, order, version, readNumBytes(reader), what);
}

/** @see org.apache.druid.segment.data.CompressedColumnarIntsSupplier */
function readInts(reader: ByteReader, smoosh: Smoosh, order: ByteOrder, what: string): BlockedInts {
  const version = readVersion(reader, 2, 'CompressedColumnarInts');
  return readBlockedInts(reader, smoosh, order, version, 4, what);
}

function readBlockedInts(
  reader: ByteReader,
  smoosh: Smoosh,
  order: ByteOrder,
  version: number,
  numBytes: number,
  what: string,
): BlockedInts {
  const count = reader.size(`the number of ${what}`);
  const perBlock = reader.size(`the block size of ${what}`);
  const compression = readCompression(reader);
  const list = readBlockList(reader, smoosh, compression, count, perBlock, numBytes * 8);
  return { part: { count, decode: () => decodeInts(list, numBytes, order) }, version, numBytes, perBlock, compression };
}

function decodeInts(list: BlockList, numBytes: number, order: ByteOrder): Int32Array {
  const bytes = decompressAll(list, numBytes);
  if (numBytes < 4) return unpackInts(bytes, 0, list.count, numBytes, order);
  toMachineOrder(bytes, 4, order);
  return new Int32Array(bytes.buffer);
}

function unpackInts(bytes: Uint8Array, start: number, count: number, numBytes: number, order: ByteOrder): Int32Array {
  const ints = new Int32Array(count);
  if (numBytes === 1) {
    for (let i = 0; i < count; i++) ints[i] = bytes[start + i];
  } else if (order === 'LITTLE_ENDIAN') {
    for (let i = 0, at = start; i < count; i++, at += numBytes) {
      ints[i] = bytes[at] | (bytes[at + 1] << 8) | (numBytes === 3 ? bytes[at + 2] << 16 : 0);
    }
  } else {
    for (let i = 0, at = start; i < count; i++, at += numBytes) {
      let value = bytes[at];
      for (let k = 1; k < numBytes; k++) value = (value << 8) | bytes[at + k];
      ints[i] = value;
    }
  }
  return ints;
}

function decodePlainMulti(ends: ByteReader, values: ByteReader, rows: number, numBytes: number): RowIds {
  const offsets = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    const end = ends.view.getInt32(ends.start + row * 4);
    if (end % numBytes !== 0) throw ends.error(`row ${row} ends at byte ${end}, which is no multiple of ${numBytes}`);
    offsets[row + 1] = end / numBytes;
  }
  checkOffsets(ends, offsets, Math.floor(values.remaining / numBytes), 'upTo');
  return { ids: unpackInts(values.bytes, values.start, offsets[rows], numBytes, 'BIG_ENDIAN'), offsets };
}

function checkOffsets(
  origin: ByteReader,
  offsets: Int32Array,
  ids: number,
  last: 'exactly' | 'upTo' = 'exactly',
): void {
  let before = 0;
  for (let row = 0; row < offsets.length; row++) {
    if (offsets[row] < before || offsets[row] > ids) {
      throw origin.error(`offset ${row} is ${offsets[row]}, expected ${before} to ${ids}`);
    }
    before = offsets[row];
  }
  if (offsets[0] !== 0 || (last === 'exactly' && before !== ids)) {
    throw origin.error(`the offsets go from ${offsets[0]} to ${before}, expected 0 to ${ids}`);
  }
}

function readVersion(reader: ByteReader, expected: number, format: string): number {
  const at = reader.position;
  const version = reader.u8(`the version of the ids`);
  if (version !== expected) throw reader.error(`the ids have version ${version}, expected ${expected} (${format})`, at);
  return version;
}

function readNumBytes(reader: ByteReader): number {
  const at = reader.position;
  const numBytes = reader.u8('the bytes an id');
  if (numBytes < 1 || numBytes > 4) throw reader.error(`${numBytes} bytes an id are said, expected 1 to 4`, at);
  return numBytes;
}
