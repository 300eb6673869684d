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
 * Unites sorted dictionaries of texts, in the kernel.
 *
 * @param remaps per dictionary, receives the united id (from 1 on) of each of its ids, which count from 1, too
 * @param onTexts takes the distinct texts in order; a batch is valid during the call
 * @returns the number of distinct texts
 * @throws Error when a dictionary is not sorted: it would make wrong query results, not errors
 */
export function mergeTexts(
  dictionaries: readonly TextDictionary[],
  remaps: readonly Int32Array[],
  onTexts: (texts: ElementBatch) => void,
): number {
  return borrowKernel((kernel) => new TextMerge(kernel, dictionaries).run(remaps, onTexts));
}

/** Takes the blocks that are read, which go to the kernel at once. */
let blockBuffer = new ArrayBuffer(0);

class TextMerge {
  readonly #kernel: Kernel;
  readonly #dictionaries: readonly TextDictionary[];
  /** Addresses. */
  readonly #state: number;
  readonly #cursors: number;
  readonly #remaps: number[] = [];
  readonly #blocks: number[] = [];
  /** Of each dictionary, blocks that have been read. */
  readonly #read: Int32Array;

  constructor(kernel: Kernel, dictionaries: readonly TextDictionary[]) {
    const size = dictionaries.length;
    let values = 0;
    let bytes = 0;
    let longest = 0;
    for (const dictionary of dictionaries) {
      values += dictionary.values;
      for (const { length } of dictionary.blocks) bytes += length;
      longest = Math.max(longest, longestBlock(dictionary.blocks));
    }
    // Any one text fits, and so do all of a small merge.
    const outBytes = Math.max(Math.min(BATCH_BYTES, bytes + 4 * values), 4 + longest);
    const outMax = Math.min(BATCH_TEXTS, values);
    this.#kernel = kernel;
    this.#dictionaries = dictionaries;
    this.#read = new Int32Array(size);
    this.#state = kernel.allocate(STATE_WORDS * 4);
    this.#cursors = kernel.allocate(size * CURSOR_WORDS * 4);
    const losers = kernel.allocate(size * 4);
    const shared = kernel.allocate(size * 4);
    const out = kernel.allocate(outBytes);
    const outEnds = kernel.allocate(outMax * 4);
    for (const dictionary of dictionaries) {
      this.#remaps.push(kernel.allocate(dictionary.values * 4));
      this.#blocks.push(kernel.allocate(longestBlock(dictionary.blocks)));
    }
    const { ints } = kernel;
    const state = this.#state / 4;
    ints.fill(0, state, state + STATE_WORDS);
    ints[state + SIZE] = size;
    ints[state + CURSORS] = this.#cursors;
    ints[state + LOSERS] = losers;
    ints[state + SHARED] = shared;
    ints[state + OUT] = out;
    ints[state + OUT_BYTES] = outBytes;
    ints[state + OUT_ENDS] = outEnds;
    ints[state + OUT_MAX] = outMax;
  }

  run(remaps: readonly Int32Array[], onTexts: (texts: ElementBatch) => void): number {
    const { exports, ints } = this.#kernel;
    const state = this.#state / 4;
    for (let cursor = 0; cursor < this.#dictionaries.length; cursor++) {
      ints.fill(0, this.#cursorOf(cursor), this.#cursorOf(cursor) + CURSOR_WORDS);
      ints[this.#cursorOf(cursor) + REMAP] = this.#remaps[cursor];
      if (this.#dictionaries[cursor].blocks.length > 0) this.#readBlock(cursor);
    }
    exports.textMergeBegin(this.#state);
    for (;;) {
      const outcome = exports.textMergeRun(this.#state);
      if (outcome >= 0) {
        this.#readBlock(outcome);
        continue;
      }
      if (outcome !== DONE && outcome !== FULL) throw new Error('a dictionary of a run is out of order');
      if (ints[state + OUT_COUNT] > 0) onTexts(this.#texts());
      ints[state + OUT_USED] = 0;
      ints[state + OUT_COUNT] = 0;
      if (outcome === DONE) break;
    }
    for (let cursor = 0; cursor < this.#dictionaries.length; cursor++) {
      const { values } = this.#dictionaries[cursor];
      const remap = this.#remaps[cursor] / 4;
      remaps[cursor].set(ints.subarray(remap, remap + values), 1);
    }
    return ints[state + COUNT];
  }

  #texts(): ElementBatch {
    const { bytes, ints } = this.#kernel;
    const state = this.#state / 4;
    const start = ints[state + OUT] >>> 0;
    const ends = (ints[state + OUT_ENDS] >>> 0) / 4;
    const count = ints[state + OUT_COUNT];
    return {
      bytes: bytes.subarray(start, start + ints[state + OUT_USED]),
      ends: ints.subarray(ends, ends + count),
    };
  }

  /** Puts a cursor before the first text of its next block. */
  #readBlock(cursor: number): void {
    const { bytes, ints } = this.#kernel;
    const { source, blocks } = this.#dictionaries[cursor];
    const number = this.#read[cursor]++;
    const block = source.read(blocks[number], blockBuffer);
    blockBuffer = block.buffer as ArrayBuffer;
    const address = this.#blocks[cursor];
    bytes.set(block, address);
    // See run.ts: the number of texts, their ends and they themselves, each part aligned to 8 bytes.
    const count = ints[address / 4];
    const words = this.#cursorOf(cursor);
    ints[words + ENDS] = address + 8;
    ints[words + BYTES] = address + 8 + ((4 * count + 7) & ~7);
    ints[words + IN_BLOCK] = count;
    ints[words + AT] = 0;
    ints[words + HAS_MORE] = number + 1 < blocks.length ? 1 : 0;
  }

  #cursorOf(cursor: number): number {
    return this.#cursors / 4 + cursor * CURSOR_WORDS;
  }
}

function longestBlock(blocks: readonly BlockRef[]): number {
  let longest = 0;
  for (const { length } of blocks) longest = Math.max(longest, length);
  return longest;
}
