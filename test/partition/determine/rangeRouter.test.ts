import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CellKind, type RangeDimension } from '../../../src/partition/determine/rangeDimension.ts';
import { type RangeBounds, RangeRouter, type SortedDictionary } from '../../../src/partition/determine/rangeRouter.ts';
import { compareTuples, type Tuple } from '../../../src/partition/determine/tuple.ts';
import { compareUtf8 } from '../../../src/segment/utf8Order.ts';
import { rangeOf, textDimension } from './support.ts';

function route(ranges: readonly RangeBounds[], dimensions: readonly RangeDimension[], rows: number): number[] {
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const shards = new Int32Array(rows).fill(-7);
  const cellMax = dimensions.map(({ cells }) => cells.reduce((max, cell) => Math.max(max, cell), 0));
  new RangeRouter(ranges, dimensions.length).route(dimensions, cellMax, all, 0, rows, shards);
  return [...shards];
}

/** Contiguous ranges, cut at the tuples. */
function rangesOf(bounds: Tuple[]): RangeBounds[] {
  const cuts = bounds
    .sort(compareTuples)
    .filter((tuple, i) => (i === 0 ? tuple.some((v) => v !== null) : compareTuples(bounds[i - 1], tuple) !== 0));
  return [null, ...cuts].map((start, i) => ({ start, end: cuts[i] ?? null }));
}

function dictionaryOf(values: readonly string[]): SortedDictionary {
  const texts = values.map((value) => Buffer.from(value));
  const compare = (text: Uint8Array, id: number) =>
    compareUtf8(text, 0, text.length, texts[id - 1], 0, texts[id - 1].length);
  return { values: values.length, compare };
}

const value = fc.option(fc.constantFrom('', 'a', 'b', 'ab', 'b\u0000', '\u{1f600}', '\uff46', '\ufeff'));
const tuples = (size: number) => fc.array(fc.array(value, { minLength: size, maxLength: size }), { maxLength: 12 });

describe('RangeRouter', () => {
  test.each([1, 2, 3])('finds the range that holds a row, by %d values', (size) => {
    fc.assert(
      fc.property(tuples(size), tuples(size), (bounds, rows) => {
        const ranges = rangesOf(bounds);
        const dimensions = Array.from({ length: size }, (_, d) =>
          textDimension(
            `d${d}`,
            rows.map((row) => [row[d]].filter((v) => v !== null)),
          ),
        );
        expect(route(ranges, dimensions, rows.length)).toEqual(rows.map((row) => rangeOf(ranges, row)));
      }),
      { numRuns: 100 },
    );
  });

  test.each([1, 2])('finds it by positions of sorted dictionaries, by %d values', (size) => {
    fc.assert(
      fc.property(tuples(size), tuples(size), (bounds, rows) => {
        const ranges = rangesOf(bounds);
        const router = new RangeRouter(ranges, size);
        const columns = Array.from({ length: size }, (_, d) => d).map((d) =>
          [...new Set<string>(rows.flatMap((row) => row[d] ?? []))].sort(),
        );
        const positions = columns.map((values, d) => router.dictionaryPositions(d, dictionaryOf(values)));
        const cells = columns.map((values, d) => Int32Array.from(rows, (row) => values.indexOf(row[d] as string) + 1));
        const shards = new Int32Array(rows.length);
        router.routeByPositions(positions, cells, rows.length, shards);
        expect([...shards]).toEqual(rows.map((row) => rangeOf(ranges, row)));
      }),
      { numRuns: 100 },
    );
  });

  test("finds a shard among Druid's overlapping ranges by halving, as Druid does (h12)", () => {
    const values = [[], [''], ['x'], ['y']];
    const dimension = [textDimension('sn', values)];
    const joined = (cuts: readonly (string | null)[]): RangeBounds[] =>
      [null, ...cuts].map((start, i) => ({
        start: start === null ? null : [start],
        end: cuts[i] === null || cuts[i] === undefined ? null : [cuts[i]],
      }));
    // The first day: the first shard gets nothing. The second day: it gets everything.
    expect(route(joined([null, '', 'x', 'y']), dimension, 4)).toEqual([1, 2, 3, 4]);
    expect(route(joined([null, 'x', 'y']), dimension, 4)).toEqual([0, 0, 0, 0]);
  });

  test('several values count as null', () => {
    const ranges = [
      { start: null, end: ['a'] },
      { start: ['a'], end: null },
    ];
    expect(route(ranges, [textDimension('mv', [['a', 'b'], ['b'], []])], 3)).toEqual([0, 1, 0]);
  });

  test('cells are looked up once where there are fewer of them than rows; negative ones always', () => {
    const looked: number[] = [];
    const dimension: RangeDimension = {
      name: 'd',
      cells: Int32Array.from([1, 2, 1, 2, -1, 1, -1]),
      find: (cell, found) => {
        looked.push(cell);
        if (cell < 0) return CellKind.several;
        found.bytes = Buffer.from(cell === 1 ? 'a' : 'c');
        found.start = 0;
        found.end = 1;
        return CellKind.text;
      },
    };
    const ranges = [
      { start: null, end: ['b'] },
      { start: ['b'], end: null },
    ];
    expect(route(ranges, [dimension], 7)).toEqual([0, 1, 0, 1, 0, 0, 0]);
    expect(looked).toEqual([1, 2, -1, -1]);
  });

  test('touches only the rows asked for', () => {
    const shards = new Int32Array(4).fill(-7);
    const dimension = textDimension('d', [['a'], ['b'], ['a'], ['b']]);
    const ranges = [
      { start: null, end: ['b'] },
      { start: ['b'], end: null },
    ];
    new RangeRouter(ranges, 1).route([dimension], [3], Int32Array.of(3, 0, 2), 0, 2, shards);
    expect([...shards]).toEqual([0, -7, -7, 1]);
  });

  test('a plan that has no place for a row', () => {
    const gap: RangeBounds[] = [{ start: ['b'], end: null }];
    expect(rangeOf(gap, ['a'] satisfies Tuple)).toBe(-1);
    expect(() => route(gap, [textDimension('d', [['a']])], 1)).toThrow(
      new Error('no range of the partition plan holds a row: the input has changed since the ranges were determined'),
    );
  });
});
