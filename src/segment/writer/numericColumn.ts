import type { Scratch } from '../scratch.ts';
import { type BlockCodec, MAX_BLOCK_BYTES, roomForBlock } from './blockCodec.ts';
import { BlockListWriter, EntireLayoutWriter } from './blockList.ts';
import { type ByteSource, bytesSource, totalLength } from './byteSource.ts';
import { int32Bytes, putInt32 } from './bytes.ts';
import { NullRows } from './nullRows.ts';

/** Version byte of Druid's `CompressedColumnarLongs`, `-Floats` and `-Doubles`. */
const NUMERIC_VERSION = 2;
/** Compression id of the entire layout, "none". */
const NONE_ID = 0xfe;

/**
 * A `longV2`, `floatV2` or `doubleV2` column part: value part with its length, then the null rows if there are any. Values come as
 * little-endian bytes; whole 64 KiB blocks (8192 longs or doubles, 16384 floats) leave as soon as they are full.
 */
export class NumericColumnWriter {
  /** Rows appended so far. */
  rows = 0;
  readonly #valueBytes: 4 | 8;
  readonly #head = new Uint8Array(10);
  readonly #values: BlockListWriter | EntireLayoutWriter;
  readonly #scratch: Scratch;
  #block: Uint8Array = new Uint8Array(0);
  #blockLength = 0;
  readonly #nulls = new NullRows();

  /**
   * @param valueBytes 8 for longs and doubles, 4 for floats
   * @param codec null for the entire layout, `metricCompression` "none"
   */
  constructor(column: string, valueBytes: 4 | 8, codec: BlockCodec | null, scratch: Scratch) {
    this.#valueBytes = valueBytes;
    this.#scratch = scratch;
    this.#head[0] = NUMERIC_VERSION;
    putInt32(this.#head, 5, codec === null ? 0 : MAX_BLOCK_BYTES / valueBytes);
    this.#head[9] = codec === null ? NONE_ID : codec.id;
    this.#values =
      codec === null ? new EntireLayoutWriter(column, scratch) : new BlockListWriter(column, codec, scratch);
  }

  /**
   * Appends `rows` values.
   *
   * @param values little-endian, `rows` times the value's width; copied
   * @param nulls 1 per row that is null, whose value is then stored as 0; null when no row is
   */
  append(values: Uint8Array, nulls: Uint8Array | null, rows: number): void {
    const width = this.#valueBytes;
    for (let row = 0; row < rows; ) {
      const count = Math.min(rows - row, (MAX_BLOCK_BYTES - this.#blockLength) / width);
      this.#block = roomForBlock(this.#block, this.#blockLength + count * width, this.#scratch);
      this.#block.set(values.subarray(row * width, (row + count) * width), this.#blockLength);
      if (nulls !== null) this.#markNulls(nulls, row, count);
      this.#blockLength += count * width;
      this.rows += count;
      row += count;
      if (this.#blockLength === MAX_BLOCK_BYTES) this.#flush();
    }
  }

  /** The finished part; nothing may be appended afterwards. */
  parts(): ByteSource[] {
    if (this.#blockLength > 0) this.#flush();
    putInt32(this.#head, 1, this.rows);
    const valuePart = [bytesSource(this.#head), ...this.#values.parts()];
    return [bytesSource(int32Bytes(totalLength(valuePart))), ...valuePart, ...this.#nulls.parts()];
  }

  #markNulls(nulls: Uint8Array, start: number, count: number): void {
    const width = this.#valueBytes;
    for (let i = 0; i < count; i++) {
      if (nulls[start + i] === 0) continue;
      const at = this.#blockLength + i * width;
      this.#block.fill(0, at, at + width);
      this.#nulls.add(this.rows + i);
    }
  }

  #flush(): void {
    this.#values.append(this.#block, this.#blockLength);
    this.#blockLength = 0;
  }
}
