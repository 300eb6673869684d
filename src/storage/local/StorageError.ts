/** Failures of file operations in words; the system's own error stays as `cause`. */

export class StorageError extends Error {
  override readonly name = 'StorageError';
  /** The system's code, such as `ENOENT`; undefined when it had none. */
  readonly code: string | undefined;
  readonly path: string;

  /** @param attempt what could not be done, path included: `open /data/a.json` */
  constructor(attempt: string, path: string, cause: unknown) {
    super(`Cannot ${attempt}: ${systemErrorText(cause)}`, { cause });
    this.code = (cause as NodeJS.ErrnoException).code;
    this.path = path;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EACCES: 'permission denied for the user who runs this process',
  EPERM: 'permission denied for the user who runs this process',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk, or the connection to it, failed',
  EISDIR: 'it is a directory',
  EEXIST: 'a file of that name is in the way',
  ENOTEMPTY: 'the directory is not empty',
  EMFILE: 'this process has too many files open',
};

/** What is to be done, where the reason does not say it. */
const ADVICE: Readonly<Record<string, string>> = {
  EROFS: ' Name a place that can be written, or make this one so, and run it again.',
  ENOSPC: ' Make room there, or name a place that has more, and run it again.',
  EDQUOT: ' Make room there, or name a place that has more, and run it again.',
  EIO: ' Look into the log of the system (dmesg), and run it again when that is mended.',
};

/** A failure of the system in sentences: why, and what to do. */
export function systemErrorText(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return `${REASONS[code] ?? message}.${ADVICE[code] ?? ''}`;
}

/** A failure of the system while a task wrote into its directory, in words; any other error as it is. */
export function taskFileError(error: unknown, directory: string): unknown {
  if (!(error instanceof Error) || error instanceof StorageError) return error;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined || !(code in REASONS)) return error;
  // Calls with an open file do not know its name.
  if (path === undefined) return new StorageError(`${syscall} a file in ${directory}`, directory, error);
  return new StorageError(`${syscall} ${path}`, path, error);
}
