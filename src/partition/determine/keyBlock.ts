import { BlockReader } from '../../rollup/run/blockBytes.ts';
import { type BlockRef, cellWidth } from '../../rollup/run/run.ts';
import type { RunSource } from '../../rollup/run/runReader.ts';

/** Bytes of a key's hash. */
export const HASH_BYTES = 16;

/** The cell of a tuple that has several values in one of its dimensions. */
export const SEVERAL = 0;

/**
 * A block of keys. It needs nothing else to be read:
 *
 *     key-block := hashes: u8[16 * count] | per candidate: values:i32 | ends: i32[values] | bytes: u8[] | cells: u8, u16 or i32 [count]
 */
export interface KeyBlock {
  readonly count: number;
  /** 16 bytes of each key. */
  readonly hashes: Uint8Array<ArrayBuffer>;
  /** Per candidate. */
  readonly columns: readonly KeyColumn[];
}

/** The tuples that keys have in a candidate. */
export interface KeyColumn {
  /** Tuple texts one behind the other. */
  readonly bytes: Uint8Array;
  /** Where each ends. */
  readonly ends: Int32Array;
  /** Per key the number of its text, from 1 on, or SEVERAL. */
  readonly cells: Uint8Array | Uint16Array | Int32Array;
}

/**
 * Reads a block.
 *
 * @param candidates columns that it has
 * @param spare the buffer of an earlier block that is no longer needed
 */
export function readKeyBlock(source: RunSource, ref: BlockRef, candidates: number, spare?: ArrayBuffer): KeyBlock {
  const reader = new BlockReader(source.read(ref, spare));
  const { count } = ref;
  const hashes = reader.uint8(count * HASH_BYTES);
  const columns: KeyColumn[] = [];
  for (let i = 0; i < candidates; i++) {
    const values = reader.int32(1)[0];
    const ends = reader.int32(values);
    const bytes = reader.uint8(values === 0 ? 0 : ends[values - 1]);
    const width = cellWidth(values);
    const cells = width === 1 ? reader.uint8(count) : width === 2 ? reader.uint16(count) : reader.int32(count);
    columns.push({ bytes, ends, cells });
  }
  return { count, hashes, columns };
}
