import type { MergedColumn } from '../../rollup/merge/mergeColumns.ts';
import type { MergedRows } from '../../rollup/merge/mergeRows.ts';
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
  readonly #timePairs: Int32Array;
  readonly #ids: Int32Array;
  readonly #nulls: Uint8Array;
  readonly #pairs: Int32Array;
  readonly #doubles: Float64Array;
  readonly #floats: Float32Array;
  readonly #firstSparse: number;
  #listIds: Int32Array;

  constructor(segment: SegmentWriter, columns: readonly MergedColumn[], { rowsMax, firstSparse }: SegmentRowsOptions) {
    this.#segment = segment;
    this.#firstSparse = firstSparse;
    this.#columns = columns;
    this.#timePairs = new Int32Array(rowsMax * 2);
    this.#ids = new Int32Array(rowsMax);
    this.#nulls = new Uint8Array(rowsMax);
    this.#pairs = new Int32Array(rowsMax * 2);
    this.#doubles = new Float64Array(this.#pairs.buffer);
    this.#floats = new Float32Array(rowsMax);
    this.#listIds = new Int32Array(rowsMax);
  }

  append(merged: MergedRows): void {
    const { rows, times, cells, metrics } = merged;
    const pairs = this.#timePairs;
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
    this.#segment.appendTimes(pairs, rows);
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
  #appendIds(dimension: number, column: MergedColumn, cells: Int32Array, rows: number): void {
    if (column.hasNull) {
      this.#segment.appendIds(dimension, cells, rows);
      return;
    }
    const ids = this.#ids;
    for (let row = 0; row < rows; row++) ids[row] = cells[row] - 1;
    this.#segment.appendIds(dimension, ids, rows);
  }

  /** Each cell is a list of one value; null is among them. */
  #appendOnlyIds(dimension: number, listIds: Int32Array, cells: Int32Array, rows: number): void {
    const ids = this.#ids;
    for (let row = 0; row < rows; row++) ids[row] = cells[row] === 0 ? 0 : listIds[cells[row] - 1];
    this.#segment.appendIds(dimension, ids, rows);
  }

  #appendLists(
    dimension: number,
    column: MergedColumn,
    lists: NonNullable<MergedColumn['lists']>,
    cells: Int32Array,
    rows: number,
  ): void {
    const shift = column.hasNull ? 0 : 1;
    const ends = this.#ids;
    // Druid's Hadoop indexer stores null and empty lists as a list of one null.
    const nulls = dimension < this.#firstSparse ? 1 : 0;
    let total = 0;
    for (let row = 0; row < rows; row++) {
      const cell = cells[row];
      const start = cell === 0 ? 0 : lists.ends[cell - 1];
      const end = lists.ends[cell];
      if (total + end - start + 1 > this.#listIds.length) this.#growLists(total + end - start + 1);
      if (cell === 0 && nulls > 0) this.#listIds[total++] = 0;
      for (let at = start; at < end; at++) this.#listIds[total++] = lists.ids[at] - shift;
      ends[row] = total;
    }
    this.#segment.appendIdLists(dimension, ends, this.#listIds, rows);
  }

  #appendNumbers(dimension: number, column: MergedColumn, cells: Int32Array, rows: number): void {
    const numbers = column.numbers as Int32Array;
    const pairs = this.#pairs;
    const nullRows = takeNumbers(numbers, cells, rows, pairs, this.#nulls) ? this.#nulls : null;
    if (column.type === 'long') this.#segment.appendDimensionLongs(dimension, pairs, nullRows, rows);
    else if (column.type === 'double') this.#segment.appendDimensionDoubles(dimension, this.#doubles, nullRows, rows);
    else {
      for (let row = 0; row < rows; row++) this.#floats[row] = this.#doubles[row];
      this.#segment.appendDimensionFloats(dimension, this.#floats, nullRows, rows);
    }
  }

  #growLists(length: number): void {
    const larger = new Int32Array(Math.max(length, this.#listIds.length * 2));
    larger.set(this.#listIds);
    this.#listIds = larger;
  }
}

/** Looks numbers up by their cells. @returns whether there are nulls */
function takeNumbers(
  numbers: Int32Array,
  cells: Int32Array,
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
