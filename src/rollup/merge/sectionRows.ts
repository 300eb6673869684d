import type { MetricState } from '../metrics/metricState.ts';
import { type CellArray, openRows } from './blockRows.ts';
import type { MergedColumn, SectionInput } from './mergeColumns.ts';
import { ENDED, type MergeSource } from './mergeTree.ts';

/**
 * The rows of all sections in united cells, a block of each section at a time. Cursor i is section i; the rows of its block lie
 * from `i * capacity` on in each array, so that a row is one number, its place, for all columns.
 */
export class SectionRows implements MergeSource {
  /** Key parts that the two rows compared last have in common: the time, then cells. */
  shared = 0;
  /** Rows of the longest block. */
  readonly capacity: number;
  readonly times: Float64Array;
  /** Per dimension. */
  readonly cells: readonly Int32Array[];
  /** Per section. Row r of a block is row r here. */
  readonly metrics: readonly (readonly MetricState[])[];
  /** Place of the row that each cursor stands at. */
  readonly places: Int32Array;
  readonly #lastPlaces: Int32Array;
  /** How many parts of its key each row has in common with the row before it in its section. */
  readonly #shared: Int32Array;
  readonly #sections: readonly SectionInput[];
  readonly #columns: readonly MergedColumn[];
  readonly #onBlockEnd: () => void;
  readonly #blocks: Int32Array;
  readonly #buffers: ArrayBuffer[];
  readonly #previousCells: Int32Array;

  /** @param onBlockEnd called before the rows of a block are overwritten by the next block of the section */
  constructor(
    sections: readonly SectionInput[],
    columns: readonly MergedColumn[],
    newMetrics: () => MetricState[],
    onBlockEnd: () => void,
  ) {
    const count = sections.length;
    this.#sections = sections;
    this.#columns = columns;
    this.#onBlockEnd = onBlockEnd;
    this.capacity = 1;
    for (const { header } of sections) {
      for (const block of header.blocks) this.capacity = Math.max(this.capacity, block.count);
    }
    this.times = new Float64Array(count * this.capacity);
    this.cells = cellColumns(columns.length, count * this.capacity);
    this.metrics = sections.map(newMetrics);
    this.places = Int32Array.from(sections, (_, i) => i * this.capacity);
    this.#lastPlaces = this.places.slice();
    this.#shared = new Int32Array(count * this.capacity);
    this.#blocks = new Int32Array(count);
    this.#buffers = sections.map(() => new ArrayBuffer(0));
    this.#previousCells = new Int32Array(columns.length);
  }

  next(cursor: number): number {
    if (this.places[cursor] === this.#lastPlaces[cursor]) return this.#nextBlock(cursor);
    return this.#shared[++this.places[cursor]];
  }

  compare(left: number, right: number, from: number): number {
    const a = this.places[left];
    const b = this.places[right];
    if (from === 0 && this.times[a] !== this.times[b]) {
      this.shared = 0;
      return this.times[a] - this.times[b];
    }
    const { cells } = this;
    for (let column = from === 0 ? 0 : from - 1; column < cells.length; column++) {
      const difference = cells[column][a] - cells[column][b];
      if (difference === 0) continue;
      this.shared = column + 1;
      return difference;
    }
    this.shared = cells.length + 1;
    return 0;
  }

  /** Reads the next block of a section over the one before it. @returns its rows, 0 where there is no further block */
  #readBlock(cursor: number): number {
    const { header, source } = this.#sections[cursor];
    const number = this.#blocks[cursor];
    if (number === header.blocks.length) return 0;
    const bytes = source.read(header.blocks[number], this.#buffers[cursor]);
    this.#buffers[cursor] = bytes.buffer as ArrayBuffer;
    this.#blocks[cursor] = number + 1;
    return this.#unpack(cursor, bytes, cursor * this.capacity);
  }

  #nextBlock(cursor: number): number {
    this.#onBlockEnd();
    const lastPlace = this.#lastPlaces[cursor];
    const previousTime = this.#blocks[cursor] === 0 ? NaN : this.times[lastPlace];
    const previousCells = this.#previousCells;
    for (let column = 0; column < this.cells.length; column++) previousCells[column] = this.cells[column][lastPlace];
    const rows = this.#readBlock(cursor);
    if (rows === 0) return ENDED;
    const first = cursor * this.capacity;
    this.places[cursor] = first;
    this.#lastPlaces[cursor] = first + rows - 1;
    this.#shared[first] = sharedWith(previousTime, previousCells, this.times, this.cells, first);
    countShared(this.times, this.cells, first, rows, this.#shared);
    return this.#shared[first];
  }

  /** Cells become those of the merge; those of a dimension that the section does not have stay 0, which is null. */
  #unpack(cursor: number, bytes: Uint8Array, first: number): number {
    const section = this.#sections[cursor];
    const { rows, times, cells } = openRows(section, this.cells.length, bytes, this.metrics[cursor]);
    this.times.set(times, first);
    for (let column = 0; column < cells.length; column++) {
      const remaps = this.#columns[column].cellRemaps;
      if (remaps === null) this.cells[column].set(cells[column], first);
      else remapCells(cells[column], remaps[cursor], this.cells[column], first, rows);
    }
    return rows;
  }
}

/** Columns of `rows` cells each, in one buffer: a segment of few rows has as many columns as one of millions. */
export function cellColumns(columns: number, rows: number): Int32Array[] {
  const all = new Int32Array(columns * rows);
  const cells: Int32Array[] = [];
  for (let column = 0; column < columns; column++) cells.push(all.subarray(column * rows, (column + 1) * rows));
  return cells;
}

function remapCells(local: CellArray, remap: Int32Array, cells: Int32Array, first: number, rows: number): void {
  for (let row = 0; row < rows; row++) cells[first + row] = remap[local[row]];
}

function sharedWith(
  time: number,
  key: Int32Array,
  times: Float64Array,
  cells: readonly Int32Array[],
  place: number,
): number {
  if (times[place] !== time) return 0;
  let column = 0;
  while (column < cells.length && cells[column][place] === key[column]) column++;
  return column + 1;
}

/** Counts for all rows of a block but the first how many parts of the key are those of the row before. */
function countShared(
  times: Float64Array,
  cells: readonly Int32Array[],
  first: number,
  rows: number,
  shared: Int32Array,
): void {
  for (let place = first + 1; place < first + rows; place++) {
    let parts = 0;
    if (times[place] === times[place - 1]) {
      parts = 1;
      while (parts <= cells.length && cells[parts - 1][place] === cells[parts - 1][place - 1]) parts++;
    }
    shared[place] = parts;
  }
}
