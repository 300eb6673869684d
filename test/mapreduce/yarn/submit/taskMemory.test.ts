import { expect, test } from 'vitest';
import { checkFits, taskMemory } from '../../../../src/mapreduce/yarn/submit/taskMemory.ts';

test('containers that are larger than any of the cluster are told before the job runs', () => {
  const memory = { map: taskMemory('map', {}), reduce: taskMemory('reduce', { 'mapreduce.reduce.memory.mb': '9000' }) };
  expect(() => checkFits(memory, 9000)).not.toThrow();
  expect(() => checkFits(memory, 8192)).toThrow(
    new Error(
      'mapreduce.reduce.memory.mb is 9000, and the cluster gives containers of at most 8192 MB. Set it to no more than that in ' +
        'tuningConfig.jobProperties.',
    ),
  );
});
