/** Which splits a map task reads. Runs end where splits do, so segments do not depend on it. */

import { type InputSplit, splitLabel, splitWeight } from '../../../input/splits/splits.ts';

/** As much as Hadoop's own maps read, a block of HDFS: a task starts two processes, which take seconds. */
const TASK_WEIGHT_MAX = 128 * 1024 * 1024;

/** Gathers splits that follow each other into map tasks. */
export function gatherSplits(splits: readonly InputSplit[]): InputSplit[][] {
  const tasks: InputSplit[][] = [];
  let weight = 0;
  for (const split of splits) {
    const more = splitWeight(split);
    const last = tasks.at(-1);
    if (last === undefined || weight + more > TASK_WEIGHT_MAX) {
      tasks.push([split]);
      weight = more;
    } else {
      last.push(split);
      weight += more;
    }
  }
  return tasks;
}

/** Stored bytes of splits. */
export function bytesOf(splits: readonly InputSplit[]): number {
  return splits.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** For people: what a map task reads. */
export function splitsLabel(splits: readonly InputSplit[]): string {
  const [first, ...more] = splits;
  if (first === undefined) return 'no input';
  const label = splitLabel(first);
  return more.length === 0 ? label : `${label} to ${splitLabel(more[more.length - 1])}`;
}
