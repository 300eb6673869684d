/** A job on a real YARN that publishes through the Overlord of a real Druid 33. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../scripts/druid/cluster.mjs';
import { prepareDruid33 } from '../../../scripts/druid/jars.mjs';
import { activeTasks } from '../overlord/druidTasks.ts';
import { clusterHdfs, put } from './cluster.ts';
import { hadoop, PORT_OFFSET } from './prepare.ts';
import { driver, finished, JOB_MS, leftJobs, ROOT, type Spec, specFile, WORK, withPlaces } from './yarnJobs.ts';

const JOB = join(ROOT, 'jobs/wikipedia/hashed_target.json');
const DATA = join(ROOT, 'jobs/wikipedia/wikiticker-2015-09-12-sampled.json.gz');

let druid: Cluster;
beforeAll(async () => {
  prepareDruid33();
  hadoop('up', 'yarn', '--port-offset', String(PORT_OFFSET));
  // Nobody has to run the task that holds the lock.
  druid = await startCluster({ name: 'yarn-overlord', slots: 0 });
}, 2 * JOB_MS);
afterAll(() => druid?.stop());

it.each(['publish', 'job'])(
  'segments get their names and their place in Druid under a lock for the %s',
  async (lock) => {
    const hdfs = await clusterHdfs();
    await put(hdfs, '/overlord/w.json.gz', readFileSync(DATA));
    const spec = JSON.parse(readFileSync(JOB, 'utf8'));
    spec.spec.dataSchema.dataSource = `yarn_${lock}`;
    const text = withPlaces(spec as Spec, 'hdfs:///overlord/*.gz', 'hdfs:///overlord/segments', WORK);
    const options = ['--engine', 'yarn', '--overlord', druid.overlord, '--lock', lock];
    const { dataSource, version, segments } = await finished(driver('index', specFile(text), ...options));
    // The Coordinator looks into its database every three seconds.
    const path = `/druid/coordinator/v1/metadata/segments?datasources=${dataSource}`;
    await expect.poll(async () => (await druid.get(path)).length, { timeout: 60_000 }).toBe(segments.length);
    const used = (await druid.get(path)) as { identifier: string; version: string; loadSpec: object }[];
    const byId = <Item extends { readonly id: string }>(items: readonly Item[]) =>
      items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId(used.map(({ identifier, loadSpec }) => ({ id: identifier, loadSpec })))).toEqual(
      byId(segments.map((segment) => ({ id: segment.id, loadSpec: { type: 'hdfs', path: segment.path } }))),
    );
    expect(segments.length).toBeGreaterThan(1);
    // The lock's version, not the spec's.
    expect(new Set(used.map((segment) => segment.version))).toEqual(new Set([version]));
    expect(version).not.toBe('2026-01-01T00:00:00.000Z');
    for (const segment of segments) expect((await hdfs.status(segment.path))?.length).toBe(segment.zipBytes);
    expect([await activeTasks(druid, dataSource), await leftJobs(dataSource)]).toEqual([[], []]);
  },
  JOB_MS,
);
