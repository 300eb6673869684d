import { borrowKernel, type Kernel } from '../../kernel/kernel.ts';
import type { SectionInput } from '../../rollup/merge/mergeColumns.ts';
import type { MetricState } from '../../rollup/metrics/metricState.ts';
import { BlockReader } from '../../rollup/run/blockBytes.ts';
import { type BlockRef, cellWidth, type SectionColumn } from '../../rollup/run/run.ts';
import { WholeSection } from '../../rollup/run/wholeSection.ts';
import { FEW_ROWS } from '../../segment/writer/fewIds.ts';
import type { SegmentDimension, SegmentWriter } from '../../segment/writer/segmentWriter.ts';
import { ColumnMaker } from './columnMaker.ts';

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
  if (sections.length !== 1 || !segment.takesKernelColumns) return null;
  const [{ source, header, stored }] = sections;
  if (stored !== undefined || !(source instanceof WholeSection)) return null;
  const { rows, blocks, columns } = header;
  if (blocks.length !== 1 || rows > FEW_ROWS || !columns.every(isShort)) return null;
  return borrowKernel((kernel) => {
    const section = kernel.allocate(source.bytes.length);
    kernel.bytes.set(source.bytes, section);
    const addressOf = (ref: BlockRef): number => section + source.placeOf(ref);
    const times = addressOf(blocks[0]) + 8;
    const cells = cellsOf(columns, times + 8 * rows, rows);
    if (options.rollup && hasEqualRows(kernel, times, cells, columns, rows)) return null;
    const maker = new ColumnMaker(kernel, rows, addressOf, columns);
    const ends: number[] = [];
    for (let i = 0; i < columns.length; i++) {
      const end = maker.make(options.dimensions[i], columns[i], cells[i], i >= options.firstSparse);
      if (end === null) return null;
      ends.push(end);
    }
    segment.endDictionaries();
    const { bytes, ints } = kernel;
    for (let i = 0, start = maker.start; i < columns.length; start = ends[i++]) {
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
  return dictionary.length < 2 && lists.length < 2 && values <= FEW_ROWS;
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
