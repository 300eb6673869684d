/** Ranges shorter than this are sorted by insertion. */
const SMALL = 13;

/**
 * Puts records in the order that Hadoop's map side leaves them in before a first spill. Its sort is not stable, and what it does with
 * equal keys decides where Druid cuts (docs/quirks.md, row 2), so this follows it step by step: the records lie in the buffer from
 * the last to the first (`MapTask.MapOutputBuffer`), and a quicksort with the median of three as pivot gathers equal records at
 * both ends of a range before it moves them to the middle (`org.apache.hadoop.util.QuickSort`).
 *
 * @param compare order of the keys of records, by number
 * @returns record numbers in order; null where the quicksort would recurse so deep that Hadoop goes on with a heapsort
 */
export function hadoopSort(records: number, compare: (left: number, right: number) => number): Int32Array | null {
  const order = new Int32Array(records);
  for (let i = 0; i < records; i++) order[i] = records - 1 - i;
  if (records < 2) return order;
  const depth = (32 - Math.clz32(records - 1)) * 4;
  return new QuickSort(order, compare).sort(0, records, depth) ? order : null;
}

class QuickSort {
  readonly #order: Int32Array;
  readonly #compareRecords: (left: number, right: number) => number;

  constructor(order: Int32Array, compare: (left: number, right: number) => number) {
    this.#order = order;
    this.#compareRecords = compare;
  }

  /** @returns false when the depth does not suffice */
  sort(start: number, end: number, depth: number): boolean {
    let from = start;
    let to = end;
    for (let left = depth; to - from >= SMALL; ) {
      if (--left < 0) return false;
      const { lower, upper } = this.#partition(from, to);
      // The smaller side first, in Hadoop for the sake of the stack.
      if (lower - from < to - upper) {
        if (!this.sort(from, lower, left)) return false;
        from = upper;
      } else {
        if (!this.sort(upper, to, left)) return false;
        to = lower;
      }
    }
    this.#insertionSort(from, to);
    return true;
  }

  /** Splits a range into what is less than the pivot, equal to it (`[lower, upper)`) and greater. */
  #partition(from: number, to: number): { lower: number; upper: number } {
    const middle = (from + to) >>> 1;
    this.#putInOrder(middle, from);
    this.#putInOrder(middle, to - 1);
    this.#putInOrder(from, to - 1);
    // The pivot is at `from`; equal records are in [from, equalLow] and [equalHigh, to).
    let low = from;
    let high = to;
    let equalLow = from;
    let equalHigh = to;
    for (;;) {
      while (++low < high) {
        const order = this.#compare(low, from);
        if (order > 0) break;
        if (order === 0 && ++equalLow !== low) this.#swap(equalLow, low);
      }
      while (--high > low) {
        const order = this.#compare(from, high);
        if (order > 0) break;
        if (order === 0 && --equalHigh !== high) this.#swap(equalHigh, high);
      }
      if (low >= high) break;
      this.#swap(low, high);
    }
    let lower = low;
    let upper = low;
    while (equalLow >= from) this.#swap(equalLow--, --lower);
    while (equalHigh < to) this.#swap(equalHigh++, upper++);
    return { lower, upper };
  }

  #insertionSort(from: number, to: number): void {
    for (let i = from + 1; i < to; i++) {
      for (let at = i; at > from && this.#compare(at - 1, at) > 0; at--) this.#swap(at, at - 1);
    }
  }

  #putInOrder(first: number, second: number): void {
    if (this.#compare(first, second) > 0) this.#swap(first, second);
  }

  #compare(left: number, right: number): number {
    return this.#compareRecords(this.#order[left], this.#order[right]);
  }

  #swap(left: number, right: number): void {
    const kept = this.#order[left];
    this.#order[left] = this.#order[right];
    this.#order[right] = kept;
  }
}
