/**
 * Random jobs, run by Druid's Hadoop indexer and by segmill with Druid's quirks. SEGMILL_E2E_SEEDS="17,18" runs other seeds
 * than the usual ones; a failing test names its seed.
 */
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { madeByHadoop } from './druids.ts';
import { expectSameInDruid } from './judge.ts';
import { type Feature, itNeeding } from './notBuilt.ts';
import { type JobOptions, randomJob } from './random/job.ts';
import { scratchFolder, segmillIndex } from './segmill.ts';

const SEEDS = (process.env.SEGMILL_E2E_SEEDS ?? '1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16').split(',').map(Number);

async function expectAgreement(seed: number, options: JobOptions): Promise<void> {
  const job = randomJob(seed, options, join(scratchFolder(), 'input'));
  const druids = await madeByHadoop(job.specText(scratchFolder()));
  const run = segmillIndex(job.specText(scratchFolder()), ['--quirks', 'druid']);
  expect(run.exit, run.stderr).toBe(0);
  await expectSameInDruid(run.segments, druids, {
    orderDependent: job.anyOrder,
    // Bitmaps count runs of neighbouring rows.
    expected: ({ where }) => job.anyOrder && where.endsWith('.nullBitmapBytes'),
  });
}

describe.each<[string, Feature | null, JobOptions]>([
  ['with a fixed number of shards', null, { partitions: 'numShards', encodings: false }],
  ['with partitions determined from the data', 'determinePartitions', { partitions: 'determined', encodings: false }],
  ['with dimensions found in the data', 'discovery', { partitions: 'numShards', encodings: false, discovery: true }],
  ['with other encodings', 'encodings', { partitions: 'numShards', encodings: true }],
])('%s, segmill agrees with Druid', (_, feature, options) => {
  // Variations are worth fewer runs than the job that has it all.
  for (const seed of feature === null ? SEEDS : SEEDS.slice(0, 6)) {
    itNeeding(feature, `on the random job of seed ${seed}`, () => expectAgreement(seed, options));
  }
});
