import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapAtOnce } from '../../src/storage/mapAtOnce.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

test('each item once, several at a time', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  const results = await mapAtOnce(numbers(100), async (i) => {
    most = Math.max(most, ++running);
    for (let turns = 0; turns < i % 3; turns++) await turn();
    running--;
    done.push(i);
    return 2 * i;
  });
  expect(results).toEqual(numbers(100).map((i) => 2 * i));
  expect(done.sort((a, b) => a - b)).toEqual(numbers(100));
  expect(most).toBe(16);
  await mapAtOnce([], () => Promise.reject(new Error('nothing to do')));
});

test('after an error nothing begins, what runs is waited for, and the first in order is told', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const fails = mapAtOnce(numbers(100), async (i) => {
    begun.push(i);
    for (let turns = 0; turns < 20 - i; turns++) await turn();
    if (i === 15 || i === 3) throw new Error(`no ${i}`);
    ended.push(i);
  });
  await expect(fails).rejects.toThrow(new Error('no 3'));
  expect(begun).toEqual(numbers(16));
  expect(ended.sort((a, b) => a - b)).toEqual(numbers(15).filter((i) => i !== 3));
});
