import type { Scratch, ScratchFile } from '../scratch.ts';
import { type BlockCodec, MAX_BLOCK_BYTES, roomForBlock } from './blockCodec.ts';
import { BlockListWriter } from './blockList.ts';
import { type ByteSource, bytesSource } from './byteSource.ts';
import { putInt32 } from './bytes.ts';
import { MAX_BLOCK_LIST_BYTES, tooLarge } from './limits.ts';

/** Bytes that one integer takes. */
export type IntWidth = 1 | 2 | 3 | 4;

/** No block read back holds more integers than this. */
export const MAX_BLOCK_INTS = MAX_BLOCK_BYTES;

/** Integers of one step of plain packing; four bytes each fit into a block buffer. */
const PLAIN_BLOCK_INTS = MAX_BLOCK_BYTES / 4;

/** Non-negative integers of one width, written as a stream and read back block by block. */
export interface IntSequenceWriter {
  readonly count: number;
  /** Appends `values[start, end)`, each within the width. */
  append(values: Int32Array, start: number, end: number): void;
  /** Writes out what is pending; nothing may be appended afterwards. */
  finish(): void;
  /** Number of blocks that `readBlock` knows; after `finish`. */
  readonly blockCount: number;
  /** Reads block `index` into `target`, which has room for `count` or MAX_BLOCK_INTS; returns the number of integers. */
  readBlock(index: number, target: Int32Array): number;
  /** The integers without a header. */
  parts(): ByteSource[];
}

/** Integers of a full compressed block: the largest power of two that fits, as three bytes leave a quarter of the block unused. */
export function intsPerBlock(width: IntWidth): number {
  return MAX_BLOCK_BYTES / (width === 3 ? 4 : width);
}

/** Integers little-endian in compressed blocks. */
export class IntBlocksWriter implements IntSequenceWriter {
  /** Integers in a full block. */
  readonly intsPerBlock: number;
  /** Id of the codec, for headers. */
  readonly codecId: number;
  count = 0;
  /** Full blocks, and the last one after `finish`. */
  blockCount = 0;
  readonly #width: IntWidth;
  readonly #blocks: BlockListWriter;
  readonly #blockBytes: number;
  readonly #scratch: Scratch;
  #block: Uint8Array = new Uint8Array(0);
  #blockLength = 0;
  /** Length of the block flushed last. */
  #flushed = 0;

  constructor(column: string, width: IntWidth, codec: BlockCodec, scratch: Scratch) {
    this.#width = width;
    this.intsPerBlock = intsPerBlock(width);
    this.#blockBytes = this.intsPerBlock * width;
    this.codecId = codec.id;
    this.#scratch = scratch;
    this.#blocks = new BlockListWriter(column, codec, scratch);
  }

  append(values: Int32Array, start: number, end: number): void {
    for (let from = start; from < end; ) {
      const room = (this.#blockBytes - this.#blockLength) / this.#width;
      const to = Math.min(end, from + room);
      const length = this.#blockLength + (to - from) * this.#width;
      this.#block = roomForBlock(this.#block, length, this.#scratch);
      packLittleEndian(values, from, to, this.#width, this.#block, this.#blockLength);
      this.#blockLength = length;
      from = to;
      if (this.#blockLength === this.#blockBytes) this.finish();
    }
    this.count += end - start;
  }

  finish(): void {
    if (this.#blockLength === 0) return;
    this.#blocks.append(this.#block, this.#blockLength);
    this.#flushed = this.#blockLength;
    this.#blockLength = 0;
    this.blockCount++;
  }

  readBlock(index: number, target: Int32Array): number {
    // An only block is still here as it was.
    const bytes = this.blockCount === 1 ? this.#flushed : this.#blocks.read(index, this.#block);
    const length = bytes / this.#width;
    unpackLittleEndian(this.#block, length, this.#width, target);
    return length;
  }

  parts(): ByteSource[] {
    return this.#blocks.parts();
  }
}

/** Integers big-endian in one piece. */
export class PlainIntsWriter implements IntSequenceWriter {
  count = 0;
  readonly #column: string;
  readonly #width: IntWidth;
  readonly #bytes: ScratchFile;
  readonly #block = new Uint8Array(MAX_BLOCK_BYTES);

  constructor(column: string, width: IntWidth, scratch: Scratch) {
    this.#column = column;
    this.#width = width;
    this.#bytes = scratch.create();
  }

  get blockCount(): number {
    return Math.ceil(this.count / PLAIN_BLOCK_INTS);
  }

  append(values: Int32Array, start: number, end: number): void {
    for (let from = start; from < end; ) {
      const to = Math.min(end, from + PLAIN_BLOCK_INTS);
      packBigEndian(values, from, to, this.#width, this.#block);
      this.#bytes.append(this.#block, 0, (to - from) * this.#width);
      from = to;
    }
    if (this.#bytes.length > MAX_BLOCK_LIST_BYTES) throw tooLarge(this.#column, 'values');
    this.count += end - start;
  }

  /** Nothing is pending: integers go to scratch at once. */
  finish(): void {}

  readBlock(index: number, target: Int32Array): number {
    const width = this.#width;
    const buffer = this.#block.subarray(0, PLAIN_BLOCK_INTS * width);
    const length = this.#bytes.read(index * buffer.length, buffer) / width;
    unpackBigEndian(buffer, length, width, target);
    return length;
  }

  parts(): ByteSource[] {
    return [this.#bytes];
  }
}

/** Bytes of the header of a `CompressedVSizeColumnarInts`. */
export const COMPRESSED_VSIZE_HEAD_BYTES = 11;

/** Writes the header of a `CompressedVSizeColumnarInts` to the beginning of `target`: `02`, width, count, integers per block, codec. */
export function putCompressedVSizeHead(
  target: Uint8Array,
  width: IntWidth,
  count: number,
  blockInts: number,
  codecId: number,
): void {
  target[0] = 2;
  target[1] = width;
  putInt32(target, 2, count);
  putInt32(target, 6, blockInts);
  target[10] = codecId;
}

/** Header and integers of a `CompressedVSizeColumnarInts`. */
export function compressedVSizeParts(ints: IntBlocksWriter, width: IntWidth): ByteSource[] {
  const head = new Uint8Array(COMPRESSED_VSIZE_HEAD_BYTES);
  putCompressedVSizeHead(head, width, ints.count, ints.intsPerBlock, ints.codecId);
  return [bytesSource(head), ...ints.parts()];
}

/** Header and integers of a `CompressedColumnarInts`, the same without the width, which is 4. */
export function compressedIntsParts(ints: IntBlocksWriter): ByteSource[] {
  const head = new Uint8Array(10);
  head[0] = 2;
  putInt32(head, 1, ints.count);
  putInt32(head, 5, ints.intsPerBlock);
  head[9] = ints.codecId;
  return [bytesSource(head), ...ints.parts()];
}

/** In place of the machine's own order, which is little-endian everywhere we run, only three bytes need a loop. */
function packLittleEndian(
  values: Int32Array,
  start: number,
  end: number,
  width: IntWidth,
  target: Uint8Array,
  at: number,
): void {
  if (width === 3) {
    for (let i = start, to = at; i < end; i++, to += 3) {
      target[to] = values[i];
      target[to + 1] = values[i] >>> 8;
      target[to + 2] = values[i] >>> 16;
    }
  } else {
    typed(target, at, end - start, width).set(values.subarray(start, end));
  }
}

function unpackLittleEndian(bytes: Uint8Array, count: number, width: IntWidth, target: Int32Array): void {
  if (width === 3) {
    for (let i = 0, from = 0; i < count; i++, from += 3) {
      target[i] = bytes[from] | (bytes[from + 1] << 8) | (bytes[from + 2] << 16);
    }
  } else {
    target.set(typed(bytes, 0, count, width));
  }
}

/** `count` integers at a multiple of their width. */
function typed(bytes: Uint8Array, at: number, count: number, width: 1 | 2 | 4): Uint8Array | Uint16Array | Int32Array {
  const first = bytes.byteOffset + at;
  if (width === 1) return new Uint8Array(bytes.buffer, first, count);
  return width === 2 ? new Uint16Array(bytes.buffer, first, count) : new Int32Array(bytes.buffer, first, count);
}

function packBigEndian(values: Int32Array, start: number, end: number, width: IntWidth, target: Uint8Array): void {
  let to = 0;
  for (let i = start; i < end; i++) {
    for (let shift = 8 * (width - 1); shift >= 0; shift -= 8) target[to++] = values[i] >>> shift;
  }
}

function unpackBigEndian(bytes: Uint8Array, count: number, width: IntWidth, target: Int32Array): void {
  let from = 0;
  for (let i = 0; i < count; i++) {
    let value = 0;
    for (let k = 0; k < width; k++) value = (value << 8) | bytes[from++];
    target[i] = value;
  }
}
