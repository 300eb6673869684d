const INITIAL_ROWS = 1024;

/** Cell ranks of all rows of a dimension: one buffer, kept from run to run. */
export class RankBuffer {
  #ranks = new Int32Array(INITIAL_ROWS);

  /** Room for so many ranks; contents undefined, and gone with the next call. */
  take(count: number): Int32Array {
    if (count > this.#ranks.length) this.#ranks = new Int32Array(Math.max(count, this.#ranks.length * 2));
    return this.#ranks;
  }
}

/** Replaces the cells of all rows by their ranks, for a dimension of single values. */
export function rankCells(cells: Int32Array, rows: number, ranks: Int32Array, ranked: Int32Array): void {
  for (let row = 0; row < rows; row++) ranked[row] = ranks[cells[row]];
}
