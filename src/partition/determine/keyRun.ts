import type { Kernel } from '../../kernel/kernel.ts';
import type { BlockRef } from '../../rollup/run/run.ts';
import type { BlockSink } from './blockSink.ts';
import { candidateTexts } from './candidateTexts.ts';
import { HASH_BYTES } from './keyBlock.ts';
import { KeyBlockWriter } from './keyBlockWriter.ts';
import type { RangeDimension } from './rangeDimension.ts';
import type { TupleForm } from './tuple.ts';

/**
 * A **key run**: the group keys of some rows, each as a 128-bit hash and its values in the candidate dimensions. Map tasks write
 * key runs, reduce tasks merge them and drop keys seen before: Druid counts distinct keys of a time chunk, not rows.
 *
 * A run is cut into sections, one per part and time chunk; part p of n holds the hashes whose first 32 bits lie in the p-th n-th
 * of all. A section's keys are sorted by hash. Its blocks (see KeyBlock) are of at most about 1 MiB and stand alone.
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
const SORT_SCRATCH_PER_KEY = 20;

/**
 * Writes keys as a run.
 *
 * @param kernel gives scratch during the call
 * @param selected numbers of the keys to write, such as those that sampling leaves
 * @param parts hash ranges
 */
export function writeKeyRun(
  kernel: Kernel,
  sink: BlockSink,
  keys: GroupKeys,
  selected: Int32Array,
  parts: number,
): KeySectionRef[] {
  const mark = kernel.mark();
  try {
    return writeSections(kernel, sink, keys, selected, parts);
  } finally {
    kernel.release(mark);
  }
}

function writeSections(
  kernel: Kernel,
  sink: BlockSink,
  keys: GroupKeys,
  selected: Int32Array,
  parts: number,
): KeySectionRef[] {
  const { chunks, chunkIds, hashes, form } = keys;
  const count = selected.length;
  const candidates = keys.candidates.map((dimensions) =>
    candidateTexts(kernel, dimensions, form, chunkIds.length, selected),
  );
  const hashesAt = kernel.allocate(hashes.length);
  const places = kernel.allocate(count * 4);
  sortKeys(kernel, hashes, hashesAt, selected, places);
  const writer = new KeyBlockWriter(kernel, hashesAt, candidates, count);
  const ends = new Int32Array(parts * chunks.length);
  const sorted = kernel.ints.slice(places / 4, places / 4 + count);
  const sectionOf = new Int32Array(count);
  const hashWords = new DataView(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  findSections(sorted, hashWords, parts, chunkIds, chunks.length, sectionOf, ends);
  if (chunks.length > 1) kernel.ints.set(gathered(sorted, sectionOf, ends), places / 4);
  return [...ends].flatMap((end, section) => {
    const start = section === 0 ? 0 : ends[section - 1];
    const blocks: BlockRef[] = [];
    for (let at = start; at < end; at += blocks[blocks.length - 1].count) {
      blocks.push(writer.write(sink, places, at, end));
    }
    const part = Math.floor(section / chunks.length);
    return end === start ? [] : [{ part, chunk: chunks[section % chunks.length], keys: end - start, blocks }];
  });
}

/** Brings keys in the order of their hashes. @param hashesAt receives the hashes @param places receives the keys */
function sortKeys(kernel: Kernel, hashes: Uint8Array, hashesAt: number, selected: Int32Array, places: number): void {
  const mark = kernel.mark();
  const scratch = kernel.allocate(selected.length * SORT_SCRATCH_PER_KEY);
  kernel.bytes.set(hashes, hashesAt);
  kernel.ints.set(selected, places / 4);
  kernel.exports.keySort(hashesAt, places, selected.length, scratch);
  kernel.release(mark);
}

/** Finds the section of each key, numbered by part, then chunk. @param ends receives how many keys the sections up to each have */
function findSections(
  keys: Int32Array,
  hashes: DataView,
  parts: number,
  chunkIds: Int32Array,
  chunks: number,
  sectionOf: Int32Array,
  ends: Int32Array,
): void {
  for (let i = 0; i < keys.length; i++) {
    const part = Math.floor((hashes.getUint32(keys[i] * HASH_BYTES) * parts) / TWO_TO_32);
    const section = part * chunks + chunkIds[keys[i]];
    sectionOf[i] = section;
    ends[section]++;
  }
  for (let section = 1; section < ends.length; section++) ends[section] += ends[section - 1];
}

/** The keys section by section, in the order that they had. */
function gathered(keys: Int32Array, sectionOf: Int32Array, ends: Int32Array): Int32Array {
  const next = ends.slice();
  const result = new Int32Array(keys.length);
  for (let i = keys.length - 1; i >= 0; i--) result[--next[sectionOf[i]]] = keys[i];
  return result;
}
