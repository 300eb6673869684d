import type { MetricState } from './metrics/metricState.ts';

const INITIAL_ROWS = 1024;
/** Time, hash and the share of the hash table, which is at most half full. */
const BYTES_PER_ROW = 20;

/**
 * The rows of one run while they are gathered: columns of times and cells, the metrics' states, and, with rollup, a hash table
 * from (time, cells) to the row that has them. Without rollup every record is a row of its own.
 */
export class RowIndex {
  rows = 0;
  /** Truncated times, epoch milliseconds. */
  times = new Float64Array(INITIAL_ROWS);
  /** Per dimension, a cell per row. */
  readonly cells: Int32Array[];
  readonly metrics: readonly MetricState[];
  readonly #rollup: boolean;
  /** Columns that are there from the start. */
  readonly #firstColumns: number;
  #hashes = new Int32Array(INITIAL_ROWS);
  /** Row number + 1; 0 is empty. */
  #table = new Int32Array(INITIAL_ROWS * 2);
  #batchHashes = new Int32Array(0);
  /** The record that each new row of the batch stands for. */
  #newRecords = new Int32Array(0);

  constructor(dimensions: number, metrics: readonly MetricState[], rollup: boolean) {
    this.cells = Array.from({ length: dimensions }, () => new Int32Array(INITIAL_ROWS));
    this.metrics = metrics;
    this.#rollup = rollup;
    this.#firstColumns = dimensions;
    for (const metric of metrics) metric.ensure(INITIAL_ROWS);
  }

  /** Adds a column for a dimension found in the data: null in all rows so far. `clear` takes it away again. */
  addColumn(): void {
    this.cells.push(new Int32Array(this.times.length));
  }

  /**
   * Finds or makes the row of each record.
   *
   * @param times truncated times, one per record
   * @param cells per dimension, a cell per record
   * @param rows receives the row number of each record
   */
  group(times: Float64Array, cells: readonly Int32Array[], count: number, rows: Int32Array): void {
    this.#ensure(this.rows + count);
    if (!this.#rollup) {
      for (let i = 0; i < count; i++) rows[i] = this.rows + i;
      this.times.set(times.subarray(0, count), this.rows);
      for (let column = 0; column < cells.length; column++) {
        this.cells[column].set(cells[column].subarray(0, count), this.rows);
      }
      this.rows += count;
      return;
    }
    const hashes = this.#hashRecords(times, cells, count);
    const added = this.#findRows(times, cells, hashes, count, rows);
    this.#append(times, cells, hashes, count, added);
  }

  /** Bytes in use, metrics included; a function of the rows alone: it decides where runs are cut. */
  memoryUsage(): number {
    let perRow = BYTES_PER_ROW + 4 * this.cells.length;
    let sum = 0;
    for (const metric of this.metrics) {
      perRow += metric.bytesPerRow;
      sum += metric.extraMemory();
    }
    return sum + perRow * this.rows;
  }

  /** Forgets all rows and the columns added, and keeps the buffers. */
  clear(): void {
    for (const metric of this.metrics) metric.clear(this.rows);
    this.#table.fill(0);
    this.rows = 0;
    this.cells.length = this.#firstColumns;
  }

  #hashRecords(times: Float64Array, cells: readonly Int32Array[], count: number): Int32Array {
    if (this.#batchHashes.length < count) {
      this.#batchHashes = new Int32Array(count);
      this.#newRecords = new Int32Array(count);
    }
    const hashes = this.#batchHashes;
    // To int32, so modulo 2^32.
    for (let i = 0; i < count; i++) hashes[i] = Math.imul(times[i], 0x9e3779b1) ^ (times[i] / 0x1_0000_0000);
    for (let column = 0; column < this.#firstColumns; column++) mixColumn(cells[column], count, hashes);
    // Rows from before a column was added must keep their hash.
    for (let column = this.#firstColumns; column < cells.length; column++) {
      mixSparseColumn(cells[column], column, count, hashes);
    }
    return hashes;
  }

  /**
   * Gives each record its row. Those of new rows are noted, and their rows only numbered: columns are appended afterwards.
   *
   * @returns how many rows are new
   */
  #findRows(
    times: Float64Array,
    cells: readonly Int32Array[],
    hashes: Int32Array,
    count: number,
    rows: Int32Array,
  ): number {
    const table = this.#table;
    const mask = table.length - 1;
    const first = this.rows;
    const newRecords = this.#newRecords;
    let added = 0;
    for (let i = 0; i < count; i++) {
      const hash = hashes[i];
      let place = hash & mask;
      for (;;) {
        const row = table[place] - 1;
        if (row < 0) {
          newRecords[added] = i;
          rows[i] = first + added++;
          table[place] = first + added;
          break;
        }
        const record = row < first ? -1 : newRecords[row - first];
        if (
          record < 0
            ? this.#hashes[row] === hash && this.#isRow(row, times, cells, i)
            : hashes[record] === hash && areEqual(times, cells, record, i)
        ) {
          rows[i] = row;
          break;
        }
        place = (place + 1) & mask;
      }
    }
    return added;
  }

  #isRow(row: number, times: Float64Array, cells: readonly Int32Array[], record: number): boolean {
    if (this.times[row] !== times[record]) return false;
    const own = this.cells;
    for (let column = 0; column < own.length; column++) {
      if (own[column][row] !== cells[column][record]) return false;
    }
    return true;
  }

  /** Appends the records noted, column by column. */
  #append(times: Float64Array, cells: readonly Int32Array[], hashes: Int32Array, count: number, added: number): void {
    const row = this.rows;
    if (added === count) {
      this.times.set(times.subarray(0, count), row);
      this.#hashes.set(hashes.subarray(0, count), row);
      for (let column = 0; column < cells.length; column++)
        this.cells[column].set(cells[column].subarray(0, count), row);
    } else {
      const newRecords = this.#newRecords;
      for (let i = 0; i < added; i++) this.times[row + i] = times[newRecords[i]];
      gather(hashes, newRecords, added, this.#hashes, row);
      for (let column = 0; column < cells.length; column++) {
        gather(cells[column], newRecords, added, this.cells[column], row);
      }
    }
    this.rows += added;
  }

  #ensure(rows: number): void {
    if (rows <= this.times.length) return;
    const size = Math.max(rows, this.times.length * 2);
    const times = new Float64Array(size);
    times.set(this.times);
    this.times = times;
    for (let column = 0; column < this.cells.length; column++) {
      const larger = new Int32Array(size);
      larger.set(this.cells[column]);
      this.cells[column] = larger;
    }
    for (const metric of this.metrics) metric.ensure(size);
    const hashes = new Int32Array(size);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    if (this.#rollup) this.#rehash(size);
  }

  #rehash(capacity: number): void {
    let size = this.#table.length;
    while (size < capacity * 2) size *= 2;
    const table = new Int32Array(size);
    const mask = size - 1;
    for (let row = 0; row < this.rows; row++) {
      let place = this.#hashes[row] & mask;
      while (table[place] !== 0) place = (place + 1) & mask;
      table[place] = row + 1;
    }
    this.#table = table;
  }
}

function mixColumn(column: Int32Array, count: number, hashes: Int32Array): void {
  for (let i = 0; i < count; i++) {
    const mixed = Math.imul(hashes[i] ^ column[i], 0x85ebca6b);
    hashes[i] = mixed ^ (mixed >>> 15);
  }
}

/** Nulls leave the hash as it is. */
function mixSparseColumn(column: Int32Array, number: number, count: number, hashes: Int32Array): void {
  for (let i = 0; i < count; i++) {
    if (column[i] === 0) continue;
    const mixed = Math.imul(hashes[i] ^ column[i] ^ (number << 20), 0x85ebca6b);
    hashes[i] = mixed ^ (mixed >>> 15);
  }
}

function areEqual(times: Float64Array, cells: readonly Int32Array[], left: number, right: number): boolean {
  if (times[left] !== times[right]) return false;
  for (let column = 0; column < cells.length; column++) {
    if (cells[column][left] !== cells[column][right]) return false;
  }
  return true;
}

/** Copies elements `picked[0..count)` to `target[at..)`. */
function gather(source: Int32Array, picked: Int32Array, count: number, target: Int32Array, at: number): void {
  for (let i = 0; i < count; i++) target[at + i] = source[picked[i]];
}
