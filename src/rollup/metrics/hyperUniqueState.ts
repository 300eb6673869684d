import type { SegmentWriter } from '../../segment/writer/segmentWriter.ts';
import { HyperUniqueArena } from '../hyperUnique/hyperUniqueArena.ts';
import type { BlockReader, BlockWriter } from '../run/blockBytes.ts';
import type { MetricState } from './metricState.ts';

/**
 * hyperUnique: a HyperLogLogCollector per row. Rows in memory have collectors in an arena; a block that was read keeps its
 * serialised images, since they are mostly folded from.
 */
export class HyperUniqueState implements MetricState {
  readonly bytesPerRow = 32;
  readonly #arena = new HyperUniqueArena();
  /** Collector of each row + 1; 0 is an empty one that was not made yet. */
  #collectors = new Int32Array(0);
  #image: Uint8Array = new Uint8Array(64);
  #readBytes: Uint8Array | null = null;
  #readEnds = new Int32Array(0);

  ensure(rows: number): void {
    if (rows <= this.#collectors.length) return;
    const collectors = new Int32Array(Math.max(rows, this.#collectors.length * 2));
    collectors.set(this.#collectors);
    this.#collectors = collectors;
  }

  clear(rows: number): void {
    this.#collectors.fill(0, 0, rows);
    this.#arena.reset();
  }

  /** @param hash16 holds a 128-bit hash at `at`, in Guava's byte order */
  addHash(row: number, hash16: Uint8Array, at: number): void {
    this.#arena.addHash(this.#collectorOf(row), hash16, at);
  }

  fold(row: number, source: HyperUniqueState, sourceRow: number): void {
    const bytes = source.#readBytes;
    if (bytes === null) {
      const collector = source.#collectors[sourceRow] - 1;
      if (collector >= 0) this.#foldImage(row, source, collector);
      return;
    }
    const start = sourceRow === 0 ? 0 : source.#readEnds[sourceRow - 1];
    this.#arena.fold(this.#collectorOf(row), bytes, start, source.#readEnds[sourceRow]);
  }

  take(first: number, source: HyperUniqueState, rows: number): void {
    for (let row = 0; row < rows; row++) this.fold(first + row, source, row);
  }

  write(block: BlockWriter, order: Int32Array, from: number, to: number): void {
    const ends = block.int32(to - from);
    let total = 0;
    for (let i = from; i < to; i++) {
      total += this.#arena.serializedLength(this.#collectorOf(order[i]));
      ends[i - from] = total;
    }
    const bytes = block.uint8(total);
    for (let i = from, at = 0; i < to; i++) at = this.#arena.serialize(this.#collectorOf(order[i]), bytes, at);
  }

  read(block: BlockReader, rows: number): void {
    this.#readEnds = block.int32(rows);
    this.#readBytes = block.uint8(rows === 0 ? 0 : this.#readEnds[rows - 1]);
  }

  append(segment: SegmentWriter, metric: number, rows: number): void {
    if (this.#readBytes !== null) this.#collect(rows);
    const ends = new Int32Array(rows);
    let total = 0;
    for (let row = 0; row < rows; row++) {
      total += this.#arena.serializedLength(this.#collectorOf(row));
      ends[row] = total;
    }
    const bytes = new Uint8Array(total);
    for (let row = 0, at = 0; row < rows; row++) at = this.#arena.serialize(this.#collectorOf(row), bytes, at);
    segment.appendComplex(metric, bytes, ends, null, rows);
  }

  extraMemory(): number {
    return this.#arena.memoryUsage();
  }

  /** Makes collectors of what was read. */
  #collect(rows: number): void {
    this.ensure(rows);
    this.clear(rows);
    for (let row = 0; row < rows; row++) this.fold(row, this, row);
    this.#readBytes = null;
  }

  #foldImage(row: number, source: HyperUniqueState, collector: number): void {
    const length = source.#arena.serializedLength(collector);
    if (this.#image.length < length) this.#image = new Uint8Array(length * 2);
    source.#arena.serialize(collector, this.#image, 0);
    this.#arena.fold(this.#collectorOf(row), this.#image, 0, length);
  }

  #collectorOf(row: number): number {
    if (this.#collectors[row] === 0) this.#collectors[row] = this.#arena.create() + 1;
    return this.#collectors[row] - 1;
  }
}
