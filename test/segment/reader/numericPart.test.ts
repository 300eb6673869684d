import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packedWidths } from '../../../src/segment/reader/bitPacking.ts';
import { ByteReader } from '../../../src/segment/reader/byteReader.ts';
import { type NumericPart, readNumericPart } from '../../../src/segment/reader/numericPart.ts';
import { Smoosh } from '../../../src/segment/reader/smoosh.ts';
import { bigEndian, listOf } from './support.ts';

const noEntries = new Smoosh('segment', new Map([['meta.smoosh', Buffer.from('v1,2147483647,0\n')]]));
const place = { segment: 'segment', file: 'file', entry: 'column' };
const compressionUncompressed = 0xff;
const compressionNone = 0xfe;

function readLongs(bytes: Uint8Array): NumericPart {
  return readNumericPart(new ByteReader(bytes, place), noEntries, true, 8, 'LITTLE_ENDIAN');
}

function decodeLongs(bytes: Uint8Array): bigint[] {
  return [...new BigInt64Array(readLongs(bytes).decode().buffer)];
}

/** Packs values most significant bit first, with the four spare bytes that end a block. */
function pack(values: readonly bigint[], bits: number): Buffer {
  const text = values.map((value) => value.toString(2).padStart(bits, '0')).join('');
  const bytes = text.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)) ?? [];
  return Buffer.from([...bytes, 0, 0, 0, 0]);
}

function blocksOf<T>(values: readonly T[], perBlock: number): T[][] {
  const blocks: T[][] = [];
  for (let i = 0; i < values.length; i += perBlock) blocks.push(values.slice(i, i + perBlock));
  return blocks;
}

function longBytes(value: bigint, littleEndian: boolean): Buffer {
  const bytes = Buffer.alloc(8);
  if (littleEndian) bytes.writeBigInt64LE(value);
  else bytes.writeBigInt64BE(value);
  return bytes;
}

const longs = fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 40 });

describe('longs', () => {
  it('decodes several blocks', () => {
    fc.assert(
      fc.property(longs, fc.integer({ min: 1, max: 9 }), (values, perBlock) => {
        const blocks = blocksOf(values, perBlock).map((block) => Buffer.concat(block.map((v) => longBytes(v, true))));
        const head = bigEndian([1, 2], [4, values.length], [4, perBlock], [1, compressionUncompressed]);
        expect(decodeLongs(Buffer.concat([head, listOf(blocks)]))).toEqual(values);
      }),
      { numRuns: 50 },
    );
  });

  it('decodes big-endian columns', () => {
    const values = [1n, -2n, 2n ** 40n];
    const head = bigEndian([1, 2], [4, 3], [4, 0], [1, compressionNone]);
    const reader = new ByteReader(Buffer.concat([head, ...values.map((v) => longBytes(v, false))]), place);
    const part = readNumericPart(reader, noEntries, true, 8, 'BIG_ENDIAN');
    expect([...new BigInt64Array(part.decode().buffer)]).toEqual(values);
  });

  it.each(packedWidths)('decodes deltas of %i bits, in blocks and in one stretch', (bits) => {
    const deltas = fc.array(fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }), { maxLength: 40 });
    const base = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
    fc.assert(
      fc.property(deltas, base, fc.integer({ min: 1, max: 9 }), (values, start, perBlock) => {
        const expected = values.map((delta) => BigInt.asIntN(64, start + delta));
        const encoding = Buffer.concat([bigEndian([1, 0], [1, 1]), longBytes(start, false), bigEndian([4, bits])]);
        const counts = bigEndian([1, 2], [4, values.length]);
        const entire = [counts, bigEndian([4, 0], [1, 0x80]), encoding, pack(values, bits)];
        const head = readLongs(Buffer.concat(entire)).head;
        expect([head.longEncoding, head.compression]).toEqual(['DELTA', 'none']);
        expect(decodeLongs(Buffer.concat(entire))).toEqual(expected);
        const blocks = blocksOf(values, perBlock).map((block) => pack(block, bits));
        const blocked = [counts, bigEndian([4, perBlock], [1, 0x81]), encoding, listOf(blocks)];
        expect(decodeLongs(Buffer.concat(blocked))).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  it('decodes tables of any size', () => {
    const tables = fc.uniqueArray(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), {
      minLength: 1,
      maxLength: 256,
    });
    fc.assert(
      fc.property(tables, fc.array(fc.nat(), { maxLength: 60 }), (table, picks) => {
        const indexes = picks.map((pick) => pick % table.length);
        // The width counts the entries themselves: 2 entries need 1 bit, 3 to 4 need 2, 5 to 16 need 4, 17 to 256 need 8.
        const bits = [1, 2, 4, 8].find((width) => table.length <= 2 ** width) ?? 0;
        const encoding = [
          bigEndian([1, 1], [1, 1], [4, table.length]),
          ...table.map((value) => longBytes(value, false)),
        ];
        const head = bigEndian([1, 2], [4, indexes.length], [4, 0], [1, 0x80]);
        const bytes = Buffer.concat([head, ...encoding, pack(indexes.map(BigInt), bits)]);
        expect(decodeLongs(bytes)).toEqual(indexes.map((index) => table[index]));
      }),
      { numRuns: 50 },
    );
  });

  it('refuses an entry beyond the table', () => {
    const head = bigEndian([1, 2], [4, 2], [4, 0], [1, 0x80], [1, 1], [1, 1], [4, 3]);
    const bytes = Buffer.concat([head, Buffer.alloc(24), pack([2n, 3n], 2)]);
    expect(() => decodeLongs(bytes)).toThrow(
      'segment: file, entry "column", byte 40: row 1 has entry 3 of a value table of 3 entries',
    );
  });

  it('refuses counts that the bytes cannot hold, before it takes memory', () => {
    const bytes = Buffer.concat([bigEndian([1, 2], [4, 8192], [4, 8192], [1, 1]), listOf([Buffer.alloc(40)])]);
    expect(() => decodeLongs(bytes)).toThrow(
      'segment: file, entry "column", byte 10: 65536 bytes of values are claimed, more than 44 bytes of lz4 can hold',
    );
  });

  it('refuses a block that is too short', () => {
    const head = bigEndian([1, 2], [4, 2], [4, 8192], [1, compressionUncompressed]);
    const bytes = Buffer.concat([head, listOf([longBytes(1n, true), Buffer.alloc(0)])]);
    expect(() => decodeLongs(bytes)).toThrow(
      'segment: file, entry "column", byte 10: 2 values at 8192 a block need 1 blocks, but there are 2',
    );
    const oneEach = bigEndian([1, 2], [4, 2], [4, 1], [1, compressionUncompressed]);
    const short = Buffer.concat([oneEach, listOf([longBytes(1n, true), Buffer.alloc(7)])]);
    expect(() => decodeLongs(short)).toThrow(
      'segment: file, entry "column", byte 44: block 1 holds 7 plain bytes, expected 8',
    );
  });
});

describe('legacy numeric parts', () => {
  it('reads version 1 as lzf blocks', () => {
    // One LZF chunk of type 0 (stored), as compress-lzf writes for data it cannot shrink.
    const block = Buffer.concat([Buffer.from('5a5600', 'hex'), bigEndian([2, 8]), longBytes(7n, true)]);
    const bytes = Buffer.concat([bigEndian([1, 1], [4, 1], [4, 8192]), listOf([block])]);
    expect(readLongs(bytes).head).toMatchObject({ version: 1, compression: 'lzf' });
    expect(decodeLongs(bytes)).toEqual([7n]);
  });
});
