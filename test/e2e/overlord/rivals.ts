/** Tasks of a real Druid that want the same time as a job of ours. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../scripts/druid/cluster.mjs';
import { TUTORIAL, totals, Watch } from './answers.ts';
import {
  activeTasks,
  DAY,
  end,
  locked,
  NATIVE_TOTALS,
  running,
  storedVersions,
  submitCompaction,
  submitNative,
  submitNoop,
  tryLock,
  visibleVersions,
  waitForLock,
  zips,
} from './druidTasks.ts';
import { startIndex, wikipediaTask } from './jobs.ts';

/** So much data that a job has its lock for seconds. */
const LONG = { copies: 8, waitMs: 120_000 };
/** Rows with values in every dimension: Druid 33 compacts no segments in which a dimension has none, unless it is told the dimensions. */
const ANONYMOUS = { type: 'selector', dimension: 'isAnonymous', value: 'true' };
/** Druid's Coordinator looks every three seconds. */
const SETTLE_MS = 12_000;

/** What a job says whose lock was taken away: whether it looks before it publishes, or finds out then. */
function lockTaken(dataSource: string): RegExp {
  return new RegExp(
    '^segmill: Nothing was published: the lock ' +
      `(on ${dataSource} ${DAY} was taken away by a task of higher priority; run the job again when that is done` +
      '|was lost before the segments were inserted; run the job again)\\.\n$',
  );
}

/**
 * @param clusterOf the cluster, once it runs
 * @param options of `segmill index` to publish through its Overlord
 * @param slots of its workers
 */
export function testRivals(clusterOf: () => Cluster, options: (...more: string[]) => string[], slots: number): void {
  async function publish(
    dataSource: string,
    changes: Parameters<typeof wikipediaTask>[1] = {},
    ...more: readonly string[]
  ) {
    const ended = await startIndex(wikipediaTask(dataSource, changes), options('--quiet', ...more)).ended;
    expect([ended.exit, ended.stderr]).toEqual([0, '']);
    return ended;
  }

  it('a task of the same priority that has the lock is told of, and nothing is published', async () => {
    const cluster = clusterOf();
    const dataSource = 'refused';
    const rival = await submitNoop(cluster, dataSource, 'refused_rival', 50);
    await tryLock(cluster, rival);
    await running(cluster, dataSource, 1);
    const { exit, stderr } = await startIndex(wikipediaTask(dataSource, { waitMs: 10_000 }), options('--quiet')).ended;
    expect([exit, stderr]).toEqual([
      1,
      `segmill: Nothing was published: the lock on ${dataSource} ${DAY} was not to be had within 10 s: a task of priority 50 or more holds it ` +
        `(running: ${rival.id}); run the job again when that is done.\n`,
    ]);
    expect(zips(cluster, dataSource)).toEqual([]);
    expect(await activeTasks(cluster, dataSource)).toEqual([rival.id]);
    await end(cluster, rival);
  });

  it('a native batch task and ours on the same day wait for each other', async () => {
    const cluster = clusterOf();
    const dataSource = 'contended';
    const spec = wikipediaTask(dataSource, { shards: 2, waitMs: 120_000 });
    const tasks: string[] = [];
    const jobs: ReturnType<typeof startIndex>['ended'][] = [];
    for (let round = 0; round < 3; round++) {
      jobs.push(startIndex(spec, options('--quiet', '--lock', round === 1 ? 'job' : 'publish')).ended);
      tasks.push(await submitNative(cluster, dataSource, 50));
    }
    for (const id of tasks) expect((await cluster.ended(id)).statusCode).toBe('SUCCESS');
    const ours = await Promise.all(jobs);
    expect(ours.map(({ exit }) => exit)).toEqual([0, 0, 0]);
    // Each one has a version of its own, whole.
    const versions = storedVersions(cluster, dataSource);
    expect(versions.size).toBe(6);
    for (const { version } of ours) expect(versions.get(version)).toEqual(['0', '1']);
    // The newest is served, and nothing else.
    const newest = [...versions.keys()].sort().at(-1);
    await expect.poll(() => visibleVersions(cluster, dataSource), { timeout: 180_000 }).toEqual([newest]);
    const isOurs = ours.some(({ version }) => version === newest);
    await expect
      .poll(() => totals(cluster, dataSource), { timeout: 180_000 })
      .toEqual(isOurs ? TUTORIAL : NATIVE_TOTALS);
  });

  it('a compaction of the same day gives way to ours, and never mixes with it', async () => {
    const cluster = clusterOf();
    const dataSource = 'compacted';
    await publish(dataSource, { shards: 4 });
    await expect.poll(() => totals(cluster, dataSource), { timeout: 180_000 }).toEqual(TUTORIAL);
    const watch = new Watch(cluster, dataSource);
    // It has the lock, and reads, when ours comes.
    const before = await submitCompaction(cluster, dataSource);
    await locked(cluster, dataSource);
    const ours = await publish(dataSource, { shards: 3, filter: ANONYMOUS }, '--lock', 'job');
    await expect.poll(() => visibleVersions(cluster, dataSource), { timeout: 180_000 }).toEqual([ours.version]);
    // Where it came as far as to publish, it tries for ten minutes before it fails.
    await end(cluster, { id: before });
    expect((await cluster.ended(before)).statusCode).toBe('FAILED');
    // One that comes when ours has the lock waits, and compacts what ours has published.
    const { ended } = startIndex(
      wikipediaTask(dataSource, { ...LONG, shards: 2, filter: ANONYMOUS }),
      options('--quiet', '--lock', 'job'),
    );
    await locked(cluster, dataSource);
    const after = await submitCompaction(cluster, dataSource);
    const second = await ended;
    expect([second.exit, second.stderr]).toEqual([0, '']);
    expect((await cluster.ended(after)).statusCode).toBe('SUCCESS');
    await sleep(SETTLE_MS);
    const { changes } = await watch.stop();
    const some = changes[1] as typeof TUTORIAL;
    const times = (factor: number) => ({
      n: factor * some.n,
      added: factor * some.added,
      deleted: factor * some.deleted,
      delta: factor * some.delta,
    });
    expect(some.n).toBe(ours.rows);
    expect(changes).toEqual([TUTORIAL, some, times(LONG.copies)]);
    const [newest] = await visibleVersions(cluster, dataSource);
    expect(newest > second.version).toBe(true);
    expect(storedVersions(cluster, dataSource).get(newest)).toHaveLength(5);
  });

  describe('a task of higher priority takes the lock away from a running job, which publishes nothing', () => {
    it('a compaction', async () => {
      const cluster = clusterOf();
      const dataSource = 'compacted_first';
      const { version } = await publish(dataSource, { shards: 2 });
      const { ended } = startIndex(wikipediaTask(dataSource, LONG), options('--quiet', '--lock', 'job'));
      await locked(cluster, dataSource);
      const compaction = await submitCompaction(cluster, dataSource, 75);
      const { exit, stderr } = await ended;
      expect([exit, stderr]).toEqual([1, expect.stringMatching(lockTaken(dataSource))]);
      expect((await cluster.ended(compaction)).statusCode).toBe('SUCCESS');
      // The first one, and the compaction of it.
      expect([...storedVersions(cluster, dataSource).values()].map((partitions) => partitions.length)).toEqual([2, 5]);
      await expect.poll(() => visibleVersions(cluster, dataSource), { timeout: 180_000 }).not.toContain(version);
      expect(await totals(cluster, dataSource)).toEqual(TUTORIAL);
    });

    it('a native batch task', async () => {
      const cluster = clusterOf();
      const dataSource = 'replaced_first';
      const { ended } = startIndex(wikipediaTask(dataSource, LONG), options('--quiet', '--lock', 'job'));
      await locked(cluster, dataSource);
      const native = await submitNative(cluster, dataSource, 90);
      const { exit, stderr } = await ended;
      expect([exit, stderr]).toEqual([1, expect.stringMatching(lockTaken(dataSource))]);
      expect((await cluster.ended(native)).statusCode).toBe('SUCCESS');
      expect(storedVersions(cluster, dataSource).size).toBe(1);
      await expect.poll(() => totals(cluster, dataSource), { timeout: 180_000 }).toEqual(NATIVE_TOTALS);
      expect(await activeTasks(cluster, dataSource)).toEqual([]);
    });
  });

  it('no slot is needed: all are taken, one of them by a task that waits for our lock', async () => {
    const cluster = clusterOf();
    const dataSource = 'crowded';
    const others = Array.from({ length: slots - 1 }, (_, i) => submitNoop(cluster, 'elsewhere', `crowd_${i}`, 50));
    const rivals = await Promise.all([...others, submitNoop(cluster, dataSource, 'crowd_waits', 50)]);
    await running(cluster, 'elsewhere', slots - 1);
    await running(cluster, dataSource, 1);
    const { ended } = startIndex(wikipediaTask(dataSource, LONG), options('--quiet', '--lock', 'job'));
    await locked(cluster, dataSource);
    const waiting = waitForLock(cluster, rivals[slots - 1]);
    const { exit, stderr, version } = await ended;
    expect([exit, stderr]).toEqual([0, '']);
    expect(((await waiting).result as { version: string }).version > version).toBe(true);
    expect(await activeTasks(cluster, dataSource)).toEqual(['crowd_waits']);
    await Promise.all(rivals.map((rival) => end(cluster, rival)));
    await expect.poll(() => visibleVersions(cluster, dataSource), { timeout: 180_000 }).toEqual([version]);
  });

  it('a version of our own choosing below one that is there is refused', async () => {
    const cluster = clusterOf();
    const dataSource = 'outdated';
    const { version } = await publish(dataSource);
    const spec = wikipediaTask(dataSource, { version: '2020-01-01T00:00:00.000Z', useExplicitVersion: true });
    const { exit, stderr } = await startIndex(spec, options('--quiet')).ended;
    expect([exit, stderr]).toEqual([
      1,
      `segmill: Nothing was published: ${dataSource} has version ${version} of ${DAY} already, which would hide our version ` +
        '2020-01-01T00:00:00.000Z. Somebody published it with a version of their own choosing, or a clock is wrong.\n',
    ]);
    expect(zips(cluster, dataSource)).toHaveLength(1);
    expect(await activeTasks(cluster, dataSource)).toEqual([]);
  });
}
