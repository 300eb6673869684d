import type { CellLists } from '../merge/mergeValues.ts';

/** Where at least one rank in so many is used, looking at all of them is quicker than sorting the used ones. */
const SCAN_SHARE = 16;

/**
 * The ranks of a column that the rows of a section use, numbered anew from 1 on in their order. Its cost grows with the ranks
 * used, not with those there are: a run of many small sections shares its dictionaries among them.
 */
export class UsedRanks {
  /** Per rank its number once numbered; 0 for ranks that are not used, and for null. */
  numbers = new Int32Array(64);
  /** The used ranks, null (0) not among them; in order once numbered. Elements from `count` on are of no account. */
  ranks = new Int32Array(64);
  count = 0;
  hasNull = false;
  #rankCount = 0;
  /** The used ranks are in `ranks` before they are numbered; else only marked in `numbers`. */
  #areListed = true;

  /**
   * Forgets the ranks of the section before.
   *
   * @param rankCount highest rank of the column
   */
  begin(rankCount: number): void {
    const { numbers, ranks } = this;
    if (rankCount >= numbers.length) this.numbers = new Int32Array(Math.max(rankCount + 1, numbers.length * 2));
    else for (let i = 0; i < this.count; i++) numbers[ranks[i]] = 0;
    this.count = 0;
    this.hasNull = false;
    this.#rankCount = rankCount;
    this.#areListed = true;
  }

  /** Notes the cells of rows `order[from..to)`. */
  addRows(cells: Int32Array, order: Int32Array, from: number, to: number): void {
    this.#areListed &&= (to - from) * SCAN_SHARE < this.#rankCount;
    if (this.#areListed) this.#listRows(cells, order, from, to);
    else {
      markRows(cells, order, from, to, this.numbers);
      this.hasNull ||= this.numbers[0] !== 0;
      this.numbers[0] = 0;
    }
  }

  /** Notes the ranks `ids[from..to)`. */
  addIds(ids: Int32Array, from: number, to: number): void {
    this.#ensure(Math.min(this.count + to - from, this.#rankCount));
    for (let i = from; i < to; i++) {
      const rank = ids[i];
      if (rank === 0) this.hasNull = true;
      else if (this.numbers[rank] === 0) {
        this.numbers[rank] = 1;
        this.ranks[this.count++] = rank;
      }
    }
  }

  /** Puts the used ranks in order and numbers them. */
  number(): void {
    if (this.#areListed && this.count * SCAN_SHARE < this.#rankCount) {
      const { numbers, ranks, count } = this;
      ranks.subarray(0, count).sort();
      for (let i = 0; i < count; i++) numbers[ranks[i]] = i + 1;
      return;
    }
    this.#ensure(this.#rankCount + 1);
    this.count = numberMarked(this.numbers, this.#rankCount, this.ranks);
  }

  /** Notes cells with a look at each rank's mark, so that the used ones need not be searched for. */
  #listRows(cells: Int32Array, order: Int32Array, from: number, to: number): void {
    this.#ensure(Math.min(this.count + to - from, this.#rankCount));
    const { numbers, ranks } = this;
    let { count } = this;
    let hasNull = this.hasNull;
    for (let i = from; i < to; i++) {
      const rank = cells[order[i]];
      if (numbers[rank] !== 0) continue;
      if (rank === 0) hasNull = true;
      else {
        numbers[rank] = 1;
        ranks[count++] = rank;
      }
    }
    this.count = count;
    this.hasNull = hasNull;
  }

  #ensure(count: number): void {
    if (count <= this.ranks.length) return;
    const larger = new Int32Array(Math.max(count, this.ranks.length * 2));
    larger.set(this.ranks.subarray(0, this.count));
    this.ranks = larger;
  }
}

function markRows(cells: Int32Array, order: Int32Array, from: number, to: number, marks: Int32Array): void {
  for (let i = from; i < to; i++) marks[cells[order[i]]] = 1;
}

/** Numbers the ranks that are marked with 1 and lists them, both in their order; without branches, which nobody could foretell. */
function numberMarked(numbers: Int32Array, rankCount: number, ranks: Int32Array): number {
  let count = 0;
  for (let rank = 1; rank <= rankCount; rank++) {
    ranks[count] = rank;
    count += numbers[rank];
    numbers[rank] = -numbers[rank] & count;
  }
  return count;
}

/**
 * The value lists of the used cells, over value ids that are numbered anew.
 *
 * @param lists value ranks of cell `c` are `ids[ends[c - 1]..ends[c])`
 * @param cells the used cells, numbered
 * @param values begun; receives the values of those cells and numbers them
 */
export function pruneLists(lists: CellLists, cells: UsedRanks, values: UsedRanks): CellLists {
  const ends = new Int32Array(cells.count);
  let total = 0;
  for (let i = 0; i < cells.count; i++) {
    const cell = cells.ranks[i];
    values.addIds(lists.ids, lists.ends[cell - 1], lists.ends[cell]);
    total += lists.ends[cell] - lists.ends[cell - 1];
    ends[i] = total;
  }
  values.number();
  const ids = new Int32Array(total);
  let target = 0;
  for (let i = 0; i < cells.count; i++) {
    const cell = cells.ranks[i];
    for (let at = lists.ends[cell - 1]; at < lists.ends[cell]; at++) ids[target++] = values.numbers[lists.ids[at]];
  }
  return { ends, ids };
}
