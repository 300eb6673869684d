/** Overwrites that a real Druid has to serve: a day while queries run, and golden h54, hours 0 to 5 of a day and then rows for 0, 2 and 4 only. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Cluster } from '../../../scripts/druid/cluster.mjs';
import { goldenCase } from '../../golden/goldens.ts';
import { TUTORIAL, totals, Watch } from './answers.ts';
import { startIndex, wikipediaTask, writeSpec } from './jobs.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = Date.UTC(2024, 2, 1);
/** Milliseconds that a query loop goes on after the last overwrite was published: Druid's Coordinator looks every three seconds. */
const SETTLE_MS = 12_000;
const VERSIONS = { first: '2026-01-01', second: '2026-02-01' };

interface Row {
  readonly __time: number;
  readonly s1: string | null;
  readonly count: number;
  readonly longSum_v: number;
}

/** Rows of segments that Druid's Hadoop indexer made, of some hours of one of the two runs. */
function oracleRows(run: keyof typeof VERSIONS, hours: readonly number[]): string[] {
  const wanted = new Set(hours.map((hour) => DAY_MS + hour * HOUR_MS));
  const segments = goldenCase('h54').segments.filter(({ descriptor }) => descriptor.version.startsWith(VERSIONS[run]));
  const rows = segments.flatMap(({ dumpLines }) =>
    (dumpLines as string[]).slice(1).map((line): Row => JSON.parse(line)),
  );
  return rows.filter(({ __time }) => wanted.has(__time)).map(rowText);
}

function rowText({ __time, s1, count, longSum_v }: Row): string {
  return JSON.stringify([__time, s1, count, longSum_v]);
}

async function servedRows(cluster: Cluster, dataSource: string): Promise<string[]> {
  const columns = 'TIMESTAMP_TO_MILLIS("__time") AS "__time", s1, "count", longSum_v';
  try {
    return (await cluster.sql(`SELECT ${columns} FROM ${dataSource}`)).map(rowText).sort();
  } catch (error) {
    if (/not found/.test((error as Error).message)) return [];
    throw error;
  }
}

/**
 * Runs both jobs, the second one without and with --drop-existing; each time Druid has to answer with the rows that its own indexer made.
 * @param options of `segmill index`, which say how it is published
 * @param env variables for it
 */
export async function overwriteWithFewerHours(
  cluster: Cluster,
  dataSource: string,
  options: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const publish = async (file: string, ...more: string[]) => {
    const task = JSON.parse(goldenCase('h54').specText(join(cluster.home, 'golden'), file));
    task.spec.dataSchema.dataSource = dataSource;
    task.spec.ioConfig.segmentOutputPath = cluster.deepStorage;
    // Each run gets a version of its own.
    delete task.spec.tuningConfig.version;
    const { exit, stderr, document } = await startIndex(writeSpec(task), [...options, ...more], env).ended;
    expect([exit, stderr]).toEqual([0, expect.not.stringContaining('segmill:')]);
    return document.publication;
  };
  const served = (rows: readonly string[]) =>
    expect.poll(() => servedRows(cluster, dataSource), { timeout: 180_000 }).toEqual([...rows].sort());
  const even = oracleRows('second', [0, 2, 4]);
  const hours = [1, 3, 5].map((hour) => {
    const iso = (at: number) => new Date(DAY_MS + at * HOUR_MS).toISOString();
    return `${iso(hour)}/${iso(hour + 1)}`;
  });

  await publish('spec.json');
  await served(oracleRows('first', [0, 1, 2, 3, 4, 5]));
  expect(await publish('spec2.json')).toMatchObject({ tombstones: [], keptChunks: hours });
  await served([...oracleRows('first', [1, 3, 5]), ...even]);
  expect(await publish('spec2.json', '--drop-existing')).toMatchObject({ tombstones: hours, keptChunks: [] });
  await served(even);
  // Once more: what is hidden needs no more tombstones, and stays hidden.
  expect(await publish('spec2.json', '--drop-existing')).toMatchObject({ tombstones: [], keptChunks: [] });
  await sleep(10_000);
  await served(even);
}

/**
 * Overwrites a day twice, by other rows and by the first ones, while queries run: each of them has to see one of the three.
 * @param output deep storage, where options do not say it
 * @param options of `segmill index`, which say how it is published
 * @param env variables for it
 */
export async function overwriteUnderQueries(
  cluster: Cluster,
  output: string | undefined,
  options: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const dataSource = 'overwritten';
  const publish = async (shards: number, filter?: object) => {
    const changes = {
      shards,
      ...(filter === undefined ? {} : { filter }),
      ...(output === undefined ? {} : { output }),
    };
    const { exit, stderr, rows } = await startIndex(wikipediaTask(dataSource, changes), [...options, '--quiet'], env)
      .ended;
    expect([exit, stderr]).toEqual([0, '']);
    await expect.poll(async () => (await totals(cluster, dataSource))?.n, { timeout: 180_000 }).toBe(rows);
    return totals(cluster, dataSource);
  };
  await publish(4);
  const watch = new Watch(cluster, dataSource);
  const some = await publish(3, { type: 'selector', dimension: 'isRobot', value: 'true' });
  await publish(2);
  await sleep(SETTLE_MS);
  const { changes, asked } = await watch.stop();
  expect(changes).toEqual([TUTORIAL, some, TUTORIAL]);
  expect(some).not.toEqual(TUTORIAL);
  expect(asked).toBeGreaterThan(20);
}
