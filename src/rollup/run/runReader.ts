import type { CellLists } from '../merge/mergeValues.ts';
import { BlockReader } from './blockBytes.ts';
import type { BlockRef, SectionColumn, SectionHeader, SectionRef } from './run.ts';
import { parseHeader } from './sectionHeader.ts';

/** Reads blocks of one run by their place. */
export interface RunSource {
  /**
   * @param spare a buffer that is no longer needed, of an earlier block of this source or of the caller's own: may be used
   * @returns a block at a multiple of 8 of its buffer, to be left as it is
   */
  read(ref: BlockRef, spare?: ArrayBuffer): Uint8Array;
}

export function readHeader(source: RunSource, section: SectionRef): SectionHeader {
  return parseHeader(source.read(section.header), section.header.offset);
}

/** A walk over the texts of a dictionary, block by block: `next` moves to the following value. */
export class TextCursor {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** Id of the current value within its section, from 1 on. */
  id = 0;
  readonly #source: RunSource;
  readonly #blocks: readonly BlockRef[];
  #block = 0;
  #ends = new Int32Array(0);
  #at = 0;

  constructor(source: RunSource, blocks: readonly BlockRef[]) {
    this.#source = source;
    this.#blocks = blocks;
  }

  next(): boolean {
    if (this.#at === this.#ends.length) {
      if (this.#block === this.#blocks.length) return false;
      const reader = new BlockReader(this.#source.read(this.#blocks[this.#block++], this.bytes.buffer as ArrayBuffer));
      const count = reader.int32(1)[0];
      this.#ends = reader.int32(count);
      this.bytes = reader.uint8(this.#ends[count - 1]);
      this.#at = 0;
      this.end = 0;
    }
    this.start = this.end;
    this.end = this.#ends[this.#at++];
    this.id++;
    return true;
  }
}

/** A walk over the numbers of a dictionary. */
export class NumericCursor {
  low = 0;
  high = 0;
  id = 0;
  readonly #source: RunSource;
  readonly #blocks: readonly BlockRef[];
  #block = 0;
  #pairs = new Int32Array(0);
  #at = 0;

  constructor(source: RunSource, blocks: readonly BlockRef[]) {
    this.#source = source;
    this.#blocks = blocks;
  }

  next(): boolean {
    if (this.#at === this.#pairs.length) {
      if (this.#block === this.#blocks.length) return false;
      const reader = new BlockReader(this.#source.read(this.#blocks[this.#block++]));
      this.#pairs = reader.int32(reader.int32(1)[0] * 2);
      this.#at = 0;
    }
    this.low = this.#pairs[this.#at++];
    this.high = this.#pairs[this.#at++];
    this.id++;
    return true;
  }
}

/** All numbers of a section's column as (low, high) pairs: value `v` is at `2 * v`, and a zero, which is no value, before them. */
export function readNumbers(source: RunSource, { dictionary, values }: SectionColumn): Int32Array {
  const pairs = new Int32Array(2 * (values + 1));
  let at = 2;
  for (const ref of dictionary) {
    const reader = new BlockReader(source.read(ref));
    const count = 2 * reader.int32(1)[0];
    pairs.set(reader.int32(count), at);
    at += count;
  }
  return pairs;
}

/** All lists of a section's column, cell by cell: lists are few next to rows. */
export function readLists(source: RunSource, blocks: readonly BlockRef[]): CellLists {
  const parts = blocks.map((ref) => {
    const reader = new BlockReader(source.read(ref));
    const count = reader.int32(1)[0];
    const ends = reader.int32(count);
    return { ends, ids: reader.int32(count === 0 ? 0 : ends[count - 1]) };
  });
  // Cell 0 is null and has no values.
  const ends = new Int32Array(parts.reduce((sum, part) => sum + part.ends.length, 1));
  const ids = new Int32Array(parts.reduce((sum, part) => sum + part.ids.length, 0));
  let cell = 1;
  let base = 0;
  for (const part of parts) {
    for (const end of part.ends) ends[cell++] = base + end;
    ids.set(part.ids, base);
    base += part.ids.length;
  }
  return { ends, ids };
}
