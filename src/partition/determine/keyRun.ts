import { type SortColumn, sortRows } from '../../rollup/rowSort.ts';
import { BlockReader, BlockWriter } from '../../rollup/run/blockBytes.ts';
import { copyText } from '../../rollup/run/copyText.ts';
import { BLOCK_BYTES_MAX, type BlockRef } from '../../rollup/run/run.ts';
import type { RunSource } from '../../rollup/run/runReader.ts';
import type { BlockSink } from './blockSink.ts';
import { CellKind, FoundText, type RangeDimension } from './rangeDimension.ts';

/**
 * A **key run**: the group keys of some rows, each as its 128-bit hash and its values in the candidate dimensions. Map tasks write
 * key runs, reduce tasks merge them and drop keys seen before: Druid counts distinct keys of a time chunk, not rows.
 *
 * A run is cut into sections, one per part and time chunk; part p of n holds the hashes whose first 32 bits lie in the p-th n-th
 * of all. A section's keys are sorted by hash. Blocks are of at most about 1 MiB:
 *
 *     key-block := hashes: u8[16 * count] | per dimension: lengths: i32[count] | bytes: u8[]
 *
 * A length of -1 is null, -2 stands for several values.
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
  readonly count: number;
  /** Start of each key's time chunk. */
  readonly chunks: Float64Array;
  /** 16 bytes of each, as Guava's `asBytes`. */
  readonly hashes: Uint8Array;
  readonly dimensions: readonly RangeDimension[];
}

const HASH_BYTES = 16;
const TWO_TO_32 = 0x1_0000_0000;

/**
 * Writes keys as a run.
 *
 * @param selected numbers of the keys to write, such as those that sampling leaves
 * @param parts hash ranges
 */
export function writeKeyRun(sink: BlockSink, keys: GroupKeys, selected: Int32Array, parts: number): KeySectionRef[] {
  const { sections, sectionOf } = sectionsOf(keys, selected, parts);
  const places = sortRows(selected.length, sortColumns(keys, selected, sectionOf, sections.length));
  const refs: KeySectionRef[] = [];
  const writer = new KeyBlockWriter(sink, keys);
  for (let from = 0; from < places.length; ) {
    const section = sectionOf[places[from]];
    let to = from + 1;
    while (to < places.length && sectionOf[places[to]] === section) to++;
    const blocks: BlockRef[] = [];
    for (let at = from; at < to; at++) {
      writer.add(selected[places[at]]);
      if (writer.size >= BLOCK_BYTES_MAX || at === to - 1) blocks.push(writer.flush());
    }
    refs.push({ ...sections[section], keys: to - from, blocks });
    from = to;
  }
  return refs;
}

/** Numbers the sections by part, then chunk. `sectionOf` has the section of each selected key. */
function sectionsOf(
  keys: GroupKeys,
  selected: Int32Array,
  parts: number,
): { sections: { part: number; chunk: number }[]; sectionOf: Int32Array } {
  const { chunks, hashes } = keys;
  const starts = new Set<number>();
  let last = Number.NaN;
  // Neighbours mostly share their time chunk.
  for (const key of selected) {
    if (chunks[key] !== last) starts.add(chunks[key]);
    last = chunks[key];
  }
  const sorted = [...starts].sort((a, b) => a - b);
  const numbers = new Map(sorted.map((start, i) => [start, i]));
  const sectionOf = new Int32Array(selected.length);
  last = Number.NaN;
  let number = 0;
  for (let i = 0; i < selected.length; i++) {
    const at = selected[i] * HASH_BYTES;
    const head = hashes[at] * 0x100_0000 + (hashes[at + 1] << 16) + (hashes[at + 2] << 8) + hashes[at + 3];
    const part = Math.floor((head * parts) / TWO_TO_32);
    const chunk = chunks[selected[i]];
    if (chunk !== last) number = numbers.get(chunk) as number;
    last = chunk;
    sectionOf[i] = part * sorted.length + number;
  }
  const sections = Array.from({ length: parts * sorted.length }, (_, i) => ({
    part: Math.floor(i / sorted.length),
    chunk: sorted[i % sorted.length],
  }));
  return { sections, sectionOf };
}

/** Section, then the hash three bytes at a time. */
function sortColumns(keys: GroupKeys, selected: Int32Array, sectionOf: Int32Array, sections: number): SortColumn[] {
  const columns: SortColumn[] = [{ values: sectionOf, max: sections - 1 }];
  for (let byte = 0; byte < HASH_BYTES; byte += 3) {
    const values = new Int32Array(selected.length);
    for (let i = 0; i < selected.length; i++) {
      const at = selected[i] * HASH_BYTES + byte;
      // Behind the last byte there are others of the next key, which must not count.
      const low = byte + 2 < HASH_BYTES ? (keys.hashes[at + 1] << 8) | keys.hashes[at + 2] : 0;
      values[i] = (keys.hashes[at] << 16) | low;
    }
    columns.push({ values, max: 0xff_ffff });
  }
  return columns;
}

/** Gathers keys and writes them as blocks. */
class KeyBlockWriter {
  readonly #sink: BlockSink;
  readonly #keys: GroupKeys;
  readonly #block = new BlockWriter();
  readonly #found = new FoundText();
  #hashes = new Uint8Array(HASH_BYTES * 64);
  #count = 0;
  #textBytes = 0;
  readonly #columns: { lengths: Int32Array; bytes: Uint8Array; used: number }[];

  constructor(sink: BlockSink, keys: GroupKeys) {
    this.#sink = sink;
    this.#keys = keys;
    this.#columns = keys.dimensions.map(() => ({
      lengths: new Int32Array(64),
      bytes: new Uint8Array(1024),
      used: 0,
    }));
  }

  /** Bytes of the block so far. */
  get size(): number {
    return this.#count * (HASH_BYTES + 4 * this.#columns.length) + this.#textBytes;
  }

  add(key: number): void {
    const { hashes, dimensions } = this.#keys;
    const at = this.#count++;
    if (this.#hashes.length < this.#count * HASH_BYTES) this.#hashes = grown(this.#hashes, this.#count * HASH_BYTES);
    for (let i = 0; i < HASH_BYTES; i++) this.#hashes[at * HASH_BYTES + i] = hashes[key * HASH_BYTES + i];
    const found = this.#found;
    for (let i = 0; i < dimensions.length; i++) {
      const column = this.#columns[i];
      if (column.lengths.length === at) {
        const lengths = new Int32Array(at * 2);
        lengths.set(column.lengths);
        column.lengths = lengths;
      }
      const kind = dimensions[i].find(dimensions[i].cells[key], found);
      if (kind !== CellKind.text) {
        column.lengths[at] = kind;
        continue;
      }
      const length = found.end - found.start;
      column.lengths[at] = length;
      if (column.used + length > column.bytes.length) column.bytes = grown(column.bytes, column.used + length);
      copyText(found.bytes, found.start, found.end, column.bytes, column.used);
      column.used += length;
      this.#textBytes += length;
    }
  }

  flush(): BlockRef {
    const count = this.#count;
    const block = this.#block;
    block.uint8(count * HASH_BYTES).set(this.#hashes.subarray(0, count * HASH_BYTES));
    for (const column of this.#columns) {
      block.int32(count).set(column.lengths.subarray(0, count));
      block.uint8(column.used).set(column.bytes.subarray(0, column.used));
      column.used = 0;
    }
    this.#count = 0;
    this.#textBytes = 0;
    return this.#sink.append(block, count);
  }
}

function grown(bytes: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, bytes.length * 2));
  larger.set(bytes);
  return larger;
}

/** A walk over the keys of one section: `next` moves to the following one. */
export class KeyCursor {
  /** Hash of the current key: 16 bytes from `hashAt` on. */
  hashes: Uint8Array = new Uint8Array(0);
  hashAt = 0;
  /** Per dimension: bytes that hold the current value, its start, and its length or a CellKind. */
  readonly bytes: Uint8Array[];
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly #source: RunSource;
  readonly #blocks: readonly BlockRef[];
  readonly #blockLengths: Int32Array[];
  #block = 0;
  #at = 0;
  #count = 0;

  constructor(source: RunSource, section: KeySectionRef, dimensions: number) {
    this.#source = source;
    this.#blocks = section.blocks;
    this.bytes = Array.from({ length: dimensions }, () => new Uint8Array(0));
    this.#blockLengths = Array.from({ length: dimensions }, () => new Int32Array(0));
    this.starts = new Int32Array(dimensions);
    this.lengths = new Int32Array(dimensions);
  }

  next(): boolean {
    const { starts, lengths } = this;
    if (this.#at === this.#count) {
      if (this.#block === this.#blocks.length) return false;
      this.#load(this.#blocks[this.#block++]);
    } else {
      for (let i = 0; i < starts.length; i++) if (lengths[i] > 0) starts[i] += lengths[i];
    }
    for (let i = 0; i < starts.length; i++) lengths[i] = this.#blockLengths[i][this.#at];
    this.hashAt = this.#at * HASH_BYTES;
    this.#at++;
    return true;
  }

  #load(ref: BlockRef): void {
    const reader = new BlockReader(this.#source.read(ref));
    const { count } = ref;
    this.hashes = reader.uint8(count * HASH_BYTES);
    for (let i = 0; i < this.starts.length; i++) {
      const lengths = reader.int32(count);
      let total = 0;
      for (let key = 0; key < count; key++) if (lengths[key] > 0) total += lengths[key];
      this.#blockLengths[i] = lengths;
      this.bytes[i] = reader.uint8(total);
      this.starts[i] = 0;
    }
    this.#at = 0;
    this.#count = count;
  }
}

/** Order of the current hashes of two cursors. */
export function compareKeys(left: KeyCursor, right: KeyCursor): number {
  const a = left.hashes;
  const b = right.hashes;
  for (let i = 0; i < HASH_BYTES; i++) {
    const difference = a[left.hashAt + i] - b[right.hashAt + i];
    if (difference !== 0) return difference;
  }
  return 0;
}
