import type { Kernel } from '../../kernel/kernel.ts';
import { KernelDictionary } from '../../rollup/dictionary/kernelDictionary.ts';
import type { BlockRef } from '../../rollup/run/run.ts';
import { BlockSink, type SpillFile } from './blockSink.ts';
import { CountCursor, CountWriter, mergeCounts } from './countRun.ts';
import { type KeyBlock, type KeyColumn, SEVERAL } from './keyBlock.ts';

/** What a reducer knows of a candidate in one time chunk, for its share of the keys. */
export interface CandidateCounts {
  /** A key has several values in one of the dimensions. No values are counted then. */
  readonly poisoned: boolean;
  readonly blocks: readonly BlockRef[];
}

/** A time chunk's share of one reducer. */
export interface ChunkCounts {
  /** Start of the time chunk, epoch milliseconds. */
  readonly chunk: number;
  readonly keys: number;
  /** In the order of the candidates. */
  readonly candidates: readonly CandidateCounts[];
}

export interface ValueCounterOptions {
  /** Holds the values, in memory taken for good. */
  readonly kernel: Kernel;
  /** Number of the candidates: columns of the key runs. */
  readonly candidates: number;
  /** Bytes of distinct values held before they are spilled. */
  readonly bytesMax: number;
  readonly newSpill: () => SpillFile;
}

/**
 * Counts the keys of each value of each candidate, one time chunk after the other. Distinct values are held in dictionaries; when
 * these outgrow their room they are spilled in sorted order and merged at the chunk's end.
 */
export class ValueCounter {
  readonly #options: ValueCounterOptions;
  readonly #counters: readonly CandidateCounter[];
  #spill: { file: SpillFile; sink: BlockSink } | null = null;
  #keys = 0;

  constructor(options: ValueCounterOptions) {
    this.#options = options;
    this.#counters = Array.from({ length: options.candidates }, () => new CandidateCounter(options.kernel));
  }

  /** Counts the keys of a block that are marked with 1. */
  add(block: KeyBlock, isCounted: Uint8Array): void {
    this.#keys += sumOf(isCounted);
    for (let i = 0; i < this.#counters.length; i++) this.#counters[i].add(block.columns[i], isCounted);
    if (this.#memoryUsage() > this.#options.bytesMax) this.#spillAll();
  }

  /** Writes the counts of the chunk and begins the next one. */
  finish(chunk: number, sink: BlockSink): ChunkCounts {
    const spill = this.#spill;
    // The file is written to the end before it is read.
    if (spill !== null) for (const counter of this.#counters) counter.spill(spill.sink);
    const candidates = this.#counters.map((counter): CandidateCounts => {
      if (counter.poisoned) return { poisoned: true, blocks: [] };
      if (spill === null) return { poisoned: false, blocks: counter.write(sink) };
      const writer = new CountWriter(sink);
      const cursors = counter.spilled.map((blocks) => new CountCursor(spill.file, blocks));
      mergeCounts(cursors, (bytes, start, end, count) => writer.add(bytes, start, end, count));
      return { poisoned: false, blocks: writer.finish() };
    });
    const keys = this.#keys;
    this.dispose();
    for (const counter of this.#counters) counter.reset();
    this.#keys = 0;
    return { chunk, keys, candidates };
  }

  /** Removes what is spilled. Needed only where `finish` is not reached. */
  dispose(): void {
    this.#spill?.file.dispose();
    this.#spill = null;
  }

  #memoryUsage(): number {
    let sum = 0;
    for (const counter of this.#counters) sum += counter.memoryUsage();
    return sum;
  }

  #spillAll(): void {
    if (this.#spill === null) {
      const file = this.#options.newSpill();
      this.#spill = { file, sink: new BlockSink(file) };
    }
    for (const counter of this.#counters) counter.spill(this.#spill.sink);
  }
}

function sumOf(marks: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < marks.length; i++) sum += marks[i];
  return sum;
}

const BYTES_PER_COUNT = 8;

class CandidateCounter {
  poisoned = false;
  /** Blocks of each spill. */
  readonly spilled: (readonly BlockRef[])[] = [];
  readonly #values: KernelDictionary;
  /** Keys of each value, by its id. */
  #counts = new Float64Array(256);

  constructor(kernel: Kernel) {
    this.#values = new KernelDictionary(kernel);
  }

  add({ bytes, ends, cells }: KeyColumn, isCounted: Uint8Array): void {
    if (this.poisoned) return;
    if (hasSeveral(cells, isCounted)) {
      this.poisoned = true;
      this.#clear();
      return;
    }
    const ids = this.#values.internTexts(bytes, ends);
    if (this.#values.count > this.#counts.length) {
      const counts = new Float64Array(Math.max(this.#values.count, this.#counts.length * 2));
      counts.set(this.#counts);
      this.#counts = counts;
    }
    count(this.#counts, ids, cells, isCounted);
  }

  write(sink: BlockSink): BlockRef[] {
    const writer = new CountWriter(sink);
    writer.addAll(this.#values, this.#counts);
    return writer.finish();
  }

  spill(sink: BlockSink): void {
    const blocks = this.write(sink);
    if (blocks.length > 0) this.spilled.push(blocks);
    this.#clear();
  }

  memoryUsage(): number {
    return this.#values.memoryUsage() + BYTES_PER_COUNT * this.#values.count;
  }

  reset(): void {
    this.poisoned = false;
    this.spilled.length = 0;
    this.#clear();
  }

  #clear(): void {
    this.#counts.fill(0, 0, this.#values.count);
    this.#values.clear();
  }
}

function hasSeveral(cells: KeyColumn['cells'], isCounted: Uint8Array): boolean {
  for (let key = 0; key < cells.length; key++) if (cells[key] === SEVERAL && isCounted[key] === 1) return true;
  return false;
}

/** @param ids of the texts that cells are numbers of */
function count(counts: Float64Array, ids: Int32Array, cells: KeyColumn['cells'], isCounted: Uint8Array): void {
  for (let key = 0; key < cells.length; key++) {
    // SEVERAL is the cell of no key that counts.
    if (isCounted[key] === 1) counts[ids[cells[key] - 1]]++;
  }
}
