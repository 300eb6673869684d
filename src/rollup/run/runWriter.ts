import type { MetricState } from '../metrics/metricState.ts';
import { BlockWriter } from './blockBytes.ts';
import {
  BLOCK_BYTES_MAX,
  type BlockRef,
  cellWidth,
  rowsPerBlock,
  type SectionColumn,
  type SectionHeader,
  type SectionRef,
} from './run.ts';

/** Takes the blocks of a run in order. The bytes are valid during the call only. */
export interface RunSink {
  append(bytes: Uint8Array): void;
}

/** A dimension of the rows to write: cells as ranks, and what the ranks mean. */
export interface RunColumn {
  /** Cell rank of each row of the index. */
  readonly cells: Int32Array;
  /** Highest cell rank. */
  readonly cellCount: number;
  /** Highest value rank. */
  readonly valueCount: number;
  /** Where the dimension has lists: value ranks of cell `c` are `ids[ends[c - 1]..ends[c])` (cell 0 has none). */
  readonly lists: { readonly ends: Int32Array; readonly ids: Int32Array } | null;
  /** Appends values by rank to dictionary blocks. */
  readonly values: ValueSource;
}

/** Values of a dimension by rank. */
export interface ValueSource {
  /**
   * Writes values `ranks[from..)` as one dictionary block of about BLOCK_BYTES_MAX.
   *
   * @returns one past the last value written
   */
  writeBlock(block: BlockWriter, ranks: Int32Array, from: number, to: number): number;
}

/** Texts one behind the other, `sorted[rank - 1]` the id of each. */
export class TextValues implements ValueSource {
  readonly #bytes: Uint8Array;
  readonly #ends: Int32Array;
  readonly #sorted: Int32Array;

  constructor(bytes: Uint8Array, ends: Int32Array, sorted: Int32Array) {
    this.#bytes = bytes;
    this.#ends = ends;
    this.#sorted = sorted;
  }

  writeBlock(block: BlockWriter, ranks: Int32Array, from: number, to: number): number {
    let size = 0;
    let end = from;
    while (end < to && (end === from || size < BLOCK_BYTES_MAX)) {
      const id = this.#sorted[ranks[end++] - 1];
      size += this.#ends[id] - this.#ends[id - 1] + 4;
    }
    const count = end - from;
    block.int32(1)[0] = count;
    const ends = block.int32(count);
    let total = 0;
    for (let i = 0; i < count; i++) {
      const id = this.#sorted[ranks[from + i] - 1];
      total += this.#ends[id] - this.#ends[id - 1];
      ends[i] = total;
    }
    const target = block.uint8(total);
    const source = this.#bytes;
    for (let i = 0, at = 0; i < count; i++) {
      const id = this.#sorted[ranks[from + i] - 1];
      for (let byte = this.#ends[id - 1]; byte < this.#ends[id]; byte++) target[at++] = source[byte];
    }
    return end;
  }
}

/** Longs or doubles as (low, high) pairs by id, `sorted[rank - 1]` the id of each. */
export class NumericValues implements ValueSource {
  readonly #pairs: Int32Array;
  readonly #sorted: Int32Array;

  constructor(pairs: Int32Array, sorted: Int32Array) {
    this.#pairs = pairs;
    this.#sorted = sorted;
  }

  writeBlock(block: BlockWriter, ranks: Int32Array, from: number, to: number): number {
    const end = Math.min(to, from + BLOCK_BYTES_MAX / 8);
    block.int32(1)[0] = end - from;
    const target = block.int32((end - from) * 2);
    for (let i = from, at = 0; i < end; i++) {
      const id = this.#sorted[ranks[i] - 1];
      target[at++] = this.#pairs[2 * id];
      target[at++] = this.#pairs[2 * id + 1];
    }
    return end;
  }
}

/** Writes the sections of one run, one behind the other. */
export class RunWriter {
  readonly #sink: RunSink;
  readonly #times: Float64Array;
  readonly #columns: readonly RunColumn[];
  readonly #metrics: readonly MetricState[];
  readonly #block = new BlockWriter();
  #offset = 0;

  constructor(sink: RunSink, times: Float64Array, columns: readonly RunColumn[], metrics: readonly MetricState[]) {
    this.#sink = sink;
    this.#times = times;
    this.#columns = columns;
    this.#metrics = metrics;
  }

  /** Writes rows `order[from..to)`, which are sorted, as the section of a shard. */
  writeSection(chunk: number, shard: number, order: Int32Array, from: number, to: number): SectionRef {
    const columns: SectionColumn[] = [];
    const locals: Int32Array[] = [];
    for (const column of this.#columns) {
      const { section, localCells } = this.#writeColumn(column, order, from, to);
      columns.push(section);
      locals.push(localCells);
    }
    const blocks = this.#writeRows(columns, locals, order, from, to);
    const header: SectionHeader = { rows: to - from, columns, blocks };
    const bytes = new TextEncoder().encode(JSON.stringify(header));
    this.#block.uint8(bytes.length).set(bytes);
    const written = this.#flush(1);
    return { chunk, shard, rows: to - from, header: { ...written, length: bytes.length } };
  }

  /** Prunes a column to what the section uses, and writes its dictionary. */
  #writeColumn(
    column: RunColumn,
    order: Int32Array,
    from: number,
    to: number,
  ): { section: SectionColumn; localCells: Int32Array } {
    const localCells = numberUsed(column.cells, column.cellCount, order, from, to);
    const cells = localCells[column.cellCount + 1];
    let usesNull = localCells[0] !== 0;
    localCells[0] = 0;
    let values: Int32Array;
    let lists: BlockRef[] = [];
    if (column.lists === null) {
      values = usedRanks(localCells, column.cellCount, cells);
    } else {
      const used = usedRanks(localCells, column.cellCount, cells);
      const pruned = pruneLists(column.lists, used, column.valueCount);
      usesNull ||= pruned.usesNull;
      values = pruned.values;
      // Where every used cell is a single value, cells are value ids.
      if (pruned.ids.length > pruned.ends.length) lists = this.#writeLists(pruned.ends, pruned.ids);
    }
    const dictionary: BlockRef[] = [];
    for (let at = 0; at < values.length; ) {
      const next = column.values.writeBlock(this.#block, values, at, values.length);
      dictionary.push(this.#flush(next - at));
      at = next;
    }
    return { section: { values: values.length, hasNull: usesNull, cells, dictionary, lists }, localCells };
  }

  #writeLists(ends: Int32Array, ids: Int32Array): BlockRef[] {
    const blocks: BlockRef[] = [];
    for (let at = 0; at < ends.length; ) {
      const start = at === 0 ? 0 : ends[at - 1];
      let next = at + 1;
      while (next < ends.length && (ends[next] - start + next - at) * 4 < BLOCK_BYTES_MAX) next++;
      this.#block.int32(1)[0] = next - at;
      const blockEnds = this.#block.int32(next - at);
      for (let i = at; i < next; i++) blockEnds[i - at] = ends[i] - start;
      this.#block.int32(ends[next - 1] - start).set(ids.subarray(start, ends[next - 1]));
      blocks.push(this.#flush(next - at));
      at = next;
    }
    return blocks;
  }

  #writeRows(
    columns: readonly SectionColumn[],
    locals: readonly Int32Array[],
    order: Int32Array,
    from: number,
    to: number,
  ): BlockRef[] {
    let bytesPerRow = 8;
    for (const column of columns) bytesPerRow += cellWidth(column.cells);
    for (const metric of this.#metrics) bytesPerRow += metric.bytesPerRow;
    const most = rowsPerBlock(bytesPerRow);
    const blocks: BlockRef[] = [];
    for (let start = from; start < to; start += most) {
      const end = Math.min(to, start + most);
      const block = this.#block;
      block.int32(1)[0] = end - start;
      const times = block.float64(end - start);
      for (let i = start; i < end; i++) times[i - start] = this.#times[order[i]];
      for (let at = 0; at < columns.length; at++) {
        writeCells(block, cellWidth(columns[at].cells), this.#columns[at].cells, locals[at], order, start, end);
      }
      for (const metric of this.#metrics) metric.write(block, order, start, end);
      blocks.push(this.#flush(end - start));
    }
    return blocks;
  }

  #flush(count: number): BlockRef {
    const bytes = this.#block.bytes();
    this.#sink.append(bytes);
    const ref = { offset: this.#offset, length: bytes.length, count };
    this.#offset += bytes.length;
    this.#block.clear();
    return ref;
  }
}

function writeCells(
  block: BlockWriter,
  width: 1 | 2 | 4,
  cells: Int32Array,
  local: Int32Array,
  order: Int32Array,
  from: number,
  to: number,
): void {
  const target = width === 1 ? block.uint8(to - from) : width === 2 ? block.uint16(to - from) : block.int32(to - from);
  for (let i = from; i < to; i++) target[i - from] = local[cells[order[i]]];
}

/**
 * Numbers the cells that some rows use, in order from 1 on. Element 0 of the result is 1 when null is used; the element behind
 * the last rank holds how many are used besides null.
 */
function numberUsed(cells: Int32Array, cellCount: number, order: Int32Array, from: number, to: number): Int32Array {
  const numbers = new Int32Array(cellCount + 2);
  for (let i = from; i < to; i++) numbers[cells[order[i]]] = 1;
  let count = 0;
  for (let rank = 1; rank <= cellCount; rank++) if (numbers[rank] !== 0) numbers[rank] = ++count;
  numbers[cellCount + 1] = count;
  return numbers;
}

/** The ranks that have a number, in order. */
function usedRanks(numbers: Int32Array, cellCount: number, count: number): Int32Array {
  const ranks = new Int32Array(count);
  for (let rank = 1; rank <= cellCount; rank++) if (numbers[rank] !== 0) ranks[numbers[rank] - 1] = rank;
  return ranks;
}

/** The value lists of the used cells, over value ids that are numbered anew. */
function pruneLists(
  lists: { readonly ends: Int32Array; readonly ids: Int32Array },
  usedCells: Int32Array,
  valueCount: number,
): { values: Int32Array; usesNull: boolean; ends: Int32Array; ids: Int32Array } {
  const numbers = new Int32Array(valueCount + 2);
  const ends = new Int32Array(usedCells.length);
  let total = 0;
  for (let i = 0; i < usedCells.length; i++) {
    const cell = usedCells[i];
    for (let at = lists.ends[cell - 1]; at < lists.ends[cell]; at++) numbers[lists.ids[at]] = 1;
    total += lists.ends[cell] - lists.ends[cell - 1];
    ends[i] = total;
  }
  const usesNull = numbers[0] !== 0;
  numbers[0] = 0;
  let count = 0;
  for (let rank = 1; rank <= valueCount; rank++) if (numbers[rank] !== 0) numbers[rank] = ++count;
  const ids = new Int32Array(total);
  let target = 0;
  for (const cell of usedCells) {
    for (let at = lists.ends[cell - 1]; at < lists.ends[cell]; at++) ids[target++] = numbers[lists.ids[at]];
  }
  return { values: usedRanks(numbers, valueCount, count), usesNull, ends, ids };
}
