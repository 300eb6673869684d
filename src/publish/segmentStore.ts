import { createHash } from 'node:crypto';
import type { HadoopClient } from '../hadoop/hadoopClient.ts';
import { mapAtOnce } from '../storage/mapAtOnce.ts';
import { parentPath } from '../storage/pathText.ts';
import { type Storage, storageFor } from '../storage/storage.ts';

/** A segment's zip in deep storage: written under a temporary name, later given its own. */
export interface StagedZip {
  readonly temporary: string;
  readonly final: string;
}

/**
 * Gives zips their final names; those that have them already keep them.
 *
 * @param base of deep storage; it stays when directories of temporary names are removed
 */
export async function storeZips(zips: readonly StagedZip[], base: string, hadoop?: HadoopClient): Promise<void> {
  await mapAtOnce(zips, async ({ temporary, final }) => {
    const storage = storageFor(final, hadoop);
    const isMoved = parentPath(temporary) !== parentPath(final);
    try {
      if (isMoved) await storage.mkdirs(parentPath(final));
      await storage.rename(temporary, final);
    } catch (error) {
      if ((await storage.status(temporary)) !== null) throw error;
      if ((await storage.status(final)) !== null) return;
      throw new Error(
        `The segment ${final} is gone, and so is ${temporary} that it was to be made of. Run the job again.`,
      );
    }
    if (isMoved) await removeFiles([temporary], base, hadoop);
  });
}

/**
 * The directory that a file or directory lies in; null for what lies above the base of deep storage, and the directory that holds that.
 *
 * @param base of deep storage
 */
export function folderOf(path: string, base: string): string | null {
  const folder = parentPath(path);
  return folder === '' || folder.length < parentPath(base).length ? null : folder;
}

/**
 * Removes files of deep storage, and the directories that are empty then.
 *
 * @param base of deep storage; it stays
 */
export async function removeFiles(paths: readonly string[], base: string, hadoop?: HadoopClient): Promise<void> {
  for (const path of paths) {
    const storage = storageFor(path, hadoop);
    await storage.remove(path, { recursive: false });
    for (let directory = parentPath(path); directory.length > base.length; directory = parentPath(directory)) {
      if (!(await removeEmpty(storage, directory))) break;
    }
  }
}

/** @returns false for a directory that is not empty. Another job may put something there at any moment. */
async function removeEmpty(storage: Storage, directory: string): Promise<boolean> {
  if ((await storage.list(directory)).length > 0) return false;
  try {
    await storage.remove(directory, { recursive: false });
    return true;
  } catch (error) {
    if ((await storage.list(directory)).length > 0) return false;
    throw error;
  }
}

/** SHA-256 of a file in hex, null where there is none. */
export async function sha256Of(path: string, hadoop?: HadoopClient): Promise<string | null> {
  const storage = storageFor(path, hadoop);
  if ((await storage.status(path)) === null) return null;
  const reader = await storage.openRead(path);
  try {
    const hash = createHash('sha256');
    const block = new Uint8Array(1 << 20);
    for (;;) {
      const length = await reader.read(block, 0, block.length);
      if (length === 0) return hash.digest('hex');
      hash.update(block.subarray(0, length));
    }
  } finally {
    await reader.close();
  }
}
