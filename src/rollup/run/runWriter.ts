import type { Kernel } from '../../kernel/kernel.ts';
import type { CellLists } from '../merge/mergeValues.ts';
import type { MetricState } from '../metrics/metricState.ts';
import { BlockWriter } from './blockBytes.ts';
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
  /** Cell rank of each row of the index. */
  readonly cells: Int32Array;
  /** Highest cell rank. */
  readonly cellCount: number;
  /** Highest value rank. */
  readonly valueCount: number;
  /** Where the dimension has lists: value ranks of cell `c` are `ids[ends[c - 1]..ends[c])` (cell 0 has none). */
  readonly lists: CellLists | null;
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

/** Texts in the memory of a kernel, by addresses. */
export interface SortedTexts {
  readonly kernel: Kernel;
  /** The texts, UTF-8. */
  readonly arena: number;
  /** Int32 offsets into the arena: text `id` is `[ends[id - 1], ends[id])`. */
  readonly ends: number;
  /** Int32 ids in order. */
  readonly sorted: number;
}

/** Texts of a sorted dictionary. */
export class TextValues implements ValueSource {
  readonly #texts: SortedTexts;

  /** @param texts left as they are while this is in use */
  constructor(texts: SortedTexts) {
    this.#texts = texts;
  }

  writeBlock(block: BlockWriter, ranks: Int32Array, from: number, to: number): number {
    const { kernel, arena, ends, sorted } = this.#texts;
    const { exports } = kernel;
    const mark = kernel.mark();
    // A value takes an end of 4 bytes at least.
    const most = Math.min(to - from, BLOCK_BYTES_MAX / 4);
    const ranksAt = kernel.allocate(most * 4);
    const endsAt = kernel.allocate(most * 4);
    kernel.ints.set(ranks.subarray(from, from + most), ranksAt / 4);
    const count = exports.dictionaryMeasure(ends, sorted, ranksAt, most, BLOCK_BYTES_MAX, endsAt);
    const total = kernel.ints[endsAt / 4 + count - 1];
    const textsAt = kernel.allocate(total);
    exports.dictionaryGather(arena, ends, sorted, ranksAt, count, textsAt);
    block.int32(1)[0] = count;
    block.int32(count).set(kernel.ints.subarray(endsAt / 4, endsAt / 4 + count));
    block.uint8(total).set(kernel.bytes.subarray(textsAt, textsAt + total));
    kernel.release(mark);
    return from + count;
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

/** Rows that sections are written of. */
export interface RunRows {
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
  readonly #times: Float64Array;
  readonly #columns: readonly RunColumn[];
  readonly #metrics: readonly MetricState[];
  readonly #hashes: Int32Array | null;
  readonly #block = new BlockWriter();
  /** Per column, the cells that the section uses. */
  readonly #used: readonly UsedRanks[];
  readonly #usedValues = new UsedRanks();
  #offset: number;

  /** @param offset bytes that the sink has taken before */
  constructor(sink: RunSink, { times, columns, metrics, hashes }: RunRows, offset = 0) {
    this.#sink = sink;
    this.#times = times;
    this.#columns = columns;
    this.#metrics = metrics;
    this.#hashes = hashes;
    this.#used = columns.map(() => new UsedRanks());
    this.#offset = offset;
  }

  /** Bytes that the sink has taken. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * Writes rows `order[from..to)`, which are sorted, as the section of a shard.
   *
   * @param found dimensions that the last columns are of
   */
  writeSection(
    chunk: number,
    shard: number,
    order: Int32Array,
    from: number,
    to: number,
    found: readonly FoundDimension[] = [],
  ): SectionRef {
    const start = this.#offset;
    const columns = this.#columns.map((column, i) => {
      this.#used[i].begin(column.cellCount);
      return this.#writeColumn(column, this.#used[i], order, from, to);
    });
    const blocks = this.#writeRows(columns, order, from, to);
    const header: SectionHeader = { rows: to - from, columns, found, blocks, hasHashes: this.#hashes !== null };
    writeHeader(this.#block, header);
    return { chunk, shard, rows: to - from, start, header: this.#flush(1) };
  }

  /** Prunes a column to what the section uses, and writes its dictionary. */
  #writeColumn(column: RunColumn, used: UsedRanks, order: Int32Array, from: number, to: number): SectionColumn {
    used.addRows(column.cells, order, from, to);
    used.number();
    const cells = used.count;
    let usesNull = used.hasNull;
    let values = used;
    let lists: BlockRef[] = [];
    let hasMultiple = false;
    if (column.lists !== null) {
      values = this.#usedValues;
      values.begin(column.valueCount);
      const pruned = pruneLists(column.lists, used, values);
      usesNull ||= values.hasNull;
      hasMultiple = pruned.ids.length > pruned.ends.length;
      // Where every used cell is a single value, cells are value ids.
      if (hasMultiple || values.hasNull) lists = this.#writeLists(pruned.ends, pruned.ids);
    }
    const { ranks, count } = values;
    const dictionary: BlockRef[] = [];
    for (let at = 0; at < count; ) {
      const next = column.values.writeBlock(this.#block, ranks, at, count);
      dictionary.push(this.#flush(next - at));
      at = next;
    }
    return { values: count, hasNull: usesNull, hasMultiple, cells, dictionary, lists };
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

  #writeRows(columns: readonly SectionColumn[], order: Int32Array, from: number, to: number): BlockRef[] {
    let bytesPerRow = 8;
    for (const column of columns) bytesPerRow += cellWidth(column.cells);
    for (const metric of this.#metrics) bytesPerRow += metric.bytesPerRow;
    if (this.#hashes !== null) bytesPerRow += 4;
    const most = rowsPerBlock(bytesPerRow);
    const blocks: BlockRef[] = [];
    for (let start = from; start < to; start += most) {
      const end = Math.min(to, start + most);
      const block = this.#block;
      block.int32(1)[0] = end - start;
      writeTimes(block.float64(end - start), this.#times, order, start);
      for (let at = 0; at < columns.length; at++) {
        writeCells(
          block,
          cellWidth(columns[at].cells),
          this.#columns[at].cells,
          this.#used[at].numbers,
          order,
          start,
          end,
        );
      }
      for (const metric of this.#metrics) metric.write(block, order, start, end);
      if (this.#hashes !== null) writeHashes(block, this.#hashes, order, start, end);
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

function writeHashes(block: BlockWriter, hashes: Int32Array, order: Int32Array, from: number, to: number): void {
  const target = block.int32(to - from);
  for (let i = from; i < to; i++) target[i - from] = hashes[order[i]];
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
  // A loop for each width: one for all would be compiled for none of them.
  if (width === 1) writeCells8(block.uint8(to - from), cells, local, order, from);
  else if (width === 2) writeCells16(block.uint16(to - from), cells, local, order, from);
  else writeCells32(block.int32(to - from), cells, local, order, from);
}

function writeTimes(target: Float64Array, times: Float64Array, order: Int32Array, from: number): void {
  for (let i = 0; i < target.length; i++) target[i] = times[order[from + i]];
}

function writeCells8(target: Uint8Array, cells: Int32Array, local: Int32Array, order: Int32Array, from: number): void {
  for (let i = 0; i < target.length; i++) target[i] = local[cells[order[from + i]]];
}

function writeCells16(
  target: Uint16Array,
  cells: Int32Array,
  local: Int32Array,
  order: Int32Array,
  from: number,
): void {
  for (let i = 0; i < target.length; i++) target[i] = local[cells[order[from + i]]];
}

function writeCells32(target: Int32Array, cells: Int32Array, local: Int32Array, order: Int32Array, from: number): void {
  for (let i = 0; i < target.length; i++) target[i] = local[cells[order[from + i]]];
}
