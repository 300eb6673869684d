import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import roaring from 'roaring-wasm';
import { describe, expect, test } from 'vitest';
import { roaringBitmap } from '../../../src/segment/bitmap/RowGroups.ts';

const vectors: Record<string, string> = JSON.parse(
  readFileSync(new URL('../../fixtures/segment/vectors.json', import.meta.url), 'utf8'),
).bitmaps;

function encode(rows: Iterable<number>): Buffer {
  return Buffer.from(roaringBitmap(Int32Array.from(rows)));
}

/** What the C++ implementation makes of the same rows after `runOptimize`. */
function expected(rows: Iterable<number>): Buffer {
  const bitmap = new roaring.RoaringBitmap32(rows);
  bitmap.runOptimize();
  const bytes = Buffer.from(bitmap.serialize('portable'));
  bitmap.dispose();
  return bytes;
}

describe('bitmaps of Druid', () => {
  for (const [rows, golden] of Object.entries(vectors)) {
    test(rows, () => {
      const summary = /^len=(\d+) first64=(\w+) sha256=(\w+)$/.exec(golden);
      if (!summary) {
        expect(encode(JSON.parse(rows)).toString('hex')).toBe(golden);
        return;
      }
      // "step alternating": 0, 2, 3, 5, 6, 8, ...
      const bytes = encode(Array.from({ length: 200_000 }, (_, row) => row).filter((row) => row % 3 !== 1));
      expect(bytes.length).toBe(Number(summary[1]));
      expect(bytes.toString('hex', 0, 64)).toBe(summary[2]);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(summary[3]);
    });
  }
});

describe('container choice', () => {
  const spaced = (count: number) => Array.from({ length: count }, (_, i) => 2 * i);
  const runs = (count: number, length: number) =>
    Array.from({ length: count * length }, (_, i) => Math.floor(i / length) * (length + 1) + (i % length));
  const cases: [what: string, rows: number[]][] = [
    ['4096 rows are an array', spaced(4096)],
    ['4097 rows are a bitset', spaced(4097)],
    ['a run container shorter than the array', runs(1, 4)],
    ['2047 runs are shorter than a bitset', runs(2047, 5)],
    ['2048 runs are not', runs(2048, 5)],
    ['a full container', runs(1, 65_536)],
    ['three containers with a run have no offsets', [...runs(1, 10), 70_000, 140_000]],
    ['four containers with a run have offsets', [...runs(1, 10), 70_000, 140_000, 200_000]],
    [
      'nine containers need two bytes of run flags',
      Array.from({ length: 9 * 8 }, (_, i) => (i >> 3) * 65_536 + (i & 7)),
    ],
    ['the last row there can be', [0x7ffffffe]],
  ];
  for (const [what, rows] of cases) {
    test(what, () => expect(encode(rows).equals(expected(rows))).toBe(true));
  }

  test('a run container as long as the array stays an array', () => {
    // From the golden segment h47-number-texts; here the C++ implementation would make a run.
    expect(encode([19, 20, 21]).toString('hex')).toBe('3a300000010000000000020010000000130014001500');
  });

  test('no row is no byte', () => expect(encode([]).length).toBe(0));
});

/** Whether a container takes as many bytes with runs as without: where Java and C++ choose differently. */
function hasTie(rows: readonly number[]): boolean {
  const containers = new Map<number, { cardinality: number; runs: number }>();
  rows.forEach((row, i) => {
    const container = containers.get(row >>> 16) ?? { cardinality: 0, runs: 0 };
    container.cardinality++;
    if (rows[i - 1] !== row - 1 || (row & 0xffff) === 0) container.runs++;
    containers.set(row >>> 16, container);
  });
  return [...containers.values()].some(({ cardinality, runs }) => 2 * cardinality === 2 + 4 * runs);
}

test('any rows: the bytes of the C++ implementation', () => {
  const stretch = fc.tuple(fc.nat(400_000), fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 3 }));
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 8 }), (stretches) => {
      const rows = new Set<number>();
      for (const [start, count, step] of stretches) for (let i = 0; i < count; i++) rows.add(start + i * step);
      const ascending = [...rows].sort((a, b) => a - b);
      const bytes = encode(ascending);
      expect([...roaring.RoaringBitmap32.deserialize('portable', bytes)]).toEqual(ascending);
      if (!hasTie(ascending)) expect(bytes.equals(expected(ascending))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('a single row', () => {
  fc.assert(
    fc.property(fc.nat(0x7ffffffe), (row) => {
      expect(encode([row]).toString('hex')).toBe(expected([row]).toString('hex'));
    }),
  );
});
