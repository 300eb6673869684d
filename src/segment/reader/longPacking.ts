import { packedHigh, packedLow, packedPadding, packedWidths } from './bitPacking.ts';
import { type BlockList, blockAt } from './blocks.ts';
import { highWord, lowWord } from './byteOrder.ts';
import type { ByteReader } from './byteReader.ts';
import { decompressBlock, maxBlockBytes } from './compression.ts';

/** How `longEncoding: auto` stored a column of longs. */
export type LongPacking = { readonly format: 'LONGS' } | PackedLongs;

/** The forms of {@link LongPacking} whose values take fewer bits than 64. */
export type PackedLongs =
  /** Each value is `base` plus an unsigned number of `bits` bits. */
  | { readonly format: 'DELTA'; readonly base: bigint; readonly bits: number }
  /** Each value is an index into `table`. */
  | { readonly format: 'TABLE'; readonly table: BigInt64Array };

/** A table beyond this size is not written by Druid, which then chooses DELTA. */
const maxTableSize = 256;

/** Reads the encoding that follows a compression id with the encoding flag. @see org.apache.druid.segment.data.CompressionFactory */
export function readLongPacking(reader: ByteReader): LongPacking {
  const at = reader.position;
  const format = reader.u8('the long encoding');
  if (format === 0xff) return { format: 'LONGS' };
  if (format !== 0 && format !== 1) {
    throw reader.error(`the long encoding is ${format}, expected 0 (delta), 1 (table) or 255 (longs)`, at);
  }
  const version = reader.u8('the version of the long encoding');
  if (version !== 1) throw reader.error(`the version of the long encoding is ${version}, expected 1`, at + 1);
  if (format === 0) {
    const base = reader.i64('the base value');
    const bits = reader.i32('the bits a value');
    if (!packedWidths.includes(bits)) {
      throw reader.error(`${bits} bits a value are said, expected one of ${packedWidths.join(', ')}`);
    }
    return { format: 'DELTA', base, bits };
  }
  const size = reader.i32('the size of the value table');
  if (size < 0 || size > maxTableSize) {
    throw reader.error(`the value table is said to have ${size} entries, expected 0 to ${maxTableSize}`);
  }
  const table = new BigInt64Array(size);
  for (let i = 0; i < size; i++) table[i] = reader.i64('the value table');
  return { format: 'TABLE', table };
}

/** Bits a stored value takes: for a table the smallest width that can count its entries. */
export function packedBits(packing: PackedLongs): number {
  if (packing.format === 'DELTA') return packing.bits;
  return packedWidths.find((bits) => packing.table.length <= 2 ** bits) ?? 64;
}

/** Decodes values that lie packed in one stretch, as with compression `none`. The result holds longs in machine order and is new. */
export function decodePackedEntire(values: ByteReader, count: number, packing: PackedLongs): Uint8Array<ArrayBuffer> {
  const words = new Int32Array(count * 2);
  unpack(values.bytes, values.start, count, packing, words, 0, values);
  return new Uint8Array(words.buffer);
}

/** Decodes values that lie packed in compressed blocks. The result holds longs in machine order and is new. */
export function decodePackedBlocks(list: BlockList, packing: PackedLongs): Uint8Array<ArrayBuffer> {
  const { compression, count, perBlock, blocks } = list;
  const bits = packedBits(packing);
  const words = new Int32Array(count * 2);
  const scratch = new Uint8Array(maxBlockBytes + packedPadding);
  const plain = scratch.subarray(0, maxBlockBytes);
  for (let block = 0; block < blocks.count; block++) {
    const first = block * perBlock;
    const values = Math.min(perBlock, count - first);
    const source = blockAt(list, block);
    const length = decompressBlock(compression, source, plain);
    const needed = Math.ceil((values * bits) / 8);
    if (length < needed) {
      throw source.error(`block ${block} holds ${length} plain bytes, expected ${needed} or more`);
    }
    unpack(scratch, 0, values, packing, words, first, source);
  }
  return new Uint8Array(words.buffer);
}

function unpack(
  bytes: Uint8Array,
  start: number,
  count: number,
  packing: PackedLongs,
  words: Int32Array,
  first: number,
  source: ByteReader,
): void {
  if (packing.format === 'DELTA') unpackDeltas(bytes, start, count, packing.bits, packing.base, words, first);
  else unpackIndexes(bytes, start, count, packedBits(packing), packing.table, words, first, source);
}

/** 64-bit sums in two halves with a carry; BigInt would cost an object a row. */
function unpackDeltas(
  bytes: Uint8Array,
  start: number,
  count: number,
  bits: number,
  base: bigint,
  words: Int32Array,
  first: number,
): void {
  const baseLow = Number(BigInt.asUintN(32, base));
  const baseHigh = Number(BigInt.asIntN(32, base >> 32n));
  for (let i = 0; i < count; i++) {
    const low = baseLow + packedLow(bytes, start, bits, i);
    const carry = low >= 0x100000000 ? 1 : 0;
    const at = (first + i) * 2;
    words[at + lowWord] = low;
    words[at + highWord] = baseHigh + packedHigh(bytes, start, bits, i) + carry;
  }
}

function unpackIndexes(
  bytes: Uint8Array,
  start: number,
  count: number,
  bits: number,
  table: BigInt64Array,
  words: Int32Array,
  first: number,
  source: ByteReader,
): void {
  const tableWords = new Int32Array(table.buffer);
  for (let i = 0; i < count; i++) {
    const index = packedLow(bytes, start, bits, i);
    if (index >= table.length) {
      throw source.error(`row ${first + i} has entry ${index} of a value table of ${table.length} entries`);
    }
    words[(first + i) * 2] = tableWords[index * 2];
    words[(first + i) * 2 + 1] = tableWords[index * 2 + 1];
  }
}
