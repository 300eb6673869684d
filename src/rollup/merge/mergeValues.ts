import { compareDoublePairs, compareLongPairs } from '../dictionary/numericOrder.ts';
import type { NumericCursor } from '../run/runReader.ts';
import { CursorHeap } from './heap.ts';

/**
 * Unites sorted dictionaries of longs or doubles; the numeric sibling of `mergeTexts`.
 *
 * @param most values of all dictionaries together
 * @returns the distinct values as pairs: value `v` is at `2 * v`, and a zero, which is no value, before them
 */
export function mergeNumbers(
  cursors: readonly NumericCursor[],
  remaps: readonly Int32Array[],
  isLong: boolean,
  most: number,
): Int32Array {
  const compare = isLong ? compareLongPairs : compareDoublePairs;
  const heap = new CursorHeap(cursors.length, (left, right) => {
    const a = cursors[left];
    const b = cursors[right];
    return compare(a.low, a.high, b.low, b.high);
  });
  for (let i = 0; i < cursors.length; i++) if (cursors[i].next()) heap.push(i);
  const pairs = new Int32Array((most + 1) * 2);
  let count = 0;
  while (heap.size > 0) {
    const index = heap.top;
    const cursor = cursors[index];
    if (count === 0 || cursor.low !== pairs[2 * count] || cursor.high !== pairs[2 * count + 1]) {
      count++;
      pairs[2 * count] = cursor.low;
      pairs[2 * count + 1] = cursor.high;
    }
    remaps[index][cursor.id] = count;
    if (cursor.next()) heap.sink();
    else heap.pop();
  }
  return pairs.subarray(0, (count + 1) * 2);
}

/** Lists of united value ids: cell `c` is `ids[ends[c - 1]..ends[c])`; cell 0, null, has none. */
export interface CellLists {
  readonly ends: Int32Array;
  readonly ids: Int32Array;
}

/**
 * Unites the cell tables of a dimension, each sorted by value ids.
 *
 * @param tables per section, cells from 1 on in united value ids
 * @param remaps per section, receives the united cell of each of its cells
 */
export function mergeCells(tables: readonly CellLists[], remaps: readonly Int32Array[]): CellLists {
  const at = new Int32Array(tables.length).fill(1);
  const compare = (left: number, right: number): number => {
    const a = tables[left];
    const b = tables[right];
    return compareIds(a.ids, a.ends[at[left] - 1], a.ends[at[left]], b.ids, b.ends[at[right] - 1], b.ends[at[right]]);
  };
  const heap = new CursorHeap(tables.length, compare);
  let most = 0;
  let mostIds = 0;
  for (let i = 0; i < tables.length; i++) {
    most += tables[i].ends.length;
    mostIds += tables[i].ids.length;
    if (tables[i].ends.length > 1) heap.push(i);
  }
  const ends = new Int32Array(most + 1);
  const ids = new Int32Array(mostIds);
  let count = 0;
  while (heap.size > 0) {
    const index = heap.top;
    const table = tables[index];
    const start = table.ends[at[index] - 1];
    const end = table.ends[at[index]];
    if (count === 0 || compareIds(ids, ends[count - 1], ends[count], table.ids, start, end) !== 0) {
      ids.set(table.ids.subarray(start, end), ends[count]);
      ends[count + 1] = ends[count] + end - start;
      count++;
    }
    remaps[index][at[index]] = count;
    if (++at[index] < table.ends.length) heap.sink();
    else heap.pop();
  }
  return { ends: ends.slice(0, count + 1), ids: ids.slice(0, ends[count]) };
}

function compareIds(a: Int32Array, aStart: number, aEnd: number, b: Int32Array, bStart: number, bEnd: number): number {
  const shared = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < shared; i++) {
    const difference = a[aStart + i] - b[bStart + i];
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}
