import type { ByteReader } from '../../storage/storage.ts';

/** Room before a fetched chunk for the unfinished line of the last one. */
const HEAD_BYTES = 64 * 1024;

/**
 * Two buffers that change places: one is read by the caller, the other is being filled. The unfinished line at the end of the one is
 * copied in front of the other's bytes; only a line longer than that room makes a buffer grow.
 */
export class BlockBuffers {
  readonly chunkBytes: number;
  /** The bytes at hand: `from` up to `to`. Bytes before `from` belong to the caller until `take`. */
  bytes: Buffer;
  from = 0;
  to = 0;
  /** Offset in the file of `bytes[to]`. */
  endOffset = 0;
  #spare: Buffer;
  #fetching: Promise<number> | null = null;

  constructor(chunkBytes: number) {
    this.chunkBytes = chunkBytes;
    this.bytes = Buffer.allocUnsafeSlow(HEAD_BYTES + chunkBytes);
    this.#spare = Buffer.allocUnsafeSlow(HEAD_BYTES + chunkBytes);
  }

  /** Offset in the file of `bytes[from]`. */
  get fromOffset(): number {
    return this.endOffset - (this.to - this.from);
  }

  /** Where the byte of an offset in the file stands, or stood or will stand, in `bytes`. */
  placeOf(offset: number): number {
    return this.to - (this.endOffset - offset);
  }

  begin(offset: number): void {
    this.from = 0;
    this.to = 0;
    this.endOffset = offset;
  }

  /** Starts to fetch at most `maxBytes` bytes; `take` waits for them. */
  fetch(reader: ByteReader, maxBytes: number): void {
    this.#fetching = maxBytes === 0 ? Promise.resolve(0) : reader.read(this.#spare, HEAD_BYTES, maxBytes);
    // A failure is told by `take`; it must not count as unhandled while the caller still works on its block.
    this.#fetching.catch(() => undefined);
  }

  /** Joins what was fetched to what is left; gives the number of bytes fetched, 0 at the end of the data. */
  async take(): Promise<number> {
    const count = await this.#fetching!;
    this.#fetching = null;
    const left = this.to - this.from;
    if (left <= HEAD_BYTES) {
      this.bytes.copy(this.#spare, HEAD_BYTES - left, this.from, this.to);
      const filled = this.#spare;
      // A buffer that grew for a long line is let go with it.
      this.#spare =
        this.bytes.length > HEAD_BYTES + this.chunkBytes ? Buffer.allocUnsafeSlow(filled.length) : this.bytes;
      this.bytes = filled;
      this.from = HEAD_BYTES - left;
      this.to = HEAD_BYTES + count;
    } else {
      this.#makeRoom(left, count);
      this.#spare.copy(this.bytes, this.to, HEAD_BYTES, HEAD_BYTES + count);
      this.to += count;
    }
    this.endOffset += count;
    return count;
  }

  #makeRoom(left: number, count: number): void {
    if (this.to + count <= this.bytes.length) return;
    const grown = left + count > this.bytes.length ? Buffer.allocUnsafeSlow((left + count) * 2) : this.bytes;
    this.bytes.copy(grown, 0, this.from, this.to);
    this.bytes = grown;
    this.from = 0;
    this.to = left;
  }

  /** Waits until no fetch writes into the buffers any more. */
  async settle(): Promise<void> {
    await this.#fetching?.catch(() => undefined);
    this.#fetching = null;
  }
}
