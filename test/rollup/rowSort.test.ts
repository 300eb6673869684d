import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortRows, timeColumns } from '../../src/rollup/rowSort.ts';

function plainOrder(rows: number, columns: readonly ArrayLike<number>[]): number[] {
  return Array.from({ length: rows }, (_, row) => row).sort((a, b) => {
    for (const values of columns) if (values[a] !== values[b]) return values[a] - values[b];
    return a - b;
  });
}

describe('sortRows', () => {
  it('equals a plain stable sort by columns', () => {
    const max = fc.constantFrom(0, 1, 2, 5, 300, 70_000, 0x7fff_ffff);
    const table = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.array(max, { maxLength: 8 })).chain(([rows, maxima]) =>
      fc.tuple(
        fc.constant(rows),
        ...maxima.map((most) =>
          fc.record({
            max: fc.constant(most),
            values: fc.int32Array({ min: 0, max: most, minLength: rows, maxLength: rows }),
          }),
        ),
      ),
    );
    fc.assert(
      fc.property(table, ([rows, ...columns]) => {
        const values = columns.map((column) => column.values);
        expect([...sortRows(rows, columns)]).toEqual(plainOrder(rows, values));
      }),
      { numRuns: 80 },
    );
  });

  it('sorts many rows, among them many alike', () => {
    const rows = 20_000;
    const column = (modulus: number, factor: number) => ({
      max: modulus - 1,
      values: Int32Array.from({ length: rows }, (_, row) => (row * factor) % modulus),
    });
    const columns = [column(2, 7), column(5, 3), column(0x7fff_ffff, 104_729), column(3, 1)];
    const few = [column(2, 7), column(3, 5)];
    for (const keys of [columns, few]) {
      const values = keys.map((key) => key.values);
      expect([...sortRows(rows, keys)]).toEqual(plainOrder(rows, values));
    }
  });
});

describe('timeColumns', () => {
  it('order rows as their times do', () => {
    const times = fc.array(
      fc.oneof(
        fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
        fc.integer({ min: 0, max: 50 }).map((n) => n * 60_000),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(times, (values) => {
        const columns = timeColumns(Float64Array.from(values), values.length);
        expect([...sortRows(values.length, columns)]).toEqual(plainOrder(values.length, [values]));
      }),
    );
  });

  it('need few bits for a day by minutes', () => {
    const times = Float64Array.from({ length: 1440 }, (_, minute) => 1_442_016_000_000 + minute * 60_000);
    expect(timeColumns(times, 1440)).toEqual([{ values: Int32Array.from({ length: 1440 }, (_, i) => i), max: 1439 }]);
    expect(timeColumns(times, 1)).toEqual([]);
  });
});
