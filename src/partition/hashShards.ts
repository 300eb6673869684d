import { GroupKeyHasher, OPEN_FRAGMENTS } from '../kernel/groupKeyHasher.ts';
import { FragmentBuffer } from './jsonFragments.ts';

/** A dimension as the hash sees it. */
export interface HashedDimension {
  readonly name: string;
  /** Cell of each row, from 1 to `cellCount`; 0 is null. */
  readonly cells: Int32Array;
  readonly cellCount: number;
  /** Visits the values of a cell in order; a null element comes as null bytes. */
  forEachValue(cell: number, visit: (bytes: Uint8Array | null, start: number, end: number) => void): void;
}

const encoder = new TextEncoder();
const NULL = encoder.encode('null');
const CLOSE_ALL = encoder.encode('}]');
const CLOSE_SOME = encoder.encode(']');
const OPEN_SOME = encoder.encode('[');
const EMPTY_LIST = encoder.encode(',[]');
const COMMA = 0x2c;
const COLON = 0x3a;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACKET = 0x5b;

/**
 * Druid's `murmur3_32_abs`: the bucket of each row is `abs(hash % buckets)`, where the hash is Guava's murmur3_32 (seed 0) of
 * the JSON of the row's group key. Over all dimensions that is `[truncated time, {"dim":["v", ...], ...}]`, dimensions by
 * name, values distinct and sorted, null dimensions left out; over partitionDimensions `[["v"], ...]`, in their order.
 * (HashPartitioner, HashBasedNumberedShardSpec.getGroupKey)
 *
 * @param truncatedTimes per row: the time floored by the query granularity, which may lie before the time chunk
 * @param dimensions all dimensions in any order, or the partition dimensions in theirs
 * @param overAll whether these are all dimensions: no partitionDimensions are set
 */
export function hashBuckets(
  rows: number,
  truncatedTimes: Float64Array,
  dimensions: readonly HashedDimension[],
  overAll: boolean,
  buckets: number,
): Int32Array {
  const result = new Int32Array(rows);
  if (buckets === 1 || rows === 0) return result;
  const ordered = overAll
    ? [...dimensions].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    : dimensions;
  const hasher = new GroupKeyHasher(ordered.length, overAll ? CLOSE_ALL : CLOSE_SOME);
  try {
    const fragments = new FragmentBuffer();
    const openIds = openFragments(hasher, fragments, truncatedTimes, rows, overAll);
    const ids = ordered.map((dimension, column) => {
      cellFragments(fragments, dimension, overAll);
      hasher.setFragments(column, fragments.bytes, fragments.ends, fragments.count);
      // Null has no fragment over all dimensions, and is the empty list among partition dimensions.
      return overAll ? minusOne(dimension.cells, rows) : dimension.cells;
    });
    hasher.hash(openIds, ids, 0, rows, result, null);
  } finally {
    hasher.release();
  }
  for (let row = 0; row < rows; row++) result[row] = Math.abs(result[row] % buckets);
  return result;
}

function openFragments(
  hasher: GroupKeyHasher,
  fragments: FragmentBuffer,
  times: Float64Array,
  rows: number,
  overAll: boolean,
): Int32Array {
  const ids = new Int32Array(rows);
  fragments.clear();
  if (overAll) {
    const known = new Map<number, number>();
    for (let row = 0; row < rows; row++) {
      let id = known.get(times[row]);
      if (id === undefined) {
        id = known.size;
        known.set(times[row], id);
        fragments.raw(encoder.encode(`[${BigInt(times[row])},{`));
        fragments.end();
      }
      ids[row] = id;
    }
  } else {
    fragments.raw(OPEN_SOME);
    fragments.end();
  }
  hasher.setFragments(OPEN_FRAGMENTS, fragments.bytes, fragments.ends, fragments.count);
  return ids;
}

function cellFragments(fragments: FragmentBuffer, dimension: HashedDimension, overAll: boolean): void {
  fragments.clear();
  if (!overAll) {
    fragments.raw(EMPTY_LIST);
    fragments.end();
  }
  const name = encoder.encode(dimension.name);
  for (let cell = 1; cell <= dimension.cellCount; cell++) {
    fragments.byte(COMMA);
    if (overAll) {
      fragments.string(name, 0, name.length);
      fragments.byte(COLON);
    }
    fragments.byte(OPEN_BRACKET);
    let first = true;
    dimension.forEachValue(cell, (bytes, start, end) => {
      if (!first) fragments.byte(COMMA);
      first = false;
      if (bytes === null) fragments.raw(NULL);
      else fragments.string(bytes, start, end);
    });
    fragments.byte(CLOSE_BRACKET);
    fragments.end();
  }
}

function minusOne(cells: Int32Array, rows: number): Int32Array {
  const ids = new Int32Array(rows);
  for (let row = 0; row < rows; row++) ids[row] = cells[row] - 1;
  return ids;
}
