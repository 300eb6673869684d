import { join } from 'node:path';
import { makeDirectory } from '../storage/local/makeDirectory.ts';
import { StorageError } from '../storage/local/StorageError.ts';
import { isHdfsPath } from '../storage/storage.ts';
import { FileLock, LockHeldError } from './fileLock.ts';
import type { MetadataStore } from './metadata/MetadataStore.ts';

/** Folder of deep storage that holds what is no segment. No data source can be called this: their names start with no dot. */
export const OWN_FOLDER = '.segmill';

/** Milliseconds to wait for another job that publishes: it renames files, syncs folders, and inserts rows. */
const PUBLISHING_WAIT_MS = 600_000;

/**
 * Does something as the only job that publishes to a deep storage, or takes back what it did: two jobs may make the same version, and
 * between a look at the store and its transaction files get their names.
 *
 * @param store that jobs publish to; null: they publish to none, and do not care
 */
export async function aloneIn<Result>(
  base: string,
  store: MetadataStore | null,
  work: () => Promise<Result>,
): Promise<Result> {
  if (store === null || isHdfsPath(base)) return work();
  const lock = await takePublishing(base);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function takePublishing(base: string): Promise<FileLock> {
  const folder = join(base, OWN_FOLDER);
  try {
    makeDirectory(folder);
    return await FileLock.take(join(folder, 'publishing'), PUBLISHING_WAIT_MS);
  } catch (error) {
    if (error instanceof StorageError) throw error;
    if (!(error instanceof LockHeldError)) throw new StorageError(`write to ${folder}`, folder, error);
    throw new Error(
      `Another job has been publishing to ${base} for ${PUBLISHING_WAIT_MS / 60_000} minutes, in ${error.holder}. Nothing was published. ` +
        `Run the job again when that one is through; if there is no such process, remove ${error.file} first.`,
    );
  }
}
