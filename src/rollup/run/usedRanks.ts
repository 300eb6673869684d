import type { Kernel } from '../../kernel/kernel.ts';
import type { CellLists } from '../merge/mergeValues.ts';

/**
 * The ranks of a column that the rows of a section use, numbered anew from 1 on in their order. Its cost grows with the ranks
 * used, not with those there are: a run of many small sections shares its dictionaries among them.
 */
export class UsedRanks {
  readonly kernel: Kernel;
  /** Address of the used ranks, int32, in order; null (0) is not among them. */
  readonly ranks: number;
  /** Address of the number of each used rank, int32; 0 for null. Those of other ranks are of no account. */
  readonly numbers: number;
  count = 0;
  hasNull = false;
  /** Addresses; see kernel/assembly/runCells.ts. */
  readonly #marks: number;
  readonly #used: number;
  readonly #groups: number;

  /**
   * @param kernel gives room, which is in use as long as this is
   * @param rankCount highest rank of the column
   */
  constructor(kernel: Kernel, rankCount: number) {
    this.#groups = (rankCount >> 6) + 1;
    this.kernel = kernel;
    this.ranks = kernel.allocate(rankCount * 4);
    this.numbers = kernel.allocate((rankCount + 1) * 4);
    this.#marks = kernel.allocate(this.#groups * 64);
    this.#used = kernel.allocate(this.#groups + 7);
    kernel.bytes.fill(0, this.#marks, this.#marks + this.#groups * 64);
    kernel.bytes.fill(0, this.#used, this.#used + this.#groups + 7);
  }

  /** Numbers the ranks of a section. @param cells address of ranks, int32 */
  number(cells: number, count: number): void {
    const { exports } = this.kernel;
    const found = exports.numberRanks(cells, count, this.#marks, this.#used, this.#groups, this.numbers, this.ranks);
    this.hasNull = found < 0;
    this.count = found < 0 ? ~found : found;
  }
}

/**
 * The value lists of the used cells, over value ids that are numbered anew.
 *
 * @param lists value ranks of cell `c` are `ids[ends[c - 1]..ends[c])`
 * @param cells the used cells, numbered
 * @param values numbers the values of those cells
 */
export function pruneLists(lists: CellLists, cells: UsedRanks, values: UsedRanks): CellLists {
  const { kernel } = values;
  const used = kernel.ints.slice(cells.ranks / 4, cells.ranks / 4 + cells.count);
  const ends = new Int32Array(used.length);
  let total = 0;
  for (let i = 0; i < used.length; i++) {
    total += lists.ends[used[i]] - lists.ends[used[i] - 1];
    ends[i] = total;
  }
  const mark = kernel.mark();
  const address = kernel.allocate(total * 4);
  let target = address / 4;
  for (const cell of used) {
    for (let at = lists.ends[cell - 1]; at < lists.ends[cell]; at++) kernel.ints[target++] = lists.ids[at];
  }
  values.number(address, total);
  kernel.exports.packCells(address, total, values.numbers, 4, address);
  const ids = kernel.ints.slice(address / 4, address / 4 + total);
  kernel.release(mark);
  return { ends, ids };
}
