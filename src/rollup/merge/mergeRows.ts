import type { MetricState } from '../metrics/metricState.ts';
import { BlockReader } from '../run/blockBytes.ts';
import { cellWidth } from '../run/run.ts';
import { CursorHeap } from './heap.ts';
import type { MergedColumn, SectionInput } from './mergeColumns.ts';

/** Rows handed on at once, at most. */
export const OUTPUT_ROWS_MAX = 8192;

/** Merged rows in order. All arrays belong to the merge and are overwritten by the next batch. */
export interface MergedRows {
  readonly rows: number;
  /** Truncated times, epoch milliseconds. */
  readonly times: Float64Array;
  /** Per dimension, united cells. */
  readonly cells: readonly Int32Array[];
  readonly metrics: readonly MetricState[];
}

/**
 * Second walk of a merge: brings the rows of all sections into one order and, with rollup, combines those with equal keys,
 * earlier positions first.
 *
 * @param newMetrics makes a set of empty metric states
 * @returns the number of rows handed on
 */
export function mergeRows(
  sections: readonly SectionInput[],
  columns: readonly MergedColumn[],
  newMetrics: () => MetricState[],
  rollup: boolean,
  onRows: (rows: MergedRows) => void,
): number {
  const cursors = sections.map((section, index) => new RowCursor(section, index, columns, newMetrics()));
  const output = new Output(columns.length, newMetrics());
  const heap = new CursorHeap(cursors.length, (left, right) => compareRows(cursors[left], cursors[right]));
  for (let i = 0; i < cursors.length; i++) if (cursors[i].nextBlock()) heap.push(i);
  let total = 0;
  const flush = (): void => {
    output.fill(cursors);
    total += output.rows;
    onRows(output);
    output.clear();
  };
  while (heap.size > 0) {
    const index = heap.top;
    const cursor = cursors[index];
    if (rollup && output.rows > 0 && output.lastEquals(cursors, cursor)) output.fold(cursor);
    else {
      // The last row may still be combined with rows to come, so it goes out only when another key has been seen.
      if (output.rows === OUTPUT_ROWS_MAX) flush();
      output.add(index, cursor);
    }
    if (++cursor.at === cursor.rows) {
      output.fill(cursors);
      if (!cursor.nextBlock()) {
        heap.pop();
        continue;
      }
    }
    heap.sink();
  }
  if (output.rows > 0) flush();
  return total;
}

/** The rows of one section, block by block, in united cells. */
class RowCursor {
  rows = 0;
  at = 0;
  times = new Float64Array(0);
  readonly cells: Int32Array[];
  readonly metrics: readonly MetricState[];
  readonly #section: SectionInput;
  readonly #remaps: readonly Int32Array[];
  #block = 0;

  constructor(section: SectionInput, index: number, columns: readonly MergedColumn[], metrics: readonly MetricState[]) {
    this.#section = section;
    this.#remaps = columns.map((column) => column.cellRemaps[index]);
    this.cells = columns.map(() => new Int32Array(0));
    this.metrics = metrics;
  }

  nextBlock(): boolean {
    const { header, source } = this.#section;
    if (this.#block === header.blocks.length) return false;
    const block = new BlockReader(source.read(header.blocks[this.#block++]));
    const rows = block.int32(1)[0];
    this.rows = rows;
    this.at = 0;
    this.times = block.float64(rows);
    for (let column = 0; column < this.cells.length; column++) {
      const width = cellWidth(header.columns[column].cells);
      const local = width === 1 ? block.uint8(rows) : width === 2 ? block.uint16(rows) : block.int32(rows);
      if (this.cells[column].length < rows) this.cells[column] = new Int32Array(rows);
      remapCells(local, this.#remaps[column], this.cells[column], rows);
    }
    for (const metric of this.metrics) metric.read(block, rows);
    return true;
  }
}

function remapCells(
  local: Uint8Array | Uint16Array | Int32Array,
  remap: Int32Array,
  cells: Int32Array,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) cells[row] = remap[local[row]];
}

function compareRows(left: RowCursor, right: RowCursor): number {
  const time = left.times[left.at] - right.times[right.at];
  if (time !== 0) return time;
  const a = left.cells;
  const b = right.cells;
  for (let column = 0; column < a.length; column++) {
    const difference = a[column][left.at] - b[column][right.at];
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Gathers output rows. Which cursor's row each one is gets noted first; times and cells are copied column by column by `fill`,
 * which must run before a cursor leaves the block that a noted row stands in. Metrics are combined at once.
 */
class Output implements MergedRows {
  rows = 0;
  readonly times = new Float64Array(OUTPUT_ROWS_MAX);
  readonly cells: Int32Array[];
  readonly metrics: readonly MetricState[];
  readonly #cursors = new Int32Array(OUTPUT_ROWS_MAX);
  readonly #cursorRows = new Int32Array(OUTPUT_ROWS_MAX);
  #filled = 0;

  constructor(dimensions: number, metrics: readonly MetricState[]) {
    this.cells = Array.from({ length: dimensions }, () => new Int32Array(OUTPUT_ROWS_MAX));
    this.metrics = metrics;
    for (const metric of metrics) metric.ensure(OUTPUT_ROWS_MAX);
  }

  add(index: number, cursor: RowCursor): void {
    this.#cursors[this.rows] = index;
    this.#cursorRows[this.rows] = cursor.at;
    for (let i = 0; i < this.metrics.length; i++) this.metrics[i].fold(this.rows, cursor.metrics[i], cursor.at);
    this.rows++;
  }

  fold(cursor: RowCursor): void {
    for (let i = 0; i < this.metrics.length; i++) this.metrics[i].fold(this.rows - 1, cursor.metrics[i], cursor.at);
  }

  lastEquals(cursors: readonly RowCursor[], cursor: RowCursor): boolean {
    const last = this.rows - 1;
    if (last < this.#filled) return this.#keyEquals(this.times, this.cells, last, cursor);
    const source = cursors[this.#cursors[last]];
    return this.#keyEquals(source.times, source.cells, this.#cursorRows[last], cursor);
  }

  fill(cursors: readonly RowCursor[]): void {
    const from = this.#filled;
    for (let row = from; row < this.rows; row++)
      this.times[row] = cursors[this.#cursors[row]].times[this.#cursorRows[row]];
    for (let column = 0; column < this.cells.length; column++) {
      const target = this.cells[column];
      for (let row = from; row < this.rows; row++) {
        target[row] = cursors[this.#cursors[row]].cells[column][this.#cursorRows[row]];
      }
    }
    this.#filled = this.rows;
  }

  clear(): void {
    for (const metric of this.metrics) metric.clear(this.rows);
    this.rows = 0;
    this.#filled = 0;
  }

  #keyEquals(times: Float64Array, cells: readonly Int32Array[], row: number, cursor: RowCursor): boolean {
    if (times[row] !== cursor.times[cursor.at]) return false;
    for (let column = 0; column < cells.length; column++) {
      if (cells[column][row] !== cursor.cells[column][cursor.at]) return false;
    }
    return true;
  }
}
