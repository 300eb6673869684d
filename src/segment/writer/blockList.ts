import type { Scratch, ScratchFile } from '../scratch.ts';
import { appendBlock, type BlockCodec } from './blockCodec.ts';
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
    appendBlock(this.#codec, block, length, this.#values);
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

/** Bytes of a list of one block before the block: head, end and marker. */
export const ONE_BLOCK_HEAD_BYTES = 18;

/**
 * Writes the list that has `source[start, end)`, 64 KiB at most, as its only block: what small segments consist of.
 *
 * @param target room for ONE_BLOCK_HEAD_BYTES and the longest stored form
 * @returns where the list ends in `target`
 */
export function putOneBlock(
  codec: BlockCodec,
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  const block = at + ONE_BLOCK_HEAD_BYTES;
  const length = codec.compress(source, start, end, target, block);
  target[at] = 1;
  target[at + 1] = 0;
  putInt32(target, at + 2, 4 + 4 + NOT_NULL.length + length);
  putInt32(target, at + 6, 1);
  putInt32(target, at + 10, NOT_NULL.length + length);
  putInt32(target, at + 14, 0);
  return block + length;
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
