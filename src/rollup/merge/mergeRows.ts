import type { MetricState } from '../metrics/metricState.ts';
import { type CellArray, hasEqualRows, openRows } from './blockRows.ts';
import type { MergedColumn, SectionInput } from './mergeColumns.ts';
import { ENDED, MergeTree } from './mergeTree.ts';
import { cellColumns, SectionRows } from './sectionRows.ts';

const OUTPUT_ROWS_MAX = 8192;

/** Rows handed on at once, at most: not more than the sections have, so that thousands of small segments cost little. */
export function outputRowsMax(sections: readonly SectionInput[]): number {
  const rows = sections.reduce((sum, { header }) => sum + header.rows, 0);
  return Math.min(OUTPUT_ROWS_MAX, rows);
}

/** Merged rows in order. All arrays belong to the merge and are overwritten by the next batch. */
export interface MergedRows {
  readonly rows: number;
  /** Truncated times, epoch milliseconds. */
  readonly times: Float64Array;
  /** Per dimension, united cells. */
  readonly cells: readonly CellArray[];
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
  if (sections.length === 1 && sections[0].header.blocks.length === 1) {
    const [section] = sections;
    const metrics = newMetrics();
    const block = openRows(section, columns.length, section.source.read(section.header.blocks[0]), metrics);
    // A single block has its rows in order: they go on as they are.
    if (!rollup || !hasEqualRows(block)) {
      onRows({ ...block, metrics });
      return block.rows;
    }
  }
  const rowsMax = outputRowsMax(sections);
  const output = new Output(columns.length, newMetrics(), rowsMax);
  const source = new SectionRows(sections, columns, newMetrics, () => output.fill(source));
  const tree = new MergeTree(sections.length, source);
  const keyParts = columns.length + 1;
  let total = 0;
  const flush = (): void => {
    output.fill(source);
    total += output.rows;
    onRows(output);
    output.clear();
  };
  while (tree.top !== ENDED) {
    if (!rollup || tree.shared < keyParts) {
      // The last row may still be combined with rows to come, so it goes out only when another key has been seen.
      if (output.rows === rowsMax) flush();
      output.rows++;
    }
    if (output.isFull) output.fill(source);
    output.note(tree.top, source.places[tree.top]);
    tree.next();
  }
  if (output.rows > 0) flush();
  return total;
}

/**
 * Gathers output rows. Which source rows belong to which output row gets noted first; times, cells and metrics are taken over column
 * by column by `fill`, which must run before a noted row is overwritten by the next block of its section.
 */
class Output implements MergedRows {
  /** Output rows begun; what is noted belongs to the last one. */
  rows = 0;
  readonly times: Float64Array;
  readonly cells: readonly Int32Array[];
  readonly metrics: readonly MetricState[];
  #notes = 0;
  readonly #cursors: Int32Array;
  readonly #places: Int32Array;
  readonly #targets: Int32Array;

  /** @param rowsMax output rows, and noted source rows, at once */
  constructor(dimensions: number, metrics: readonly MetricState[], rowsMax: number) {
    this.times = new Float64Array(rowsMax);
    this.cells = cellColumns(dimensions, rowsMax);
    this.metrics = metrics;
    for (const metric of metrics) metric.ensure(rowsMax);
    this.#cursors = new Int32Array(rowsMax);
    this.#places = new Int32Array(rowsMax);
    this.#targets = new Int32Array(rowsMax);
  }

  get isFull(): boolean {
    return this.#notes === this.#targets.length;
  }

  note(cursor: number, place: number): void {
    this.#cursors[this.#notes] = cursor;
    this.#places[this.#notes] = place;
    this.#targets[this.#notes++] = this.rows - 1;
  }

  /** Rows with equal keys write the same times and cells to one place; metrics are combined in the order of notes. */
  fill(source: SectionRows): void {
    const places = this.#places;
    const targets = this.#targets;
    const notes = this.#notes;
    if (notes === 0) return;
    gather(source.times, places, this.times, targets, notes);
    for (let column = 0; column < this.cells.length; column++) {
      gather(source.cells[column], places, this.cells[column], targets, notes);
    }
    // Metrics have a state per section, whose rows begin at 0.
    for (let i = 0; i < notes; i++) places[i] -= this.#cursors[i] * source.capacity;
    for (let metric = 0; metric < this.metrics.length; metric++) {
      const states = source.metrics.map((ofSection) => ofSection[metric]);
      fold(states, this.#cursors, places, this.metrics[metric], targets, notes);
    }
    this.#notes = 0;
  }

  clear(): void {
    for (const metric of this.metrics) metric.clear(this.rows);
    this.rows = 0;
  }
}

function gather(
  values: Int32Array | Float64Array,
  places: Int32Array,
  target: Int32Array | Float64Array,
  targets: Int32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) target[targets[i]] = values[places[i]];
}

function fold(
  states: readonly MetricState[],
  sections: Int32Array,
  rows: Int32Array,
  target: MetricState,
  targets: Int32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) target.fold(targets[i], states[sections[i]], rows[i]);
}
