/** The jobs that things happen to. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ResourceManager } from '../../../src/mapreduce/yarn/client/ResourceManager.ts';
import { yarnAddresses } from '../../../src/mapreduce/yarn/client/yarnAddresses.ts';
import { scratchFolder } from '../druid/segmill.ts';
import { clusterClient, clusterHdfs, put } from '../hadoop/cluster.ts';
import {
  type Driver,
  driver,
  ROWS_SPEC,
  rows,
  type Spec,
  specFile,
  WORK,
  withPlaces,
  withProperties,
} from '../hadoop/yarnJobs.ts';

/** Small containers, so that all of a job's tasks run at once. */
export const SMALL = { 'mapreduce.map.memory.mb': '832', 'mapreduce.reduce.memory.mb': '832' };

/** One pass; a reducer for each of three days. */
export const ONE_PASS = withPartitions({ type: 'hashed', numShards: 1 });
/** Two passes with reducers in both. */
export const TWO_PASSES = withPartitions({
  type: 'single_dim',
  partitionDimension: 'country',
  targetRowsPerSegment: 20_000,
});

function withPartitions(partitionsSpec: Readonly<Record<string, unknown>>): Spec {
  const spec: Spec = structuredClone(ROWS_SPEC);
  spec.spec.tuningConfig.partitionsSpec = partitionsSpec;
  return spec;
}

/** Rows in HDFS and on this machine. */
export interface Rows {
  readonly remote: string;
  readonly local: string;
}

export async function staged(count: number): Promise<Rows> {
  const content = rows(count);
  const local = join(scratchFolder(), 'rows.json');
  writeFileSync(local, content);
  const remote = `hdfs:///faults/rows-${count}`;
  await put(await clusterHdfs(), `${remote}/rows.json`, Buffer.from(content));
  return { remote, local };
}

/** Starts a job on the cluster. */
export function index(
  spec: Spec,
  { remote }: Pick<Rows, 'remote'>,
  jobProperties: Readonly<Record<string, string>> = {},
  ...options: readonly string[]
): Driver {
  const whole = withProperties(spec, { ...SMALL, ...jobProperties });
  const placed = withPlaces(whole, remote, 'hdfs:///faults-segments', WORK);
  return driver('index', specFile(placed), '--engine', 'yarn', ...options);
}

/** The suite's. */
export async function resourceManager(): Promise<ResourceManager> {
  const { conf, user } = await clusterClient();
  return new ResourceManager(yarnAddresses(conf), user);
}
