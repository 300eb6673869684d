/** Tasks of a real Overlord, and what they leave. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Cluster } from '../../../scripts/druid/cluster.mjs';

export const DAY = '2015-09-12T00:00:00.000Z/2015-09-13T00:00:00.000Z';

/** Index.zip files of a data source in deep storage. */
export function zips(cluster: Cluster, dataSource: string): string[] {
  const folder = join(cluster.deepStorage, dataSource);
  if (!existsSync(folder)) return [];
  return (readdirSync(folder, { recursive: true }) as string[]).filter((path) => path.endsWith('.zip'));
}

/** Partitions by version of what lies in deep storage; the data source has one time chunk. */
export function storedVersions(cluster: Cluster, dataSource: string): Map<string, string[]> {
  const versions = new Map<string, string[]>();
  for (const zip of zips(cluster, dataSource).sort()) {
    const [, version, partition] = zip.split('/');
    versions.set(version, [...(versions.get(version) ?? []), partition]);
  }
  return versions;
}

/** Versions of the segments that Druid uses and that no newer ones hide, each once. */
export async function visibleVersions(cluster: Cluster, dataSource: string): Promise<string[]> {
  const path = `/druid/coordinator/v1/metadata/segments?datasources=${dataSource}&includeOvershadowedStatus`;
  const segments = (await cluster.get(path)) as { version: string; overshadowed: boolean }[];
  return [...new Set(segments.filter(({ overshadowed }) => !overshadowed).map(({ version }) => version))];
}

/** Ids of tasks of a data source that have not ended. */
export async function activeTasks(cluster: Cluster, dataSource: string): Promise<string[]> {
  const ids: string[] = [];
  for (const state of ['waiting', 'pending', 'running']) {
    const tasks = await cluster.get(`/druid/indexer/v1/tasks?state=${state}&datasource=${dataSource}`);
    ids.push(...(tasks as { id: string }[]).map(({ id }) => id));
  }
  return ids;
}

/** Waits until somebody has a lock on a data source. */
export async function locked(cluster: Cluster, dataSource: string): Promise<void> {
  const policies = [{ datasource: dataSource, priority: 0 }];
  const intervals = async () =>
    (await cluster.post('/druid/indexer/v1/lockedIntervals/v2', policies))[dataSource] ?? [];
  await expect.poll(intervals, { timeout: 20_000, interval: 20 }).toEqual([DAY]);
}

export interface Noop {
  readonly type: 'noop';
  readonly id: string;
  readonly dataSource: string;
}

/** A task of Druid's own, which runs until it is ended. */
export async function submitNoop(cluster: Cluster, dataSource: string, id: string, priority: number): Promise<Noop> {
  const task = { type: 'noop', id, groupId: id, dataSource, runTime: 600_000, context: { priority } } as const;
  await cluster.post('/druid/indexer/v1/task', task);
  return task;
}

/** Waits until as many tasks of a data source run. */
export async function running(cluster: Cluster, dataSource: string, count: number): Promise<void> {
  const path = `/druid/indexer/v1/tasks?state=running&datasource=${dataSource}`;
  await expect.poll(async () => (await cluster.get(path)).length, { timeout: 180_000 }).toBe(count);
}

interface Lock {
  readonly version: string;
}

/** Tries once to get a lock. */
export function tryLock(cluster: Cluster, task: Noop): Promise<{ result: Lock | null }> {
  const action = { type: 'lockTryAcquire', lockType: 'EXCLUSIVE', interval: DAY };
  return cluster.post('/druid/indexer/v1/action', { task, action });
}

/** Waits for a lock, as a task of Druid does in its slot. */
export function waitForLock(cluster: Cluster, task: Noop): Promise<{ result: Lock | null }> {
  const action = { type: 'lockAcquire', lockType: 'EXCLUSIVE', interval: DAY, timeoutMs: 240_000 };
  return cluster.post('/druid/indexer/v1/action', { task, action });
}

export async function end(cluster: Cluster, { id }: Pick<Noop, 'id'>): Promise<void> {
  await cluster.post(`/druid/indexer/v1/task/${encodeURIComponent(id)}/shutdown`, {});
}

/** Starts a native batch task that replaces the day by one row. @returns its id */
export async function submitNative(cluster: Cluster, dataSource: string, priority: number): Promise<string> {
  const row = { time: '2015-09-12T01:00:00Z', page: 'native', added: 1, deleted: 2, delta: 3 };
  const { task } = await cluster.post('/druid/indexer/v1/task', {
    type: 'index_parallel',
    context: { priority },
    spec: {
      dataSchema: {
        dataSource,
        timestampSpec: { column: 'time', format: 'iso' },
        dimensionsSpec: {
          dimensions: ['page', ...['added', 'deleted', 'delta'].map((name) => ({ type: 'long', name }))],
        },
        metricsSpec: [],
        granularitySpec: { segmentGranularity: 'DAY', queryGranularity: 'NONE', rollup: false, intervals: [DAY] },
      },
      ioConfig: {
        type: 'index_parallel',
        inputSource: { type: 'inline', data: JSON.stringify(row) },
        inputFormat: { type: 'json' },
      },
      tuningConfig: { type: 'index_parallel' },
    },
  });
  return task;
}

/** What {@link submitNative} makes, as `totals` tells it. */
export const NATIVE_TOTALS = { n: 1, added: 1, deleted: 2, delta: 3 };

/** Starts a compaction of the day, which keeps its rows. @returns its id */
export async function submitCompaction(cluster: Cluster, dataSource: string, priority?: number): Promise<string> {
  const { task } = await cluster.post('/druid/indexer/v1/task', {
    type: 'compact',
    dataSource,
    context: priority === undefined ? {} : { priority },
    ioConfig: { type: 'compact', inputSpec: { type: 'interval', interval: DAY } },
    tuningConfig: {
      type: 'index_parallel',
      forceGuaranteedRollup: true,
      partitionsSpec: { type: 'hashed', numShards: 5 },
    },
  });
  return task;
}
