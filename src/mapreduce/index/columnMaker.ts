import type { Kernel } from '../../kernel/kernel.ts';
import { LZ4_SCRATCH_BYTES } from '../../kernel/lz4.ts';
import { type BlockRef, cellWidth, type SectionColumn } from '../../rollup/run/run.ts';
import { FEW_ROWS } from '../../segment/writer/fewIds.ts';
import type { SegmentDimension } from '../../segment/writer/segmentWriter.ts';
import { stringFlags } from '../../segment/writer/stringColumn.ts';

/** Ids of a column of several values, at most: they fit into one block whatever the width of an id. */
const IDS_MAX = 4 * FEW_ROWS;
/** What the kernel returns in place of a column's end: not to be made in this way. */
const NO_COLUMN_MAX = 1;
/** More than the few bytes of scratch that no row or value takes. */
const SPARE_BYTES = 512;

/** Has the kernel make the columns of a section's dimensions, one behind the other. */
export class ColumnMaker {
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
    this.#scratch = kernel.allocate(LZ4_SCRATCH_BYTES + SPARE_BYTES + 8 * values + 12 * ids + 8 * rows);
    this.#values = kernel.allocate(8 * rows);
    this.#present = kernel.allocate(rows);
    this.start = kernel.allocate(room);
    this.#end = this.start;
  }

  /**
   * @param cells address
   * @param isSparse whether rows that are null have no value at all
   * @returns where the column ends, which is where it begins for one that is not stored; null where it is not one that is made in this way
   */
  make(dimension: SegmentDimension, column: SectionColumn, cells: number, isSparse: boolean): number | null {
    const isString = dimension.type === 'string';
    // Druid does not store a string dimension that is always null.
    if (isString && column.values === 0) return this.#end;
    const end = isString
      ? this.#makeString(dimension, column, cells, isSparse)
      : this.#makeNumber(dimension, column, cells);
    if (end <= NO_COLUMN_MAX) return null;
    this.#end = end;
    return end;
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
