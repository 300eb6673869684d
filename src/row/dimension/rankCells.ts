import type { Kernel } from '../../kernel/kernel.ts';

/**
 * Replaces the cells of all rows by their ranks, for a dimension of single values.
 *
 * @param ranks address of the int32 rank of each cell
 * @param target address of the ranks of the rows
 */
export function rankCells(kernel: Kernel, cells: Int32Array, ranks: number, target: number): void {
  kernel.ints.set(cells, target / 4);
  kernel.exports.rankCells(target, cells.length, ranks);
}

/** The same for a dimension that has lists. @param ranks of values by their id, and of lists by their number */
export function rankListCells(
  kernel: Kernel,
  cells: Int32Array,
  { valueCellRanks, listCellRanks }: { readonly valueCellRanks: Int32Array; readonly listCellRanks: Int32Array },
  target: number,
): void {
  const { ints } = kernel;
  const first = target / 4;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    ints[first + row] = cell >= 0 ? valueCellRanks[cell] : listCellRanks[-1 - cell];
  }
}
