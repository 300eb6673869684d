/**
 * The one door to files, whatever holds them. Everything above speaks of paths as Hadoop does (`/data/a.json`, `file:/data/a.json`,
 * `hdfs://nn/data/a.json`); the scheme chooses the implementation.
 */

import type { Writable } from 'node:stream';
import type { HadoopClient } from '../hadoop/hadoopClient.ts';
import { LocalStorage } from './local/LocalStorage.ts';
import { schemeOf } from './pathText.ts';
import { HDFS_SCHEMES, parseHdfsUri } from './webhdfs/nameNodes.ts';
import { WebHdfsStorage } from './webhdfs/WebHdfsStorage.ts';

/** One file or directory as a listing shows it. Plain data: it may travel to other threads and machines. */
export interface FileStatus {
  /** Full path in the storage's own form; for local files absolute, without a scheme. */
  readonly path: string;
  /** Bytes; 0 for directories. */
  readonly length: number;
  /** Epoch milliseconds of the last change. */
  readonly modificationMs: number;
  readonly isDirectory: boolean;
}

/** Bytes `start` (default 0) up to `end` (exclusive, default the end of the file). */
export interface ReadRange {
  readonly start?: number;
  readonly end?: number;
}

/**
 * A sequential pull reader: the caller owns the buffers, so one buffer serves a whole file and bytes are copied once.
 * One read at a time; `close` always, also after an error.
 */
export interface ByteReader {
  /**
   * Fills `target` from `offset` on with at most `maxBytes` bytes and gives their number: at least 1, or 0 at the end of the range.
   * Less than asked for does not mean that the end is near.
   */
  read(target: Uint8Array, offset: number, maxBytes: number): Promise<number>;
  close(): Promise<void>;
}

/** Files behind one scheme. Paths may carry the scheme or not. Errors are sentences that name the path. */
export interface Storage {
  readonly scheme: string;
  /** The path as Hadoop prints it in its messages, with the scheme: `file:/data/a.json`. */
  uriOf(path: string): string;
  /** Status of one file or directory; null when there is none. No globs. */
  status(path: string): Promise<FileStatus | null>;
  /** Children of a directory, hidden ones too, in UTF-16 order of their paths; empty when the directory does not exist. */
  list(path: string): Promise<FileStatus[]>;
  /** What a path with Hadoop's wildcards names, each once, in UTF-16 order; see `expandGlob`. */
  glob(pattern: string): Promise<FileStatus[]>;
  openRead(path: string, range?: ReadRange): Promise<ByteReader>;
  /** Creates or replaces a file; its directory must exist. The bytes are complete once the stream has emitted `finish`. */
  createWrite(path: string): Promise<Writable>;
  /** Creates or replaces a file with all its bytes, and makes its directory where there is none. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Moves a file or directory; a file in the way is replaced. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, or a directory with all that is in it when `recursive`. Removing what does not exist is no error. */
  remove(path: string, options: { readonly recursive: boolean }): Promise<void>;
  /** Makes a directory and all its parents. */
  mkdirs(path: string): Promise<void>;
  /** Has files, and the names in directories, outlast a loss of power. */
  sync(paths: readonly string[]): Promise<void>;
}

const local = new LocalStorage();
/** By what they know of Hadoop, then by scheme and authority: each keeps which of its name nodes is active. */
const hdfs = new WeakMap<HadoopClient, Map<string, WebHdfsStorage>>();

/**
 * The storage that serves a path, by its scheme.
 *
 * @param hadoop how HDFS is reached; without it only local files are
 * @throws when no storage of this program knows the scheme, or HDFS is meant and `hadoop` is missing
 */
export function storageFor(path: string, hadoop?: HadoopClient): Storage {
  const scheme = schemeOf(path);
  if (scheme === null || scheme === 'file') return local;
  if (HDFS_SCHEMES.has(scheme)) {
    if (hadoop !== undefined) return hdfsFor(path, hadoop);
    throw new Error(
      `${path} lies in HDFS, and nothing says how that is reached. Give the job a HadoopClient (IndexOptions.hadoop).`,
    );
  }
  throw new Error(
    `No storage for the scheme '${scheme}:' of ${path}. There are local paths, file:, hdfs:, webhdfs: and swebhdfs:. ` +
      `For a local file whose name holds a colon write ./${path}`,
  );
}

/** Whether a path lies in HDFS. */
export function isHdfsPath(path: string): boolean {
  return HDFS_SCHEMES.has(schemeOf(path) ?? '');
}

/** HDFS with all that it can beyond `Storage`. @throws when the path has no host and the configuration gives none */
export function hdfsFor(path: string, hadoop: HadoopClient): WebHdfsStorage {
  const { scheme, authority } = parseHdfsUri(path);
  const known = hdfs.get(hadoop) ?? new Map<string, WebHdfsStorage>();
  hdfs.set(hadoop, known);
  const key = `${scheme}://${authority}`;
  const storage = known.get(key) ?? new WebHdfsStorage(path, hadoop);
  known.set(key, storage);
  return storage;
}
