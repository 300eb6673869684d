import type { MetricState } from '../metrics/metricState.ts';
import { BlockReader } from '../run/blockBytes.ts';
import { cellWidth } from '../run/run.ts';
import type { MergedColumn, SectionInput } from './mergeColumns.ts';
import { ENDED, type MergeSource, MergeTree } from './mergeTree.ts';

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
  const output = new Output(columns.length, newMetrics(), cursors);
  const tree = new MergeTree(cursors.length, new RowSource(cursors, output));
  const keyParts = columns.length + 1;
  let total = 0;
  const flush = (): void => {
    output.fill();
    total += output.rows;
    onRows(output);
    output.clear();
  };
  for (let top = tree.top; top !== ENDED; top = tree.top) {
    if (!rollup || tree.shared < keyParts) {
      // The last row may still be combined with rows to come, so it goes out only when another key has been seen.
      if (output.rows === OUTPUT_ROWS_MAX) flush();
      output.rows++;
    }
    output.note(top, cursors[top].at);
    tree.next();
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
  /** Per row, how many leading parts its key (time, cells) has in common with the row before. */
  shared = new Int32Array(0);
  readonly metrics: readonly MetricState[];
  readonly #section: SectionInput;
  readonly #remaps: readonly Int32Array[];
  #block = 0;
  #buffer = new ArrayBuffer(0);
  #lastTime = NaN;
  readonly #lastCells: Int32Array;

  constructor(section: SectionInput, index: number, columns: readonly MergedColumn[], metrics: readonly MetricState[]) {
    this.#section = section;
    this.#remaps = columns.map((column) => column.cellRemaps[index]);
    this.cells = columns.map(() => new Int32Array(0));
    this.#lastCells = new Int32Array(columns.length);
    this.metrics = metrics;
  }

  get isAtBlockEnd(): boolean {
    return this.at >= this.rows - 1;
  }

  /** Loads the next block, over the one before, and stands at its first row. */
  nextBlock(): boolean {
    const { header, source } = this.#section;
    if (this.#block === header.blocks.length) return false;
    this.#keepLastKey();
    const bytes = source.read(header.blocks[this.#block++], this.#buffer);
    this.#buffer = bytes.buffer as ArrayBuffer;
    const block = new BlockReader(bytes);
    const rows = block.int32(1)[0];
    this.rows = rows;
    this.at = 0;
    this.times = block.float64(rows);
    if (this.shared.length < rows) this.shared = new Int32Array(rows);
    for (let column = 0; column < this.cells.length; column++) {
      const width = cellWidth(header.columns[column].cells);
      const local = width === 1 ? block.uint8(rows) : width === 2 ? block.uint16(rows) : block.int32(rows);
      if (this.cells[column].length < rows) this.cells[column] = new Int32Array(rows);
      remapCells(local, this.#remaps[column], this.cells[column], rows);
    }
    for (const metric of this.metrics) metric.read(block, rows);
    this.shared[0] = this.#sharedWithLastKey();
    countShared(this.times, this.cells, rows, this.shared);
    return true;
  }

  #keepLastKey(): void {
    if (this.rows === 0) return;
    this.#lastTime = this.times[this.rows - 1];
    for (let column = 0; column < this.cells.length; column++) {
      this.#lastCells[column] = this.cells[column][this.rows - 1];
    }
  }

  #sharedWithLastKey(): number {
    if (this.times[0] !== this.#lastTime) return 0;
    let column = 0;
    while (column < this.cells.length && this.cells[column][0] === this.#lastCells[column]) column++;
    return column + 1;
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

/** Counts for all rows but the first how many parts of the key are those of the row before. */
function countShared(times: Float64Array, cells: readonly Int32Array[], rows: number, shared: Int32Array): void {
  for (let row = 1; row < rows; row++) {
    let parts = 0;
    if (times[row] === times[row - 1]) {
      parts = 1;
      while (parts <= cells.length && cells[parts - 1][row] === cells[parts - 1][row - 1]) parts++;
    }
    shared[row] = parts;
  }
}

/** Rows, by time and cells. */
class RowSource implements MergeSource {
  shared = 0;
  readonly #cursors: readonly RowCursor[];
  readonly #output: Output;

  constructor(cursors: readonly RowCursor[], output: Output) {
    this.#cursors = cursors;
    this.#output = output;
  }

  next(index: number): number {
    const cursor = this.#cursors[index];
    if (cursor.isAtBlockEnd) {
      this.#output.fill();
      return cursor.nextBlock() ? cursor.shared[0] : ENDED;
    }
    return cursor.shared[++cursor.at];
  }

  compare(left: number, right: number, from: number): number {
    const a = this.#cursors[left];
    const b = this.#cursors[right];
    const aRow = a.at;
    const bRow = b.at;
    if (from === 0 && a.times[aRow] !== b.times[bRow]) {
      this.shared = 0;
      return a.times[aRow] - b.times[bRow];
    }
    for (let column = Math.max(0, from - 1); column < a.cells.length; column++) {
      const difference = a.cells[column][aRow] - b.cells[column][bRow];
      if (difference === 0) continue;
      this.shared = column + 1;
      return difference;
    }
    this.shared = a.cells.length + 1;
    return 0;
  }
}

/** Source rows noted at once, at most. */
const NOTES_MAX = OUTPUT_ROWS_MAX;

/**
 * Gathers output rows. Which row of which cursor belongs to which output row gets noted first; times, cells and metrics are taken over column
 * by column by `fill`, which must run before a cursor leaves the block that a noted row stands in.
 */
class Output implements MergedRows {
  /** Output rows begun; what is noted belongs to the last one. */
  rows = 0;
  readonly times = new Float64Array(OUTPUT_ROWS_MAX);
  readonly cells: Int32Array[];
  readonly metrics: readonly MetricState[];
  readonly #cursors: readonly RowCursor[];
  #notes = 0;
  readonly #noteCursors = new Int32Array(NOTES_MAX);
  readonly #noteRows = new Int32Array(NOTES_MAX);
  readonly #noteTargets = new Int32Array(NOTES_MAX);

  constructor(dimensions: number, metrics: readonly MetricState[], cursors: readonly RowCursor[]) {
    this.cells = Array.from({ length: dimensions }, () => new Int32Array(OUTPUT_ROWS_MAX));
    this.metrics = metrics;
    this.#cursors = cursors;
    for (const metric of metrics) metric.ensure(OUTPUT_ROWS_MAX);
  }

  note(cursor: number, row: number): void {
    if (this.#notes === NOTES_MAX) this.fill();
    this.#noteCursors[this.#notes] = cursor;
    this.#noteRows[this.#notes] = row;
    this.#noteTargets[this.#notes++] = this.rows - 1;
  }

  /** Rows with equal keys write the same times and cells to one place; metrics are combined in the order of notes. */
  fill(): void {
    const cursors = this.#cursors;
    const noteCursors = this.#noteCursors;
    const noteRows = this.#noteRows;
    const targets = this.#noteTargets;
    const notes = this.#notes;
    for (let i = 0; i < notes; i++) this.times[targets[i]] = cursors[noteCursors[i]].times[noteRows[i]];
    for (let column = 0; column < this.cells.length; column++) {
      const sources = cursors.map((cursor) => cursor.cells[column]);
      const target = this.cells[column];
      for (let i = 0; i < notes; i++) target[targets[i]] = sources[noteCursors[i]][noteRows[i]];
    }
    for (let metric = 0; metric < this.metrics.length; metric++) {
      const sources = cursors.map((cursor) => cursor.metrics[metric]);
      const target = this.metrics[metric];
      for (let i = 0; i < notes; i++) target.fold(targets[i], sources[noteCursors[i]], noteRows[i]);
    }
    this.#notes = 0;
  }

  clear(): void {
    for (const metric of this.metrics) metric.clear(this.rows);
    this.rows = 0;
  }
}
