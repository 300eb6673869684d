/** Files of this machine. */

import { closeSync, fsync, openSync, renameSync, type Stats, statSync, writeSync } from 'node:fs';
import { mkdir, open, readdir, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { byPath, expandGlob } from '../glob.ts';
import { mapAtOnce } from '../mapAtOnce.ts';
import type { ByteReader, FileStatus, ReadRange, Storage } from '../storage.ts';
import { LocalByteReader } from './LocalByteReader.ts';
import { LocalByteWriter } from './LocalByteWriter.ts';
import { directoryError, makeDirectory } from './makeDirectory.ts';
import { StorageError } from './StorageError.ts';

/** Status calls in flight at once while a directory is listed. */
const STATUS_CALLS_MAX = 64;

export class LocalStorage implements Storage {
  readonly scheme = 'file';

  uriOf(path: string): string {
    return `file:${localPath(path)}`;
  }

  /** On the calling thread, as `rename`: a turn over the thread pool costs several times what either does. */
  async status(path: string): Promise<FileStatus | null> {
    const file = localPath(path);
    return statusFrom(file, () => statSync(file, { throwIfNoEntry: false }));
  }

  async list(path: string): Promise<FileStatus[]> {
    const directory = localPath(path);
    let names: string[];
    try {
      names = await readdir(directory);
    } catch (error) {
      if (isAbsent(error)) return [];
      throw new StorageError(`list the directory ${directory}`, directory, error);
    }
    names.sort();
    const prefix = directory.endsWith('/') ? directory : `${directory}/`;
    const children: FileStatus[] = [];
    for (let from = 0; from < names.length; from += STATUS_CALLS_MAX) {
      const some = names.slice(from, from + STATUS_CALLS_MAX);
      for (const status of await Promise.all(some.map((name) => statusOf(prefix + name)))) {
        // Null: gone since readdir, or a link to nothing. Hadoop passes over both.
        if (status !== null) children.push(status);
      }
    }
    return children.sort(byPath);
  }

  async glob(pattern: string): Promise<FileStatus[]> {
    return expandGlob(this, '/', localPath(pattern));
  }

  async openRead(path: string, range: ReadRange = {}): Promise<ByteReader> {
    const file = localPath(path);
    try {
      return new LocalByteReader(await open(file, 'r'), range.start ?? 0, range.end ?? Infinity, file);
    } catch (error) {
      throw new StorageError(`open ${file}`, file, error);
    }
  }

  async createWrite(path: string): Promise<Writable> {
    const file = localPath(path);
    try {
      return new LocalByteWriter(file);
    } catch (error) {
      throw new StorageError(`create ${file}`, file, error);
    }
  }

  /** On the calling thread, as LocalByteWriter does. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    const file = localPath(path);
    makeDirectory(dirname(file));
    const descriptor = create(file);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    } catch (error) {
      throw new StorageError(`write ${file}`, file, error);
    } finally {
      closeSync(descriptor);
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const source = localPath(from);
    const target = localPath(to);
    try {
      renameSync(source, target);
    } catch (error) {
      throw new StorageError(`rename ${source} to ${target}`, source, error);
    }
  }

  async remove(path: string, options: { readonly recursive: boolean }): Promise<void> {
    const target = localPath(path);
    try {
      if (options.recursive) await rm(target, { recursive: true, force: true });
      else if ((await statusOf(target))?.isDirectory) await rmdir(target);
      else await unlink(target);
    } catch (error) {
      if (!isAbsent(error)) throw new StorageError(`remove ${target}`, target, error);
    }
  }

  async mkdirs(path: string): Promise<void> {
    const directory = localPath(path);
    try {
      await mkdir(directory, { recursive: true });
    } catch (error) {
      throw directoryError(directory, error);
    }
  }

  async sync(paths: readonly string[]): Promise<void> {
    await mapAtOnce(paths, (path) => syncOne(localPath(path)));
  }
}

function create(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new StorageError(`create ${path}`, path, error);
  }
}

/** File systems that cannot sync a directory say so, and keep their names by other means. */
const CANNOT_SYNC = new Set(['EINVAL', 'ENOTSUP']);

/** Only the sync waits for the disk: with thousands of files, turns over the thread pool to open and close them would cost more than that. */
function syncOne(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error: unknown) => {
      if (error === null || CANNOT_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) resolve();
      else reject(new StorageError(`write ${path} to the disk`, path, error));
    };
    try {
      const file = openSync(path, 'r');
      fsync(file, (error) => {
        try {
          closeSync(file);
          end(error);
        } catch (failure) {
          end(error ?? failure);
        }
      });
    } catch (error) {
      end(error);
    }
  });
}

/** A name that is empty, `.` or `..` in an absolute path. */
const UNRESOLVED = /\/\.{0,2}(?:\/|$)/;

/**
 * The absolute path without scheme: `file:/a`, `file:///a` and `/a` are the same, relative ones count from the current directory, `.`,
 * `..` and doubled slashes are resolved. Percent signs mean themselves, as in Hadoop's Path.
 */
export function localPath(path: string): string {
  const plain = /^file:/i.test(path) ? path.slice('file:'.length).replace(/^\/\/(?=\/)/, '') : path;
  if (plain === '') throw new Error(`The path '${path}' is empty. Write a file, a directory or a pattern.`);
  if (plain.startsWith('//') && plain !== path) {
    throw new Error(`The path ${path} names a host, which local files do not have. Write file:/path or file:///path.`);
  }
  // The rule, for which `resolve` takes its time: a job of small segments asks for tens of thousands.
  return plain.startsWith('/') && !UNRESOLVED.test(plain) ? plain : resolve(plain);
}

function statusOf(path: string): Promise<FileStatus | null> {
  return statusFrom(path, () => stat(path));
}

async function statusFrom(path: string, look: () => Stats | undefined | Promise<Stats>): Promise<FileStatus | null> {
  try {
    const stats = await look();
    if (stats === undefined) return null;
    const isDirectory = stats.isDirectory();
    return { path, length: isDirectory ? 0 : stats.size, modificationMs: Math.trunc(stats.mtimeMs), isDirectory };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw new StorageError(`look at ${path}`, path, error);
  }
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
