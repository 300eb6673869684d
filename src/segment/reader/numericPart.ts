import { type BlockList, decompressAll, readBlockList } from './blocks.ts';
import { type ByteOrder, toMachineOrder } from './byteOrder.ts';
import type { ByteReader } from './byteReader.ts';
import { type Compression, compressionOf } from './compression.ts';
import {
  decodePackedBlocks,
  decodePackedEntire,
  type LongPacking,
  type PackedLongs,
  packedBits,
  readLongPacking,
} from './longPacking.ts';
import type { Smoosh } from './smoosh.ts';

/** What the head of a numeric value part says, in the words of Druid's dump. */
export interface NumericHead {
  readonly version: number;
  /** Number of rows. */
  readonly total: number;
  /** Values a block; 0 where there are no blocks. */
  readonly perBlock: number;
  /** How longs are encoded: `none (LONGS)` is the plain default; always that for float and double. */
  readonly longEncoding: 'none (LONGS)' | 'LONGS' | 'DELTA' | 'TABLE';
  readonly compression: Compression;
}

/** A numeric value part whose values are not yet decoded. */
export interface NumericPart {
  readonly head: NumericHead;
  /** Decodes all values: `total` numbers of `width` bytes in this machine's byte order, new at each call. */
  readonly decode: () => Uint8Array<ArrayBuffer>;
}

/** Bytes of a value when decoded. */
export type NumericWidth = 4 | 8;

/**
 * Reads the head of a `long`, `float` or `double` value part and remembers where its values are.
 *
 * Version 2: rows, values a block, compression id (for longs below -2 together with an encoding), then blocks, or with compression `none`
 * the bare values. Version 1, of old segments: blocks, always lzf.
 *
 * @see org.apache.druid.segment.data.CompressedColumnarLongsSupplier and its float and double siblings
 */
export function readNumericPart(
  reader: ByteReader,
  smoosh: Smoosh,
  isLong: boolean,
  width: NumericWidth,
  order: ByteOrder,
): NumericPart {
  const at = reader.position;
  const version = reader.u8('the version of the values');
  if (version !== 1 && version !== 2) {
    throw reader.error(`the version of the values is ${version}, expected 1 or 2`, at);
  }
  const total = reader.size('the row count');
  const perBlock = reader.size('the number of values a block');
  const { compression, packing } = version === 1 ? legacyEncoding : readEncoding(reader, isLong);
  const longEncoding = packing?.format ?? 'none (LONGS)';
  const head: NumericHead = { version, total, perBlock, longEncoding, compression };
  if (packing !== null && packing.format !== 'LONGS') {
    return { head, decode: packedDecoder(reader, smoosh, head, packing) };
  }
  const bits = width * 8;
  if (compression === 'none') {
    const values = reader.slice(total * width, `${total} values of ${width} bytes`);
    return { head, decode: () => copyEntire(values, width, order) };
  }
  const list = readBlockList(reader, smoosh, compression, total, perBlock, bits);
  return { head, decode: () => decodePlainBlocks(list, width, order) };
}

interface Encoding {
  readonly compression: Compression;
  /** Null: plain values, without an encoding byte. */
  readonly packing: LongPacking | null;
}

const legacyEncoding: Encoding = { compression: 'lzf', packing: null };

/** Ids from 128 to 253 (as signed bytes: below -2) carry an encoding: they are the compression id less 126. */
function readEncoding(reader: ByteReader, isLong: boolean): Encoding {
  const at = reader.position;
  const id = reader.u8('the compression id');
  if (!isLong || id < 128 || id >= 254) return { compression: compressionOf(reader, id, at), packing: null };
  return { compression: compressionOf(reader, (id + 126) & 0xff, at), packing: readLongPacking(reader) };
}

function packedDecoder(
  reader: ByteReader,
  smoosh: Smoosh,
  head: NumericHead,
  packing: PackedLongs,
): () => Uint8Array<ArrayBuffer> {
  const bits = packedBits(packing);
  const { total, perBlock, compression } = head;
  if (compression === 'none') {
    const values = reader.slice(Math.ceil((total * bits) / 8), `${total} values of ${bits} bits`);
    return () => decodePackedEntire(values, total, packing);
  }
  const list = readBlockList(reader, smoosh, compression, total, perBlock, bits);
  return () => decodePackedBlocks(list, packing);
}

function copyEntire(values: ByteReader, width: NumericWidth, order: ByteOrder): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(values.rest());
  toMachineOrder(copy, width, order);
  return copy;
}

function decodePlainBlocks(list: BlockList, width: NumericWidth, order: ByteOrder): Uint8Array<ArrayBuffer> {
  const bytes = decompressAll(list, width);
  toMachineOrder(bytes, width, order);
  return bytes;
}
