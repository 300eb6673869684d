import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { RoaringBitmap32, roaringLibraryInitialize } from 'roaring-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BitmapType, decodeBitmap } from '../../../src/segment/reader/bitmap.ts';
import { ByteReader } from '../../../src/segment/reader/byteReader.ts';
import { bigEndian, fixturePath } from './support.ts';

interface BitmapVector {
  readonly roaring: string;
  readonly concise: string;
}

const { bitmaps } = JSON.parse(readFileSync(fixturePath('bitmapAndSketchVectors.json'), 'utf8')) as {
  bitmaps: Record<string, BitmapVector>;
};
const place = { segment: 'segment', file: 'file', entry: 'column' };

function decode(type: BitmapType, bytes: Uint8Array, rowCount = 3_000_000): number[] {
  return [...decodeBitmap(type, new ByteReader(bytes, place), rowCount)];
}

/** Row sets with stretches, gaps and single rows. */
const rowSets = fc
  .array(
    fc.tuple(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 1, max: 6000 }), fc.integer({ min: 1, max: 40 })),
    {
      maxLength: 6,
    },
  )
  .map((stretches) => {
    const rows = new Set<number>();
    for (const [start, length, step] of stretches) for (let i = 0; i < length; i++) rows.add(start + i * step);
    return [...rows].sort((a, b) => a - b);
  });

/** Concise words without flipped bits: literals, and fills for blocks that are all zeros or all ones. */
function encodeConcise(rows: readonly number[]): Buffer {
  const blocks = new Map<number, number>();
  for (const row of rows) {
    const block = Math.floor(row / 31);
    blocks.set(block, (blocks.get(block) ?? 0) | (1 << (row % 31)));
  }
  const words: number[] = [];
  let next = 0;
  for (const [block, bits] of blocks) {
    if (block > next) words.push(block - next - 1);
    const last = words.at(-1) ?? 0;
    if (bits === 0x7fffffff && block === next && (last & 0xc0000000) === 0x40000000) words[words.length - 1]++;
    else words.push(bits === 0x7fffffff ? 0x40000000 : (0x80000000 | bits) >>> 0);
    next = block + 1;
  }
  return bigEndian(...words.map((word) => [4, word] as const));
}

beforeAll(async () => {
  await roaringLibraryInitialize();
});

describe('bitmaps', () => {
  it.each(Object.entries(bitmaps).filter(([rows]) => rows.startsWith('[')))('Druid serialises %s', (rows, vector) => {
    expect(decode('roaring', Buffer.from(vector.roaring, 'hex'))).toEqual(JSON.parse(rows));
    expect(decode('concise', Buffer.from(vector.concise, 'hex'))).toEqual(JSON.parse(rows));
  });

  it('no bytes are no rows', () => {
    expect(decode('roaring', new Uint8Array(0))).toEqual([]);
    expect(decode('concise', new Uint8Array(0))).toEqual([]);
  });

  it.each([true, false])('decodes what another library serialises (run containers: %s)', (runs) => {
    fc.assert(
      fc.property(rowSets, (rows) => {
        const bitmap = new RoaringBitmap32(rows);
        if (runs) bitmap.runOptimize();
        expect(decode('roaring', bitmap.serialize('portable'))).toEqual(rows);
        bitmap.dispose();
      }),
      { numRuns: 40 },
    );
  });

  it('decodes concise literals and fills', () => {
    fc.assert(
      fc.property(rowSets, (rows) => {
        expect(decode('concise', encodeConcise(rows))).toEqual(rows);
      }),
      { numRuns: 40 },
    );
  });

  it('decodes concise fills of ones with a flipped bit', () => {
    const rows = Array.from({ length: 62 }, (_, i) => i).filter((i) => i !== 3);
    expect(decode('concise', bigEndian([4, 0x40000000 | (4 << 25) | 1]))).toEqual(rows);
    expect(decode('concise', bigEndian([4, 0x40000000 | (31 << 25)]), 30)).toEqual(range(30));
  });

  it('refuses rows beyond the segment before it takes memory for them', () => {
    expect(() => decode('concise', bigEndian([4, 0x41ffffff]), 100)).toThrow(
      'segment: file, entry "column", byte 0: row 1040187391 is in a bitmap of a segment with 100 rows',
    );
    const full = Buffer.from('3b300000010000ffff01000000ffff', 'hex');
    expect(() => decode('roaring', full, 100)).toThrow(
      'segment: file, entry "column", byte 5: the bitmap has 65536 rows, the segment only 100',
    );
  });

  it('refuses what is no bitmap', () => {
    expect(() => decode('roaring', Buffer.from('0102030400000000', 'hex'))).toThrow(
      'segment: file, entry "column", byte 0: the roaring cookie is 67305985, expected 12346 or 12347 in the low 16 bits',
    );
    expect(() => decode('roaring', Buffer.from('3a30000001000000000001001000000000', 'hex'))).toThrow(
      'segment: file, entry "column", byte 16: expected 4 bytes of an array container, but only 1 are left',
    );
    expect(() => decode('concise', new Uint8Array(3))).toThrow(
      'segment: file, entry "column", byte 0: a concise bitmap has 3 bytes, expected a multiple of 4',
    );
  });
});

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
