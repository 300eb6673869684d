import type { Scratch, ScratchFile } from '../scratch.ts';
import type { BlockCodec } from './blockCodec.ts';
import { BlockStreamWriter } from './blockStream.ts';
import { type ByteSource, bytesSource, totalLength } from './byteSource.ts';
import { littleEndianBytes, putInt32LittleEndian } from './bytes.ts';

/** `AbstractSerializablePairLongObjectColumnHeader`: version, and the flag for 4-byte deltas. */
const PAIR_VERSION = 3;
const FLAG_INTEGER_DELTAS = 0x80;
const MAX_INTEGER_DELTA = 0x7fffffffn;
const ROWS_PER_BATCH = 4096;

/**
 * The `complex` part of a numeric first or last metric (`serializablePairLongLong`, `-Double`, `-Float`): times as distances from the
 * smallest one, a null flag, and the value if there is one, in a stream of variable cells.
 *
 *     u8 3 | u8 flags | u8 0 | u8 0 | i64 smallest time
 *     i32 length | block stream of the i64 start of each cell, and the end of the last
 *     i32 length | block stream of cells: i32 or i64 distance, u8 1 if null, value unless null
 *
 * All little-endian. Since the smallest time is known only at the end, pairs wait in scratch at a fixed width.
 */
export class PairColumnWriter {
  /** Rows appended so far. */
  rows = 0;
  readonly #column: string;
  readonly #valueBytes: 4 | 8;
  readonly #codec: BlockCodec;
  readonly #scratch: Scratch;
  /** Time, null flag and value of each row. */
  readonly #pairs: ScratchFile;
  readonly #batch: Uint8Array;
  #minLow = -1;
  #minHigh = 0x7fffffff;
  #maxLow = 0;
  #maxHigh = -0x80000000;

  /**
   * @param valueBytes 4 for floats, 8 for longs and doubles
   * @param codec LZ4 whatever the index spec says: this format names no compression
   */
  constructor(column: string, valueBytes: 4 | 8, codec: BlockCodec, scratch: Scratch) {
    this.#column = column;
    this.#valueBytes = valueBytes;
    this.#codec = codec;
    this.#scratch = scratch;
    this.#pairs = scratch.create();
    this.#batch = new Uint8Array(ROWS_PER_BATCH * (9 + valueBytes));
  }

  /**
   * Appends `rows` pairs.
   *
   * @param times epoch milliseconds as (low, high) pairs
   * @param values longs as (low, high) pairs, doubles or floats; ignored where null
   * @param valueNulls 1 per row whose value is null; null when no value is
   */
  append(
    times: Int32Array,
    values: Int32Array | Float64Array | Float32Array,
    valueNulls: Uint8Array | null,
    rows: number,
  ): void {
    const width = this.#valueBytes;
    const valueBytes = littleEndianBytes(values, (rows * width) / values.BYTES_PER_ELEMENT);
    const batch = this.#batch;
    let at = 0;
    for (let i = 0; i < rows; i++) {
      const low = times[2 * i];
      const high = times[2 * i + 1];
      this.#widen(low, high);
      putInt32LittleEndian(batch, at, low);
      putInt32LittleEndian(batch, at + 4, high);
      batch[at + 8] = valueNulls !== null && valueNulls[i] !== 0 ? 1 : 0;
      for (let k = 0; k < width; k++) batch[at + 9 + k] = valueBytes[i * width + k];
      at += 9 + width;
      if (at === batch.length) {
        this.#pairs.append(batch, 0, at);
        at = 0;
      }
    }
    this.#pairs.append(batch, 0, at);
    this.rows += rows;
  }

  /** The finished part; nothing may be appended afterwards. */
  parts(): ByteSource[] {
    const { min, integerDeltas } = this.#timeRange();
    const starts = new BlockStreamWriter(this.#column, this.#codec, this.#scratch);
    const cells = new BlockStreamWriter(this.#column, this.#codec, this.#scratch);
    this.#writeCells(Number(BigInt.asIntN(32, min)), Number(min >> 32n), integerDeltas, starts, cells);
    this.#pairs.dispose();
    const head = new Uint8Array(12);
    head[0] = PAIR_VERSION;
    head[1] = integerDeltas ? FLAG_INTEGER_DELTAS : 0;
    new DataView(head.buffer).setBigInt64(4, min, true);
    return [bytesSource(head), ...withLength(starts.parts()), ...withLength(cells.parts())];
  }

  /** Smallest time, or 0 with full distances when the distance of the largest overflows or there is no row. */
  #timeRange(): { min: bigint; integerDeltas: boolean } {
    const min = join64(this.#minLow, this.#minHigh);
    const max = join64(this.#maxLow, this.#maxHigh);
    const distance = max - min;
    if (distance < 0n || distance > 0x7fffffffffffffffn) return { min: 0n, integerDeltas: false };
    return { min, integerDeltas: distance <= MAX_INTEGER_DELTA };
  }

  #writeCells(
    minLow: number,
    minHigh: number,
    integerDeltas: boolean,
    starts: BlockStreamWriter,
    cells: BlockStreamWriter,
  ): void {
    const rowBytes = 9 + this.#valueBytes;
    const batch = this.#batch;
    const out = new Uint8Array(batch.length);
    const startsOut = new Uint8Array(ROWS_PER_BATCH * 8);
    const startsView = new DataView(startsOut.buffer);
    let cellsBefore = 0;
    for (let position = 0; position < this.#pairs.length; ) {
      const length = this.#pairs.read(position, batch);
      position += length;
      let to = 0;
      let row = 0;
      for (let from = 0; from < length; from += rowBytes, row++) {
        putInt64LittleEndian(startsView, 8 * row, cellsBefore + to);
        const low = readInt32(batch, from);
        putInt32LittleEndian(out, to, low - minLow);
        to += 4;
        if (!integerDeltas) {
          const borrow = low >>> 0 < minLow >>> 0 ? 1 : 0;
          putInt32LittleEndian(out, to, readInt32(batch, from + 4) - minHigh - borrow);
          to += 4;
        }
        const isNull = batch[from + 8];
        out[to++] = isNull;
        if (isNull === 0) for (let k = from + 9; k < from + rowBytes; ) out[to++] = batch[k++];
      }
      starts.append(startsOut, 8 * row);
      cells.append(out, to);
      cellsBefore += to;
    }
    putInt64LittleEndian(startsView, 0, cellsBefore);
    starts.append(startsOut, 8);
  }

  #widen(low: number, high: number): void {
    if (high < this.#minHigh || (high === this.#minHigh && low >>> 0 < this.#minLow >>> 0)) {
      this.#minLow = low;
      this.#minHigh = high;
    }
    if (high > this.#maxHigh || (high === this.#maxHigh && low >>> 0 > this.#maxLow >>> 0)) {
      this.#maxLow = low;
      this.#maxHigh = high;
    }
  }
}

function withLength(parts: ByteSource[]): ByteSource[] {
  const length = new Uint8Array(4);
  putInt32LittleEndian(length, 0, totalLength(parts));
  return [bytesSource(length), ...parts];
}

function join64(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

function readInt32(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** Writes a non-negative whole number below 2^53 as i64. */
function putInt64LittleEndian(view: DataView, at: number, value: number): void {
  view.setInt32(at, value | 0, true);
  view.setInt32(at + 4, Math.floor(value / 0x100000000), true);
}
