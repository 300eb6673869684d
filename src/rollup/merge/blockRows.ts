import type { MetricState } from '../metrics/metricState.ts';
import { BlockReader } from '../run/blockBytes.ts';
import { cellWidth } from '../run/run.ts';
import type { SectionInput } from './mergeColumns.ts';

/** Cells of a column, as wide as a block stores them or wider. */
export type CellArray = Uint8Array | Uint16Array | Int32Array;

/** The rows of one block of a section, where they lie in the block. */
export interface BlockRows {
  readonly rows: number;
  readonly times: Float64Array;
  /** Per dimension of the segment, cells of the section. A dimension that the block does not have is null in all rows. */
  readonly cells: readonly CellArray[];
}

/**
 * Looks into a row block.
 *
 * @param dimensions of the segment
 * @param metrics take the states of the rows
 */
export function openRows(
  { header, stored }: SectionInput,
  dimensions: number,
  bytes: Uint8Array,
  metrics: readonly MetricState[],
): BlockRows {
  const block = new BlockReader(bytes);
  const rows = block.int32(1)[0];
  const times = block.float64(rows);
  const cells: CellArray[] = stored === undefined ? [] : Array<CellArray>(dimensions).fill(new Uint8Array(rows));
  for (let i = 0, columns = stored?.length ?? dimensions; i < columns; i++) {
    const column = stored === undefined ? i : stored[i];
    if (column < 0) block.uint8(rows);
    else cells[column] = takeCells(block, cellWidth(header.columns[column].cells), rows);
  }
  for (const metric of metrics) metric.read(block, rows);
  return { rows, times, cells };
}

function takeCells(block: BlockReader, width: 1 | 2 | 4, rows: number): CellArray {
  return width === 1 ? block.uint8(rows) : width === 2 ? block.uint16(rows) : block.int32(rows);
}

/** Whether a row has the key of the row before it. */
export function hasEqualRows({ rows, times, cells }: BlockRows): boolean {
  for (let row = 1; row < rows; row++) {
    if (times[row] !== times[row - 1]) continue;
    let column = 0;
    while (column < cells.length && cells[column][row] === cells[column][row - 1]) column++;
    if (column === cells.length) return true;
  }
  return false;
}
