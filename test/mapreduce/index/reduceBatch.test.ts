import { expect, test } from 'vitest';
import { batchSegments } from '../../../src/mapreduce/index/reduceBatch.ts';

const batches = (rows: readonly number[]) => batchSegments(rows, (count) => count);

test('small segments go together until they have the rows of a task, and stay in order', () => {
  expect(batches([4000, 4000, 192, 1, 2])).toEqual([
    [4000, 4000, 192],
    [1, 2],
  ]);
});

test('a segment with the rows of a task ends its task', () => {
  expect(batches([8192, 8192])).toEqual([[8192], [8192]]);
  expect(batches([5, 100_000, 6])).toEqual([[5, 100_000], [6]]);
  expect(batches([])).toEqual([]);
});
