import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseHdfsUri } from '../../../storage/webhdfs/nameNodes.ts';
import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import { type ArchiveEntry, contentHash, withTarGz } from './tarGz.ts';

/** A file on HDFS that tasks get: nodes localize it once and keep it. */
export interface CachedFile {
  /** With scheme and authority. */
  readonly path: string;
  readonly length: number;
  readonly modificationMs: number;
}

/**
 * Archives on HDFS, each named by its content: what is there already is not sent again, and no file is ever written twice, which
 * would fail tasks that use it.
 */
export class ArchiveCache {
  readonly #hdfs: WebHdfsStorage;
  readonly #directory: string;

  /** @param directory made when missing; everybody may read it, so that nodes share what they localize of it */
  constructor(hdfs: WebHdfsStorage, directory: string) {
    this.#hdfs = hdfs;
    this.#directory = directory;
  }

  async archive(name: string, entries: readonly ArchiveEntry[]): Promise<CachedFile> {
    const file = `${name}-${(await contentHash(entries)).slice(0, 32)}.tar.gz`;
    return (await this.#find(file)) ?? withTarGz(entries, (path) => this.#put(path, file));
  }

  /** A file as it is. */
  async file(path: string): Promise<CachedFile> {
    const hash = await contentHash([{ name: '', source: { path }, isExecutable: false }]);
    const file = `${hash.slice(0, 32)}-${basename(path)}`;
    return (await this.#find(file)) ?? this.#put(path, file);
  }

  /** Whether everybody may read what is cached: then nodes localize it once for all users. */
  async isPublic(): Promise<boolean> {
    const parts = parseHdfsUri(this.#directory)
      .path.split('/')
      .filter((part) => part !== '');
    for (let count = 0; count <= parts.length; count++) {
      const permission = await this.#hdfs.permission(`/${parts.slice(0, count).join('/')}`);
      if ((Number.parseInt(permission, 8) & 1) === 0) return false;
    }
    return true;
  }

  async #find(file: string): Promise<CachedFile | null> {
    return this.#hdfs.status(`${this.#directory}/${file}`);
  }

  async #put(local: string, file: string): Promise<CachedFile> {
    await this.#hdfs.mkdirs(this.#directory);
    await this.#hdfs.setPermission(this.#directory, '755');
    const final = `${this.#directory}/${file}`;
    const partial = `${this.#directory}/.${file}.${process.pid}`;
    await pipeline(createReadStream(local, { highWaterMark: 1 << 20 }), await this.#hdfs.createWrite(partial));
    await this.#hdfs.setPermission(partial, '644');
    // Another driver may have been quicker: its file is the same.
    if (!(await this.#hdfs.moveIfAbsent(partial, final))) await this.#hdfs.remove(partial, { recursive: false });
    return (await this.#find(file)) as CachedFile;
  }
}
