/** Groups up to this size are sorted by insertion. */
const SMALL = 16;
const RADIX_BITS = 11;
const RADIX = 1 << RADIX_BITS;

/** One column of the sort key: non-negative int32 per row, in which smaller comes first. */
export interface SortColumn {
  readonly values: Int32Array;
  /** Highest value that occurs, or a bound of it. */
  readonly max: number;
}

/**
 * Sorts rows by columns, the first one leading; rows equal in all of them keep their order. The leading bits of the columns are
 * packed into 64 and radix sorted, which settles most rows; those still equal are compared column by column.
 *
 * @returns row numbers in order
 */
export function sortRows(rows: number, columns: readonly SortColumn[]): Int32Array {
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  new RowSorter(order, columns).sort(0, rows, 0);
  return order;
}

class RowSorter {
  readonly #order: Int32Array;
  readonly #columns: readonly SortColumn[];
  #high: Uint32Array;
  #low: Uint32Array;
  #otherOrder: Int32Array;
  #otherHigh: Uint32Array;
  #otherLow: Uint32Array;

  constructor(order: Int32Array, columns: readonly SortColumn[]) {
    this.#order = order;
    this.#columns = columns;
    this.#high = new Uint32Array(order.length);
    this.#low = new Uint32Array(order.length);
    this.#otherOrder = new Int32Array(order.length);
    this.#otherHigh = new Uint32Array(order.length);
    this.#otherLow = new Uint32Array(order.length);
  }

  /** Sorts `order[from..to)`, whose rows agree in the columns before `column`. */
  sort(from: number, to: number, column: number): void {
    if (column === this.#columns.length || to - from < 2) return;
    if (to - from <= SMALL) {
      this.#insertionSort(from, to, column);
      return;
    }
    const next = this.#pack(from, to, column);
    this.#radixSort(from, to);
    if (next === this.#columns.length) return;
    const high = this.#high;
    const low = this.#low;
    for (let start = from; start < to; ) {
      let end = start + 1;
      while (end < to && high[end] === high[start] && low[end] === low[start]) end++;
      // The recursion writes the keys of this range only: those of later ranges stay.
      if (end - start > 1) this.sort(start, end, next);
      start = end;
    }
  }

  /**
   * Packs as many leading bits of the columns from `column` on as fit in 64.
   *
   * @returns the first column that is not wholly packed
   */
  #pack(from: number, to: number, column: number): number {
    const high = this.#high.fill(0, from, to);
    const low = this.#low.fill(0, from, to);
    let room = 64;
    let at = column;
    for (; at < this.#columns.length && room > 0; at++) {
      const { values, max } = this.#columns[at];
      const bits = 32 - Math.clz32(max);
      if (bits === 0) continue;
      const taken = Math.min(bits, room);
      const drop = bits - taken;
      const shift = room - taken;
      const order = this.#order;
      for (let i = from; i < to; i++) {
        const value = values[order[i]] >>> drop;
        if (shift >= 32) high[i] |= value << (shift - 32);
        else {
          low[i] |= value << shift;
          if (shift > 0 && shift + taken > 32) high[i] |= value >>> (32 - shift);
        }
      }
      room = shift;
      if (drop > 0) return at;
    }
    return at;
  }

  #radixSort(from: number, to: number): void {
    for (let shift = 0; shift < 32; shift += RADIX_BITS) this.#pass(from, to, false, shift);
    for (let shift = 0; shift < 32; shift += RADIX_BITS) this.#pass(from, to, true, shift);
  }

  #pass(from: number, to: number, byHigh: boolean, shift: number): void {
    const keys = byHigh ? this.#high : this.#low;
    const counts = new Int32Array(RADIX);
    for (let i = from; i < to; i++) counts[(keys[i] >>> shift) & (RADIX - 1)]++;
    if (counts[(keys[from] >>> shift) & (RADIX - 1)] === to - from) return;
    for (let digit = 0, sum = from; digit < RADIX; digit++) {
      const count = counts[digit];
      counts[digit] = sum;
      sum += count;
    }
    const order = this.#order;
    const high = this.#high;
    const low = this.#low;
    const otherOrder = this.#otherOrder;
    const otherHigh = this.#otherHigh;
    const otherLow = this.#otherLow;
    for (let i = from; i < to; i++) {
      const at = counts[(keys[i] >>> shift) & (RADIX - 1)]++;
      otherOrder[at] = order[i];
      otherHigh[at] = high[i];
      otherLow[at] = low[i];
    }
    order.set(otherOrder.subarray(from, to), from);
    high.set(otherHigh.subarray(from, to), from);
    low.set(otherLow.subarray(from, to), from);
  }

  #insertionSort(from: number, to: number, column: number): void {
    const order = this.#order;
    for (let i = from + 1; i < to; i++) {
      const row = order[i];
      let at = i;
      while (at > from && this.#compare(order[at - 1], row, column) > 0) {
        order[at] = order[at - 1];
        at--;
      }
      order[at] = row;
    }
  }

  #compare(left: number, right: number, column: number): number {
    const columns = this.#columns;
    for (let at = column; at < columns.length; at++) {
      const { values } = columns[at];
      const difference = values[left] - values[right];
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/**
 * Times as one or two sort columns: distances from the earliest in units of their greatest common divisor, so that a day by
 * minutes needs 11 bits.
 *
 * @param times epoch milliseconds, whole numbers
 */
export function timeColumns(times: Float64Array, rows: number): SortColumn[] {
  if (rows === 0) return [];
  let least = times[0];
  let most = times[0];
  for (let row = 1; row < rows; row++) {
    const time = times[row];
    if (time < least) least = time;
    else if (time > most) most = time;
  }
  let unit = 0;
  for (let row = 0; row < rows && unit !== 1; row++) {
    let rest = times[row] - least;
    while (rest !== 0) {
      const swap = unit % rest;
      unit = rest;
      rest = swap;
    }
  }
  if (unit === 0) return [];
  const low = new Int32Array(rows);
  const range = (most - least) / unit;
  if (range < 0x8000_0000) {
    for (let row = 0; row < rows; row++) low[row] = (times[row] - least) / unit;
    return [{ values: low, max: range }];
  }
  const high = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const distance = (times[row] - least) / unit;
    high[row] = distance / 0x4000_0000;
    low[row] = distance % 0x4000_0000;
  }
  return [
    { values: high, max: Math.floor(range / 0x4000_0000) },
    { values: low, max: 0x3fff_ffff },
  ];
}
