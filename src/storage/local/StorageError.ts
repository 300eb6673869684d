/** Failures of file operations in words; the system's own error stays as `cause`. */

export class StorageError extends Error {
  override readonly name = 'StorageError';
  /** The system's code, such as `ENOENT`; undefined when it had none. */
  readonly code: string | undefined;
  readonly path: string;

  /** @param attempt what could not be done, path included: `open /data/a.json` */
  constructor(attempt: string, path: string, cause: unknown) {
    const { code, message } = cause as NodeJS.ErrnoException;
    super(`Cannot ${attempt}: ${REASONS[code ?? ''] ?? message}.`, { cause });
    this.code = code;
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
  EISDIR: 'it is a directory',
  EEXIST: 'a file of that name is in the way',
  ENOTEMPTY: 'the directory is not empty',
  EMFILE: 'this process has too many files open',
};
