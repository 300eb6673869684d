/**
 * Random jobs, run by Druid's Hadoop indexer and by segmill. SEGMILL_E2E_SEEDS="17,18" runs other seeds than the usual
 * ones; a failing test names its seed.
 */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { madeByHadoop } from './druids.ts';
import { expectSameInDruid } from './judge.ts';
import { randomJob } from './randomJob.ts';
import { scratchFolder, segmillIndex } from './segmill.ts';

const SEEDS = (process.env.SEGMILL_E2E_SEEDS ?? '1,2,3,4,5,6,7,8,9,10,11,12').split(',').map(Number);

it.each(SEEDS)('agrees with Druid on the random job of seed %d', async (seed) => {
  const job = randomJob(seed, join(scratchFolder(), 'input'));
  const druids = await madeByHadoop(job(scratchFolder()));
  const run = segmillIndex(job(scratchFolder()));
  expect(run.exit, run.stderr).toBe(0);
  await expectSameInDruid(run.segments, druids);
});
