import { rm } from 'node:fs/promises';
import type { HadoopClient } from '../hadoop/hadoopClient.ts';
import { type JournalState, readJournal } from './journal.ts';
import type { MetadataStore, PublishRequest } from './metadata/MetadataStore.ts';
import { isProcessAlive } from './processes.ts';
import { isPublished, Publication, removeUnpublished } from './publication.ts';

/** The directory, or what is in it, is not what was expected; nothing was done. */
export class StagedJobError extends Error {
  override readonly name = 'StagedJobError';
}

/** A job whose segments wait to be published. */
export interface StagedJob {
  readonly directory: string;
  readonly state: JournalState;
  readonly request: PublishRequest;
}

/**
 * The job of a working directory.
 *
 * @throws StagedJobError where there is none, it runs, or it did not come to the end
 */
export function openStagedJob(directory: string): StagedJob {
  const state = readJournal(directory);
  if (state === null) {
    throw new StagedJobError(
      `${directory} is no working directory of a job. segmill index --stage tells the one of its job.`,
    );
  }
  if (state.isHeld && isProcessAlive(state.begin.process)) {
    throw new StagedJobError(`The job of ${directory} is at work, in process ${state.begin.process.pid}.`);
  }
  if (state.complete === null || !state.isStaged) {
    throw new StagedJobError(
      `The job of ${directory} did not come to the end, so it has nothing to publish. Run it again; that removes what it left.`,
    );
  }
  return { directory, state, request: state.complete.request };
}

/**
 * Publishes a staged job and removes its working directory.
 *
 * @param hadoop how HDFS is reached, where its segments lie there
 * @returns how many rows are new: 0 where it was published already
 * @throws what publishing throws; the job stays staged then
 */
export async function publishStaged(
  { directory, state, request }: StagedJob,
  store: MetadataStore,
  hadoop?: HadoopClient,
): Promise<number> {
  await store.check();
  const publication = Publication.resume(directory, state, { store, hadoop });
  try {
    const inserted = await publication.publish(request, state.complete?.zips ?? []);
    await publication.end(false);
    return inserted;
  } catch (error) {
    publication.leaveStaged();
    throw error;
  }
}

/**
 * Removes a staged job: its segments and its working directory.
 *
 * @param hadoop how HDFS is reached, where its segments lie there
 * @throws StagedJobError where it is published, or that can't be told
 */
export async function discardStaged(
  { directory, state }: StagedJob,
  store: MetadataStore,
  hadoop?: HadoopClient,
): Promise<void> {
  const published = await isPublished(state, store);
  if (published === null) {
    throw new StagedJobError(
      `Whether the job of ${directory} is published is known to ${state.begin.store} alone. Name that store by --metadata.`,
    );
  }
  if (published) throw new StagedJobError(`The job of ${directory} is published. Nothing was removed.`);
  await removeUnpublished(state, store, hadoop);
  await rm(directory, { recursive: true, force: true });
}
