import { expect, test } from 'vitest';
import { planSplits } from '../../../../src/input/splits/splits.ts';
import { bytesOf, gatherSplits, splitsLabel } from '../../../../src/mapreduce/yarn/driver/mapSplits.ts';

const MIB = 1024 * 1024;

function tasksOf(files: Readonly<Record<string, number>>) {
  const statuses = Object.entries(files).map(([path, mib]) => ({
    path,
    length: mib * MIB,
    modificationMs: 0,
    isDirectory: false,
  }));
  const splits = planSplits(statuses, { maxSplitBytes: 32 * MIB });
  const tasks = gatherSplits(splits);
  expect(tasks.flat()).toEqual(splits);
  return tasks.map((task) => bytesOf(task) / MIB);
}

test('a map task reads up to a block of HDFS', () => {
  expect(tasksOf({})).toEqual([]);
  expect(tasksOf({ 'a.json': 1 })).toEqual([1]);
  expect(tasksOf({ 'a.json': 128 })).toEqual([128]);
  expect(tasksOf({ 'a.json': 300 })).toEqual([128, 128, 44]);
  expect(tasksOf({ 'a.json': 116, 'b.json': 116 })).toEqual([116, 116]);
});

test('packed bytes count for what they may hold', () => {
  expect(tasksOf({ 'a.gz': 4, 'b.gz': 4, 'c.gz': 4, 'd.gz': 4, 'e.gz': 4 })).toEqual([16, 4]);
  expect(tasksOf({ 'a.gz': 1000, 'b.json': 1 })).toEqual([1000, 1]);
});

test('for people', () => {
  const [first, second] = planSplits(
    [{ path: '/in/a.json', length: 40 * MIB, modificationMs: 0, isDirectory: false }],
    {
      maxSplitBytes: 32 * MIB,
    },
  );
  expect(splitsLabel([first])).toBe('a.json bytes 0-33554432');
  expect(splitsLabel([first, second])).toBe('a.json bytes 0-33554432 to a.json bytes 33554432-41943040');
});
