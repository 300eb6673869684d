import { createHash } from 'node:crypto';
import type { JobSpec } from '../../../spec/jobSpec.ts';
import type { FileStatus } from '../../../storage/storage.ts';
import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import type { Quirks } from '../../index/indexPayload.ts';
import type { JobPlan } from '../../index/plan/jobPlan.ts';
import { readJson, writeJson } from '../task/UnitCommit.ts';
import type { YarnOptions } from './YarnCluster.ts';

/** The passes over the input, each a MapReduce job. */
export type PassName = 'determine' | 'index';

/** A job on the cluster, as its folder on HDFS remembers it: a driver that finds it takes the job over. */
export interface JobState {
  /** Without its metadata store, whose password is nobody's on HDFS. */
  readonly job: JobSpec;
  readonly quirks: Quirks;
  /** The plan that it runs by, or null. */
  readonly plan: JobPlan | null;
  /** Name of the metadata store or Overlord that learns of the segments, or null. */
  readonly publishesTo: string | null;
  /** Its segments are left to `segmill publish`. */
  readonly stage: boolean;
  readonly version: string;
  /** How it is submitted. */
  readonly submission: Omit<YarnOptions, 'hadoop'>;
  /** The input as it was listed. */
  readonly files: readonly FileStatus[];
  /** Application of each pass that was submitted. */
  readonly applications: Readonly<Partial<Record<PassName, string>>>;
}

const STATE = 'state.json';

/** Changes with what lies in a job's folder: drivers of another release do not take it for theirs. */
const LAYOUT = 2;

/** What tasks and other drivers get to see of a job. */
export function withoutStore(job: JobSpec): JobSpec {
  return { ...job, metadataUpdate: null };
}

/** Name of the folder of a job: the same for the same spec and plan, so that the same command finds it again. */
export function jobFolder(job: JobSpec, quirks: Quirks, plan: JobPlan | null): string {
  const known = { layout: LAYOUT, job: withoutStore(job), quirks, ...(plan === null ? {} : { plan: plan.chunks }) };
  const hash = createHash('sha256').update(JSON.stringify(known)).digest('hex');
  return `segmill_${hash.slice(0, 24)}`;
}

/** @returns null where there is no such job */
export async function readState(hdfs: WebHdfsStorage, directory: string): Promise<JobState | null> {
  const path = `${directory}/${STATE}`;
  return (await hdfs.status(path)) === null ? null : ((await readJson(hdfs, path)) as JobState);
}

export async function writeState(hdfs: WebHdfsStorage, directory: string, state: JobState): Promise<void> {
  // The spec is its owner's.
  await writeJson(hdfs, `${directory}/${STATE}`, state, { permission: '600' });
}

/** What an application is called; attaching finds the job's folder by it. */
export function applicationName(dataSource: string, pass: PassName, directory: string): string {
  return `segmill ${pass} ${dataSource} in ${directory}`;
}

/** @returns the folder of the job behind an application's name; null for other programs' */
export function directoryOf(applicationName: string): string | null {
  return (
    /^segmill (?:determine|index) .* in (hdfs:\/\/\S+|\S*swebhdfs:\/\/\S+|webhdfs:\/\/\S+)$/s.exec(
      applicationName,
    )?.[1] ?? null
  );
}
