/** Publishing through the Overlord of a real Druid 33 cluster. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../scripts/druid/cluster.mjs';
import { TOP_PAGES, TUTORIAL, topPages, totals } from './answers.ts';
import { activeTasks, zips } from './druidTasks.ts';
import { startIndex, wikipediaTask } from './jobs.ts';
import { overwriteUnderQueries, overwriteWithFewerHours } from './overwrite.ts';
import { testRivals } from './rivals.ts';

const SLOTS = 3;
/** Five JVMs on a busy machine. */
const START_MS = 1_200_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ name: 'overlord-cluster', slots: SLOTS, indexerHeap: '1g' });
}, START_MS);
afterAll(() => cluster?.stop());

function options(...more: string[]): string[] {
  return ['--overlord', cluster.overlord, '--druid-conf', join(cluster.home, 'conf'), ...more];
}

it.each(['publish', 'job'])(
  "what is published under a lock for the %s is served, with the tutorial's figures",
  async (span) => {
    const dataSource = `served_${span}`;
    const { exit, stderr } = await startIndex(wikipediaTask(dataSource), options('--lock', span)).ended;
    expect([exit, stderr]).toEqual([0, expect.not.stringContaining('segmill:')]);
    await expect.poll(() => totals(cluster, dataSource), { timeout: 180_000 }).toEqual(TUTORIAL);
    expect(await topPages(cluster, dataSource)).toEqual(TOP_PAGES);
    expect(await activeTasks(cluster, dataSource)).toEqual([]);
  },
);

it('an overwrite while queries run never shows a mix or a gap', () =>
  overwriteUnderQueries(cluster, undefined, options()));

it("an overwrite with fewer hours shows what Druid's indexer made of them, and hides the others where that is asked for", async () => {
  await overwriteWithFewerHours(cluster, 'fewer_hours', options());
});

describe('beside other tasks', () => testRivals(() => cluster, options, SLOTS));

it('Ctrl-C gives the lock back', async () => {
  const dataSource = 'interrupted';
  const { child, ended } = startIndex(wikipediaTask(dataSource), options('--lock', 'job'));
  await expect.poll(() => activeTasks(cluster, dataSource), { timeout: 20_000, interval: 20 }).toHaveLength(1);
  child.kill('SIGINT');
  expect((await ended).exit).toBe(130);
  expect(await activeTasks(cluster, dataSource)).toEqual([]);
  expect(zips(cluster, dataSource)).toEqual([]);
});
