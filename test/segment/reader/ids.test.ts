import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../src/segment/reader/byteReader.ts';
import {
  type IdsPart,
  readCompressedIds,
  readCompressedMultiIds,
  readPlainIds,
  readPlainMultiIds,
} from '../../../src/segment/reader/ids.ts';
import { Smoosh } from '../../../src/segment/reader/smoosh.ts';
import { bigEndian, listOf } from './support.ts';

const noEntries = new Smoosh('segment', new Map([['meta.smoosh', Buffer.from('v1,2147483647,0\n')]]));
const uncompressed = 0xff;

function readerOf(...parts: readonly Buffer[]): ByteReader {
  return new ByteReader(Buffer.concat(parts), { segment: 'segment', file: 'file', entry: 'column' });
}

/** Rows of the part, each as its ids. */
function rowsOf(part: IdsPart): number[][] {
  const { ids, offsets } = part.decode();
  return Array.from({ length: part.rows }, (_, row) =>
    offsets === null ? [ids[row]] : [...ids.subarray(offsets[row], offsets[row + 1])],
  );
}

function littleEndian(values: readonly number[], width: number): Buffer {
  return Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(width);
      bytes.writeUIntLE(value, 0, width);
      return bytes;
    }),
  );
}

/** CompressedVSizeColumnarInts, or with `head` false the same without its byte count (CompressedColumnarInts). */
function blockedInts(values: readonly number[], width: number, perBlock: number, hasWidth = true): Buffer {
  const blocks: Buffer[] = [];
  for (let i = 0; i < values.length; i += perBlock) blocks.push(littleEndian(values.slice(i, i + perBlock), width));
  const head = hasWidth ? bigEndian([1, 2], [1, width]) : bigEndian([1, 2]);
  return Buffer.concat([head, bigEndian([4, values.length], [4, perBlock], [1, uncompressed]), listOf(blocks)]);
}

const widths = [1, 2, 3, 4];
const idsOf = (width: number) => fc.integer({ min: 0, max: Math.min(256 ** width - 1, 0x7fffffff) });

describe('dictionary ids', () => {
  it.each(widths)('of %i bytes, one a row', (width) => {
    fc.assert(
      fc.property(fc.array(idsOf(width), { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (ids, perBlock) => {
        const rows = ids.map((id) => [id]);
        const plain = [bigEndian([1, 0], [1, width], [4, ids.length * width + 4 - width])];
        const values = bigEndian(...ids.map((id) => [width, id] as const));
        expect(rowsOf(readPlainIds(readerOf(...plain, values, Buffer.alloc(4 - width))))).toEqual(rows);
        const compressed = readerOf(blockedInts(ids, width, perBlock));
        expect(rowsOf(readCompressedIds(compressed, noEntries, 'LITTLE_ENDIAN'))).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });

  it.each(widths)('of %i bytes, several a row', (width) => {
    const rowLists = fc.array(fc.array(idsOf(width), { maxLength: 4 }), { maxLength: 20 });
    fc.assert(
      fc.property(rowLists, fc.integer({ min: 1, max: 7 }), (rows, perBlock) => {
        const ids = rows.flat();
        const offsets = [0];
        for (const row of rows) offsets.push(offsets[offsets.length - 1] + row.length);
        const ends = bigEndian(...offsets.slice(1).map((end) => [4, end * width] as const));
        const values = bigEndian(...ids.map((id) => [width, id] as const));
        const body = Buffer.concat([bigEndian([4, rows.length]), ends, values, Buffer.alloc(4 - width)]);
        const plain = readerOf(bigEndian([1, 1], [1, width], [4, body.length]), body);
        expect(rowsOf(readPlainMultiIds(plain))).toEqual(rows);
        const parts = blockedInts(ids, width, perBlock);
        const current = readerOf(bigEndian([1, 3]), blockedInts(offsets, 4, perBlock, false), parts);
        expect(rowsOf(readCompressedMultiIds(current, noEntries, 'LITTLE_ENDIAN', 'current'))).toEqual(rows);
        const legacy = readerOf(bigEndian([1, 2]), blockedInts(offsets, 1, perBlock), parts);
        expect(rowsOf(readCompressedMultiIds(legacy, noEntries, 'LITTLE_ENDIAN', 'legacy'))).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses offsets that do not ascend or do not cover the ids', () => {
    const read = (offsets: number[]): IdsPart => {
      const reader = readerOf(bigEndian([1, 3]), blockedInts(offsets, 4, 99, false), blockedInts([5, 6], 1, 99));
      return readCompressedMultiIds(reader, noEntries, 'LITTLE_ENDIAN', 'current');
    };
    expect(() => read([0, 2, 1]).decode()).toThrow('offset 2 is 1, expected 2 to 2');
    expect(() => read([0, 1, 1]).decode()).toThrow('the offsets go from 0 to 1, expected 0 to 2');
    expect(() => read([])).toThrow('there are no offsets, expected one more than rows');
  });

  it('refuses unknown forms', () => {
    expect(() => readPlainIds(readerOf(bigEndian([1, 0], [1, 5])))).toThrow(
      'segment: file, entry "column", byte 1: 5 bytes an id are said, expected 1 to 4',
    );
    expect(() => readCompressedIds(readerOf(bigEndian([1, 7])), noEntries, 'LITTLE_ENDIAN')).toThrow(
      'segment: file, entry "column", byte 0: the ids have version 7, expected 2 (CompressedVSizeColumnarInts)',
    );
  });
});
