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
