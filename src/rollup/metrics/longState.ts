import type { SegmentWriter } from '../../segment/writer/segmentWriter.ts';
import { compareLongPairs } from '../dictionary/numericOrder.ts';
import type { BlockReader, BlockWriter } from '../run/blockBytes.ts';
import type { MetricState } from './metricState.ts';
import { nullsOf, readPresence, writePresence } from './presence.ts';

export type NumericOperation = 'sum' | 'min' | 'max' | 'any';

/**
 * longSum, longMin, longMax, longAny and count: 64-bit integers as (low, high) pairs of int32. Sums wrap around at 64 bits as
 * Java's do.
 */
export class LongState implements MetricState {
  readonly bytesPerRow = 9;
  readonly #operation: NumericOperation;
  readonly #nullIsZero: boolean;
  #pairs = new Int32Array(0);
  #present: Uint8Array = new Uint8Array(0);

  /** @param nullIsZero rows without a value are stored as 0 */
  constructor(operation: NumericOperation, nullIsZero: boolean) {
    this.#operation = operation;
    this.#nullIsZero = nullIsZero;
  }

  ensure(rows: number): void {
    if (rows <= this.#present.length) return;
    const size = Math.max(rows, this.#present.length * 2);
    const pairs = new Int32Array(size * 2);
    pairs.set(this.#pairs);
    this.#pairs = pairs;
    const present = new Uint8Array(size);
    present.set(this.#present);
    this.#present = present;
  }

  clear(rows: number): void {
    this.#present.fill(0, 0, rows);
    this.#pairs.fill(0, 0, rows * 2);
  }

  add(row: number, low: number, high: number): void {
    const pairs = this.#pairs;
    const at = row * 2;
    if (this.#present[row] === 0) {
      this.#present[row] = 1;
      pairs[at] = low;
      pairs[at + 1] = high;
      return;
    }
    switch (this.#operation) {
      case 'sum': {
        const sum = (pairs[at] >>> 0) + (low >>> 0);
        pairs[at] = sum;
        pairs[at + 1] += high + (sum > 0xffffffff ? 1 : 0);
        return;
      }
      case 'min':
        if (compareLongPairs(low, high, pairs[at], pairs[at + 1]) >= 0) return;
        break;
      case 'max':
        if (compareLongPairs(low, high, pairs[at], pairs[at + 1]) <= 0) return;
        break;
      case 'any':
        return;
    }
    pairs[at] = low;
    pairs[at + 1] = high;
  }

  fold(row: number, source: LongState, sourceRow: number): void {
    if (source.#present[sourceRow] === 1) {
      this.add(row, source.#pairs[sourceRow * 2], source.#pairs[sourceRow * 2 + 1]);
    }
  }

  take(first: number, source: LongState, rows: number): void {
    this.#pairs.set(source.#pairs.subarray(0, rows * 2), first * 2);
    this.#present.set(source.#present.subarray(0, rows), first);
  }

  write(block: BlockWriter, order: Int32Array, from: number, to: number): void {
    gatherPairs(this.#pairs, order, from, block.int32((to - from) * 2));
    writePresence(block, this.#present, order, from, to);
  }

  read(block: BlockReader, rows: number): void {
    this.#pairs = block.int32(rows * 2);
    this.#present = readPresence(block, rows);
  }

  append(segment: SegmentWriter, metric: number, rows: number): void {
    segment.appendMetricLongs(metric, this.#pairs, this.#nullIsZero ? null : nullsOf(this.#present, rows), rows);
  }

  extraMemory(): number {
    return 0;
  }
}

/** Copies the pairs of rows `order[from..)`. A function of its own: the loop is compiled once, whatever stands behind it. */
function gatherPairs(pairs: Int32Array, order: Int32Array, from: number, target: Int32Array): void {
  for (let at = 0, i = from; at < target.length; i++) {
    const pair = order[i] * 2;
    target[at++] = pairs[pair];
    target[at++] = pairs[pair + 1];
  }
}
