import { borrowKernel, type Kernel } from '../../kernel/kernel.ts';
import type { ElementBatch } from '../../segment/writer/elementBatch.ts';
import type { BlockRef, SectionColumn } from '../run/run.ts';
import type { RunSource } from '../run/runReader.ts';

/** A sorted dictionary of texts of a section. */
interface TextDictionary {
  readonly source: RunSource;
  readonly blocks: readonly BlockRef[];
  readonly values: number;
}

/** The dictionary of a section's column. */
export function textDictionary(source: RunSource, { dictionary, values }: SectionColumn): TextDictionary {
  return { source, blocks: dictionary, values };
}

/** Words of a merge's state and of a cursor, and what a call returns: see kernel/assembly/textMerge.ts. */
const SIZE = 0;
const CURSORS = 1;
const LOSERS = 2;
const SHARED = 3;
const OUT = 4;
const OUT_BYTES = 5;
const OUT_ENDS = 6;
const OUT_MAX = 7;
const OUT_USED = 8;
const OUT_COUNT = 9;
const COUNT = 10;
const STATE_WORDS = 16;
const ENDS = 0;
const BYTES = 1;
const IN_BLOCK = 2;
const AT = 3;
const HAS_MORE = 4;
const REMAP = 5;
const CURSOR_WORDS = 8;
const DONE = -1;
const FULL = -2;

/** Texts handed on at once, at most, and their bytes. */
const BATCH_TEXTS = 8192;
const BATCH_BYTES = 1 << 18;

/**
 * Unites sorted dictionaries of texts, in a kernel that is borrowed for it; see {@link TextMerge}.
 *
 * @returns the number of distinct texts
 */
export function mergeTexts(
  dictionaries: readonly TextDictionary[],
  remaps: readonly Int32Array[],
  onTexts: (texts: ElementBatch) => void,
): number {
  return borrowKernel((kernel) => new TextMerge(kernel).run(dictionaries, remaps, onTexts));
}

/** Takes the blocks that are read, which go to the kernel at once. */
let blockBuffer = new ArrayBuffer(0);

/** Unites sorted dictionaries of texts in a kernel, those of one dimension after those of another. */
export class TextMerge {
  readonly #kernel: Kernel;
  #dictionaries: readonly TextDictionary[] = [];
  /** Where the state of the merge and the cursors lie, in words. */
  #state = 0;
  #cursors = 0;
  /** Of each dictionary, blocks that have been read. */
  readonly #read: number[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /**
   * @param remaps per dictionary, receives the united id (from 1 on) of each of its ids, which count from 1, too; null for a single
   *   dictionary, whose ids stay what they are
   * @param onTexts takes the distinct texts in order; a batch is valid during the call
   * @returns the number of distinct texts
   * @throws Error when a dictionary is not sorted: it would make wrong query results, not errors
   */
  run(
    dictionaries: readonly TextDictionary[],
    remaps: readonly Int32Array[] | null,
    onTexts: (texts: ElementBatch) => void,
  ): number {
    const kernel = this.#kernel;
    const mark = kernel.mark();
    this.#dictionaries = dictionaries;
    const remapsAt = this.#layOut();
    this.#unite(onTexts);
    const count = kernel.ints[this.#state + COUNT];
    if (remaps !== null) this.#takeRemaps(remaps, remapsAt / 4);
    else if (count < dictionaries[0].values) throw unordered();
    kernel.release(mark);
    return count;
  }

  /** Takes room for the merge and reads the first blocks. @returns the address of the remaps, one behind the other */
  #layOut(): number {
    const kernel = this.#kernel;
    const dictionaries = this.#dictionaries;
    const size = dictionaries.length;
    let values = 0;
    let bytes = 0;
    let longest = 0;
    for (const dictionary of dictionaries) {
      values += dictionary.values;
      for (const { length } of dictionary.blocks) {
        bytes += length;
        longest = Math.max(longest, length);
      }
    }
    // Any one text fits, and so do all of a small merge.
    const outBytes = Math.max(Math.min(BATCH_BYTES, bytes + 4 * values), 4 + longest);
    const outMax = Math.min(BATCH_TEXTS, values);
    const address = kernel.allocate((STATE_WORDS + size * CURSOR_WORDS) * 4);
    const losers = kernel.allocate(size * 8);
    const out = kernel.allocate(outBytes);
    const outEnds = kernel.allocate(outMax * 4);
    const remaps = kernel.allocate(values * 4);
    const blocks = dictionaries.map((dictionary) => kernel.allocate(longestBlock(dictionary.blocks)));
    const { ints } = kernel;
    const state = address / 4;
    this.#state = state;
    this.#cursors = state + STATE_WORDS;
    ints.fill(0, state, this.#cursors + size * CURSOR_WORDS);
    ints[state + SIZE] = size;
    ints[state + CURSORS] = address + STATE_WORDS * 4;
    ints[state + LOSERS] = losers;
    ints[state + SHARED] = losers + size * 4;
    ints[state + OUT] = out;
    ints[state + OUT_BYTES] = outBytes;
    ints[state + OUT_ENDS] = outEnds;
    ints[state + OUT_MAX] = outMax;
    for (let cursor = 0, remap = remaps; cursor < size; cursor++) {
      const words = this.#cursors + cursor * CURSOR_WORDS;
      ints[words + ENDS] = blocks[cursor] + 8;
      ints[words + REMAP] = remap;
      remap += dictionaries[cursor].values * 4;
      this.#read[cursor] = 0;
      if (dictionaries[cursor].blocks.length > 0) this.#readBlock(cursor);
    }
    return remaps;
  }

  #unite(onTexts: (texts: ElementBatch) => void): void {
    const { exports, ints } = this.#kernel;
    const state = this.#state;
    exports.textMergeBegin(state * 4);
    for (;;) {
      const outcome = exports.textMergeRun(state * 4);
      if (outcome >= 0) {
        this.#readBlock(outcome);
        continue;
      }
      if (outcome !== DONE && outcome !== FULL) throw unordered();
      if (ints[state + OUT_COUNT] > 0) onTexts(this.#texts());
      if (outcome === DONE) return;
      ints[state + OUT_USED] = 0;
      ints[state + OUT_COUNT] = 0;
    }
  }

  #texts(): ElementBatch {
    const { bytes, ints } = this.#kernel;
    const state = this.#state;
    const start = ints[state + OUT] >>> 0;
    const ends = (ints[state + OUT_ENDS] >>> 0) / 4;
    return {
      bytes: bytes.subarray(start, start + ints[state + OUT_USED]),
      ends: ints.subarray(ends, ends + ints[state + OUT_COUNT]),
    };
  }

  #takeRemaps(remaps: readonly Int32Array[], from: number): void {
    const { ints } = this.#kernel;
    let at = from;
    for (let cursor = 0; cursor < remaps.length; cursor++) {
      const { values } = this.#dictionaries[cursor];
      remaps[cursor].set(ints.subarray(at, at + values), 1);
      at += values;
    }
  }

  /** Puts a cursor before the first text of its next block. */
  #readBlock(cursor: number): void {
    const { bytes, ints } = this.#kernel;
    const { source, blocks } = this.#dictionaries[cursor];
    const number = this.#read[cursor]++;
    const ref = blocks[number];
    if (blockBuffer.byteLength < ref.length) blockBuffer = new ArrayBuffer(ref.length);
    const words = this.#cursors + cursor * CURSOR_WORDS;
    const ends = ints[words + ENDS] >>> 0;
    bytes.set(source.read(ref, blockBuffer), ends - 8);
    // See run.ts: the number of texts, their ends and they themselves, each part aligned to 8 bytes.
    const count = ints[ends / 4 - 2];
    ints[words + BYTES] = ends + ((4 * count + 7) & ~7);
    ints[words + IN_BLOCK] = count;
    ints[words + AT] = 0;
    ints[words + HAS_MORE] = number + 1 < blocks.length ? 1 : 0;
  }
}

function longestBlock(blocks: readonly BlockRef[]): number {
  let longest = 0;
  for (const { length } of blocks) longest = Math.max(longest, length);
  return longest;
}

function unordered(): Error {
  return new Error('a dictionary of a run is out of order');
}
