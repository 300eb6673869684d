import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { endStagedJob, listJobs, stagedDirectory } from '../publish/metadata/sqlite/jobHistory.ts';
import { type StagedJob, StagedJobError, withStagedJob } from '../publish/stagedJob.ts';
import type { Io } from './io.ts';
import { embeddedStorePath } from './metadataOption.ts';
import { UsageError } from './usageError.ts';

/** How a staged job is named: by its working directory, or by its number in the history of a deep storage. */
export interface JobArguments {
  readonly job: string;
  /** Base of deep storage, or null. */
  readonly of: string | null;
}

/** Option of the commands that take a staged job. */
export const JOB_OPTIONS = {
  of: {
    type: 'string',
    requiresArg: true,
    describe: 'Base of deep storage, where <job> is a number that segmill jobs lists',
  },
} as const;

/**
 * Does something with a staged job, and remembers what became of it.
 *
 * @param status of the job in the history when the work is done
 * @throws UsageError where there is no such job, or it is not staged; what the work throws
 */
export async function withJob<Result>(
  args: JobArguments,
  status: 'SUCCESS' | 'DISCARDED',
  io: Io,
  work: (job: StagedJob) => Promise<Result>,
): Promise<Result> {
  const directory = await directoryOf(args);
  let base = '';
  let result: Result;
  try {
    result = await withStagedJob(directory, (job) => {
      base = job.state.begin.base;
      return work(job);
    });
  } catch (error) {
    if (error instanceof StagedJobError) throw new UsageError(error.message);
    throw error;
  }
  await remember(base, directory, status, io);
  return result;
}

async function directoryOf({ job, of }: JobArguments): Promise<string> {
  const isNumber = /^\d+$/.test(job);
  if (of === null) {
    if (!isNumber) return resolve(job);
    throw new UsageError(
      `job ${job} is a number of a history: name its deep storage by --of, or write ./${job} for a directory of that name`,
    );
  }
  const base = resolve(of);
  if (!isNumber) throw new UsageError(`option --of needs a number that segmill jobs lists, not ${JSON.stringify(job)}`);
  const path = embeddedStorePath(base);
  const found = existsSync(path) ? (await listJobs(path)).find(({ id }) => id === Number(job)) : undefined;
  if (found === undefined) throw new UsageError(`there is no job ${job} in ${base}; segmill jobs lists those that are`);
  const directory = stagedDirectory(found);
  if (found.status === 'STAGED' && directory !== null) return directory;
  throw new UsageError(`job ${job} is not staged: it is ${found.status}`);
}

/** That it can't is worth a word, not a failure. */
async function remember(base: string, directory: string, status: 'SUCCESS' | 'DISCARDED', io: Io): Promise<void> {
  const path = embeddedStorePath(base);
  if (!existsSync(path)) return;
  try {
    await endStagedJob(path, directory, status);
  } catch (error) {
    io.stderr.write(`segmill: segmill jobs still calls this job staged: ${(error as Error).message}\n`);
  }
}
