/** Groups up to this size are sorted by insertion. */
const SMALL = 16;
/** Groups from this size on are worth tables of 2048 counts. */
const LARGE = 2048;
const COUNTS = 2048;

/** One column of the sort key: non-negative int32 per row, in which smaller comes first. */
export interface SortColumn {
  readonly values: Int32Array;
  /** Highest value that occurs, or a bound of it. */
  readonly max: number;
}

/**
 * Sorts rows by columns, the first one leading; rows equal in all of them keep their order. The leading bits of the columns are
 * packed into 32 and radix sorted, which settles most rows; those still equal are sorted by the columns that follow.
 *
 * @returns row numbers in order
 */
export function sortRows(rows: number, columns: readonly SortColumn[]): Int32Array {
  const order = new Int32Array(rows);
  countUp(order);
  new RowSorter(order, columns).sort(0, rows, 0);
  return order;
}

class RowSorter {
  readonly #order: Int32Array;
  readonly #columns: readonly SortColumn[];
  readonly #keys: Uint32Array;
  readonly #otherOrder: Int32Array;
  readonly #otherKeys: Uint32Array;
  readonly #counts = new Int32Array(COUNTS);

  constructor(order: Int32Array, columns: readonly SortColumn[]) {
    this.#order = order;
    this.#columns = columns;
    this.#keys = new Uint32Array(order.length);
    this.#otherOrder = new Int32Array(order.length);
    this.#otherKeys = new Uint32Array(order.length);
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
    const keys = this.#keys;
    for (let start = from; start < to; ) {
      const key = keys[start];
      let end = start + 1;
      while (end < to && keys[end] === key) end++;
      // The recursion writes the keys of this range only: those of later ranges stay.
      if (end - start > 1) this.sort(start, end, next);
      start = end;
    }
  }

  /**
   * Packs as many leading bits of the columns from `column` on as fit in 32.
   *
   * @returns the first column that is not wholly packed
   */
  #pack(from: number, to: number, column: number): number {
    this.#keys.fill(0, from, to);
    let room = 32;
    for (let at = column; at < this.#columns.length; at++) {
      const { values, max } = this.#columns[at];
      const bits = 32 - Math.clz32(max);
      if (bits === 0) continue;
      if (room === 0) return at;
      const taken = Math.min(bits, room);
      room -= taken;
      putBits(this.#keys, values, this.#order, from, to, bits - taken, room);
      if (taken < bits) return at;
    }
    return this.#columns.length;
  }

  #radixSort(from: number, to: number): void {
    const digitBits = to - from < LARGE ? 8 : 11;
    const mask = (1 << digitBits) - 1;
    let keys = this.#keys;
    let order = this.#order;
    let otherKeys = this.#otherKeys;
    let otherOrder = this.#otherOrder;
    for (let shift = 0; shift < 32; shift += digitBits) {
      const counts = this.#counts.fill(0, 0, mask + 1);
      countDigits(keys, from, to, shift, mask, counts);
      if (counts[(keys[from] >>> shift) & mask] === to - from) continue;
      for (let digit = 0, sum = from; digit <= mask; digit++) {
        const count = counts[digit];
        counts[digit] = sum;
        sum += count;
      }
      distribute(keys, order, from, to, shift, mask, counts, otherKeys, otherOrder);
      [keys, otherKeys] = [otherKeys, keys];
      [order, otherOrder] = [otherOrder, order];
    }
    if (keys === this.#keys) return;
    this.#keys.set(keys.subarray(from, to), from);
    this.#order.set(order.subarray(from, to), from);
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

/** Adds `value >>> drop` of each row to its key, `shift` bits up. */
function putBits(
  keys: Uint32Array,
  values: Int32Array,
  order: Int32Array,
  from: number,
  to: number,
  drop: number,
  shift: number,
): void {
  for (let i = from; i < to; i++) keys[i] |= (values[order[i]] >>> drop) << shift;
}

function countDigits(
  keys: Uint32Array,
  from: number,
  to: number,
  shift: number,
  mask: number,
  counts: Int32Array,
): void {
  for (let i = from; i < to; i++) counts[(keys[i] >>> shift) & mask]++;
}

/** One pass: keys and rows go where `starts` has the next place of their digit. */
function distribute(
  keys: Uint32Array,
  order: Int32Array,
  from: number,
  to: number,
  shift: number,
  mask: number,
  starts: Int32Array,
  otherKeys: Uint32Array,
  otherOrder: Int32Array,
): void {
  for (let i = from; i < to; i++) {
    const key = keys[i];
    const at = starts[(key >>> shift) & mask]++;
    otherKeys[at] = key;
    otherOrder[at] = order[i];
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
  const least = leastOf(times, rows);
  const unit = unitOf(times, rows, least);
  if (unit === 0) return [];
  const low = new Int32Array(rows);
  const range = (mostOf(times, rows) - least) / unit;
  if (range < 0x8000_0000) {
    putDistances(times, least, unit, low);
    return [{ values: low, max: range }];
  }
  const high = new Int32Array(rows);
  putLongDistances(times, least, unit, high, low);
  return [
    { values: high, max: Math.floor(range / 0x4000_0000) },
    { values: low, max: 0x3fff_ffff },
  ];
}

// The loops over all rows are functions of their own. They run once for a run of rows, so they are compiled while they run; in
// one function what stands behind a loop would then be unknown, and reaching it would throw the compiled code away.

function countUp(order: Int32Array): void {
  for (let row = 0; row < order.length; row++) order[row] = row;
}

function leastOf(times: Float64Array, rows: number): number {
  let least = times[0];
  for (let row = 1; row < rows; row++) if (times[row] < least) least = times[row];
  return least;
}

function mostOf(times: Float64Array, rows: number): number {
  let most = times[0];
  for (let row = 1; row < rows; row++) if (times[row] > most) most = times[row];
  return most;
}

/** The greatest common divisor of the times' distances from the least; 0 when they are all the same. */
function unitOf(times: Float64Array, rows: number, least: number): number {
  let unit = 0;
  for (let row = 0; row < rows && unit !== 1; row++) {
    // Neighbours in the input mostly share their time, and remainders are slow.
    if (row > 0 && times[row] === times[row - 1]) continue;
    let rest = times[row] - least;
    while (rest !== 0) {
      const swap = unit % rest;
      unit = rest;
      rest = swap;
    }
  }
  return unit;
}

function putDistances(times: Float64Array, least: number, unit: number, target: Int32Array): void {
  for (let row = 0; row < target.length; row++) target[row] = (times[row] - least) / unit;
}

function putLongDistances(times: Float64Array, least: number, unit: number, high: Int32Array, low: Int32Array): void {
  for (let row = 0; row < low.length; row++) {
    const distance = (times[row] - least) / unit;
    high[row] = distance / 0x4000_0000;
    low[row] = distance % 0x4000_0000;
  }
}
