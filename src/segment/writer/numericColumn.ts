import type { Scratch } from '../scratch.ts';
import { type BlockCodec, MAX_BLOCK_BYTES, roomForBlock } from './blockCodec.ts';
import { BlockListWriter, EntireLayoutWriter, ONE_BLOCK_HEAD_BYTES, putOneBlock } from './blockList.ts';
import { type ByteSource, bytesSource, packedSource, totalLength } from './byteSource.ts';
import { int32Bytes, putInt32 } from './bytes.ts';
import { NullRows } from './nullRows.ts';

/** Version byte of Druid's `CompressedColumnarLongs`, `-Floats` and `-Doubles`. */
const NUMERIC_VERSION = 2;
/** Compression id of the entire layout, "none". */
const NONE_ID = 0xfe;
/** Bytes of the length of the value part. */
const LENGTH_BYTES = 4;
/** Bytes before the values: version, rows, values of a full block, compression. */
const HEAD_BYTES = 10;
const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * A `longV2`, `floatV2` or `doubleV2` column part: value part with its length, then the null rows if there are any. Values come as
 * little-endian bytes; whole 64 KiB blocks (8192 longs or doubles, 16384 floats) leave as soon as they are full.
 */
export class NumericColumnWriter {
  /** Rows appended so far. */
  rows = 0;
  readonly #column: string;
  readonly #valueBytes: 4 | 8;
  readonly #codec: BlockCodec | null;
  readonly #scratch: Scratch;
  /** Full blocks; null as long as there is none. */
  #values: BlockListWriter | EntireLayoutWriter | null = null;
  #block: Uint8Array = NOTHING;
  #blockLength = 0;
  #nulls: NullRows | null = null;

  /**
   * @param valueBytes 8 for longs and doubles, 4 for floats
   * @param codec null for the entire layout, `metricCompression` "none"
   */
  constructor(column: string, valueBytes: 4 | 8, codec: BlockCodec | null, scratch: Scratch) {
    this.#column = column;
    this.#valueBytes = valueBytes;
    this.#codec = codec;
    this.#scratch = scratch;
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
      const isWhole = count * width === values.length;
      this.#block.set(isWhole ? values : values.subarray(row * width, (row + count) * width), this.#blockLength);
      if (nulls !== null) this.#markNulls(nulls, row, count);
      this.#blockLength += count * width;
      this.rows += count;
      row += count;
      if (this.#blockLength === MAX_BLOCK_BYTES) this.#flush();
    }
  }

  /** The finished part; nothing may be appended afterwards. */
  parts(): ByteSource[] {
    const nullParts = this.#nulls === null ? [] : this.#nulls.parts();
    if (this.#values === null && this.#codec !== null && this.rows > 0)
      return [this.#oneBlock(this.#codec), ...nullParts];
    if (this.#blockLength > 0) this.#flush();
    const head = new Uint8Array(HEAD_BYTES);
    this.#putHead(head, 0);
    const valuePart = [bytesSource(head), ...(this.#values ?? this.#newValues()).parts()];
    return [bytesSource(int32Bytes(totalLength(valuePart))), ...valuePart, ...nullParts];
  }

  /** The value part of a column of few rows. */
  #oneBlock(codec: BlockCodec): ByteSource {
    const start = LENGTH_BYTES + HEAD_BYTES;
    const part = this.#scratch.piece(start + ONE_BLOCK_HEAD_BYTES + codec.maxStoredLength(this.#blockLength));
    const end = putOneBlock(codec, this.#block, 0, this.#blockLength, part, start);
    putInt32(part, 0, end - LENGTH_BYTES);
    this.#putHead(part, LENGTH_BYTES);
    const source = bytesSource(part.subarray(0, end));
    return codec.isPacked ? packedSource(source) : source;
  }

  #putHead(target: Uint8Array, at: number): void {
    const codec = this.#codec;
    target[at] = NUMERIC_VERSION;
    putInt32(target, at + 1, this.rows);
    putInt32(target, at + 5, codec === null ? 0 : MAX_BLOCK_BYTES / this.#valueBytes);
    target[at + 9] = codec === null ? NONE_ID : codec.id;
  }

  #markNulls(nulls: Uint8Array, start: number, count: number): void {
    const width = this.#valueBytes;
    for (let i = 0; i < count; i++) {
      if (nulls[start + i] === 0) continue;
      const at = this.#blockLength + i * width;
      this.#block.fill(0, at, at + width);
      this.#nulls ??= new NullRows();
      this.#nulls.add(this.rows + i);
    }
  }

  #flush(): void {
    this.#values ??= this.#newValues();
    this.#values.append(this.#block, this.#blockLength);
    this.#blockLength = 0;
  }

  #newValues(): BlockListWriter | EntireLayoutWriter {
    return this.#codec === null
      ? new EntireLayoutWriter(this.#column, this.#scratch)
      : new BlockListWriter(this.#column, this.#codec, this.#scratch);
  }
}
