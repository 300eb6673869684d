/** Publishing through the Overlord of a real Druid 33 cluster. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../scripts/druid/cluster.mjs';
import { startIndex, wikipediaTask } from './jobs.ts';

const DAY = '2015-09-12T00:00:00.000Z/2015-09-13T00:00:00.000Z';
const SLOTS = 3;
/** Five JVMs on a busy machine. */
const START_MS = 1_200_000;
/** Milliseconds that a query loop goes on after the last overwrite was published: Druid's Coordinator looks every three seconds. */
const SETTLE_MS = 12_000;
/** The figures of Druid's tutorial. */
const TUTORIAL = { n: 39_244, added: 9_385_573, deleted: 394_298, delta: 8_991_275 };

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ name: 'overlord-cluster', slots: SLOTS, indexerHeap: '1g' });
}, START_MS);
afterAll(() => cluster?.stop());

function options(...more: string[]): string[] {
  return ['--overlord', cluster.overlord, '--druid-conf', join(cluster.home, 'conf'), ...more];
}

/** Index.zip files of a data source in deep storage. */
function zips(dataSource: string): string[] {
  const folder = join(cluster.deepStorage, dataSource);
  if (!existsSync(folder)) return [];
  return (readdirSync(folder, { recursive: true }) as string[]).filter((path) => path.endsWith('.zip'));
}

/** Ids of tasks of a data source that have not ended. */
async function activeTasks(dataSource: string): Promise<string[]> {
  const ids: string[] = [];
  for (const state of ['waiting', 'pending', 'running']) {
    const tasks = await cluster.get(`/druid/indexer/v1/tasks?state=${state}&datasource=${dataSource}`);
    ids.push(...(tasks as { id: string }[]).map(({ id }) => id));
  }
  return ids;
}

interface Noop {
  readonly type: 'noop';
  readonly id: string;
  readonly dataSource: string;
}

/** A task of Druid's own, which runs a minute. */
async function submitNoop(dataSource: string, id: string, priority: number): Promise<Noop> {
  const task = { type: 'noop', id, groupId: id, dataSource, runTime: 60_000, context: { priority } } as const;
  await cluster.post('/druid/indexer/v1/task', task);
  return task;
}

function lock(task: Noop): Promise<{ result: { version: string } | null }> {
  const action = { type: 'lockTryAcquire', lockType: 'EXCLUSIVE', interval: DAY };
  return cluster.post('/druid/indexer/v1/action', { task, action });
}

async function end({ id }: Noop): Promise<void> {
  await cluster.post(`/druid/indexer/v1/task/${id}/shutdown`, {});
}

it.each(['publish', 'job'])(
  "what is published under a lock for the %s is served, with the tutorial's figures",
  async (span) => {
    const dataSource = `served_${span}`;
    const { exit, stderr } = await startIndex(wikipediaTask(dataSource), options('--lock', span)).ended;
    expect([exit, stderr]).toEqual([0, expect.not.stringContaining('segmill:')]);
    await cluster.served(dataSource, 1);
    const totals = `SELECT COUNT(*) AS n, SUM(added) AS added, SUM(deleted) AS deleted, SUM(delta) AS delta FROM ${dataSource}`;
    // The Broker knows the columns of a new data source a little later than its segments.
    await expect.poll(() => cluster.sql(totals), { timeout: 60_000 }).toEqual([TUTORIAL]);
    const top = await cluster.sql(
      `SELECT page, COUNT(*) AS edits FROM ${dataSource} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3`,
    );
    expect(top).toEqual([
      { page: 'Wikipedia:Vandalismusmeldung', edits: 33 },
      { page: 'User:Cyde/List of candidates for speedy deletion/Subpage', edits: 28 },
      { page: 'Jeremy Corbyn', edits: 27 },
    ]);
    expect(await activeTasks(dataSource)).toEqual([]);
  },
);

it('an overwrite while queries run never shows a mix or a gap', async () => {
  const dataSource = 'overwritten';
  const robots = { type: 'selector', dimension: 'isRobot', value: 'true' };
  const publish = async (shards: number, filter?: object) => {
    const spec = wikipediaTask(dataSource, { shards, ...(filter === undefined ? {} : { filter }) });
    const { exit, stderr, rows } = await startIndex(spec, options('--quiet')).ended;
    expect([exit, stderr]).toEqual([0, '']);
    await expect.poll(countRows, { timeout: 60_000 }).toBe(rows);
    return rows;
  };
  const countRows = async () => (await cluster.sql(`SELECT COUNT(*) AS n FROM ${dataSource}`))[0]?.n;
  await publish(4);
  await cluster.served(dataSource, 4);
  const seen: number[] = [];
  let isOver = false;
  const queries = (async () => {
    while (!isOver) seen.push(await countRows());
  })();
  const some = await publish(3, robots);
  await publish(2);
  await sleep(SETTLE_MS);
  isOver = true;
  await queries;
  expect(some).toBeLessThan(TUTORIAL.n);
  const changes = seen.filter((rows, i) => rows !== seen[i - 1]);
  expect(changes).toEqual([TUTORIAL.n, some, TUTORIAL.n]);
});

it('a task of the same priority that has the lock is told of, and nothing is published', async () => {
  const dataSource = 'refused';
  const rival = await submitNoop(dataSource, 'refused_rival', 50);
  await lock(rival);
  await expect.poll(() => activeTasks(dataSource)).toEqual([rival.id]);
  const { exit, stderr } = await startIndex(wikipediaTask(dataSource, { waitMs: 10_000 }), options('--quiet')).ended;
  expect([exit, stderr]).toEqual([
    1,
    `segmill: Nothing was published: the lock on ${dataSource} ${DAY} was not to be had within 10 s: a task of priority 50 or more holds it ` +
      `(running: ${rival.id}); run the job again when that is done.\n`,
  ]);
  expect(zips(dataSource)).toEqual([]);
  expect(await activeTasks(dataSource)).toEqual([rival.id]);
  await end(rival);
});

it('a task of higher priority takes the lock away from a running job, which publishes nothing', async () => {
  const dataSource = 'revoked';
  const { ended } = startIndex(wikipediaTask(dataSource, { waitMs: 30_000 }), options('--quiet', '--lock', 'job'));
  await expect.poll(() => activeTasks(dataSource), { timeout: 20_000, interval: 20 }).toHaveLength(1);
  const rival = await submitNoop(dataSource, 'revoked_rival', 90);
  // Ours has the lock by now, or asks in vain from now on: either way it may not publish.
  await expect.poll(async () => (await lock(rival)).result).not.toBeNull();
  const { exit, stderr } = await ended;
  expect(exit).toBe(1);
  expect(stderr).toMatch(
    /^segmill: Nothing was published: the lock (on revoked .*|was lost before the segments were inserted.*)\n/,
  );
  const used = await cluster.get('/druid/coordinator/v1/metadata/segments');
  expect(used.filter((segment: { dataSource: string }) => segment.dataSource === dataSource)).toEqual([]);
  expect(zips(dataSource)).toEqual([]);
  await end(rival);
});

it('a native batch task and ours on the same day wait for each other', async () => {
  const dataSource = 'contended';
  const native = {
    type: 'index_parallel',
    context: { priority: 50 },
    spec: {
      dataSchema: {
        dataSource,
        timestampSpec: { column: 'time', format: 'iso' },
        dimensionsSpec: { dimensions: ['from'] },
        metricsSpec: [{ type: 'count', name: 'count' }],
        granularitySpec: { segmentGranularity: 'DAY', queryGranularity: 'NONE', intervals: [DAY] },
      },
      ioConfig: {
        type: 'index_parallel',
        inputSource: { type: 'inline', data: '{"time":"2015-09-12T01:00:00Z","from":"native"}' },
        inputFormat: { type: 'json' },
      },
      tuningConfig: { type: 'index_parallel' },
    },
  };
  const spec = wikipediaTask(dataSource, { shards: 2, waitMs: 120_000 });
  const tasks: string[] = [];
  const jobs: Promise<{ exit: number | null; version: string }>[] = [];
  for (let round = 0; round < 3; round++) {
    jobs.push(startIndex(spec, options('--quiet', '--lock', round === 1 ? 'job' : 'publish')).ended);
    tasks.push((await cluster.post('/druid/indexer/v1/task', native)).task);
  }
  for (const id of tasks) expect((await cluster.ended(id)).statusCode).toBe('SUCCESS');
  const ours = await Promise.all(jobs);
  expect(ours.map(({ exit }) => exit)).toEqual([0, 0, 0]);
  // Each one has a version of its own, whole.
  const versions = new Map<string, string[]>();
  const folder = join(cluster.deepStorage, dataSource);
  for (const zip of zips(dataSource)) {
    const [, version, partition] = zip.split('/');
    versions.set(version, [...(versions.get(version) ?? []), partition]);
  }
  expect(existsSync(folder)).toBe(true);
  expect(versions.size).toBe(6);
  for (const { version } of ours) expect(versions.get(version)?.sort()).toEqual(['0', '1']);
  // The newest is served, and nothing else.
  const newest = [...versions.keys()].sort().at(-1) as string;
  const isOurs = ours.some(({ version }) => version === newest);
  await cluster.served(dataSource, isOurs ? 2 : 1);
  await expect
    .poll(async () => (await cluster.sql(`SELECT COUNT(*) AS n FROM ${dataSource}`))[0].n, { timeout: 60_000 })
    .toBe(isOurs ? TUTORIAL.n : 1);
});

it('without a free slot nothing is published', async () => {
  const dataSource = 'crowded';
  const rivals = await Promise.all(Array.from({ length: SLOTS }, (_, i) => submitNoop('elsewhere', `crowd_${i}`, 50)));
  await expect.poll(async () => (await activeTasks('elsewhere')).length).toBe(SLOTS);
  await sleep(3_000);
  const { exit, stderr } = await startIndex(wikipediaTask(dataSource, { waitMs: 2_000 }), options('--quiet')).ended;
  expect([exit, stderr]).toEqual([
    1,
    'segmill: Nothing was published: no worker had a free slot for our task within 2 s (a noop task that holds the lock takes one); ' +
      'try again when fewer tasks run, or add capacity (druid.worker.capacity).\n',
  ]);
  expect(await activeTasks(dataSource)).toEqual([]);
  await Promise.all(rivals.map(end));
});

it('Ctrl-C gives the lock back', async () => {
  const dataSource = 'interrupted';
  const { child, ended } = startIndex(wikipediaTask(dataSource), options('--lock', 'job'));
  await expect.poll(() => activeTasks(dataSource), { timeout: 20_000, interval: 20 }).toHaveLength(1);
  child.kill('SIGINT');
  expect((await ended).exit).toBe(130);
  expect(await activeTasks(dataSource)).toEqual([]);
  expect(zips(dataSource)).toEqual([]);
});
