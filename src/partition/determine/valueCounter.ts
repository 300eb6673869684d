import { ByteDictionary } from '../../rollup/dictionary/byteDictionary.ts';
import { sortUtf8 } from '../../rollup/dictionary/sortUtf8.ts';
import type { BlockRef } from '../../rollup/run/run.ts';
import { BlockSink, type SpillFile } from './blockSink.ts';
import { CountCursor, type CountVisitor, CountWriter, mergeCounts } from './countRun.ts';
import type { KeyCursor } from './keyRun.ts';
import { CellKind } from './rangeDimension.ts';
import { type TupleForm, TupleWriter } from './tuple.ts';

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
  /** Columns of the key runs that each candidate consists of: one per dimension, or one tuple of several. */
  readonly candidates: readonly (readonly number[])[];
  /** `size` is that of every candidate. */
  readonly form: TupleForm;
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
    this.#counters = options.candidates.map((columns) => new CandidateCounter(columns, options.form));
  }

  /** Counts the key that a cursor stands at. */
  add(cursor: KeyCursor): void {
    this.#keys++;
    for (const counter of this.#counters) counter.add(cursor);
    // The sum is taken now and then: between two looks a dictionary grows by little.
    if ((this.#keys & 0xff) === 0 && this.#memoryUsage() > this.#options.bytesMax) this.#spillAll();
  }

  /** Writes the counts of the chunk and begins the next one. */
  finish(chunk: number, sink: BlockSink): ChunkCounts {
    const spill = this.#spill;
    const candidates = this.#counters.map((counter): CandidateCounts => {
      const writer = new CountWriter(sink);
      const visit: CountVisitor = (bytes, start, end, count) => writer.add(bytes, start, end, count);
      if (counter.poisoned) return { poisoned: true, blocks: [] };
      if (spill === null) counter.forEachValue(visit);
      else {
        counter.spill(spill.sink);
        mergeCounts(
          counter.spilled.map((blocks) => new CountCursor(spill.file, blocks)),
          visit,
        );
      }
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

const BYTES_PER_COUNT = 8;

class CandidateCounter {
  poisoned = false;
  /** Blocks of each spill. */
  readonly spilled: (readonly BlockRef[])[] = [];
  readonly #columns: readonly number[];
  readonly #values = new ByteDictionary();
  readonly #tuple: TupleWriter;
  #counts = new Float64Array(256);

  constructor(columns: readonly number[], form: TupleForm) {
    this.#columns = columns;
    this.#tuple = new TupleWriter(form);
  }

  add(cursor: KeyCursor): void {
    if (this.poisoned) return;
    const tuple = this.#tuple;
    tuple.clear();
    for (const column of this.#columns) {
      const length = cursor.lengths[column];
      if (length === CellKind.several) {
        this.#poison();
        return;
      }
      const start = cursor.starts[column];
      if (length === CellKind.null) tuple.addNull();
      else tuple.add(cursor.bytes[column], start, start + length);
    }
    const id = this.#values.intern(tuple.bytes, 0, tuple.length);
    if (id >= this.#counts.length) {
      const counts = new Float64Array(this.#counts.length * 2);
      counts.set(this.#counts);
      this.#counts = counts;
    }
    this.#counts[id]++;
  }

  forEachValue(visit: CountVisitor): void {
    const { bytes, ends, count } = this.#values;
    for (const id of sortUtf8(bytes, ends, count)) visit(bytes, ends[id - 1], ends[id], this.#counts[id]);
  }

  spill(sink: BlockSink): void {
    const writer = new CountWriter(sink);
    this.forEachValue((bytes, start, end, count) => writer.add(bytes, start, end, count));
    const blocks = writer.finish();
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

  #poison(): void {
    this.poisoned = true;
    this.#clear();
  }

  #clear(): void {
    this.#counts.fill(0, 0, this.#values.count);
    this.#values.clear();
  }
}
