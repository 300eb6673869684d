import { type SortColumn, sortRows } from '../../rollup/rowSort.ts';
import { BLOCK_BYTES_MAX, type BlockRef } from '../../rollup/run/run.ts';
import type { BlockSink } from './blockSink.ts';
import { HASH_BYTES, KeyBlockWriter } from './keyBlock.ts';
import type { RangeDimension } from './rangeDimension.ts';
import type { TupleForm } from './tuple.ts';

/**
 * A **key run**: the group keys of some rows, each as a 128-bit hash and its values in the candidate dimensions. Map tasks write
 * key runs, reduce tasks merge them and drop keys seen before: Druid counts distinct keys of a time chunk, not rows.
 *
 * A run is cut into sections, one per part and time chunk; part p of n holds the hashes whose first 32 bits lie in the p-th n-th
 * of all. A section's keys are sorted by hash. Its blocks (see KeyBlockWriter) are of at most about 1 MiB and stand alone.
 */
export interface KeySectionRef {
  /** Number of the hash range. */
  readonly part: number;
  /** Start of the time chunk, epoch milliseconds. */
  readonly chunk: number;
  readonly keys: number;
  readonly blocks: readonly BlockRef[];
}

/** Group keys to write. Keys may repeat. */
export interface GroupKeys {
  /** Starts of the time chunks that keys may be of, ascending. */
  readonly chunks: readonly number[];
  /** Place in `chunks` of each key's. */
  readonly chunkIds: Int32Array;
  /** 16 bytes of each (`identifyKeys`). */
  readonly hashes: Uint8Array;
  /** Dimensions of each candidate. */
  readonly candidates: readonly (readonly RangeDimension[])[];
  /** `size` is that of every candidate. */
  readonly form: TupleForm;
}

const TWO_TO_32 = 0x1_0000_0000;

/**
 * Writes keys as a run.
 *
 * @param selected numbers of the keys to write, such as those that sampling leaves
 * @param parts hash ranges
 */
export function writeKeyRun(sink: BlockSink, keys: GroupKeys, selected: Int32Array, parts: number): KeySectionRef[] {
  const hashes = new DataView(keys.hashes.buffer, keys.hashes.byteOffset, keys.hashes.byteLength);
  const sectionOf = sectionsOf(keys, hashes, selected, parts);
  const columns = [{ values: sectionOf, max: parts * keys.chunks.length - 1 }, ...hashColumns(hashes, selected)];
  const places = sortRows(selected.length, columns);
  const refs: KeySectionRef[] = [];
  const writer = new KeyBlockWriter(keys);
  for (let from = 0; from < places.length; ) {
    const section = sectionOf[places[from]];
    const to = sectionEnd(sectionOf, places, from);
    const blocks: BlockRef[] = [];
    for (let at = from; at < to; ) {
      at = writer.fill(selected, places, at, to, BLOCK_BYTES_MAX);
      blocks.push(writer.flush(sink));
    }
    const part = Math.floor(section / keys.chunks.length);
    refs.push({ part, chunk: keys.chunks[section % keys.chunks.length], keys: to - from, blocks });
    from = to;
  }
  return refs;
}

/** The section of each selected key, numbered by part, then chunk. */
function sectionsOf(
  { chunks, chunkIds }: GroupKeys,
  hashes: DataView,
  selected: Int32Array,
  parts: number,
): Int32Array {
  const sectionOf = new Int32Array(selected.length);
  for (let i = 0; i < selected.length; i++) {
    const part = Math.floor((hashes.getUint32(selected[i] * HASH_BYTES) * parts) / TWO_TO_32);
    sectionOf[i] = part * chunks.length + chunkIds[selected[i]];
  }
  return sectionOf;
}

/** The hash 31 bits at a time. */
function hashColumns(hashes: DataView, selected: Int32Array): SortColumn[] {
  const columns: SortColumn[] = [];
  for (let bit = 0; bit < HASH_BYTES * 8; bit += 31) {
    const values = new Int32Array(selected.length);
    const word = bit >>> 5;
    const shift = bit & 31;
    if (word === 3) for (let i = 0; i < values.length; i++) values[i] = lastBits(hashes, selected[i], shift);
    else for (let i = 0; i < values.length; i++) values[i] = bitsAt(hashes, selected[i], word, shift);
    columns.push({ values, max: 0x7fff_ffff });
  }
  return columns;
}

/** 31 bits of a hash from bit `shift` of its `word`-th 32 on. */
function bitsAt(hashes: DataView, key: number, word: number, shift: number): number {
  const at = key * HASH_BYTES + word * 4;
  const high = hashes.getUint32(at) << shift;
  return (shift === 0 ? high : high | (hashes.getUint32(at + 4) >>> (32 - shift))) >>> 1;
}

function lastBits(hashes: DataView, key: number, shift: number): number {
  return (hashes.getUint32(key * HASH_BYTES + 12) << shift) >>> 1;
}

/** The first place from `from` on, where a key of another section stands. */
function sectionEnd(sectionOf: Int32Array, places: Int32Array, from: number): number {
  const section = sectionOf[places[from]];
  let to = from + 1;
  while (to < places.length && sectionOf[places[to]] === section) to++;
  return to;
}
