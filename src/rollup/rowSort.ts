import type { Kernel } from '../kernel/kernel.ts';

/** Bytes that the kernel needs to sort: see kernel/assembly/rowSort.ts. */
const SCRATCH_BYTES = 8192;
const SCRATCH_BYTES_PER_ROW = 12;

/** One column of the sort key, in the memory of a kernel. */
export interface SortColumn {
  /** Address of a non-negative int32 per row, in which smaller comes first. */
  readonly values: number;
  /** Highest value that occurs, or a bound of it. */
  readonly max: number;
}

/**
 * Sorts rows by columns, the first one leading; rows equal in all of them keep their order. The leading bits of the columns are
 * packed into 32 and radix sorted, which settles most rows; those still equal are sorted by the columns that follow.
 *
 * @param kernel holds the columns
 * @returns row numbers in order
 */
export function sortRows(kernel: Kernel, rows: number, columns: readonly SortColumn[]): Int32Array {
  const mark = kernel.mark();
  const table = kernel.allocate(columns.length * 8);
  const order = kernel.allocate(rows * 4);
  const scratch = kernel.allocate(SCRATCH_BYTES + rows * SCRATCH_BYTES_PER_ROW);
  const { ints } = kernel;
  columns.forEach(({ values, max }, i) => {
    ints[table / 4 + 2 * i] = values;
    ints[table / 4 + 2 * i + 1] = max;
  });
  kernel.exports.rowSort(table, columns.length, rows, order, scratch);
  kernel.release(mark);
  return ints.slice(order / 4, order / 4 + rows);
}

/** A sort column with these values. @param kernel gives room for them, which is in use as long as the column is */
export function sortColumn(kernel: Kernel, values: Int32Array, max: number): SortColumn {
  const address = kernel.allocate(values.length * 4);
  kernel.ints.set(values, address / 4);
  return { values: address, max };
}

/**
 * Times as one or two sort columns: distances from the earliest in units of their greatest common divisor, so that a day by
 * minutes needs 11 bits.
 *
 * @param kernel gives room for the columns, which is in use as long as they are
 * @param times epoch milliseconds, whole numbers
 */
export function timeColumns(kernel: Kernel, times: Float64Array, rows: number): SortColumn[] {
  if (rows === 0) return [];
  const least = leastOf(times, rows);
  const unit = unitOf(times, rows, least);
  if (unit === 0) return [];
  const low = new Int32Array(rows);
  const range = (mostOf(times, rows) - least) / unit;
  if (range < 0x8000_0000) {
    putDistances(times, least, unit, low);
    return [sortColumn(kernel, low, range)];
  }
  const high = new Int32Array(rows);
  putLongDistances(times, least, unit, high, low);
  return [sortColumn(kernel, high, Math.floor(range / 0x4000_0000)), sortColumn(kernel, low, 0x3fff_ffff)];
}

// The loops over all rows are functions of their own. They run once for a run of rows, so they are compiled while they run; in
// one function what stands behind a loop would then be unknown, and reaching it would throw the compiled code away.

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
