import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { StorageError } from './StorageError.ts';

/** Makes a directory and all its parents. @throws StorageError */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw directoryError(path, error);
  }
}

/**
 * Why a directory could not be made with its parents: where the first of several can't be made, as on a read-only file system, Node says of
 * the last one that it is not there.
 */
export function directoryError(path: string, error: unknown): StorageError {
  return new StorageError(`make the directory ${path}`, path, isAbsent(error) ? firstError(path, error) : error);
}

function firstError(path: string, error: unknown): unknown {
  let first = path;
  while (dirname(first) !== first && !existsSync(dirname(first))) first = dirname(first);
  try {
    mkdirSync(first);
    return error;
  } catch (reason) {
    return reason;
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
