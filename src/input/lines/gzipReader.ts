/** Unpacks a gzip file of one or many members (RFC 1952) as a `ByteReader`. */

import { pipeline, Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { ByteReader, Storage } from '../../storage/storage.ts';
import type { SplitInput } from '../splits/splits.ts';
import { InputFileError } from './InputFileError.ts';

/** Packed bytes fetched at once. */
const PACKED_CHUNK_BYTES = 256 * 1024;

export class GzipReader implements ByteReader {
  readonly #path: string;
  readonly #packed: ByteReader;
  readonly #packedLength: number;
  readonly #gunzip: Gunzip;
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);
  #chunkAt = 0;
  #unpackedBytes = 0;

  /**
   * @param packed the file's bytes; closed with this reader
   * @param packedLength bytes of the file when it was listed: fewer are an error
   * @param chunkBytes unpacked bytes per step; zlib makes a step on a thread of its own while the caller works on the last one
   */
  constructor(path: string, packed: ByteReader, packedLength: number, chunkBytes: number) {
    this.#path = path;
    this.#packed = packed;
    this.#packedLength = packedLength;
    // 64 is the least that zlib takes.
    this.#gunzip = createGunzip({ chunkSize: Math.max(64, chunkBytes) });
    const source = Readable.from(packedChunks(path, packed, packedLength), { objectMode: false });
    // Errors of either side come out of the iterator below.
    pipeline(source, this.#gunzip, () => undefined);
    this.#chunks = this.#gunzip[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  async read(target: Uint8Array, offset: number, maxBytes: number): Promise<number> {
    while (this.#chunkAt === this.#chunk.length) {
      const next = await this.#chunks.next().catch((error: unknown) => {
        throw this.#explain(error);
      });
      if (next.done) {
        this.#refuseTrailingBytes();
        return 0;
      }
      this.#chunk = next.value;
      this.#chunkAt = 0;
    }
    const count = Math.min(maxBytes, this.#chunk.length - this.#chunkAt);
    this.#chunk.copy(target, offset, this.#chunkAt, this.#chunkAt + count);
    this.#chunkAt += count;
    this.#unpackedBytes += count;
    return count;
  }

  /** Packed bytes that were unpacked so far, about. */
  get packedBytes(): number {
    return this.#gunzip.bytesWritten;
  }

  async close(): Promise<void> {
    this.#gunzip.destroy();
    await this.#packed.close();
  }

  /** zlib stops silently where a next member should begin and does not; the rows behind would be lost without a word. */
  #refuseTrailingBytes(): void {
    const trailing = this.#packedLength - this.#gunzip.bytesWritten;
    if (trailing === 0) return;
    throw new InputFileError(
      `${this.#path} is damaged: ${trailing} bytes from byte ${this.#gunzip.bytesWritten} on follow the last gzip member and are no ` +
        `gzip data. Pack the file again, or cut it there.`,
      this.#path,
      this.#unpackedBytes,
    );
  }

  #explain(error: unknown): unknown {
    if (error instanceof InputFileError) return error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || !code.startsWith('Z_')) return error;
    const what =
      code === 'Z_BUF_ERROR'
        ? 'is cut off: its gzip data end in the middle'
        : `is damaged: its gzip data are not valid (${message})`;
    return new InputFileError(
      `${this.#path} ${what}, after ${this.#unpackedBytes} unpacked bytes. Fetch or pack the file again.`,
      this.#path,
      this.#unpackedBytes,
      error,
    );
  }
}

/** Sees the bytes of an input as they are stored. */
export type InputWatch = (input: SplitInput, stored: ByteReader) => ByteReader;

export const unwatched: InputWatch = (_input, stored) => stored;

/**
 * Opens a gzip file of the input.
 *
 * @param chunkBytes see GzipReader
 * @throws InputFileError when it is gone
 */
export async function openGzip(
  input: SplitInput,
  storage: Storage,
  chunkBytes: number,
  watch: InputWatch = unwatched,
): Promise<GzipReader> {
  const { path, length } = input;
  try {
    const packed = watch(input, await storage.openRead(path, { start: 0, end: length }));
    return new GzipReader(path, packed, length, chunkBytes);
  } catch (error) {
    throw goneOr(error, path, 0, length);
  }
}

/** The error for an input file that cannot be opened: in words where it is gone. */
export function goneOr(error: unknown, path: string, start: number, length: number): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return error;
  return new InputFileError(
    `${path} is gone, but had ${length} bytes when the job listed it (reading from byte ${start}). Bring it back, or run the job again.`,
    path,
    start,
    error,
  );
}

async function* packedChunks(path: string, packed: ByteReader, length: number): AsyncGenerator<Buffer> {
  let total = 0;
  while (total < length) {
    // A new buffer each time: zlib keeps the last one until it has read it all.
    const chunk = Buffer.allocUnsafe(Math.min(PACKED_CHUNK_BYTES, length - total));
    const count = await packed.read(chunk, 0, chunk.length);
    if (count === 0) throw shrunk(path, total, length);
    total += count;
    yield chunk.subarray(0, count);
  }
}

/** The error for a file that ends before the length it had when it was listed. */
export function shrunk(path: string, offset: number, length: number): InputFileError {
  return new InputFileError(
    `${path} ends at byte ${offset}, but had ${length} bytes when the job listed it. Input must not change while a job reads it; run the job again.`,
    path,
    offset,
  );
}
