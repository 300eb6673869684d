import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { pruneLists, UsedRanks } from '../../../src/rollup/run/usedRanks.ts';

/** A column's highest rank and the ranks of the rows of a few sections. */
const column = fc
  .integer({ min: 0, max: 3000 })
  .chain((max) =>
    fc.tuple(fc.constant(max), fc.array(fc.array(fc.integer({ min: 0, max }), { maxLength: 300 }), { maxLength: 5 })),
  );

function ranksOf({ kernel, ranks, count }: UsedRanks): number[] {
  return [...kernel.ints.subarray(ranks / 4, ranks / 4 + count)];
}

it('numbers the used ranks in order, section by section', () => {
  const kernel = createKernel();
  fc.assert(
    fc.property(column, ([max, sections]) => {
      const mark = kernel.mark();
      // What was there before does not matter.
      kernel.bytes.fill(0xa5, mark);
      const used = new UsedRanks(kernel, max);
      for (const cells of sections) {
        const address = kernel.allocate(cells.length * 4);
        kernel.ints.set(cells, address / 4);
        used.number(address, cells.length);
        const expected = [...new Set(cells)].filter((rank) => rank > 0).sort((a, b) => a - b);
        expect(ranksOf(used)).toEqual(expected);
        expect(used.hasNull).toBe(cells.includes(0));
        const numberOf = (rank: number) => kernel.ints[used.numbers / 4 + rank];
        expect(numberOf(0)).toBe(0);
        expect(expected.map(numberOf)).toEqual(expected.map((_, i) => i + 1));
      }
      kernel.release(mark);
    }),
    { numRuns: 60 },
  );
});

it('prunes lists to the used cells and their values', () => {
  const lists = { ends: Int32Array.of(0, 1, 3, 4, 7, 9), ids: Int32Array.of(2, 2, 5, 3, 0, 5, 7, 1, 1) };
  const kernel = createKernel();
  const cells = new UsedRanks(kernel, 5);
  const values = new UsedRanks(kernel, 7);
  const address = kernel.allocate(16);
  kernel.ints.set([4, 0, 2, 4], address / 4);
  cells.number(address, 4);
  const pruned = pruneLists(lists, cells, values);
  expect([...pruned.ends]).toEqual([2, 5]);
  expect([...pruned.ids]).toEqual([1, 2, 0, 2, 3]);
  expect(ranksOf(values)).toEqual([2, 5, 7]);
  expect(values.hasNull).toBe(true);
});
