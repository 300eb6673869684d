import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import roaring from 'roaring-wasm';
import { describe, expect, test } from 'vitest';
import { RoaringEncoder, SINGLE_ROW_BYTES, writeSingleRow } from '../../../src/segment/bitmap/roaring.ts';

const vectors: Record<string, string> = JSON.parse(
  readFileSync(new URL('../../fixtures/segment/vectors.json', import.meta.url), 'utf8'),
).bitmaps;

function encode(rows: Iterable<number>): Buffer {
  // Rows in the middle of a longer array, bytes in the middle of a dirty one: as the bitmap index uses the encoder.
  const all = Int32Array.from([9, ...rows, 9]);
  const encoder = new RoaringEncoder();
  const length = encoder.measure(all, 1, all.length - 1);
  const target = Buffer.alloc(length + 5, 0xaa);
  expect(encoder.write(all, 1, target, 3)).toBe(length + 3);
  expect(target.subarray(length + 3).toString('hex')).toBe('aaaa');
  return target.subarray(3, length + 3);
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

test('one encoder serves bitmaps of all sizes', () => {
  const encoder = new RoaringEncoder();
  const many = Int32Array.from({ length: 500 }, (_, i) => i * 65_536);
  for (const rows of [many, many.subarray(0, 1), many.subarray(0, 100)]) {
    const target = Buffer.alloc(encoder.measure(rows, 0, rows.length));
    encoder.write(rows, 0, target, 0);
    expect(target.equals(expected(rows))).toBe(true);
  }
});

test('a single row', () => {
  fc.assert(
    fc.property(fc.nat(0x7ffffffe), (row) => {
      const target = Buffer.alloc(SINGLE_ROW_BYTES, 0xaa);
      writeSingleRow(row, target, 0);
      expect(target.equals(encode([row]))).toBe(true);
    }),
  );
});
