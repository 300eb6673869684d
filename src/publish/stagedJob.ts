import { join } from 'node:path';
import type { HadoopClient } from '../hadoop/hadoopClient.ts';
import { StorageError } from '../storage/local/StorageError.ts';
import { FileLock, LockHeldError } from './fileLock.ts';
import { Journal, type JournalState, readJournal, removeJobDirectory } from './journal.ts';
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
 * Does something with the job of a working directory, as the only one that does.
 *
 * @throws StagedJobError where there is none, it is at work, or it did not come to the end; what the work throws
 */
export async function withStagedJob<Result>(
  directory: string,
  work: (job: StagedJob) => Promise<Result>,
): Promise<Result> {
  // Told before anything is written.
  openStagedJob(directory);
  const lock = await takeJob(directory);
  try {
    return await work(openStagedJob(directory));
  } finally {
    lock.release();
  }
}

/** The lock goes with the directory. */
async function takeJob(directory: string): Promise<FileLock> {
  try {
    return await FileLock.take(join(directory, 'taken'), 0);
  } catch (error) {
    if (error instanceof LockHeldError)
      throw new StagedJobError(`The job of ${directory} is at work, in ${error.holder}.`);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw noJob(directory);
    throw new StorageError(`write to ${directory}`, directory, error);
  }
}

function noJob(directory: string): StagedJobError {
  return new StagedJobError(
    `${directory} is no working directory of a job. segmill index --stage tells the one of its job.`,
  );
}

function openStagedJob(directory: string): StagedJob {
  const state = readJournal(directory);
  if (state === null) throw noJob(directory);
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
 * @param isNamed people said that it is to be this store
 * @throws StagedJobError where the job was made for another store, or may be published there
 */
export function checkStore({ directory, state }: StagedJob, store: MetadataStore, isNamed: boolean): void {
  const made = state.begin.store;
  if (made === null || made === store.name) return;
  // No segment has its final name as long as nobody has tried to publish it.
  if (state.replaced !== null) throw otherStore(directory, made);
  if (isNamed) return;
  throw new StagedJobError(
    `The job of ${directory} was made for ${made}. Name that store by --metadata, or another one.`,
  );
}

function otherStore(directory: string, store: string | null): StagedJobError {
  return new StagedJobError(
    `Whether the job of ${directory} is published is known to ${store} alone. Name that store by --metadata.`,
  );
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
  if (state.isDiscarded) {
    throw new StagedJobError(`The job of ${directory} was being discarded. Discard it again, and run it anew.`);
  }
  await store.check();
  const publication = Publication.resume(directory, state, { store, hadoop });
  try {
    const inserted = await publication.publish(request, state.complete?.zips ?? []);
    await publication.end(false);
    return inserted;
  } catch (error) {
    try {
      publication.leaveStaged();
    } catch {
      // Whoever comes next sees that this process is gone.
    }
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
  if (published === null) throw otherStore(directory, state.begin.store);
  if (published) throw new StagedJobError(`The job of ${directory} is published. Nothing was removed.`);
  Journal.takeOver(directory).append({ type: 'discard' });
  await removeUnpublished(state, store, hadoop);
  await removeJobDirectory(directory);
}
