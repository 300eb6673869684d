import type { KernelDictionary } from '../../rollup/dictionary/kernelDictionary.ts';
import { CursorHeap } from '../../rollup/merge/heap.ts';
import { BlockReader, BlockWriter } from '../../rollup/run/blockBytes.ts';
import { allRanks, TextValues } from '../../rollup/run/columnValues.ts';
import { copyText } from '../../rollup/run/copyText.ts';
import { BLOCK_BYTES_MAX, type BlockRef } from '../../rollup/run/run.ts';
import type { RunSource } from '../../rollup/run/runReader.ts';
import { compareUtf8 } from '../../segment/utf8Order.ts';
import type { BlockSink } from './blockSink.ts';

/**
 * Counted values of a candidate in one time chunk, sorted by tuple text (see TupleWriter), in blocks of at most about 1 MiB:
 *
 *     count-block := count:i32 | ends: i32[count] | bytes: u8[] | counts: f64[count]
 */
export class CountWriter {
  readonly #sink: BlockSink;
  readonly #block = new BlockWriter();
  readonly #blocks: BlockRef[] = [];
  #ends = new Int32Array(64);
  #counts = new Float64Array(64);
  #bytes = new Uint8Array(1024);
  #values = 0;
  #used = 0;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  /** Appends a value, which comes after all before it, and the number of its keys. */
  add(bytes: Uint8Array, start: number, end: number, count: number): void {
    if (this.#values === this.#ends.length) this.#growValues();
    const used = this.#used + end - start;
    if (used > this.#bytes.length) this.#growBytes(used);
    copyText(bytes, start, end, this.#bytes, this.#used);
    this.#used = used;
    this.#ends[this.#values] = used;
    this.#counts[this.#values++] = count;
    if (this.#used + 12 * this.#values >= BLOCK_BYTES_MAX) this.#flush();
  }

  /** Appends all values of a dictionary, which come after all before them; `counts` has the number of keys of each, by its id. */
  addAll(dictionary: KernelDictionary, counts: Float64Array): void {
    if (this.#values > 0) this.#flush();
    dictionary.sort();
    const texts = new TextValues(dictionary);
    const { kernel, sorted } = dictionary;
    const values = dictionary.count - 1;
    const mark = kernel.mark();
    const all = allRanks(kernel, values);
    for (let from = 0; from < values; ) {
      const { bytes, count } = texts.blockOf(all, from);
      this.#block.uint8(bytes.length).set(bytes);
      takeCounts(this.#block.float64(count), counts, kernel.ints, sorted / 4 + from);
      this.#blocks.push(this.#sink.append(this.#block, count));
      from += count;
    }
    kernel.release(mark);
  }

  finish(): BlockRef[] {
    if (this.#values > 0) this.#flush();
    return this.#blocks;
  }

  #flush(): void {
    const values = this.#values;
    this.#block.int32(1)[0] = values;
    this.#block.int32(values).set(this.#ends.subarray(0, values));
    this.#block.uint8(this.#used).set(this.#bytes.subarray(0, this.#used));
    this.#block.float64(values).set(this.#counts.subarray(0, values));
    this.#blocks.push(this.#sink.append(this.#block, values));
    this.#values = 0;
    this.#used = 0;
  }

  #growValues(): void {
    const ends = new Int32Array(this.#values * 2);
    ends.set(this.#ends);
    this.#ends = ends;
    const counts = new Float64Array(this.#values * 2);
    counts.set(this.#counts);
    this.#counts = counts;
  }

  #growBytes(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = bytes;
  }
}

// The loop is a function of its own, which is compiled in no time.

function takeCounts(target: Float64Array, counts: Float64Array, ids: Int32Array, from: number): void {
  for (let i = 0; i < target.length; i++) target[i] = counts[ids[from + i]];
}

/** A walk over the counted values of one candidate: `next` moves to the following one. */
export class CountCursor {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** Keys of the current value. */
  count = 0;
  readonly #source: RunSource;
  readonly #blocks: readonly BlockRef[];
  #ends = new Int32Array(0);
  #counts = new Float64Array(0);
  #block = 0;
  #at = 0;
  /** Of the block before: a value is still looked at when the cursor has moved on. */
  #before = new ArrayBuffer(0);

  constructor(source: RunSource, blocks: readonly BlockRef[]) {
    this.#source = source;
    this.#blocks = blocks;
  }

  next(): boolean {
    if (this.#at === this.#ends.length) {
      if (this.#block === this.#blocks.length) return false;
      const ref = this.#blocks[this.#block++];
      const spare = this.#before;
      this.#before = this.bytes.buffer as ArrayBuffer;
      const reader = new BlockReader(this.#source.read(ref, spare));
      this.#ends = reader.int32(reader.int32(1)[0]);
      this.bytes = reader.uint8(this.#ends[ref.count - 1]);
      this.#counts = reader.float64(ref.count);
      this.#at = 0;
      this.end = 0;
    }
    this.start = this.end;
    this.end = this.#ends[this.#at];
    this.count = this.#counts[this.#at++];
    return true;
  }
}

/** Takes counted values in order; the bytes are valid during the call. */
type CountVisitor = (bytes: Uint8Array, start: number, end: number, count: number) => void;

/** Merges counted values: every distinct one is visited once, in order, with the sum of its counts. */
export function mergeCounts(cursors: readonly CountCursor[], visit: CountVisitor): void {
  const compare = (left: number, right: number): number => {
    const a = cursors[left];
    const b = cursors[right];
    return compareUtf8(a.bytes, a.start, a.end, b.bytes, b.start, b.end);
  };
  const heap = new CursorHeap(cursors.length, compare);
  for (let i = 0; i < cursors.length; i++) if (cursors[i].next()) heap.push(i);
  while (heap.size > 0) {
    const cursor = cursors[heap.top];
    const { bytes, start, end } = cursor;
    let { count } = cursor;
    advance(heap, cursor);
    while (heap.size > 0) {
      const other = cursors[heap.top];
      if (compareUtf8(bytes, start, end, other.bytes, other.start, other.end) !== 0) break;
      count += other.count;
      advance(heap, other);
    }
    // A cursor's next block comes in another buffer, so the bytes are still those of the value.
    visit(bytes, start, end, count);
  }
}

function advance(heap: CursorHeap, cursor: CountCursor): void {
  if (cursor.next()) heap.sink();
  else heap.pop();
}
