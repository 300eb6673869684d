import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pruneLists, UsedRanks } from '../../../src/rollup/run/usedRanks.ts';

/** A column's highest rank and the ranks of a section's rows. */
const section = fc
  .integer({ min: 1, max: 3000 })
  .chain((max) => fc.tuple(fc.constant(max), fc.array(fc.integer({ min: 0, max }), { maxLength: 300 })));

it('numbers the used ranks in order, section by section', () => {
  fc.assert(
    fc.property(fc.array(section, { maxLength: 6 }), (sections) => {
      const used = new UsedRanks();
      for (const [max, cells] of sections) {
        used.begin(max);
        // The rows come from behind, and in two parts.
        const order = Int32Array.from(cells, (_, i) => cells.length - 1 - i);
        const middle = cells.length >> 1;
        used.addRows(Int32Array.from(cells), order, 0, middle);
        used.addRows(Int32Array.from(cells), order, middle, cells.length);
        used.number();
        const expected = [...new Set(cells)].filter((rank) => rank > 0).sort((a, b) => a - b);
        expect([...used.ranks.subarray(0, used.count)]).toEqual(expected);
        expect(used.hasNull).toBe(cells.includes(0));
        const numbers = new Int32Array(max + 1);
        expected.forEach((rank, i) => {
          numbers[rank] = i + 1;
        });
        expect([...used.numbers.subarray(0, max + 1)]).toEqual([...numbers]);
      }
    }),
    { numRuns: 40 },
  );
});

it('prunes lists to the used cells and their values', () => {
  const lists = { ends: Int32Array.of(0, 1, 3, 4, 7, 9), ids: Int32Array.of(2, 2, 5, 3, 0, 5, 7, 1, 1) };
  const cells = new UsedRanks();
  const values = new UsedRanks();
  cells.begin(5);
  cells.addIds(Int32Array.of(4, 0, 2, 4), 0, 4);
  cells.number();
  values.begin(7);
  const pruned = pruneLists(lists, cells, values);
  expect([...pruned.ends]).toEqual([2, 5]);
  expect([...pruned.ids]).toEqual([1, 2, 0, 2, 3]);
  expect([...values.ranks.subarray(0, values.count)]).toEqual([2, 5, 7]);
  expect(values.hasNull).toBe(true);
});
