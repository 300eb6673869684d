import type { Kernel } from '../../kernel/kernel.ts';
import type { BlockWriter } from './blockBytes.ts';
import { BLOCK_BYTES_MAX } from './run.ts';

/** Ranks in the memory of a kernel. */
export interface RankList {
  readonly kernel: Kernel;
  /** Address, int32. */
  readonly ranks: number;
  readonly count: number;
}

/** The ranks of all values of a dimension. @param kernel gives room, which is in use as long as they are */
export function allRanks(kernel: Kernel, count: number): RankList {
  const ranks = kernel.allocate(count * 4);
  countUp(kernel.ints, ranks / 4, count);
  return { kernel, ranks, count };
}

// The loop is a function of its own, which is compiled in no time.
function countUp(ints: Int32Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) ints[from + i] = i + 1;
}

/** Values of a dimension by rank. */
export interface ValueSource {
  /**
   * Makes a dictionary block of about BLOCK_BYTES_MAX at most.
   *
   * @param ranks of the values wanted, in order; in the kernel that holds the values, where they lie in one
   * @param from the place among them to begin at
   * @param block to be filled where the block is not made in a kernel
   */
  blockOf(ranks: RankList, from: number, block: BlockWriter): ValueBlock;
}

/** A dictionary block. */
export interface ValueBlock {
  /** Valid until the kernel or the block writer is used. */
  readonly bytes: Uint8Array;
  /** Values in it. */
  readonly count: number;
}

/** Texts in the memory of a kernel, by addresses. */
export interface SortedTexts {
  readonly kernel: Kernel;
  /** The texts, UTF-8. */
  readonly arena: number;
  /** Int32 offsets into the arena: text `id` is `[ends[id - 1], ends[id])`. */
  readonly ends: number;
  /** Int32 ids in order. */
  readonly sorted: number;
}

/** Texts of a sorted dictionary. */
export class TextValues implements ValueSource {
  readonly #texts: SortedTexts;

  /** @param texts left as they are while this is in use */
  constructor(texts: SortedTexts) {
    this.#texts = texts;
  }

  blockOf(wanted: RankList, from: number): ValueBlock {
    const { kernel, arena, ends, sorted } = this.#texts;
    const { exports } = kernel;
    const mark = kernel.mark();
    const ranks = wanted.ranks + from * 4;
    // A value takes an end of 4 bytes at least.
    const most = Math.min(wanted.count - from, BLOCK_BYTES_MAX / 4);
    // See run.ts: the number of texts, their ends and they themselves, each part aligned to 8 bytes.
    const at = kernel.allocate(8 + most * 4 + 8);
    const count = exports.dictionaryMeasure(ends, sorted, ranks, most, BLOCK_BYTES_MAX, at + 8);
    const textsAt = at + 8 + ((count * 4 + 7) & ~7);
    const textsEnd = textsAt + kernel.ints[at / 4 + 2 + count - 1];
    const end = Math.ceil(textsEnd / 8) * 8;
    kernel.allocate(end - at);
    exports.dictionaryGather(arena, ends, sorted, ranks, count, textsAt);
    const { ints, bytes } = kernel;
    ints[at / 4] = count;
    ints[at / 4 + 1] = 0;
    if (count % 2 === 1) ints[at / 4 + 2 + count] = 0;
    for (let pad = textsEnd; pad < end; pad++) bytes[pad] = 0;
    kernel.release(mark);
    return { bytes: bytes.subarray(at, end), count };
  }
}

/** Longs or doubles as (low, high) pairs by id, `sorted[rank - 1]` the id of each. */
export class NumericValues implements ValueSource {
  readonly #pairs: Int32Array;
  readonly #sorted: Int32Array;

  constructor(pairs: Int32Array, sorted: Int32Array) {
    this.#pairs = pairs;
    this.#sorted = sorted;
  }

  blockOf({ kernel, ranks, count: wanted }: RankList, from: number, block: BlockWriter): ValueBlock {
    const count = Math.min(wanted - from, BLOCK_BYTES_MAX / 8);
    block.clear();
    block.int32(1)[0] = count;
    takePairs(kernel.ints, ranks / 4 + from, this.#sorted, this.#pairs, block.int32(count * 2));
    return { bytes: block.bytes(), count };
  }
}

function takePairs(ints: Int32Array, ranks: number, sorted: Int32Array, pairs: Int32Array, target: Int32Array): void {
  for (let at = 0, i = ranks; at < target.length; i++) {
    const id = sorted[ints[i] - 1];
    target[at++] = pairs[2 * id];
    target[at++] = pairs[2 * id + 1];
  }
}
