import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobSpec } from '../../spec/jobSpec.ts';
import { localPath } from '../../storage/local/LocalStorage.ts';
import { isHdfsPath } from '../../storage/storage.ts';

/** The directory of one run of a job on this machine: everything in it is the job's own and goes when the job ends. */
export class JobDirectory {
  readonly path: string;
  /** Where rows that the job could not use are kept: beside the directory, so that they outlast it. */
  readonly deadLetterPath: string;

  /** Named as Druid names its intermediate path: `<workingPath>/<dataSource>/<version without ':'>_<unique id>`. */
  constructor(job: JobSpec, version: string) {
    const { workingPath } = job.tuning;
    // Runs are spilled where the tasks run: a path in HDFS is for tasks of a cluster.
    const base =
      workingPath === null || isHdfsPath(workingPath) ? join(tmpdir(), 'druid-indexing') : localPath(workingPath);
    const name = join(base, job.dataSource, version.replaceAll(':', ''));
    this.path = `${name}_${randomUUID().replaceAll('-', '')}`;
    this.deadLetterPath = `${name}_dead-letters.jsonl`;
  }

  /** @throws Error in words when the directory can't be made */
  async create(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true });
    } catch (error) {
      throw new Error(
        `The working directory ${this.path} can't be made: ${(error as Error).message}. ` +
          'Set tuningConfig.workingPath to a directory that you may write to.',
      );
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
