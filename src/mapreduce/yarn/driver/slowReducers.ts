import type { MapReduceTask } from '../client/ResourceManager.ts';

/** A reducer is slow that has run for so long, and for so many times the median of those that are done. */
const SLOW_MS = 60_000;
const SLOW_TIMES = 3;

/** A reducer that takes much longer than others: its shard has many rows, or its node is busy. */
export interface SlowReducer {
  readonly number: number;
  readonly seconds: number;
  /** From 0 to 100. */
  readonly percent: number;
  /** Median seconds of the reducers that are done. */
  readonly others: number;
}

/** @param tasks of a job that runs */
export function slowReducers(tasks: readonly MapReduceTask[]): SlowReducer[] {
  const reducers = tasks.filter(({ type }) => type === 'REDUCE');
  const done = reducers
    .filter(({ state }) => state === 'SUCCEEDED')
    .map(({ elapsedTime }) => elapsedTime)
    .sort((a, b) => a - b);
  // One alone is slow to nobody.
  if (done.length < reducers.length / 2 || done.length === 0) return [];
  const median = done[done.length >> 1];
  return reducers
    .filter(({ state, elapsedTime }) => state === 'RUNNING' && elapsedTime > Math.max(SLOW_MS, SLOW_TIMES * median))
    .map(({ id, elapsedTime, progress }) => ({
      number: Number(id.slice(id.lastIndexOf('_') + 1)),
      seconds: Math.round(elapsedTime / 1000),
      percent: Math.round(progress),
      others: Math.round(median / 1000),
    }));
}
