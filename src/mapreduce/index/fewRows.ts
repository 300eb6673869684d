import { borrowKernel, type Kernel } from '../../kernel/kernel.ts';
import type { SectionInput } from '../../rollup/merge/mergeColumns.ts';
import type { MetricState } from '../../rollup/metrics/metricState.ts';
import { BlockReader } from '../../rollup/run/blockBytes.ts';
import { type BlockRef, cellWidth, type SectionColumn } from '../../rollup/run/run.ts';
import { WholeSection } from '../../rollup/run/wholeSection.ts';
import { FEW_ROWS } from '../../segment/writer/fewIds.ts';
import type { SegmentDimension, SegmentWriter } from '../../segment/writer/segmentWriter.ts';
import { stringFlags } from '../../segment/writer/stringColumn.ts';

/** Ids of a column of several values, at most: they fit into one block whatever the width of an id. */
const IDS_MAX = 4 * FEW_ROWS;
/** What a column of the kernel is in place of its end: not to be made in this way. */
const NO_COLUMN_MAX = 1;
/** Of the scratch, what LZ4 takes, and what is left over. */
const SCRATCH_BYTES = 192 * 1024 + 512;

/** What has to be known of a segment's rows beside its sections. */
export interface RowOptions {
  readonly dimensions: readonly SegmentDimension[];
  /** Dimensions from here on have no value at all where they are null. */
  readonly firstSparse: number;
  readonly rollup: boolean;
  readonly newMetrics: () => MetricState[];
}

/**
 * Writes a segment that is a single block of few rows, in order and with nothing to combine: the kernel makes the column of each
 * dimension in one call. Jobs may have thousands of such segments, and tens of thousands of columns.
 *
 * @param segment nothing has been added to it
 * @returns its rows, or null where it has to be merged and written column by column: then nothing was added
 */
export function writeFewRows(
  sections: readonly SectionInput[],
  segment: SegmentWriter,
  options: RowOptions,
): number | null {
  const [{ source, header, stored }] = sections;
  if (sections.length > 1 || stored !== undefined || !(source instanceof WholeSection) || !segment.takesKernelColumns)
    return null;
  const { rows, blocks, columns } = header;
  if (blocks.length > 1 || rows > FEW_ROWS || !columns.every(isShort)) return null;
  return borrowKernel((kernel) => {
    const section = kernel.allocate(source.bytes.length);
    kernel.bytes.set(source.bytes, section);
    const addressOf = (ref: BlockRef): number => section + source.placeOf(ref);
    const times = addressOf(blocks[0]) + 8;
    const cells = cellsOf(columns, times + 8 * rows, rows);
    if (options.rollup && hasEqualRows(kernel, times, cells, columns, rows)) return null;
    const makers = new ColumnMaker(kernel, rows, addressOf, columns);
    const ends: number[] = [];
    for (let i = 0; i < columns.length; i++) {
      const end = makers.make(options.dimensions[i], columns[i], cells[i], i >= options.firstSparse);
      if (end <= NO_COLUMN_MAX) return null;
      ends.push(end);
    }
    segment.endDictionaries();
    const { bytes, ints } = kernel;
    for (let i = 0, start = makers.start; i < columns.length; start = ends[i++]) {
      if (ends[i] > start) segment.putColumn(i, bytes.subarray(start, ends[i]), rows);
    }
    kernel.exports.longsOfTimes(times, rows, times);
    segment.appendTimes(ints.subarray(times / 4, times / 4 + 2 * rows), rows);
    const metricsAt = cells[columns.length] - section;
    const block = new BlockReader(source.bytes.subarray(metricsAt));
    options.newMetrics().forEach((metric, i) => {
      metric.read(block, rows);
      metric.append(segment, i, rows);
    });
    return rows;
  });
}

function isShort({ dictionary, lists, values }: SectionColumn): boolean {
  return dictionary.length < 2 && lists.length < 2 && values < FEW_ROWS;
}

/** Where the cells of each column lie, and where they end. */
function cellsOf(columns: readonly SectionColumn[], from: number, rows: number): number[] {
  const cells = [from];
  let at = from;
  for (const column of columns) {
    at += (cellWidth(column.cells) * rows + 7) & ~7;
    cells.push(at);
  }
  return cells;
}

function hasEqualRows(
  kernel: Kernel,
  times: number,
  cells: readonly number[],
  columns: readonly SectionColumn[],
  rows: number,
): boolean {
  const mark = kernel.mark();
  const table = kernel.allocate(8 * columns.length);
  for (let i = 0; i < columns.length; i++) {
    kernel.ints[table / 4 + 2 * i] = cells[i];
    kernel.ints[table / 4 + 2 * i + 1] = cellWidth(columns[i].cells);
  }
  const has = kernel.exports.equalRows(times, rows, table, columns.length) !== 0;
  kernel.release(mark);
  return has;
}

/** Has the kernel make columns, one behind the other. */
class ColumnMaker {
  /** Where the first column begins. */
  readonly start: number;
  readonly #kernel: Kernel;
  readonly #rows: number;
  readonly #addressOf: (ref: BlockRef) => number;
  readonly #scratch: number;
  /** Of numbers. */
  readonly #values: number;
  readonly #present: number;
  #end: number;

  /** @param columns to be made */
  constructor(kernel: Kernel, rows: number, addressOf: (ref: BlockRef) => number, columns: readonly SectionColumn[]) {
    this.#kernel = kernel;
    this.#rows = rows;
    this.#addressOf = addressOf;
    let room = 0;
    let values = 0;
    let ids = rows;
    for (const column of columns) {
      room += columnRoom(column, rows);
      values = Math.max(values, column.values);
      if (column.hasMultiple) ids = IDS_MAX;
    }
    this.#scratch = kernel.allocate(SCRATCH_BYTES + 8 * values + 12 * ids + 8 * rows);
    this.#values = kernel.allocate(8 * rows);
    this.#present = kernel.allocate(rows);
    this.start = kernel.allocate(room);
    this.#end = this.start;
  }

  /**
   * @param cells address
   * @param isSparse whether rows that are null have no value at all
   * @returns the end of the column; where the one before ends for a column that is not stored; NO_COLUMN_MAX or less where it cannot be made
   */
  make(dimension: SegmentDimension, column: SectionColumn, cells: number, isSparse: boolean): number {
    const isString = dimension.type === 'string';
    // Druid does not store a string dimension that is always null.
    if (isString && column.values === 0) return this.#end;
    this.#end = isString
      ? this.#makeString(dimension, column, cells, isSparse)
      : this.#makeNumber(dimension, column, cells);
    return this.#end;
  }

  #makeString(
    { createBitmapIndex, hasMultipleValues }: SegmentDimension,
    { values, hasNull, dictionary, lists, cells: cellCount }: SectionColumn,
    cells: number,
    isSparse: boolean,
  ): number {
    const { exports } = this.#kernel;
    const texts = this.#addressOf(dictionary[0]);
    const listsAt = lists.length === 0 ? 0 : this.#addressOf(lists[0]);
    const width = cellWidth(cellCount);
    const flags = stringFlags(hasMultipleValues, createBitmapIndex);
    const rows = this.#rows;
    const end = this.#end;
    const scratch = this.#scratch;
    if (!hasMultipleValues) {
      // biome-ignore format: the arguments as they are told in the kernel
      return exports.stringColumn(texts, values, hasNull, listsAt, cells, width, rows, flags, createBitmapIndex, end, scratch);
    }
    const nullIds = isSparse ? 0 : 1;
    // biome-ignore format: the arguments as they are told in the kernel
    return exports.listColumn(texts, values, hasNull, listsAt, cells, width, rows, flags, createBitmapIndex, nullIds, IDS_MAX, end, scratch);
  }

  #makeNumber({ type }: SegmentDimension, { dictionary, cells: cellCount }: SectionColumn, cells: number): number {
    const { exports } = this.#kernel;
    const rows = this.#rows;
    const numbers = dictionary.length === 0 ? 0 : this.#addressOf(dictionary[0]);
    const isFloat = type === 'float';
    const width = cellWidth(cellCount);
    const nulls = exports.numbersOfCells(numbers, cells, width, rows, isFloat, this.#values, this.#present);
    const present = nulls === 0 ? 0 : this.#present;
    return exports.numberColumn(this.#values, present, rows, isFloat ? 4 : 8, this.#end, this.#scratch);
  }
}

/** Bytes that a column takes at most. */
function columnRoom({ dictionary, values, hasMultiple }: SectionColumn, rows: number): number {
  const dictionaryBytes = dictionary.length === 0 ? 0 : dictionary[0].length;
  const ids = hasMultiple ? IDS_MAX + 2 * rows : rows;
  return 512 + dictionaryBytes + 24 * (values + 1) + 20 * ids;
}
