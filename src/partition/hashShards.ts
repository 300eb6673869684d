import { GroupKeyHasher, OPEN_FRAGMENTS } from '../kernel/groupKeyHasher.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { FragmentBuffer } from './jsonFragments.ts';

/** A dimension as the hash sees it. */
export interface HashedDimension {
  readonly name: string;
  /** Cell of each row; 0 is null, all else as `describe` has it. */
  readonly cells: Int32Array;
  /**
   * Tells the hasher the JSON of every cell, by fragments or by a dictionary.
   *
   * @param prefix what stands before a value's text: `,"dim":["`
   * @param nullFragment what stands for null
   */
  describe(hasher: GroupKeyHasher, column: number, prefix: Uint8Array, nullFragment: Uint8Array): void;
}

/** Distinct truncated times of the rows to hash. */
export interface HashedTimes {
  /** Epoch milliseconds; they may lie before the time chunk. */
  readonly times: readonly number[];
  /** Place in `times` of each row's. */
  readonly ids: Int32Array;
}

const encoder = new TextEncoder();
const CLOSE_ALL = encoder.encode('}]');
const CLOSE_SOME = encoder.encode(']');
const EMPTY_LIST = encoder.encode(',[]');
const NOTHING = new Uint8Array(0);
const PREFIX_SOME = encoder.encode(',["');
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const QUOTE = 0x22;

/** The group keys of rows, as their hash sees them. */
export interface HashedKeys {
  readonly rows: number;
  /** Truncated times by the query granularity. */
  readonly times: HashedTimes;
  /** All dimensions in any order, or the partition dimensions in theirs. */
  readonly dimensions: readonly HashedDimension[];
  /** Whether these are all dimensions: no partitionDimensions are set. */
  readonly overAll: boolean;
}

/**
 * Hashes the JSON of group keys: Guava's murmur3_32 and murmur3_128, seed 0. Over all dimensions the JSON is
 * `[truncated time, {"dim":["v", ...], ...}]`, dimensions by name, values distinct and sorted, null dimensions left out; over
 * partitionDimensions it is `[["v"], ...]`, in their order. (Rows.toGroupKey, HashPartitioner)
 *
 * @param kernel whose memory holds the dictionaries; gives scratch during the call
 * @param out32 receives an int32 per row; null for none
 * @param out128 receives 16 bytes per row, as Guava's `asBytes`; null for none
 */
export function hashKeys(kernel: Kernel, keys: HashedKeys, out32: Int32Array | null, out128: Uint8Array | null): void {
  if (keys.rows === 0) return;
  withHasher(kernel, keys, (hasher, times, cells) => hasher.hash(times, cells, 0, keys.rows, out32, out128));
}

/**
 * Numbers of 128 bits that tell group keys apart, made of the hashes of a key's parts (`GroupKeyHasher.sum`). They are those of no other
 * program, and mean nothing but that keys are the same, whatever task has met them.
 *
 * @param keys over all dimensions
 * @param out receives 16 bytes per row
 */
export function identifyKeys(kernel: Kernel, keys: HashedKeys, out: Uint8Array): void {
  if (keys.rows === 0) return;
  withHasher(kernel, keys, (hasher, times, cells) => hasher.sum(times, cells, keys.rows, out));
}

function withHasher(
  kernel: Kernel,
  { rows, times, dimensions, overAll }: HashedKeys,
  use: (hasher: GroupKeyHasher, timeIds: Int32Array, cells: readonly Int32Array[]) => void,
): void {
  const ordered = overAll
    ? [...dimensions].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    : dimensions;
  const mark = kernel.mark();
  try {
    const hasher = new GroupKeyHasher(kernel, ordered.length, overAll ? CLOSE_ALL : CLOSE_SOME);
    openFragments(hasher, times, overAll);
    ordered.forEach((dimension, column) => {
      // Null has no fragment over all dimensions, and is the empty list among partition dimensions.
      if (overAll) dimension.describe(hasher, column, namedPrefix(dimension.name), NOTHING);
      else dimension.describe(hasher, column, PREFIX_SOME, EMPTY_LIST);
    });
    const cells = ordered.map((dimension) => dimension.cells);
    use(hasher, overAll ? times.ids : new Int32Array(rows), cells);
  } finally {
    kernel.release(mark);
  }
}

/**
 * Turns hashes into buckets as Druid's `murmur3_32_abs` does (HashBasedNumberedShardSpec): the remainder of the signed hash, then
 * its absolute value.
 *
 * @param hashes murmur3_32 of rows 0 to `rows - 1`; their buckets take their place
 */
export function bucketsOfHashes(hashes: Int32Array, rows: number, buckets: number): void {
  for (let row = 0; row < rows; row++) hashes[row] = hashBucket(hashes[row], buckets);
}

/** The bucket of one hash. */
export function hashBucket(hash: number, buckets: number): number {
  return Math.abs(hash % buckets);
}

function openFragments(hasher: GroupKeyHasher, times: HashedTimes, overAll: boolean): void {
  const fragments = new FragmentBuffer();
  if (overAll) {
    for (const time of times.times) {
      fragments.ascii(`[${BigInt(time)},{`);
      fragments.end();
    }
  } else {
    fragments.ascii('[');
    fragments.end();
  }
  hasher.setFragments(OPEN_FRAGMENTS, fragments.bytes, fragments.ends, fragments.count);
}

/** `,"dim":["` */
function namedPrefix(name: string): Uint8Array {
  const bytes = encoder.encode(name);
  const prefix = new FragmentBuffer();
  prefix.byte(COMMA);
  prefix.string(bytes, 0, bytes.length);
  prefix.byte(COLON);
  prefix.byte(OPEN_BRACKET);
  prefix.byte(QUOTE);
  prefix.end();
  return prefix.bytes.subarray(0, prefix.ends[0]);
}
