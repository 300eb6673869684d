import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { JobSpec } from '../../spec/jobSpec.ts';
import { localPath } from '../../storage/local/LocalStorage.ts';
import { isHdfsPath } from '../../storage/storage.ts';
import type { DeadLetterPlace } from './deadLetterFile.ts';

/** Where the working directories of jobs over a data source lie. */
export function jobsFolder({ dataSource, tuning }: Pick<JobSpec, 'dataSource' | 'tuning'>): string {
  const { workingPath } = tuning;
  // Runs are spilled where the tasks run: a path in HDFS is for tasks of a cluster.
  const base =
    workingPath === null || isHdfsPath(workingPath) ? join(tmpdir(), 'druid-indexing') : localPath(workingPath);
  return join(base, dataSource);
}

/**
 * The directory of one run of a job on this machine: everything in it is the job's own and goes when the job ends. Named as Druid names its
 * intermediate path: `<workingPath>/<dataSource>/<version without ':'>_<unique id>`.
 */
export function newJobDirectory(job: JobSpec, version: string): string {
  return `${pathOfVersion(job, version)}_${randomUUID().replaceAll('-', '')}`;
}

/** Where rows that a job could not use are kept: beside its directory, so that they outlast it. */
export function deadLetterPath(job: JobSpec, version: string): string {
  return `${pathOfVersion(job, version)}_dead-letters.jsonl`;
}

/** Where a job's dead letters go: the file that was asked for, or one that is made when there are some. */
export function deadLetterPlace(job: JobSpec, version: string, asked: string | null): DeadLetterPlace {
  return asked === null
    ? { path: deadLetterPath(job, version), always: false }
    : { path: resolve(asked), always: true };
}

function pathOfVersion(job: JobSpec, version: string): string {
  return join(jobsFolder(job), version.replaceAll(':', ''));
}
