import { createHash } from 'node:crypto';
import type { JobSpec } from '../../../spec/jobSpec.ts';
import type { FileStatus } from '../../../storage/storage.ts';
import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import type { Quirks } from '../../index/indexPayload.ts';
import { readJson, writeJson } from '../task/UnitCommit.ts';
import type { YarnOptions } from './YarnCluster.ts';

/** The passes over the input, each a MapReduce job. */
export type PassName = 'determine' | 'index';

/** A job on the cluster, as its folder on HDFS remembers it: a driver that finds it takes the job over. */
export interface JobState {
  readonly job: JobSpec;
  readonly quirks: Quirks;
  readonly version: string;
  /** How it is submitted. */
  readonly submission: Omit<YarnOptions, 'hadoop'>;
  /** The input as it was listed. */
  readonly files: readonly FileStatus[];
  /** Application of each pass that was submitted. */
  readonly applications: Readonly<Partial<Record<PassName, string>>>;
}

const STATE = 'state.json';

/** Name of the folder of a job: the same for the same spec, so that the same command finds it again. */
export function jobFolder(job: JobSpec, quirks: Quirks): string {
  const hash = createHash('sha256').update(JSON.stringify({ job, quirks })).digest('hex');
  return `segmill_${hash.slice(0, 24)}`;
}

/** @returns null where there is no such job */
export async function readState(hdfs: WebHdfsStorage, directory: string): Promise<JobState | null> {
  const path = `${directory}/${STATE}`;
  return (await hdfs.status(path)) === null ? null : ((await readJson(hdfs, path)) as JobState);
}

export async function writeState(hdfs: WebHdfsStorage, directory: string, state: JobState): Promise<void> {
  await writeJson(hdfs, `${directory}/${STATE}`, state);
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
