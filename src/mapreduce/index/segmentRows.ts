import type { CellArray } from '../../rollup/merge/blockRows.ts';
import type { MergedColumn } from '../../rollup/merge/mergeColumns.ts';
import type { MergedRows } from '../../rollup/merge/mergeRows.ts';
import type { CellLists } from '../../rollup/merge/mergeValues.ts';
import type { SegmentWriter } from '../../segment/writer/segmentWriter.ts';

export interface SegmentRowsOptions {
  /** Rows of a batch, at most. */
  readonly rowsMax: number;
  /** Columns from here on tell rows without the dimension from those with a null: they have no value at all. */
  readonly firstSparse: number;
}

/** Hands merged rows to a segment writer: united cells become dictionary ids or numbers. */
export class SegmentRows {
  readonly #segment: SegmentWriter;
  readonly #columns: readonly MergedColumn[];
  readonly #firstSparse: number;
  readonly #ids: Int32Array;
  /** Longs as (low, high) pairs; doubles by their bits. */
  readonly #pairs: Int32Array;
  readonly #nulls: Uint8Array;
  #listIds = new Int32Array(0);

  constructor(segment: SegmentWriter, columns: readonly MergedColumn[], { rowsMax, firstSparse }: SegmentRowsOptions) {
    this.#segment = segment;
    this.#firstSparse = firstSparse;
    this.#columns = columns;
    this.#ids = new Int32Array(rowsMax);
    this.#pairs = new Int32Array(rowsMax * 2);
    this.#nulls = new Uint8Array(rowsMax);
  }

  append({ rows, times, cells, metrics }: MergedRows): void {
    putTimes(times, rows, this.#pairs);
    this.#segment.appendTimes(this.#pairs, rows);
    for (let dimension = 0; dimension < cells.length; dimension++) {
      const column = this.#columns[dimension];
      if (column.type !== 'string') this.#appendNumbers(dimension, column, cells[dimension], rows);
      else if (column.lists === null) this.#appendIds(dimension, column, cells[dimension], rows);
      else if (column.lists.ids.length === column.cellCount)
        this.#appendOnlyIds(dimension, column.lists.ids, cells[dimension], rows);
      else this.#appendLists(dimension, column, column.lists, cells[dimension], rows);
    }
    for (let metric = 0; metric < metrics.length; metric++) metrics[metric].append(this.#segment, metric, rows);
  }

  /** Value v is entry v of a dictionary with null, and entry v - 1 of one without. */
  #appendIds(dimension: number, column: MergedColumn, cells: CellArray, rows: number): void {
    const ids = this.#ids;
    lowerCells(cells, column.hasNull ? 0 : 1, rows, ids);
    this.#segment.appendIds(dimension, ids, rows);
  }

  /** Each cell is a list of one value; null is among them. */
  #appendOnlyIds(dimension: number, listIds: Int32Array, cells: CellArray, rows: number): void {
    const ids = this.#ids;
    for (let row = 0; row < rows; row++) ids[row] = cells[row] === 0 ? 0 : listIds[cells[row] - 1];
    this.#segment.appendIds(dimension, ids, rows);
  }

  #appendLists(dimension: number, column: MergedColumn, lists: CellLists, cells: CellArray, rows: number): void {
    const ends = this.#ids;
    // Druid's Hadoop indexer stores null and empty lists as a list of one null.
    const ofNull = dimension < this.#firstSparse ? 1 : 0;
    const total = countIds(cells, lists, ofNull, rows, ends);
    if (total > this.#listIds.length) this.#listIds = new Int32Array(Math.max(total, this.#listIds.length * 2));
    takeIds(cells, lists, ofNull, column.hasNull ? 0 : 1, rows, this.#listIds);
    this.#segment.appendIdLists(dimension, ends, this.#listIds, rows);
  }

  #appendNumbers(dimension: number, column: MergedColumn, cells: CellArray, rows: number): void {
    const numbers = column.numbers as Int32Array;
    const pairs = this.#pairs;
    const nullRows = takeNumbers(numbers, cells, rows, pairs, this.#nulls) ? this.#nulls : null;
    if (column.type === 'long') this.#segment.appendDimensionLongs(dimension, pairs, nullRows, rows);
    else {
      const doubles = new Float64Array(pairs.buffer, 0, rows);
      if (column.type === 'double') this.#segment.appendDimensionDoubles(dimension, doubles, nullRows, rows);
      else this.#segment.appendDimensionFloats(dimension, Float32Array.from(doubles), nullRows, rows);
    }
  }
}

// Loops are functions of their own, which are compiled in no time.

function putTimes(times: Float64Array, rows: number, pairs: Int32Array): void {
  let last = 0;
  let low = 0;
  let high = 0;
  for (let row = 0; row < rows; row++) {
    const time = times[row];
    // Many rows have one time, and a remainder of doubles is slow.
    if (time !== last) {
      last = time;
      low = time % 0x1_0000_0000;
      high = Math.floor(time / 0x1_0000_0000);
    }
    pairs[2 * row] = low;
    pairs[2 * row + 1] = high;
  }
}

function lowerCells(cells: CellArray, by: 0 | 1, rows: number, ids: Int32Array): void {
  for (let row = 0; row < rows; row++) ids[row] = cells[row] - by;
}

/** @param ofNull ids of a row that is null. @returns the number of all ids */
function countIds(cells: CellArray, { ends }: CellLists, ofNull: number, rows: number, rowEnds: Int32Array): number {
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const cell = cells[row];
    total += cell === 0 ? ofNull : ends[cell] - ends[cell - 1];
    rowEnds[row] = total;
  }
  return total;
}

function takeIds(
  cells: CellArray,
  { ends, ids }: CellLists,
  ofNull: number,
  by: 0 | 1,
  rows: number,
  target: Int32Array,
): void {
  let to = 0;
  for (let row = 0; row < rows; row++) {
    const cell = cells[row];
    if (cell !== 0) for (let at = ends[cell - 1]; at < ends[cell]; at++) target[to++] = ids[at] - by;
    else if (ofNull > 0) target[to++] = 0;
  }
}

/** Looks numbers up by their cells. @returns whether there are nulls */
function takeNumbers(
  numbers: Int32Array,
  cells: CellArray,
  rows: number,
  pairs: Int32Array,
  nulls: Uint8Array,
): boolean {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const cell = cells[row];
    // Cell 0 is null and entry 0 of the numbers a zero.
    pairs[2 * row] = numbers[2 * cell];
    pairs[2 * row + 1] = numbers[2 * cell + 1];
    const isNull = cell === 0 ? 1 : 0;
    nulls[row] = isNull;
    count += isNull;
  }
  return count > 0;
}
