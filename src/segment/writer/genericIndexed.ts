import type { Scratch, ScratchFile } from '../scratch.ts';
import { type ByteSource, bytesSource, packedSource } from './byteSource.ts';
import { concatBytes, putInt32, utf8 } from './bytes.ts';
import type { ElementBatch } from './elementBatch.ts';
import { MAX_BLOCK_LIST_BYTES, MAX_GENERIC_INDEXED_BYTES, tooLarge } from './limits.ts';

const FIRST_STAGE_BYTES = 1024;
const STAGE_BYTES = 16_384;
const ENDS_STAGE_BYTES = 1024;
const NOTHING: Uint8Array = new Uint8Array(0);

/** Bytes of a GenericIndexed before its offsets. */
export const GENERIC_INDEXED_HEAD_BYTES = 10;

/**
 * Writes the head of a GenericIndexed, version 1, to the beginning of `target`: version, flag, length of what follows, count.
 *
 * @param valuesLength bytes of all elements, markers included
 */
export function putGenericIndexedHead(
  target: Uint8Array,
  isSorted: boolean,
  count: number,
  valuesLength: number,
): void {
  target[0] = 1;
  target[1] = isSorted ? 1 : 0;
  putInt32(target, 2, 4 + 4 * count + valuesLength);
  putInt32(target, 6, count);
}

/**
 * Writes a GenericIndexed, version 1, element by element: markers and values to one scratch file, end offsets to another.
 * Small elements are gathered in a stage; values of dictionaries and bitmaps, of which there may be millions, come in batches.
 *
 * An element is written in place: `begin` makes room in `stage`, the caller writes from the offset returned, `commit` takes the
 * offset after the last byte. The last element stays readable in `stage` between `elementStart` and `elementEnd`.
 */
export class GenericIndexedWriter {
  /** Bytes of the elements not yet in scratch; replaced when it grows, so read it after `begin`. */
  stage: Uint8Array = NOTHING;
  /** Where the bytes of the last committed element start in `stage`. */
  elementStart = 0;
  /** Where they end. */
  elementEnd = 0;
  /** Number of elements. */
  count = 0;

  readonly #column: string;
  readonly #part: string;
  readonly #values: ScratchFile;
  readonly #ends: ScratchFile;
  readonly #scratch: Scratch;
  #endsStage: Uint8Array = NOTHING;
  #endsStaged = 0;
  #staged = 0;
  #valuesLength = 0;

  /**
   * @param part names the part of the column in errors: `dictionary`, `bitmaps`
   */
  constructor(column: string, part: string, scratch: Scratch) {
    this.#column = column;
    this.#part = part;
    this.#scratch = scratch;
    this.#values = scratch.create();
    this.#ends = scratch.create();
  }

  /** Makes room for an element of at most `maxLength` bytes; returns the offset in `stage` to write it at. */
  begin(maxLength: number): number {
    const needed = 4 + maxLength;
    if (this.stage.length - this.#staged < needed) this.#makeRoom(needed);
    putInt32(this.stage, this.#staged, 0);
    return this.#staged + 4;
  }

  /** Ends the element begun last at offset `end` of `stage`. */
  commit(end: number): void {
    this.elementStart = this.#staged + 4;
    this.elementEnd = end;
    this.#valuesLength += end - this.#staged;
    this.#staged = end;
    this.#endElement();
  }

  /** Appends a copy of `bytes[start, end)`. */
  append(bytes: Uint8Array, start: number, end: number): void {
    const at = this.begin(end - start);
    const stage = this.stage;
    if (end - start > 48) stage.set(bytes.subarray(start, end), at);
    else for (let from = start, to = at; from < end; ) stage[to++] = bytes[from++];
    this.commit(at + end - start);
  }

  /** Appends elements that are encoded already. */
  appendAll({ bytes, ends }: ElementBatch): void {
    this.#flushValues();
    this.#flushEnds();
    const first = this.#valuesLength;
    if (first + bytes.length > MAX_BLOCK_LIST_BYTES) throw tooLarge(this.#column, this.#part);
    const endsLength = 4 * ends.length;
    if (this.#endsStage.length < endsLength) this.#endsStage = this.#scratch.piece(endsLength);
    const stage = this.#endsStage;
    const words = new Int32Array(stage.buffer, stage.byteOffset, ends.length);
    for (let i = 0; i < ends.length; i++) words[i] = swapped(first + ends[i]);
    this.#values.append(bytes);
    this.#ends.append(this.#endsStage, 0, endsLength);
    this.#valuesLength += bytes.length;
    this.count += ends.length;
  }

  /** Appends a null: marker -1 and no bytes. */
  appendNull(): void {
    const at = this.begin(0);
    putInt32(this.stage, at - 4, -1);
    this.commit(at);
  }

  /**
   * The finished list; nothing may be appended afterwards.
   *
   * @param isSorted elements are strictly ascending, which permits reverse look-up; the caller guards the order
   */
  parts(isSorted: boolean): ByteSource[] {
    this.#flushValues();
    this.#flushEnds();
    const length = 4 + 4 * this.count + this.#valuesLength;
    if (length > MAX_GENERIC_INDEXED_BYTES) throw tooLarge(this.#column, this.#part);
    const head = new Uint8Array(GENERIC_INDEXED_HEAD_BYTES);
    putGenericIndexedHead(head, isSorted, this.count, this.#valuesLength);
    return [bytesSource(head), packedSource(this.#ends), this.#values];
  }

  #endElement(): void {
    if (this.#valuesLength > MAX_BLOCK_LIST_BYTES) throw tooLarge(this.#column, this.#part);
    if (this.#endsStaged === this.#endsStage.length) this.#makeRoomForEnds();
    putInt32(this.#endsStage, this.#endsStaged, this.#valuesLength);
    this.#endsStaged += 4;
    this.count++;
  }

  #makeRoom(needed: number): void {
    if (this.stage.length >= STAGE_BYTES) this.#flushValues();
    if (this.stage.length - this.#staged >= needed) return;
    const longer = this.#scratch.piece(Math.max(FIRST_STAGE_BYTES, this.stage.length * 2, this.#staged + needed));
    longer.set(this.stage.subarray(0, this.#staged));
    this.stage = longer;
  }

  #makeRoomForEnds(): void {
    if (this.#endsStage.length > 0) this.#flushEnds();
    else this.#endsStage = this.#scratch.piece(ENDS_STAGE_BYTES);
  }

  #flushValues(): void {
    this.#values.append(this.stage, 0, this.#staged);
    this.#staged = 0;
  }

  #flushEnds(): void {
    this.#ends.append(this.#endsStage, 0, this.#endsStaged);
    this.#endsStaged = 0;
  }
}

/** Big-endian, on a little-endian machine. */
function swapped(value: number): number {
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}

/**
 * A GenericIndexed of strings or nulls, as index.drd holds them. The flag is 1 as long as every string is above the element
 * before it in UTF-16 order; nothing is compared with a null before it.
 */
export function stringList(values: readonly (string | null)[]): Uint8Array {
  const elements = values.map((value) => (value === null ? new Uint8Array(0) : utf8(value)));
  const sorted = values.every((value, i) => {
    const previous = i === 0 ? null : values[i - 1];
    return previous === null || (value !== null && previous < value);
  });
  const head = new Uint8Array(GENERIC_INDEXED_HEAD_BYTES + 4 * values.length);
  const body: Uint8Array[] = [];
  let end = 0;
  for (let i = 0; i < values.length; i++) {
    end += 4 + elements[i].length;
    putInt32(head, GENERIC_INDEXED_HEAD_BYTES + 4 * i, end);
    body.push(values[i] === null ? new Uint8Array(4).fill(0xff) : new Uint8Array(4), elements[i]);
  }
  putGenericIndexedHead(head, sorted, values.length, end);
  return concatBytes([head, ...body]);
}
