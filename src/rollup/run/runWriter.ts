import type { Kernel } from '../../kernel/kernel.ts';
import type { CellLists } from '../merge/mergeValues.ts';
import type { MetricState } from '../metrics/metricState.ts';
import { BlockWriter } from './blockBytes.ts';
import type { ValueSource } from './columnValues.ts';
import {
  BLOCK_BYTES_MAX,
  type BlockRef,
  cellWidth,
  type FoundDimension,
  rowsPerBlock,
  type SectionColumn,
  type SectionHeader,
  type SectionRef,
} from './run.ts';
import { writeHeader } from './sectionHeader.ts';
import { pruneLists, UsedRanks } from './usedRanks.ts';

/** Takes the blocks of a run in order. The bytes are valid during the call only. */
export interface RunSink {
  append(bytes: Uint8Array): void;
}

/** A dimension of the rows to write: cells as ranks, and what the ranks mean. */
export interface RunColumn {
  /** Address of the cell rank of each row, int32. */
  readonly cells: number;
  /** Highest cell rank. */
  readonly cellCount: number;
  /** Highest value rank. */
  readonly valueCount: number;
  /** Where the dimension has lists: value ranks of cell `c` are `ids[ends[c - 1]..ends[c])` (cell 0 has none). */
  readonly lists: CellLists | null;
  readonly values: ValueSource;
}

/** Rows that sections are written of. */
export interface RunRows {
  /** Holds the cells, and the texts of the columns. */
  readonly kernel: Kernel;
  /** Epoch milliseconds of each. */
  readonly times: Float64Array;
  readonly columns: readonly RunColumn[];
  readonly metrics: readonly MetricState[];
  /** Hash of each, for shards that are found later; null for none. */
  readonly hashes: Int32Array | null;
}

/** Writes the sections of one run, one behind the other. */
export class RunWriter {
  readonly #sink: RunSink;
  readonly #kernel: Kernel;
  readonly #times: Float64Array;
  readonly #columns: readonly RunColumn[];
  /** Per column, the address of the cells in the order of the rows. */
  readonly #cells: readonly number[];
  readonly #metrics: readonly MetricState[];
  readonly #hashes: Int32Array | null;
  readonly #order: Int32Array;
  readonly #block = new BlockWriter();
  /** Per column, the cells that the section uses. */
  readonly #used: readonly UsedRanks[];
  /** Per column that has lists, their values. */
  readonly #usedValues: readonly (UsedRanks | null)[];
  #offset: number;

  /**
   * @param rows their kernel gives room, which is in use as long as this is; their cells are used up
   * @param order numbers of the rows, sorted
   * @param offset bytes that the sink has taken before
   */
  constructor(sink: RunSink, rows: RunRows, order: Int32Array, offset = 0) {
    const { kernel, times, columns, metrics, hashes } = rows;
    this.#sink = sink;
    this.#kernel = kernel;
    this.#times = times;
    this.#columns = columns;
    this.#metrics = metrics;
    this.#hashes = hashes;
    this.#order = order;
    this.#cells = inOrder(kernel, columns, order);
    this.#used = columns.map(({ cellCount }) => new UsedRanks(kernel, cellCount));
    this.#usedValues = columns.map(({ lists, valueCount }) =>
      lists === null ? null : new UsedRanks(kernel, valueCount),
    );
    this.#offset = offset;
  }

  /** Bytes that the sink has taken. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * Writes the rows from place `from` to `to` of the order as the section of a shard.
   *
   * @param found dimensions that the last columns are of
   */
  writeSection(
    chunk: number,
    shard: number,
    from: number,
    to: number,
    found: readonly FoundDimension[] = [],
  ): SectionRef {
    const start = this.#offset;
    const columns = this.#columns.map((_, column) => this.#writeColumn(column, from, to));
    const blocks = this.#writeRows(columns, from, to);
    const header: SectionHeader = { rows: to - from, columns, found, blocks, hasHashes: this.#hashes !== null };
    writeHeader(this.#block, header);
    return { chunk, shard, rows: to - from, start, header: this.#flush(1) };
  }

  /** Prunes a column to what the section uses, and writes its dictionary. */
  #writeColumn(column: number, from: number, to: number): SectionColumn {
    const { lists, values } = this.#columns[column];
    const used = this.#used[column];
    used.number(this.#cells[column] + from * 4, to - from);
    let usedValues = used;
    let listBlocks: BlockRef[] = [];
    let hasMultiple = false;
    if (lists !== null) {
      usedValues = this.#usedValues[column] as UsedRanks;
      const pruned = pruneLists(lists, used, usedValues);
      hasMultiple = pruned.ids.length > pruned.ends.length;
      // Where every used cell is a single value, cells are value ids.
      if (hasMultiple || usedValues.hasNull) listBlocks = this.#writeLists(pruned.ends, pruned.ids);
    }
    const dictionary: BlockRef[] = [];
    for (let at = 0; at < usedValues.count; ) {
      const { bytes, count } = values.blockOf(usedValues, at, this.#block);
      dictionary.push(this.#append(bytes, count));
      at += count;
    }
    return {
      values: usedValues.count,
      hasNull: used.hasNull || usedValues.hasNull,
      hasMultiple,
      cells: used.count,
      dictionary,
      lists: listBlocks,
    };
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

  #writeRows(columns: readonly SectionColumn[], from: number, to: number): BlockRef[] {
    let bytesPerRow = 8;
    for (const column of columns) bytesPerRow += cellWidth(column.cells);
    for (const metric of this.#metrics) bytesPerRow += metric.bytesPerRow;
    if (this.#hashes !== null) bytesPerRow += 4;
    const most = rowsPerBlock(bytesPerRow);
    const order = this.#order;
    const block = this.#block;
    const blocks: BlockRef[] = [];
    for (let start = from; start < to; start += most) {
      const end = Math.min(to, start + most);
      const offset = this.#offset;
      block.int32(1)[0] = end - start;
      writeTimes(block.float64(end - start), this.#times, order, start);
      this.#flush(1);
      this.#writeCells(columns, start, end);
      for (const metric of this.#metrics) metric.write(block, order, start, end);
      if (this.#hashes !== null) writeHashes(block, this.#hashes, order, start, end);
      this.#flush(1);
      blocks.push({ offset, length: this.#offset - offset, count: end - start });
    }
    return blocks;
  }

  /** Writes the cells of all columns, each aligned to 8 bytes. */
  #writeCells(columns: readonly SectionColumn[], from: number, to: number): void {
    const kernel = this.#kernel;
    const rows = to - from;
    const mark = kernel.mark();
    const address = kernel.allocate(columns.length * ((rows * 4 + 7) & ~7));
    let at = address;
    for (let column = 0; column < columns.length; column++) {
      const width = cellWidth(columns[column].cells);
      kernel.exports.packCells(this.#cells[column] + from * 4, rows, this.#used[column].numbers, width, at);
      at += (rows * width + 7) & ~7;
    }
    this.#append(kernel.bytes.subarray(address, at), 1);
    kernel.release(mark);
  }

  #flush(count: number): BlockRef {
    return this.#append(this.#block.bytes(), count);
  }

  #append(bytes: Uint8Array, count: number): BlockRef {
    this.#sink.append(bytes);
    const ref = { offset: this.#offset, length: bytes.length, count };
    this.#offset += bytes.length;
    this.#block.clear();
    return ref;
  }
}

/** The cells of each column in the order of the rows: put in place column by column, so that the reads stay in the processor's cache. */
function inOrder(kernel: Kernel, columns: readonly RunColumn[], order: Int32Array): number[] {
  let spare = kernel.allocate(order.length * 4);
  const mark = kernel.mark();
  const address = kernel.allocate(order.length * 4);
  kernel.ints.set(order, address / 4);
  const ordered = columns.map(({ cells }) => {
    const target = spare;
    kernel.exports.orderCells(cells, address, order.length, target);
    spare = cells;
    return target;
  });
  kernel.release(mark);
  return ordered;
}

function writeHashes(block: BlockWriter, hashes: Int32Array, order: Int32Array, from: number, to: number): void {
  const target = block.int32(to - from);
  for (let i = from; i < to; i++) target[i - from] = hashes[order[i]];
}

function writeTimes(target: Float64Array, times: Float64Array, order: Int32Array, from: number): void {
  for (let i = 0; i < target.length; i++) target[i] = times[order[from + i]];
}
