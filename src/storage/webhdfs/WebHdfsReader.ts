/** Pulls a range of an HDFS file into buffers of the caller; a DataNode that dies meanwhile is replaced by another one. */

import type { ByteReader } from '../storage.ts';
import { DATA_TRIES_MAX, type DataAnswer, FailedDataNodes, openData } from './dataNodes.ts';
import type { Call, WebHdfsClient } from './WebHdfsClient.ts';

export class WebHdfsReader implements ByteReader {
  readonly #client: WebHdfsClient;
  readonly #path: string;
  readonly #attempt: string;
  readonly #end: number;
  readonly #failed: FailedDataNodes;
  /** Length of the file as long as nobody asked. */
  readonly #length: () => Promise<number>;
  #position: number;
  #answer: DataAnswer | null = null;
  #chunks: AsyncIterator<Buffer> | null = null;
  #chunk: Buffer = Buffer.alloc(0);
  #chunkAt = 0;
  /** Failures since the last byte. */
  #tries = 0;

  /**
   * @param end exclusive; Infinity is the end of the file
   * @param length finds out how long the file is, where that is in doubt
   */
  constructor(
    client: WebHdfsClient,
    path: string,
    attempt: string,
    range: { readonly start: number; readonly end: number },
    length: () => Promise<number>,
  ) {
    this.#client = client;
    this.#path = path;
    this.#attempt = attempt;
    this.#position = range.start;
    this.#end = range.end;
    this.#length = length;
    this.#failed = new FailedDataNodes(client);
  }

  /** Asks for the data, so that a missing file is told at once. @throws HdfsError */
  async open(): Promise<void> {
    const { method, op, path, attempt } = this.#call();
    const length = this.#end - this.#position;
    const parameters = { offset: this.#position, ...(Number.isFinite(length) ? { length } : {}) };
    this.#answer = await openData(this.#client, { method, op, path, attempt, parameters }, this.#failed);
    this.#chunks = this.#answer.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  async read(target: Uint8Array, offset: number, maxBytes: number): Promise<number> {
    while (this.#chunkAt === this.#chunk.length) {
      if (this.#position >= this.#end) return 0;
      if (!(await this.#next())) return 0;
    }
    const count = Math.min(maxBytes, this.#chunk.length - this.#chunkAt, this.#end - this.#position);
    this.#chunk.copy(target, offset, this.#chunkAt, this.#chunkAt + count);
    this.#chunkAt += count;
    this.#position += count;
    return count;
  }

  async close(): Promise<void> {
    this.#answer?.body.destroy();
    this.#answer = null;
    this.#chunks = null;
  }

  /** Fetches the next chunk. @returns false at the end of the file */
  async #next(): Promise<boolean> {
    if (this.#chunks === null) await this.open();
    try {
      const { done, value } = await (this.#chunks as AsyncIterator<Buffer>).next();
      if (done !== true) {
        this.#chunk = value;
        this.#chunkAt = 0;
        this.#tries = 0;
        return true;
      }
      if (this.#position >= (await this.#length())) return false;
      // Less than the file holds: a gateway gave up in the middle.
      await this.#retry(Object.assign(new Error('ended too early'), { code: 'ECONNRESET' }));
    } catch (error) {
      if (!isBrokenOff(error)) throw error;
      await this.#retry(error);
    }
    return true;
  }

  async #retry(error: unknown): Promise<void> {
    const location = this.#answer?.location ?? null;
    await this.close();
    this.#tries++;
    if (this.#tries === DATA_TRIES_MAX) throw this.#brokenOff(error, location);
    if (location !== null) await this.#failed.exclude(location, this.#path);
    else await this.#client.backOff(this.#tries);
  }

  #brokenOff(error: unknown, location: URL | null): unknown {
    return location === null ? error : this.#client.unreachable(this.#attempt, error, location);
  }

  #call(): Call {
    return {
      method: 'GET',
      op: 'OPEN',
      path: this.#path,
      attempt: this.#position === 0 ? this.#attempt : `${this.#attempt} at byte ${this.#position}`,
    };
  }
}

/** A connection that ended before its answer did. */
function isBrokenOff(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'ETIMEDOUT' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}
