import { describe, expect, test } from 'vitest';
import { hadoopSort } from '../../../src/partition/determine/hadoopSort.ts';

/** Keys below `mod`, the same in the program that asked Hadoop. */
function keysOf(count: number, mod: number): number[] {
  let seed = 12345n;
  return Array.from({ length: count }, () => {
    seed = (seed * 1103515245n + 12345n) & 0x7fffffffn;
    return Number((seed >> 8n) % BigInt(mod));
  });
}

function sorted(keys: readonly number[]): number[] {
  return [...hadoopSort(keys.length, (left, right) => keys[left] - keys[right])!];
}

describe('equal records end in the order of org.apache.hadoop.util.QuickSort 3.4.2', () => {
  test.each([
    [12, 3, [9, 8, 5, 3, 7, 6, 1, 0, 11, 10, 4, 2]],
    [13, 3, [3, 12, 5, 9, 8, 6, 7, 1, 0, 11, 2, 10, 4]],
    [
      40,
      3,
      [
        8, 33, 22, 38, 20, 19, 31, 13, 9, 3, 14, 12, 5, 26, 35, 0, 32, 29, 27, 25, 24, 23, 21, 18, 16, 15, 7, 6, 1, 10,
        30, 34, 2, 39, 36, 4, 37, 17, 28, 11,
      ],
    ],
  ])('%d records of %d keys', (count, mod, order) => {
    expect(sorted(keysOf(count, mod))).toEqual(order);
  });

  test.each([
    [1, 3, 217],
    [40, 1000, 12825712],
    [5000, 3, 708178582],
    [5000, 1000, 951451195],
  ])('%d records of %d keys, by a checksum', (count, mod, checksum) => {
    expect(sorted(keysOf(count, mod)).reduce((sum, record) => (sum * 31 + record) % 1_000_000_007, 7)).toBe(checksum);
  });
});

test('no records', () => {
  expect(hadoopSort(0, () => 0)).toEqual(new Int32Array(0));
});

test('null where Hadoop would go over to its heapsort', () => {
  // An adversary after McIlroy ("A Killer Adversary for Quicksort"): keys get their values as the sort asks for them.
  const count = 4000;
  const values = new Float64Array(count).fill(count);
  let solid = 0;
  let candidate = 0;
  const order = hadoopSort(count, (left, right) => {
    if (values[left] === count && values[right] === count) values[left === candidate ? left : right] = solid++;
    if (values[left] === count) candidate = left;
    else if (values[right] === count) candidate = right;
    return values[left] - values[right];
  });
  expect(order).toBeNull();
});
