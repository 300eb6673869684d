import type { ListDictionary } from '../../rollup/dictionary/listDictionary.ts';
import type { CellLists } from '../../rollup/merge/mergeValues.ts';

/**
 * Orders the single values and the lists of a multi-value dimension together: element by element, the shorter first
 * (Druid's StringDimensionIndexer), null first of all.
 *
 * @param valueRanks rank of each value id, 0 for null
 * @param sortedValues value ids in order, without null
 * @returns ranks from 1 on, and the value ranks of each cell
 */
export function rankLists(
  valueRanks: Int32Array,
  sortedValues: Int32Array,
  lists: ListDictionary,
): { valueCellRanks: Int32Array; listCellRanks: Int32Array; cellCount: number; lists: CellLists } {
  const listOrder = Array.from({ length: lists.count }, (_, list) => list).sort((a, b) =>
    compareLists(lists, valueRanks, a, b),
  );
  const valueCellRanks = new Int32Array(valueRanks.length);
  const listCellRanks = new Int32Array(lists.count);
  const cellCount = sortedValues.length + lists.count;
  const ends = new Int32Array(cellCount + 1);
  const ids = new Int32Array(sortedValues.length + lists.startOf(lists.count));
  let cell = 0;
  let next = 0;
  let length = 0;
  // A list starts with a value: it comes behind that value alone and before the next value. Lists that start with null come first.
  for (let value = 0; value <= sortedValues.length; value++) {
    if (value > 0) {
      valueCellRanks[sortedValues[value - 1]] = ++cell;
      ids[length++] = value;
      ends[cell] = length;
    }
    while (next < listOrder.length && valueRanks[lists.ids[lists.startOf(listOrder[next])]] === value) {
      const list = listOrder[next++];
      listCellRanks[list] = ++cell;
      for (let at = lists.startOf(list); at < lists.ends[list]; at++) ids[length++] = valueRanks[lists.ids[at]];
      ends[cell] = length;
    }
  }
  return { valueCellRanks, listCellRanks, cellCount, lists: { ends, ids } };
}

function compareLists(lists: ListDictionary, valueRanks: Int32Array, left: number, right: number): number {
  const leftStart = lists.startOf(left);
  const rightStart = lists.startOf(right);
  const leftLength = lists.ends[left] - leftStart;
  const rightLength = lists.ends[right] - rightStart;
  const shared = Math.min(leftLength, rightLength);
  for (let i = 0; i < shared; i++) {
    const difference = valueRanks[lists.ids[leftStart + i]] - valueRanks[lists.ids[rightStart + i]];
    if (difference !== 0) return difference;
  }
  return leftLength - rightLength;
}
