import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CutRanges, RangeCutter } from '../../../src/partition/determine/cutRanges.ts';
import { compareTuples, type Tuple, TupleWriter } from '../../../src/partition/determine/tuple.ts';

function cut(
  counts: readonly (readonly [Tuple, number])[],
  limits: { targetRows: number; maxRows: number },
  druid = false,
): CutRanges {
  const form = { size: counts[0]?.[0].length ?? 1, joined: false };
  const cutter = new RangeCutter({ form, limits, joinsOverMax: druid, nullIsUnbounded: druid });
  const writer = new TupleWriter(form);
  for (const [tuple, rows] of counts) {
    writer.clear();
    writer.addTuple(tuple);
    cutter.add(writer.bytes, 0, writer.length, rows);
  }
  return cutter.finish();
}

const single = (...counts: readonly [string | null, number][]) =>
  counts.map(([value, rows]) => [[value], rows] as const);

describe('cuts', () => {
  // The worked example of Druid 33: values null, '', '1.0', '12', 'a' twice, 'b'; target 2.
  test('before a value that would take a shard over the target', () => {
    const counts = single([null, 1], ['', 1], ['1.0', 1], ['12', 1], ['a', 2], ['b', 1]);
    expect(cut(counts, { targetRows: 2, maxRows: 3 }).ranges).toEqual([
      { start: null, end: ['1.0'], rows: 2, values: 2 },
      { start: ['1.0'], end: ['a'], rows: 2, values: 2 },
      { start: ['a'], end: ['b'], rows: 2, values: 1 },
      { start: ['b'], end: null, rows: 1, values: 1 },
    ]);
  });

  test('a last shard of less than a quarter joins the one before it', () => {
    const counts = (last: number) => single(['a', 8], ['b', last]);
    const limits = { targetRows: 8, maxRows: 12 };
    expect(cut(counts(1), limits).ranges).toEqual([{ start: null, end: null, rows: 9, values: 2 }]);
    expect(cut(counts(2), limits).ranges).toHaveLength(2);
  });

  test('unless the two are over the maximum; Druid joins them and refuses the dimension', () => {
    const counts = single(['a', 8], ['b', 1]);
    const limits = { targetRows: 8, maxRows: 8 };
    expect(cut(counts, limits).ranges.map(({ rows }) => rows)).toEqual([8, 1]);
    expect(cut(counts, limits, true).ranges.map(({ rows }) => rows)).toEqual([9]);
  });

  test('a value of many rows is a shard alone', () => {
    const made = cut(single(['a', 1], ['b', 50], ['c', 50], ['d', 4]), { targetRows: 10, maxRows: 15 });
    expect(made.ranges.map(({ rows }) => rows)).toEqual([1, 50, 50, 4]);
    expect(made).toMatchObject({ rows: 105, values: 4, largest: { tuple: ['b'], rows: 50 } });
  });

  test('nothing, and a target of 0 rows that sampling may leave', () => {
    expect(cut([], { targetRows: 5, maxRows: 7 })).toEqual({ ranges: [], rows: 0, values: 0, largest: null });
    expect(cut(single(['a', 1], ['b', 1]), { targetRows: 0, maxRows: 0 }).ranges).toHaveLength(2);
  });

  test("Druid's single ranges know no null as a bound: one takes every row", () => {
    const counts = single(['', 4], [null, 3], ['x', 4]);
    expect(cut(counts, { targetRows: 4, maxRows: 6 }, true).ranges.map(({ start, end }) => [start, end])).toEqual([
      [null, null],
      [null, ['x']],
      [['x'], null],
    ]);
  });
});

test('ranges are contiguous, none is empty, none over the maximum unless one value alone is', () => {
  const value = fc.option(fc.constantFrom('', 'a', 'b', 'c', 'aa', '\u{1f600}', '\uff46'));
  const counted = fc.uniqueArray(fc.tuple(fc.tuple(value, value), fc.integer({ min: 1, max: 9 })), {
    selector: ([tuple]) => JSON.stringify(tuple),
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(
      counted,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 10 }),
      (values, targetRows, more) => {
        const maxRows = targetRows + more;
        const sorted = [...values].sort(([a], [b]) => compareTuples(a, b));
        const { ranges, rows } = cut(sorted, { targetRows, maxRows });
        expect(rows).toBe(values.reduce((sum, [, count]) => sum + count, 0));
        expect(ranges[0].start).toBeNull();
        expect(ranges.at(-1)!.end).toBeNull();
        expect(ranges.slice(1).map(({ start }) => start)).toEqual(ranges.slice(0, -1).map(({ end }) => end));
        for (const { start, end, rows, values } of ranges) {
          const inside = sorted.filter(
            ([tuple]) =>
              (start === null || compareTuples(start, tuple) <= 0) && (end === null || compareTuples(tuple, end) < 0),
          );
          expect(inside.reduce((sum, [, count]) => sum + count, 0)).toBe(rows);
          expect(inside).toHaveLength(values);
          expect(values).toBeGreaterThan(0);
          if (values > 1) expect(rows).toBeLessThanOrEqual(maxRows);
        }
      },
    ),
    { numRuns: 200 },
  );
});
