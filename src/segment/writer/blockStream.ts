import type { Scratch, ScratchFile } from '../scratch.ts';
import { appendBlock, type BlockCodec, MAX_BLOCK_BYTES, roomForBlock } from './blockCodec.ts';
import { type ByteSource, bytesSource, packedSource } from './byteSource.ts';
import { putInt32LittleEndian } from './bytes.ts';
import { MAX_BLOCK_LIST_BYTES, tooLarge } from './limits.ts';

/**
 * Druid's `BlockCompressedPayloadWriter`: a byte stream cut every 64 KiB into compressed blocks.
 *
 *     i32 length of the index | i32 start of each block, and the end of the last | i32 length of the blocks | blocks
 *
 * All integers little-endian. An empty stream has no block.
 */
export class BlockStreamWriter {
  readonly #column: string;
  readonly #codec: BlockCodec;
  readonly #scratch: Scratch;
  readonly #blocks: ScratchFile;
  readonly #starts: number[] = [0];
  #block: Uint8Array = new Uint8Array(0);
  #blockLength = 0;

  constructor(column: string, codec: BlockCodec, scratch: Scratch) {
    this.#column = column;
    this.#codec = codec;
    this.#scratch = scratch;
    this.#blocks = scratch.create();
  }

  /** Appends `bytes[0, length)`. */
  append(bytes: Uint8Array, length: number): void {
    for (let from = 0; from < length; ) {
      const count = Math.min(length - from, MAX_BLOCK_BYTES - this.#blockLength);
      this.#block = roomForBlock(this.#block, this.#blockLength + count, this.#scratch);
      this.#block.set(bytes.subarray(from, from + count), this.#blockLength);
      this.#blockLength += count;
      from += count;
      if (this.#blockLength === MAX_BLOCK_BYTES) this.#flush();
    }
  }

  /** The finished stream; nothing may be appended afterwards. */
  parts(): ByteSource[] {
    if (this.#blockLength > 0) this.#flush();
    const indexBytes = 4 * this.#starts.length;
    const head = new Uint8Array(4 + indexBytes + 4);
    putInt32LittleEndian(head, 0, indexBytes);
    for (let i = 0; i < this.#starts.length; i++) putInt32LittleEndian(head, 4 + 4 * i, this.#starts[i]);
    putInt32LittleEndian(head, 4 + indexBytes, this.#blocks.length);
    return [bytesSource(head), this.#codec.isPacked ? packedSource(this.#blocks) : this.#blocks];
  }

  #flush(): void {
    appendBlock(this.#codec, this.#block, this.#blockLength, this.#blocks);
    if (this.#blocks.length > MAX_BLOCK_LIST_BYTES) throw tooLarge(this.#column, 'values');
    this.#starts.push(this.#blocks.length);
    this.#blockLength = 0;
  }
}
