/** Pulls a range of a local file into buffers of the caller. */

import type { FileHandle } from 'node:fs/promises';
import type { ByteReader } from '../storage.ts';
import { StorageError } from './StorageError.ts';

export class LocalByteReader implements ByteReader {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #end: number;
  #position: number;

  /** @param handle owned by the reader from here on. @param end exclusive; Infinity is the end of the file */
  constructor(handle: FileHandle, start: number, end: number, path: string) {
    this.#handle = handle;
    this.#path = path;
    this.#position = start;
    this.#end = end;
  }

  async read(target: Uint8Array, offset: number, maxBytes: number): Promise<number> {
    const wanted = Math.min(maxBytes, this.#end - this.#position);
    if (wanted <= 0) return 0;
    try {
      const { bytesRead } = await this.#handle.read(target, offset, wanted, this.#position);
      this.#position += bytesRead;
      return bytesRead;
    } catch (error) {
      throw new StorageError(`read ${this.#path} at byte ${this.#position}`, this.#path, error);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
