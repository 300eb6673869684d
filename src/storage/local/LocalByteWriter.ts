import { closeSync, openSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { StorageError } from './StorageError.ts';

/**
 * Writes a file on the calling thread. Tasks have threads of their own, with nothing else to do meanwhile, and for a small segment
 * the turns over Node's thread pool that Node's own file streams take cost more than all writing.
 */
export class LocalByteWriter extends Writable {
  readonly #path: string;
  readonly #file: number;

  /** Creates or replaces the file. @throws the system's error */
  constructor(path: string) {
    super();
    this.#path = path;
    this.#file = openSync(path, 'w');
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    try {
      for (let at = 0; at < chunk.length; ) at += writeSync(this.#file, chunk, at);
    } catch (error) {
      done(new StorageError(`write ${this.#path}`, this.#path, error));
      return;
    }
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    try {
      closeSync(this.#file);
    } catch (failure) {
      done(error ?? new StorageError(`write ${this.#path}`, this.#path, failure));
      return;
    }
    done(error);
  }
}
