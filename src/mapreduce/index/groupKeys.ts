import { CellKind, type RangeDimension } from '../../partition/determine/rangeDimension.ts';
import { type HashedDimension, type HashedKeys, hashKeys, identifyKeys } from '../../partition/hashShards.ts';
import type { AssembledColumn, RowAssembler } from './rowAssembler.ts';

/** Distinct times of the rows in memory, as they are stored, and what follows from them. */
export interface RowTimes {
  readonly times: readonly number[];
  /** Start of each time's chunk. */
  readonly chunks: readonly number[];
  /** Place in `times` of each row's. */
  readonly ids: Int32Array;
}

export function rowTimes({ index, chunks }: RowAssembler): RowTimes {
  const { rows, times } = index;
  const ids = new Int32Array(rows);
  const distinct = numberTimes(times, rows, ids);
  return { times: distinct, chunks: distinct.map((time) => chunks.find(time)), ids };
}

/** Numbers the distinct times in the order of first sight, and gives each row its time's number. */
function numberTimes(times: Float64Array, rows: number, ids: Int32Array): number[] {
  const known = new Map<number, number>();
  let id = 0;
  for (let row = 0; row < rows; row++) {
    const time = times[row];
    // Neighbours in the input mostly share their time.
    if (row === 0 || time !== times[row - 1]) {
      id = known.get(time) ?? known.size;
      if (id === known.size) known.set(time, id);
    }
    ids[row] = id;
  }
  return [...known.keys()];
}

/** Dimensions as group keys have them: with `--quirks druid` texts of the input stand in for stored values. */
export function keyColumns(assembler: RowAssembler): Map<string, AssembledColumn> {
  const columns = [...assembler.storedColumns(), ...assembler.hashedColumns()];
  return new Map(columns.map((column) => [column.dimension.name, column]));
}

/**
 * Hashes the group keys of all rows.
 *
 * @param names the partition dimensions; none stands for all dimensions and the time
 * @param out32 receives murmur3_32 of each row; null for none
 * @param out128 receives murmur3_128 of each row; null for none
 */
export function hashRows(
  assembler: RowAssembler,
  rowTimes: RowTimes,
  names: readonly string[],
  out32: Int32Array | null,
  out128: Uint8Array | null,
): void {
  hashKeys(assembler.kernel, hashedKeys(assembler, rowTimes, names), out32, out128);
}

/** Tells the group keys of all rows apart, over all dimensions and the time. @param out receives 16 bytes per row */
export function identifyRows(assembler: RowAssembler, rowTimes: RowTimes, out: Uint8Array): void {
  identifyKeys(assembler.kernel, hashedKeys(assembler, rowTimes, []), out);
}

function hashedKeys(assembler: RowAssembler, rowTimes: RowTimes, names: readonly string[]): HashedKeys {
  const { rows } = assembler.index;
  const overAll = names.length === 0;
  const columns = keyColumns(assembler);
  const hashed = (name: string) => {
    const column = columns.get(name);
    return column === undefined ? nullDimension(name, rows) : column.dimension.hashed(column.cells, overAll);
  };
  // Partition dimensions have a column even where they are no dimensions.
  const all = overAll ? assembler.storedColumns().map(({ dimension }) => dimension.name) : names;
  const times = { times: rowTimes.times.map((time) => assembler.hashTime(time)), ids: rowTimes.ids };
  return { rows, times, dimensions: all.map(hashed), overAll };
}

/** Dimensions of all rows as ranges are cut by them. */
export function rangeDimensions(assembler: RowAssembler, names: readonly string[]): RangeDimension[] {
  const columns = keyColumns(assembler);
  return names.map((name) => {
    const column = columns.get(name);
    if (column !== undefined) return column.dimension.ranged(column.cells);
    return { name, cells: new Int32Array(assembler.index.rows), find: () => CellKind.null };
  });
}

/** A partition dimension that rows do not have. */
function nullDimension(name: string, rows: number): HashedDimension {
  return {
    name,
    cells: new Int32Array(rows),
    describe: (hasher, column, _prefix, nullFragment) =>
      hasher.setFragments(column, nullFragment, Int32Array.of(nullFragment.length), 1),
  };
}
