import type { Scratch } from '../scratch.ts';
import type { BlockCodec } from './blockCodec.ts';
import { type ByteSource, bytesSource } from './byteSource.ts';
import { int32Bytes, putInt32 } from './bytes.ts';
import {
  compressedIntsParts,
  compressedVSizeParts,
  IntBlocksWriter,
  type IntSequenceWriter,
  type IntWidth,
  PlainIntsWriter,
} from './intSequence.ts';
import { MAX_GENERIC_INDEXED_BYTES, tooLarge } from './limits.ts';

/** Bytes per dictionary id. Druid takes the cardinality itself, not the largest id: 256 values already need two bytes. */
export function idWidth(cardinality: number): IntWidth {
  if (cardinality <= 0xff) return 1;
  if (cardinality <= 0xffff) return 2;
  return cardinality <= 0xffffff ? 3 : 4;
}

/** Error for an id that stands for no value. */
export function idOutsideDictionary(column: string, id: number, cardinality: number): Error {
  return new Error(`column "${column}": id ${id} is outside its dictionary of ${cardinality} value(s)`);
}

/** Dictionary ids of a single-value column: `CompressedVSizeColumnarInts`, or `VSizeColumnarInts` without a codec. */
export class IdColumnWriter {
  readonly ids: IntSequenceWriter;
  readonly #parts: () => ByteSource[];

  constructor(column: string, cardinality: number, codec: BlockCodec | null, scratch: Scratch) {
    const width = idWidth(cardinality);
    if (codec === null) {
      const ids = new PlainIntsWriter(column, width, scratch);
      this.ids = ids;
      this.#parts = () => plainIdParts(ids, width);
    } else {
      const ids = new IntBlocksWriter(column, width, codec, scratch);
      this.ids = ids;
      this.#parts = () => compressedVSizeParts(ids, width);
    }
  }

  append(ids: Int32Array, rows: number): void {
    this.ids.append(ids, 0, rows);
  }

  finish(): void {
    this.ids.finish();
  }

  /** After `finish`. */
  parts(): ByteSource[] {
    return this.#parts();
  }
}

/**
 * Dictionary ids of a multi-value column: `V3CompressedVSizeColumnarMultiInts` (running id counts from 0, then ids), or
 * `VSizeColumnarMultiInts` without a codec (end offsets in bytes, then ids).
 */
export class MultiIdColumnWriter {
  readonly ids: IntSequenceWriter;
  /** End of every row in units of `endUnit`; with a codec there is a 0 before the first. */
  readonly ends: IntSequenceWriter;
  /** What one id adds to a row's end: 1, or its width in bytes. */
  readonly endUnit: number;
  /** 1 if `ends` begins with a 0 that is no row. */
  readonly leadingEnds: 0 | 1;
  readonly #column: string;
  readonly #parts: () => ByteSource[];
  #batchEnds = new Int32Array(0);

  constructor(column: string, cardinality: number, codec: BlockCodec | null, scratch: Scratch) {
    this.#column = column;
    const width = idWidth(cardinality);
    if (codec === null) {
      const ends = new PlainIntsWriter(column, 4, scratch);
      const ids = new PlainIntsWriter(column, width, scratch);
      this.ends = ends;
      this.ids = ids;
      this.endUnit = width;
      this.leadingEnds = 0;
      this.#parts = () => plainMultiIdParts(ends, ids, width, column);
    } else {
      const ends = new IntBlocksWriter(column, 4, codec, scratch);
      const ids = new IntBlocksWriter(column, width, codec, scratch);
      this.ends = ends;
      this.ids = ids;
      this.endUnit = 1;
      this.leadingEnds = 1;
      ends.append(new Int32Array(1), 0, 1);
      this.#parts = () => [
        bytesSource(Uint8Array.of(3)),
        ...compressedIntsParts(ends),
        ...compressedVSizeParts(ids, width),
      ];
    }
  }

  /** Appends `rows` rows; row i has `ids[ends[i - 1], ends[i])`, counted from 0 in this batch. */
  append(ends: Int32Array, ids: Int32Array, rows: number): void {
    if (rows === 0) return;
    if (this.#batchEnds.length < rows) this.#batchEnds = new Int32Array(rows);
    const before = this.ids.count;
    const batchIds = ends[rows - 1];
    if ((before + batchIds) * this.endUnit > MAX_GENERIC_INDEXED_BYTES) throw tooLarge(this.#column, 'row offsets');
    for (let i = 0; i < rows; i++) this.#batchEnds[i] = (before + ends[i]) * this.endUnit;
    this.ends.append(this.#batchEnds, 0, rows);
    this.ids.append(ids, 0, batchIds);
  }

  finish(): void {
    this.ends.finish();
    this.ids.finish();
  }

  /** After `finish`. */
  parts(): ByteSource[] {
    return this.#parts();
  }
}

/** `00`, width, i32 bytes that follow, ids, zeros so that a reader may load four bytes at the last id. */
function plainIdParts(ids: PlainIntsWriter, width: IntWidth): ByteSource[] {
  const padding = 4 - width;
  const head = Uint8Array.of(0, width, 0, 0, 0, 0);
  putInt32(head, 2, ids.count * width + padding);
  return [bytesSource(head), ...ids.parts(), bytesSource(new Uint8Array(padding))];
}

/** `01`, width, i32 bytes that follow, i32 rows, end offsets, ids, zeros. */
function plainMultiIdParts(ends: PlainIntsWriter, ids: PlainIntsWriter, width: IntWidth, column: string): ByteSource[] {
  const padding = 4 - width;
  const length = 4 + 4 * ends.count + ids.count * width + padding;
  if (length > MAX_GENERIC_INDEXED_BYTES) throw tooLarge(column, 'values');
  const head = Uint8Array.of(1, width, 0, 0, 0, 0);
  putInt32(head, 2, length);
  return [
    bytesSource(head),
    bytesSource(int32Bytes(ends.count)),
    ...ends.parts(),
    ...ids.parts(),
    bytesSource(new Uint8Array(padding)),
  ];
}
