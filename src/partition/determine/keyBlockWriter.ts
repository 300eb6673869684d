import type { Kernel } from '../../kernel/kernel.ts';
import { BlockWriter } from '../../rollup/run/blockBytes.ts';
import { BLOCK_BYTES_MAX, type BlockRef, cellWidth } from '../../rollup/run/run.ts';
import type { BlockSink } from './blockSink.ts';
import type { CandidateTexts } from './candidateTexts.ts';
import { HASH_BYTES } from './keyBlock.ts';

/** Words of a column: see kernel/assembly/keyRuns.ts. */
const IDS = 0;
const TEXT_ENDS = 1;
const NUMBERS = 2;
const USED = 3;
const COUNT = 4;
const TEXT_BYTES = 5;
const CELLS = 6;
const COLUMN_WORDS = 7;
const NO_PREFIX = -1;

/** Keys of a block, at most. */
const KEYS_MAX = Math.ceil(BLOCK_BYTES_MAX / HASH_BYTES);

/** Gathers keys and writes them as blocks, in the kernel. It takes its memory for good: use it between `mark` and `release`. */
export class KeyBlockWriter {
  readonly #kernel: Kernel;
  readonly #candidates: readonly CandidateTexts[];
  /** Addresses. */
  readonly #hashes: number;
  readonly #columns: number;
  readonly #block = new BlockWriter();

  /**
   * @param hashes address of 16 bytes per key
   * @param candidates with texts in the same kernel
   * @param most keys that are to be written
   */
  constructor(kernel: Kernel, hashes: number, candidates: readonly CandidateTexts[], most: number) {
    const keysMax = Math.min(most, KEYS_MAX);
    this.#kernel = kernel;
    this.#candidates = candidates;
    this.#hashes = hashes;
    this.#columns = kernel.allocate(candidates.length * COLUMN_WORDS * 4);
    candidates.forEach(({ ids, ends, count }, i) => {
      const numbers = kernel.allocate(count * 4);
      const used = kernel.allocate(keysMax * 4);
      const cells = kernel.allocate(keysMax * 4);
      kernel.ints.fill(0, numbers / 4, numbers / 4 + count);
      const words = this.#columnOf(i);
      kernel.ints[words + IDS] = ids;
      kernel.ints[words + TEXT_ENDS] = ends;
      kernel.ints[words + NUMBERS] = numbers;
      kernel.ints[words + USED] = used;
      kernel.ints[words + COUNT] = 0;
      kernel.ints[words + TEXT_BYTES] = 0;
      kernel.ints[words + CELLS] = cells;
    });
  }

  /**
   * Writes a block of as many keys as fit.
   *
   * @param keys address of int32 numbers of keys
   * @param from place of the first key to write
   * @param to place behind the last one there is
   */
  write(sink: BlockSink, keys: number, from: number, to: number): BlockRef {
    const kernel = this.#kernel;
    const { exports } = kernel;
    const block = this.#block;
    const end = exports.keyBlockFill(this.#columns, this.#candidates.length, keys, from, to, BLOCK_BYTES_MAX);
    const count = end - from;
    const mark = kernel.mark();
    const hashes = kernel.allocate(count * HASH_BYTES);
    exports.keyBlockHashes(this.#hashes, keys, from, end, hashes);
    block.uint8(count * HASH_BYTES).set(kernel.bytes.subarray(hashes, hashes + count * HASH_BYTES));
    kernel.release(mark);
    for (let i = 0; i < this.#candidates.length; i++) this.#writeColumn(i, count);
    return sink.append(block, count);
  }

  #writeColumn(number: number, count: number): void {
    const kernel = this.#kernel;
    const block = this.#block;
    const { arena, prefix } = this.#candidates[number];
    const words = this.#columnOf(number);
    const values = kernel.ints[words + COUNT];
    // Each text may have a byte in front.
    const room = kernel.ints[words + TEXT_BYTES] + values;
    const mark = kernel.mark();
    const texts = kernel.allocate(room);
    const ends = kernel.allocate(values * 4);
    kernel.exports.keyBlockTexts(words * 4, arena, prefix ?? NO_PREFIX, texts, ends);
    const { ints, bytes } = kernel;
    const used = values === 0 ? 0 : ints[ends / 4 + values - 1];
    block.int32(1)[0] = values;
    block.int32(values).set(ints.subarray(ends / 4, ends / 4 + values));
    block.uint8(used).set(bytes.subarray(texts, texts + used));
    const width = cellWidth(values);
    const target = width === 1 ? block.uint8(count) : width === 2 ? block.uint16(count) : block.int32(count);
    const cells = (ints[words + CELLS] >>> 0) / 4;
    target.set(ints.subarray(cells, cells + count));
    kernel.release(mark);
  }

  #columnOf(number: number): number {
    return this.#columns / 4 + number * COLUMN_WORDS;
  }
}
