import { type FileStatus, type Storage, storageFor } from '../../storage/storage.ts';
import { InputFileError } from '../lines/InputFileError.ts';

/**
 * Makes sure that input files, once they are read, are still those that were listed: rows of a file that changed meanwhile are a
 * mixture that was never there.
 *
 * @param files as they were listed
 * @param storageOf gives the storage of a path; by default what its scheme says
 * @throws InputFileError for the first file that is gone or has another length or time of change
 */
export async function checkUnchanged(
  files: readonly FileStatus[],
  storageOf: (path: string) => Storage = storageFor,
): Promise<void> {
  for (const file of files) {
    const now = await storageOf(file.path).status(file.path);
    const change = now === null ? 'is gone' : changeOf(file, now);
    if (change === null) continue;
    throw new InputFileError(
      `${file.path} ${change} since the job listed it. Input must not change while a job reads it; run the job again.`,
      file.path,
      Math.min(file.length, now?.length ?? 0),
    );
  }
}

function changeOf(then: FileStatus, now: FileStatus): string | null {
  if (now.length !== then.length) return `has ${now.length} bytes in place of ${then.length}`;
  return now.modificationMs === then.modificationMs ? null : 'was written to';
}
