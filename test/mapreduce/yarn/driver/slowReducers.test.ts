import { expect, test } from 'vitest';
import type { MapReduceTask } from '../../../../src/mapreduce/yarn/client/ResourceManager.ts';
import { slowReducers } from '../../../../src/mapreduce/yarn/driver/slowReducers.ts';

function task(
  number: number,
  state: string,
  seconds: number,
  progress: number,
  type: 'MAP' | 'REDUCE' = 'REDUCE',
): MapReduceTask {
  return {
    id: `task_1_0001_${type === 'MAP' ? 'm' : 'r'}_00000${number}`,
    type,
    state,
    progress,
    elapsedTime: seconds * 1000,
  };
}

test('a reducer is slow that takes three times as long as half of those that are done, and a minute', () => {
  const done = [task(0, 'SUCCEEDED', 20, 100), task(1, 'SUCCEEDED', 30, 100), task(2, 'SUCCEEDED', 40, 100)];
  expect(slowReducers([...done, task(3, 'RUNNING', 89, 70), task(4, 'RUNNING', 91, 66.6)])).toEqual([
    { number: 4, seconds: 91, percent: 67, others: 30 },
  ]);
  expect(slowReducers([task(0, 'SUCCEEDED', 2, 100), task(1, 'RUNNING', 59, 50)])).toEqual([]);
});

test('none is while most still run, and a map never is', () => {
  expect(slowReducers([task(0, 'SUCCEEDED', 1, 100), task(1, 'RUNNING', 500, 1), task(2, 'RUNNING', 500, 1)])).toEqual(
    [],
  );
  expect(slowReducers([task(0, 'RUNNING', 500, 1)])).toEqual([]);
  expect(slowReducers([task(0, 'SUCCEEDED', 1, 100), task(1, 'RUNNING', 500, 1, 'MAP')])).toEqual([]);
});
