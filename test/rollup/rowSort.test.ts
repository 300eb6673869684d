import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKernel } from '../../src/kernel/kernel.ts';
import { sortColumn, sortRows, timeColumns } from '../../src/rollup/rowSort.ts';

const kernel = createKernel();

/** A column before it is in the kernel. */
interface Column {
  readonly values: Int32Array;
  readonly max: number;
}

/** Sorts in the kernel, and leaves nothing there. */
function sorted(rows: number, columns: readonly Column[]): number[] {
  const mark = kernel.mark();
  const order = sortRows(
    kernel,
    rows,
    columns.map(({ values, max }) => sortColumn(kernel, values, max)),
  );
  kernel.release(mark);
  return [...order];
}

function column(values: readonly number[], slack = 0): Column {
  return { values: Int32Array.from(values), max: Math.max(0, ...values) + slack };
}

/** Rows by columns, equal ones as they stood: the built-in sort is stable. */
function plainSort(rows: number, columns: readonly Column[]): number[] {
  return Array.from({ length: rows }, (_, row) => row).sort((a, b) => {
    for (const { values } of columns) if (values[a] !== values[b]) return values[a] - values[b];
    return 0;
  });
}

const WIDTHS = [0, 1, 3, 255, 2047, 0xffff, 0x7fffffff];

describe('sortRows', () => {
  test('sorts as a plain stable sort does', () => {
    const columns = fc.integer({ min: 0, max: 400 }).chain((rows) =>
      fc.array(
        fc
          .constantFrom(...WIDTHS)
          .chain((max) => fc.array(fc.nat(max), { minLength: rows, maxLength: rows }))
          .map((values) => column(values)),
        { minLength: 1, maxLength: 6 },
      ),
    );
    fc.assert(
      fc.property(columns, (some) => {
        const rows = some[0].values.length;
        expect(sorted(rows, some)).toEqual(plainSort(rows, some));
      }),
      { numRuns: 150 },
    );
  });

  test('looks beyond the 64 bits that it packs, in every group of equal beginnings', () => {
    const rows = 5000;
    // 31 bits each, so the third column is packed in part. Two values only: nearly every row has its equals in the leading columns.
    const columns = [7, 11, 13, 17].map((shift) =>
      column(Array.from({ length: rows }, (_, row) => 0x7fffffff - (((row * 2654435761) >>> shift) & 1))),
    );
    expect(sorted(rows, columns)).toEqual(plainSort(rows, columns));
  });

  test('a bound above the highest value changes nothing', () => {
    const values = Array.from({ length: 300 }, (_, row) => (row * 7919) % 97);
    expect(sorted(300, [column(values, 1_000_000)])).toEqual(plainSort(300, [column(values)]));
  });

  test('takes no rows, no columns', () => {
    expect(sorted(0, [])).toEqual([]);
    expect(sorted(0, [column([])])).toEqual([]);
    expect(sorted(3, [])).toEqual([0, 1, 2]);
  });
});

describe('timeColumns', () => {
  test('sort like the times', () => {
    const times = fc.oneof(
      fc.array(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), { maxLength: 60 }),
      fc.array(
        fc.integer({ min: -1000, max: 1000 }).map((minute) => minute * 60_000),
        { maxLength: 60 },
      ),
      fc.array(fc.constantFrom(-(2 ** 62), 0, 86_400_000), { maxLength: 60 }),
    );
    fc.assert(
      fc.property(times, (some) => {
        const rows = some.length;
        const mark = kernel.mark();
        const order = sortRows(kernel, rows, timeColumns(kernel, Float64Array.from(some), rows));
        kernel.release(mark);
        expect([...order].map((row) => some[row])).toEqual([...some].sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });

  test('a day by minutes takes eleven bits', () => {
    const times = Float64Array.from({ length: 1440 }, (_, minute) => 1_709_251_200_000 + minute * 60_000);
    const [only, ...others] = timeColumns(kernel, times, 1440);
    expect(others).toEqual([]);
    expect(only.max).toBe(1439);
    expect([...kernel.ints.subarray(only.values / 4, only.values / 4 + 1440)]).toEqual(
      Array.from({ length: 1440 }, (_, minute) => minute),
    );
  });

  test('one time needs no column', () => {
    expect(timeColumns(kernel, Float64Array.of(5, 5, 5), 3)).toEqual([]);
    expect(timeColumns(kernel, new Float64Array(0), 0)).toEqual([]);
  });
});
