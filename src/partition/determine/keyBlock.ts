import { BlockReader, BlockWriter } from '../../rollup/run/blockBytes.ts';
import { type BlockRef, cellWidth } from '../../rollup/run/run.ts';
import type { RunSource } from '../../rollup/run/runReader.ts';
import type { BlockSink } from './blockSink.ts';
import type { GroupKeys } from './keyRun.ts';
import { CellKind, FoundText, type RangeDimension } from './rangeDimension.ts';
import { type TupleForm, TupleWriter } from './tuple.ts';

/** Bytes of a key's hash. */
export const HASH_BYTES = 16;

/** A tuple that has several values in one of its dimensions. */
export const SEVERAL = 0;

/** A block of keys, as `KeyBlockWriter` wrote it. */
export interface KeyBlock {
  readonly count: number;
  /** 16 bytes of each key. */
  readonly hashes: Uint8Array;
  /** Per candidate. */
  readonly columns: readonly KeyColumn[];
}

/** The tuples that keys have in a candidate. */
export interface KeyColumn {
  /** Tuple texts one behind the other; the same one may be there twice. */
  readonly bytes: Uint8Array;
  /** Where each ends. */
  readonly ends: Int32Array;
  /** Per key the number of its text, from 1 on, or SEVERAL. */
  readonly cells: Uint8Array | Uint16Array | Int32Array;
}

/**
 * Gathers keys and writes them as blocks that need nothing else to be read:
 *
 *     key-block := hashes: u8[16 * count] | per candidate: values:i32 | ends: i32[values] | bytes: u8[] | cells: u8, u16 or i32 [count]
 */
export class KeyBlockWriter {
  readonly #hashes: Int32Array;
  readonly #columns: readonly ColumnWriter[];
  readonly #block = new BlockWriter();
  #keys = new Int32Array(64);
  #count = 0;

  constructor({ hashes, candidates, form }: GroupKeys) {
    const { buffer, byteOffset, length } = hashes.byteOffset % 4 === 0 ? hashes : new Uint8Array(hashes);
    this.#hashes = new Int32Array(buffer, byteOffset, length / 4);
    this.#columns = candidates.map((dimensions) =>
      dimensions.length === 1 ? new ValueColumn(dimensions[0], form) : new TupleColumn(dimensions, form),
    );
  }

  /**
   * Takes keys `selected[places[from..to)]` until the block has so many bytes.
   *
   * @returns the place after the last one taken
   */
  fill(selected: Int32Array, places: Int32Array, from: number, to: number, bytesMax: number): number {
    let bytes = 0;
    let at = from;
    while (at < to && bytes < bytesMax) {
      const key = selected[places[at++]];
      if (this.#count === this.#keys.length) this.#keys = grown(this.#keys);
      this.#keys[this.#count] = key;
      bytes += HASH_BYTES;
      for (let i = 0; i < this.#columns.length; i++) bytes += this.#columns[i].add(key, this.#count);
      this.#count++;
    }
    return at;
  }

  flush(sink: BlockSink): BlockRef {
    const count = this.#count;
    const block = this.#block;
    writeHashes(block.int32(count * 4), this.#hashes, this.#keys);
    for (const column of this.#columns) column.flush(block, count);
    this.#count = 0;
    return sink.append(block, count);
  }
}

function writeHashes(target: Int32Array, hashes: Int32Array, keys: Int32Array): void {
  for (let at = 0, key = 0; at < target.length; key++) {
    const from = keys[key] * 4;
    target[at++] = hashes[from];
    target[at++] = hashes[from + 1];
    target[at++] = hashes[from + 2];
    target[at++] = hashes[from + 3];
  }
}

/** The tuples of a block in one candidate. */
abstract class ColumnWriter {
  protected readonly tuples: TupleWriter;
  /** Texts of the block. */
  protected values = 0;
  protected readonly found = new FoundText();
  protected cells = new Int32Array(64);
  #ends = new Int32Array(64);

  constructor(form: TupleForm) {
    this.tuples = new TupleWriter(form);
  }

  /** Adds a key, which is number `at` of the block. @returns bytes, about, by which the block grows */
  abstract add(key: number, at: number): number;

  flush(block: BlockWriter, count: number): void {
    const { values, tuples, cells } = this;
    block.int32(1)[0] = values;
    block.int32(values).set(this.#ends.subarray(0, values));
    block.uint8(tuples.length).set(tuples.bytes.subarray(0, tuples.length));
    const width = cellWidth(values);
    const target = width === 1 ? block.uint8(count) : width === 2 ? block.uint16(count) : block.int32(count);
    target.set(cells.subarray(0, count));
    this.values = 0;
    tuples.clear();
  }

  /** Gives the key the tuple. @returns bytes by which the block grows */
  protected keep(at: number, cell: number): number {
    if (at >= this.cells.length) this.cells = grown(this.cells);
    this.cells[at] = cell;
    return 4;
  }

  /** Ends the tuple that has been written. @returns its number */
  protected endTuple(): number {
    const { tuples } = this;
    if (this.values === this.#ends.length) this.#ends = grown(this.#ends);
    this.#ends[this.values++] = tuples.length;
    tuples.next();
    return this.values;
  }
}

/** A candidate of one dimension: equal cells have one text. */
class ValueColumn extends ColumnWriter {
  readonly #dimension: RangeDimension;
  readonly #least: number;
  /** Number of each cell's text, from the least cell on; 0: none yet. */
  readonly #numbers: Int32Array;
  /** Cells that have a number. */
  #used = new Int32Array(64);

  constructor(dimension: RangeDimension, form: TupleForm) {
    super(form);
    this.#dimension = dimension;
    const { least, most } = boundsOf(dimension.cells);
    this.#least = least;
    this.#numbers = new Int32Array(most - least + 1);
  }

  add(key: number, at: number): number {
    const cell = this.#dimension.cells[key] - this.#least;
    const known = this.#numbers[cell];
    return known > 0 ? this.keep(at, known) : this.#addNew(cell, at);
  }

  #addNew(cell: number, at: number): number {
    const { found, tuples } = this;
    const kind = this.#dimension.find(cell + this.#least, found);
    if (kind === CellKind.several) return this.keep(at, SEVERAL);
    if (kind === CellKind.null) tuples.addNull();
    else tuples.add(found.bytes, found.start, found.end);
    const bytes = tuples.length - tuples.start + 4;
    if (this.values === this.#used.length) this.#used = grown(this.#used);
    this.#used[this.values] = cell;
    const number = this.endTuple();
    this.#numbers[cell] = number;
    return this.keep(at, number) + bytes;
  }

  override flush(block: BlockWriter, count: number): void {
    for (let i = 0; i < this.values; i++) this.#numbers[this.#used[i]] = 0;
    super.flush(block, count);
  }
}

/** A candidate of several dimensions: each key has a text of its own. */
class TupleColumn extends ColumnWriter {
  readonly #dimensions: readonly RangeDimension[];

  constructor(dimensions: readonly RangeDimension[], form: TupleForm) {
    super(form);
    this.#dimensions = dimensions;
  }

  add(key: number, at: number): number {
    const { found, tuples } = this;
    for (const dimension of this.#dimensions) {
      const kind = dimension.find(dimension.cells[key], found);
      if (kind === CellKind.several) {
        tuples.drop();
        return this.keep(at, SEVERAL);
      }
      if (kind === CellKind.null) tuples.addNull();
      else tuples.add(found.bytes, found.start, found.end);
    }
    const bytes = tuples.length - tuples.start + 4;
    return this.keep(at, this.endTuple()) + bytes;
  }
}

function boundsOf(cells: Int32Array): { least: number; most: number } {
  let least = 0;
  let most = 0;
  for (let i = 0; i < cells.length; i++) {
    if (cells[i] < least) least = cells[i];
    if (cells[i] > most) most = cells[i];
  }
  return { least, most };
}

function grown(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}

/** Reads a block. @param candidates columns that it has */
export function readKeyBlock(source: RunSource, ref: BlockRef, candidates: number): KeyBlock {
  const reader = new BlockReader(source.read(ref));
  const { count } = ref;
  const hashes = reader.uint8(count * HASH_BYTES);
  const columns: KeyColumn[] = [];
  for (let i = 0; i < candidates; i++) {
    const values = reader.int32(1)[0];
    const ends = reader.int32(values);
    const bytes = reader.uint8(values === 0 ? 0 : ends[values - 1]);
    const width = cellWidth(values);
    const cells = width === 1 ? reader.uint8(count) : width === 2 ? reader.uint16(count) : reader.int32(count);
    columns.push({ bytes, ends, cells });
  }
  return { count, hashes, columns };
}
