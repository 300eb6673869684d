import { borrowKernel, type Kernel } from '../../kernel/kernel.ts';
import type { RunSource } from '../../rollup/run/runReader.ts';
import { HASH_BYTES, type KeyBlock, readKeyBlock } from './keyBlock.ts';
import type { KeySectionRef } from './keyRun.ts';

/** A section of a key run, to be read. */
export interface KeySection {
  readonly source: RunSource;
  readonly section: KeySectionRef;
}

/**
 * Takes a block of keys; valid during the call.
 *
 * @param isCounted 1 for each key that counts, else 0
 */
export type KeyVisitor = (block: KeyBlock, isCounted: Uint8Array) => void;

/** Words of a merge's state and of a cursor, and what a call returns: see kernel/assembly/keyMerge.ts. */
const SIZE = 0;
const CURSORS = 1;
const LOSERS = 2;
const STATE_WORDS = 10;
const AT = 0;
const END = 1;
const FLAGS = 2;
const CURSOR_WORDS = 8;
const DONE = -1;

/**
 * Walks over sections of one part and time chunk, block by block; of every distinct key one counts. Equal hashes of 128 bits are equal
 * keys.
 *
 * @param candidates columns of the key run
 */
export function visitDistinctKeys(sections: readonly KeySection[], candidates: number, visit: KeyVisitor): void {
  borrowKernel((kernel) => new KeyMerge(kernel, sections, candidates).run(visit));
}

/** Walks over sections; every key counts as often as it is there: what `assumeGrouped` counts. */
export function visitAllKeys(sections: readonly KeySection[], candidates: number, visit: KeyVisitor): void {
  let spare: ArrayBuffer | undefined;
  for (const { source, section } of sections) {
    for (const ref of section.blocks) {
      const block = readKeyBlock(source, ref, candidates, spare);
      spare = block.hashes.buffer;
      visit(block, new Uint8Array(ref.count).fill(1));
    }
  }
}

class KeyMerge {
  readonly #kernel: Kernel;
  readonly #sections: readonly KeySection[];
  readonly #candidates: number;
  /** Addresses. */
  readonly #state: number;
  readonly #cursors: number;
  readonly #hashes: number[];
  readonly #flags: number[];
  /** Of each section, the block that is merged, and how many have been read. */
  readonly #blocks: (KeyBlock | undefined)[];
  readonly #read: Int32Array;

  constructor(kernel: Kernel, sections: readonly KeySection[], candidates: number) {
    const longest = sections.map(({ section }) => section.blocks.reduce((most, { count }) => Math.max(most, count), 0));
    this.#kernel = kernel;
    this.#sections = sections;
    this.#candidates = candidates;
    this.#blocks = sections.map(() => undefined);
    this.#read = new Int32Array(sections.length);
    this.#state = kernel.allocate(STATE_WORDS * 4);
    this.#cursors = kernel.allocate(sections.length * CURSOR_WORDS * 4);
    const losers = kernel.allocate(sections.length * 4);
    this.#hashes = longest.map((count) => kernel.allocate(count * HASH_BYTES));
    this.#flags = longest.map((count) => kernel.allocate(count));
    const { ints } = kernel;
    const state = this.#state / 4;
    ints[state + SIZE] = sections.length;
    ints[state + CURSORS] = this.#cursors;
    ints[state + LOSERS] = losers;
  }

  run(visit: KeyVisitor): void {
    const { exports, bytes } = this.#kernel;
    for (let cursor = 0; cursor < this.#sections.length; cursor++) this.#readBlock(cursor);
    exports.keyMergeBegin(this.#state);
    for (let cursor = exports.keyMergeRun(this.#state); cursor !== DONE; cursor = exports.keyMergeRun(this.#state)) {
      const block = this.#blocks[cursor] as KeyBlock;
      visit(block, bytes.subarray(this.#flags[cursor], this.#flags[cursor] + block.count));
      this.#readBlock(cursor);
      exports.keyMergeNext(this.#state);
    }
  }

  /** Puts a cursor before its next block, or at its end. */
  #readBlock(cursor: number): void {
    const { bytes, ints } = this.#kernel;
    const { source, section } = this.#sections[cursor];
    const address = this.#hashes[cursor];
    const words = this.#cursors / 4 + cursor * CURSOR_WORDS;
    ints[words + AT] = address;
    ints[words + END] = address;
    ints[words + FLAGS] = this.#flags[cursor];
    const spare = this.#blocks[cursor]?.hashes.buffer;
    this.#blocks[cursor] = undefined;
    if (this.#read[cursor] === section.blocks.length) return;
    const block = readKeyBlock(source, section.blocks[this.#read[cursor]++], this.#candidates, spare);
    this.#blocks[cursor] = block;
    bytes.set(block.hashes, address);
    ints[words + END] = address + block.hashes.length;
  }
}
