import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LongState } from '../../src/rollup/metrics/longState.ts';
import { RowIndex } from '../../src/rollup/rowIndex.ts';

type Key = readonly [time: number, ...cells: number[]];

const CELLS = 2;

function group(index: RowIndex, keys: readonly Key[]): number[] {
  const times = Float64Array.from(keys, ([time]) => time);
  const cells = Array.from({ length: CELLS }, (_, i) => Int32Array.from(keys, (key) => key[i + 1]));
  const rows = new Int32Array(keys.length);
  index.group(times, cells, keys.length, rows);
  return [...rows];
}

function keysOf(index: RowIndex): Key[] {
  return Array.from({ length: index.rows }, (_, row) => [
    index.times[row],
    ...index.cells.map((column) => column[row]),
  ]);
}

const key: fc.Arbitrary<Key> = fc.tuple(
  fc.constantFrom(0, 1, -1, 60_000, 2 ** 32, 2 ** 52, -(2 ** 62)),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0, 1, 2 ** 31 - 1, -(2 ** 31)),
);

describe('RowIndex', () => {
  test('gives equal keys one row, in the order of their first records', () => {
    fc.assert(
      fc.property(fc.array(fc.array(key, { maxLength: 80 }), { maxLength: 4 }), (batches) => {
        const index = new RowIndex(CELLS, [], true);
        const known = new Map<string, number>();
        for (const keys of batches) {
          const expected = keys.map((it) => {
            const text = it.join();
            if (!known.has(text)) known.set(text, known.size);
            return known.get(text);
          });
          expect(group(index, keys)).toEqual(expected);
        }
        expect(keysOf(index).map((it) => it.join())).toEqual([...known.keys()]);
      }),
      { numRuns: 100 },
    );
  });

  test('without rollup every record is a row', () => {
    const index = new RowIndex(CELLS, [], false);
    expect(
      group(index, [
        [1, 1, 1],
        [1, 1, 1],
      ]),
    ).toEqual([0, 1]);
    expect(group(index, [[1, 1, 1]])).toEqual([2]);
    expect(keysOf(index)).toEqual([
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ]);
  });

  test.each([true, false])('grows past its first room and starts again after clear (rollup %s)', (rollup) => {
    const metric = new LongState('sum', false);
    const index = new RowIndex(CELLS, [metric], rollup);
    const keys = Array.from({ length: 9000 }, (_, i): Key => [i % 90, i, -i]);
    for (const [from, to] of [
      [0, 900],
      [900, 4000],
      [4000, 9000],
    ]) {
      expect(group(index, keys.slice(from, to))).toEqual(keys.slice(from, to).map((_, i) => from + i));
      for (let row = from; row < to; row++) metric.add(row, row, 0);
    }
    expect(keysOf(index).map((it) => it.map((part) => part + 0))).toEqual(keys.map((it) => it.map((part) => part + 0)));
    const full = index.memoryUsage();
    expect(full).toBe(9000 * (20 + 4 * CELLS + metric.bytesPerRow));
    index.clear();
    expect([index.rows, index.memoryUsage()]).toEqual([0, 0]);
    expect(group(index, [keys[5], keys[3], keys[5]])).toEqual(rollup ? [0, 1, 0] : [0, 1, 2]);
  });
});
