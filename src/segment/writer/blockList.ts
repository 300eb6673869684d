import type { Scratch, ScratchFile } from '../scratch.ts';
import type { BlockCodec } from './blockCodec.ts';
import { type ByteSource, bytesSource, packedSource } from './byteSource.ts';
import { putInt32 } from './bytes.ts';
import { MAX_BLOCK_LIST_BYTES, tooLarge } from './limits.ts';

const NOT_NULL = new Uint8Array(4);

/**
 * The block layout of a column: a GenericIndexed (version 1, flag 0) whose elements are compressed blocks. Blocks go to scratch
 * as they come and can be read back, which is how bitmaps are built without a second copy of the column.
 */
export class BlockListWriter {
  readonly #column: string;
  readonly #codec: BlockCodec;
  readonly #values: ScratchFile;
  /** End of each block among the values, its 4-byte marker included. */
  readonly #ends: number[] = [];
  /** Holds one stored block while it is read back. */
  #stored: Uint8Array = new Uint8Array(0);
  readonly #scratch: Scratch;

  constructor(column: string, codec: BlockCodec, scratch: Scratch) {
    this.#column = column;
    this.#codec = codec;
    this.#scratch = scratch;
    this.#values = scratch.create();
  }

  /** Compresses and appends `block[0, length)`, at most 64 KiB. */
  append(block: Uint8Array, length: number): void {
    this.#values.append(NOT_NULL);
    this.#codec.compress(block, 0, length, this.#values);
    if (this.#values.length > MAX_BLOCK_LIST_BYTES) throw tooLarge(this.#column, 'values');
    this.#ends.push(this.#values.length);
  }

  /** Decompresses block `index` into `target`; returns its length in bytes. */
  read(index: number, target: Uint8Array): number {
    const start = (index === 0 ? 0 : this.#ends[index - 1]) + NOT_NULL.length;
    const length = this.#ends[index] - start;
    if (this.#stored.length < length) this.#stored = this.#scratch.piece(length);
    this.#values.read(start, this.#stored.subarray(0, length));
    return this.#codec.decompress(this.#stored, length, target);
  }

  /** The whole list as it stands in the column. */
  parts(): ByteSource[] {
    const count = this.#ends.length;
    const head = new Uint8Array(10 + 4 * count);
    head[0] = 1;
    putInt32(head, 2, 4 + 4 * count + this.#values.length);
    putInt32(head, 6, count);
    for (let i = 0; i < count; i++) putInt32(head, 10 + 4 * i, this.#ends[i]);
    return [bytesSource(head), this.#codec.isPacked ? packedSource(this.#values) : this.#values];
  }
}

/** The entire layout, "none": blocks one after the other without list, marker or compression. */
export class EntireLayoutWriter {
  readonly #column: string;
  readonly #values: ScratchFile;

  constructor(column: string, scratch: Scratch) {
    this.#column = column;
    this.#values = scratch.create();
  }

  /** Appends `block[0, length)`. */
  append(block: Uint8Array, length: number): void {
    this.#values.append(block, 0, length);
    if (this.#values.length > MAX_BLOCK_LIST_BYTES) throw tooLarge(this.#column, 'values');
  }

  parts(): ByteSource[] {
    return [this.#values];
  }
}
