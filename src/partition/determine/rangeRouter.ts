import { compareUtf8 } from '../../segment/utf8Order.ts';
import { CellKind, FoundText, type RangeDimension } from './rangeDimension.ts';
import { compareTuples, type Tuple } from './tuple.ts';

const encoder = new TextEncoder();
/** A cell whose position is not known yet. */
const UNKNOWN = -1;
/** The range of a row that none holds. */
const NOWHERE = -1;

/** Distinct values in order, numbered from 1 on. */
export interface SortedDictionary {
  readonly values: number;
  /** Order of a text against a value, as of `compareUtf8`. */
  compare(text: Uint8Array, id: number): number;
}

/** Bounds of a shard, as in RowRange. */
export interface RangeBounds {
  readonly start: Tuple | null;
  readonly end: Tuple | null;
}

/**
 * Finds the shards of many rows of a time chunk as Druid does (`BaseDimensionRangeShardSpec.getLookup`): by halving, among the ranges
 * sorted by start, then end. Ranges hold their start, and not their end; where they overlap, which Druid's own plans may, it depends
 * on the halving which one gets a row.
 *
 * Rows are compared by integers: every value becomes its **position** among the values that
 * bounds are made of, once per distinct cell, and bounds and rows are compared by positions.
 *
 * Null is at 0, the i-th bound value at 2i + 2, and a value between two of them at the odd number between.
 */
export class RangeRouter {
  readonly #size: number;
  readonly #count: number;
  /** Values of bounds per dimension, in order. */
  readonly #values: readonly (readonly Uint8Array[])[];
  /** Positions of the lower and upper bound of each range; `#size` each. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #hasStart: Uint8Array;
  readonly #hasEnd: Uint8Array;
  /** Ranges by start (unbounded first), then end (unbounded last). */
  readonly #order: Int32Array;
  readonly #found = new FoundText();
  readonly #row: Int32Array;

  /**
   * @param ranges of one time chunk, at least one
   * @param dimensions the number of partition dimensions
   */
  constructor(ranges: readonly RangeBounds[], dimensions: number) {
    this.#size = dimensions;
    this.#count = ranges.length;
    this.#values = Array.from({ length: dimensions }, (_, i) => boundValues(ranges, i));
    this.#hasStart = Uint8Array.from(ranges, ({ start }) => (start === null ? 0 : 1));
    this.#hasEnd = Uint8Array.from(ranges, ({ end }) => (end === null ? 0 : 1));
    this.#starts = Int32Array.from(ranges.flatMap(({ start }) => this.#positions(start)));
    this.#ends = Int32Array.from(ranges.flatMap(({ end }) => this.#positions(end)));
    this.#order = Int32Array.from(ranges.keys()).sort((a, b) => compareBounds(ranges[a], ranges[b]));
    this.#row = new Int32Array(dimensions);
  }

  /**
   * Routes rows `rows[from..to)`.
   *
   * @param dimensions the partition dimensions in their order
   * @param cellMax highest cell of each; tables of this length are made where they pay. Negative cells are looked up one by one
   * @param shards receives the shard of each row, at the row's number
   * @throws Error when no range holds a row, which only plans of Druid's that are not contiguous could bring about
   */
  route(
    dimensions: readonly RangeDimension[],
    cellMax: readonly number[],
    rows: Int32Array,
    from: number,
    to: number,
    shards: Int32Array,
  ): void {
    if (this.#count === 1 && this.#hasStart[0] === 0 && this.#hasEnd[0] === 0) {
      for (let i = from; i < to; i++) shards[rows[i]] = 0;
      return;
    }
    const positions = this.#row;
    const tables = cellMax.map((max) => (max < to - from ? new Int32Array(max + 1).fill(UNKNOWN) : EMPTY));
    for (let i = from; i < to; i++) {
      const row = rows[i];
      for (let d = 0; d < this.#size; d++) {
        const cell = dimensions[d].cells[row];
        const table = tables[d];
        if (cell >= 0 && cell < table.length) {
          if (table[cell] === UNKNOWN) table[cell] = this.#positionOf(dimensions[d], d, cell);
          positions[d] = table[cell];
        } else positions[d] = this.#positionOf(dimensions[d], d, cell);
      }
      shards[row] = this.#search();
    }
  }

  /**
   * Positions of the values of a sorted dictionary, such as that of a run's section: few compares per bound, none per value.
   *
   * @param dimension its place among the partition dimensions
   * @returns the position of value `id`, ids from 1 on; entry 0 is null's
   */
  dictionaryPositions(dimension: number, texts: SortedDictionary): Int32Array {
    const bounds = this.#values[dimension];
    const positions = new Int32Array(texts.values + 1);
    let next = 1;
    for (let i = 0; i < bounds.length; i++) {
      const id = firstFrom(texts, bounds[i], next);
      positions.fill(2 * i + 1, next, id);
      next = id;
      if (id <= texts.values && texts.compare(bounds[i], id) === 0) positions[next++] = 2 * i + 2;
    }
    return positions.fill(2 * bounds.length + 1, next);
  }

  /** Position of one value. @param dimension its place among the partition dimensions */
  position(dimension: number, value: string): number {
    const bytes = encoder.encode(value);
    return this.#position(dimension, bytes, 0, bytes.length);
  }

  /**
   * Routes rows 0 to `rows - 1` whose values' positions are known: integer compares only.
   *
   * @param positions per partition dimension, by cell; of a list of several values that of null
   * @param cells per partition dimension, the cell of each row
   * @param shards receives the shard of each row
   */
  routeByPositions(
    positions: readonly Int32Array[],
    cells: readonly Int32Array[],
    rows: number,
    shards: Int32Array,
  ): void {
    const current = this.#row;
    if (this.#size === 1) {
      const shardOf = this.#shardsOfPositions();
      lookUp(shardOf, positions[0], cells[0], rows, shards);
      return;
    }
    for (let row = 0; row < rows; row++) {
      for (let d = 0; d < this.#size; d++) current[d] = positions[d][cells[d][row]];
      shards[row] = this.#search();
    }
  }

  /** The shard of each position of the one partition dimension. */
  #shardsOfPositions(): Int32Array {
    const shardOf = new Int32Array(2 * this.#values[0].length + 2);
    for (let position = 0; position < shardOf.length; position++) {
      this.#row[0] = position;
      shardOf[position] = this.#find();
    }
    return shardOf;
  }

  #positions(bound: Tuple | null): number[] {
    return Array.from({ length: this.#size }, (_, d) => {
      const value = bound?.[d] ?? null;
      return value === null ? 0 : this.position(d, value);
    });
  }

  #positionOf(dimension: RangeDimension, d: number, cell: number): number {
    const found = this.#found;
    if (dimension.find(cell, found) !== CellKind.text) return 0;
    return this.#position(d, found.bytes, found.start, found.end);
  }

  #position(d: number, bytes: Uint8Array, start: number, end: number): number {
    const values = this.#values[d];
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compareUtf8(values[middle], 0, values[middle].length, bytes, start, end);
      if (order === 0) return 2 * middle + 2;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return 2 * low + 1;
  }

  /** The range that gets the row. */
  #search(): number {
    const range = this.#find();
    if (range === NOWHERE) throw new Error(NO_RANGE);
    return range;
  }

  #find(): number {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const range = this.#order[middle];
      if (this.#hasStart[range] === 1 && this.#compare(this.#starts, range) > 0) high = middle - 1;
      else if (this.#hasEnd[range] === 0 || this.#compare(this.#ends, range) > 0) return range;
      else low = middle + 1;
    }
    return NOWHERE;
  }

  /** Order of a bound against the row. */
  #compare(bounds: Int32Array, range: number): number {
    const row = this.#row;
    const at = range * this.#size;
    for (let d = 0; d < this.#size; d++) {
      const difference = bounds[at + d] - row[d];
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

const EMPTY = new Int32Array(0);
const NO_RANGE = 'no range of the partition plan holds a row: the input has changed since the ranges were determined';

/** The first value from `from` on that is not below the bound. */
function firstFrom(texts: SortedDictionary, bound: Uint8Array, from: number): number {
  let low = from;
  let high = texts.values + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (texts.compare(bound, middle) > 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Gives every row the shard of its cell's position. */
function lookUp(shardOf: Int32Array, positions: Int32Array, cells: Int32Array, rows: number, shards: Int32Array): void {
  let least = 0;
  for (let row = 0; row < rows; row++) {
    const shard = shardOf[positions[cells[row]]];
    shards[row] = shard;
    // NOWHERE alone is negative.
    least |= shard;
  }
  if (least < 0) throw new Error(NO_RANGE);
}

/** Distinct values of a dimension in bounds, as UTF-8 in order. */
function boundValues(ranges: readonly RangeBounds[], dimension: number): Uint8Array[] {
  const values = new Set<string>();
  for (const { start, end } of ranges) {
    for (const value of [start?.[dimension], end?.[dimension]]) if (typeof value === 'string') values.add(value);
  }
  // Strings sort by UTF-16 code units, which is also the order of compareUtf8.
  return [...values].sort().map((value) => encoder.encode(value));
}

function compareBounds(left: RangeBounds, right: RangeBounds): number {
  const byStart = compareNullable(left.start, right.start, -1);
  return byStart !== 0 ? byStart : compareNullable(left.end, right.end, 1);
}

/** @param ofNull what null compares as to all else */
function compareNullable(left: Tuple | null, right: Tuple | null, ofNull: number): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? ofNull : -ofNull;
  return compareTuples(left, right);
}
