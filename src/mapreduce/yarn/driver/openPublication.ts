import { join } from 'node:path';
import { readJournal } from '../../../publish/journal.ts';
import { isProcessAlive } from '../../../publish/processes.ts';
import { Publication, type PublicationMeans } from '../../../publish/publication.ts';
import type { JobSpec } from '../../../spec/jobSpec.ts';
import { beginPublication } from '../../index/indexPublication.ts';
import { jobsFolder } from '../../index/jobDirectory.ts';

/**
 * The publication of a job on the cluster. Its journal is on this machine; a driver that takes the job over here goes on with the journal of
 * the one that died, so that what that one has stored is not taken back and made again.
 *
 * @param name of the job's folder on HDFS
 * @throws Error where another driver of the same job is at work on this machine
 */
export function openPublication(
  job: JobSpec,
  name: string,
  version: string,
  output: string,
  means: PublicationMeans,
): Publication {
  // Through an Overlord each driver has a version of its own.
  if (means.publisher !== null) return beginPublication(job, version, output, means);
  const directory = join(jobsFolder(job), `${version.replaceAll(':', '')}_${name}`);
  const left = readJournal(directory);
  if (left === null) return beginPublication(job, version, output, means, directory);
  const { pid } = left.begin.process;
  if (left.isHeld && !left.isEnded && pid !== process.pid && isProcessAlive(left.begin.process)) {
    throw new Error(
      `Another driver of this job is at work on this machine, in process ${pid}. Wait for it, or end it.`,
    );
  }
  // Segments that wait for segmill publish, and a directory that was kept on purpose, are let alone.
  if (left.isStaged || left.isEnded) return beginPublication(job, version, output, means);
  return Publication.resume(directory, left, means);
}
