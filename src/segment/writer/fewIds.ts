import { borrowKernel } from '../../kernel/kernel.ts';
import type { Scratch } from '../scratch.ts';
import type { BlockCodec } from './blockCodec.ts';
import { ONE_BLOCK_HEAD_BYTES, putOneBlock } from './blockList.ts';
import { type ByteSource, bytesSource } from './byteSource.ts';
import { GENERIC_INDEXED_HEAD_BYTES } from './genericIndexed.ts';
import { idOutsideDictionary, idWidth } from './idColumn.ts';
import { COMPRESSED_VSIZE_HEAD_BYTES, intsPerBlock, putCompressedVSizeHead } from './intSequence.ts';

/** Rows of a column that are written at once; they fit into one block whatever the width of an id. */
export const FEW_ROWS = 4096;

const INT_BYTES = 4;
const ROARING_BYTES_PER_VALUE = 16;
const ROARING_BYTES_PER_ROW = 10;
const CONTAINER_BYTES = 8;

/**
 * Ids of a single-value string column as long as they are few: one block of ids and the bitmap index behind it are made in the kernel at
 * once. Thousands of small segments have tens of thousands of such columns.
 */
export class FewIds {
  rows = 0;
  readonly #column: string;
  readonly #codec: BlockCodec;
  readonly #scratch: Scratch;
  #ids: Int32Array = new Int32Array(0);

  constructor(column: string, codec: BlockCodec, scratch: Scratch) {
    this.#column = column;
    this.#codec = codec;
    this.#scratch = scratch;
  }

  /** Ids so far. */
  get ids(): Int32Array {
    return this.#ids;
  }

  /** Appends one id per row. @returns whether they are few still; else nothing is appended */
  append(ids: Int32Array, rows: number): boolean {
    const all = this.rows + rows;
    if (all > FEW_ROWS) return false;
    if (all > this.#ids.length) {
      const { buffer, byteOffset } = this.#scratch.piece(INT_BYTES * Math.max(all, 2 * this.#ids.length));
      const longer = new Int32Array(buffer, byteOffset, all);
      longer.set(this.#ids);
      this.#ids = longer;
    }
    this.#ids.set(rows === ids.length ? ids : ids.subarray(0, rows), this.rows);
    this.rows = all;
    return true;
  }

  /**
   * The column from its ids on; there is one at least.
   *
   * @param cardinality of the dictionary
   * @throws Error for an id that is not in the dictionary
   */
  parts(cardinality: number, hasBitmaps: boolean): ByteSource[] {
    const { rows } = this;
    const width = idWidth(cardinality);
    const length = width * rows;
    return borrowKernel((kernel) => {
      const { exports } = kernel;
      const ids = kernel.allocate(INT_BYTES * rows);
      const packed = kernel.allocate(length);
      const bitmaps = kernel.allocate(
        GENERIC_INDEXED_HEAD_BYTES + ROARING_BYTES_PER_VALUE * cardinality + ROARING_BYTES_PER_ROW * rows,
      );
      const scratch = kernel.allocate(2 * INT_BYTES * cardinality + INT_BYTES * rows + CONTAINER_BYTES);
      const { bytes, ints } = kernel;
      ints.set(this.#ids, ids / INT_BYTES);
      const fitting = exports.packIds(ids, rows, cardinality, width, packed);
      if (fitting < rows) throw idOutsideDictionary(this.#column, this.#ids[fitting], cardinality);
      const bitmapBytes = hasBitmaps ? exports.bitmapIndex(ids, rows, cardinality, bitmaps, scratch) : 0;
      const headBytes = COMPRESSED_VSIZE_HEAD_BYTES + ONE_BLOCK_HEAD_BYTES;
      const column = this.#scratch.piece(headBytes + this.#codec.maxStoredLength(length) + bitmapBytes);
      putCompressedVSizeHead(column, width, rows, intsPerBlock(width), this.#codec.id);
      const end = putOneBlock(this.#codec, bytes, packed, packed + length, column, COMPRESSED_VSIZE_HEAD_BYTES);
      column.set(bytes.subarray(bitmaps, bitmaps + bitmapBytes), end);
      return [bytesSource(column.subarray(0, end + bitmapBytes))];
    });
  }
}
