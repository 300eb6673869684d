import type { SegmentWriter } from '../../segment/writer/segmentWriter.ts';
import type { BlockReader, BlockWriter } from '../run/blockBytes.ts';
import type { NumericOperation } from './longState.ts';
import type { MetricState } from './metricState.ts';
import { nullsOf, readPresence, writePresence } from './presence.ts';

/**
 * doubleSum, floatSum and their min, max and any. Floats live in a Float32Array, so every step of a float sum rounds to 32 bits,
 * as Druid's FloatSumAggregator does.
 */
export class DoubleState implements MetricState {
  readonly bytesPerRow: number;
  readonly #operation: NumericOperation;
  readonly #nullIsZero: boolean;
  readonly #single: boolean;
  #values: Float64Array | Float32Array;
  #present: Uint8Array = new Uint8Array(0);

  /**
   * @param single true for the float aggregators
   * @param nullIsZero rows without a value are stored as 0
   */
  constructor(operation: NumericOperation, single: boolean, nullIsZero: boolean) {
    this.#operation = operation;
    this.#nullIsZero = nullIsZero;
    this.#single = single;
    this.#values = this.#array(0);
    this.bytesPerRow = single ? 5 : 9;
  }

  ensure(rows: number): void {
    if (rows <= this.#present.length) return;
    const size = Math.max(rows, this.#present.length * 2);
    const values = this.#array(size);
    values.set(this.#values);
    this.#values = values;
    const present = new Uint8Array(size);
    present.set(this.#present);
    this.#present = present;
  }

  clear(rows: number): void {
    this.#present.fill(0, 0, rows);
    this.#values.fill(0, 0, rows);
  }

  add(row: number, value: number): void {
    const values = this.#values;
    if (this.#present[row] === 0) {
      this.#present[row] = 1;
      // Java's sum starts at 0.0: a lone -0.0 becomes 0.0.
      values[row] = this.#operation === 'sum' ? 0 + value : value;
      return;
    }
    switch (this.#operation) {
      case 'sum':
        values[row] += value;
        return;
      case 'min':
        values[row] = Math.min(values[row], value);
        return;
      case 'max':
        values[row] = Math.max(values[row], value);
        return;
      case 'any':
        return;
    }
  }

  fold(row: number, source: DoubleState, sourceRow: number): void {
    if (source.#present[sourceRow] === 1) this.add(row, source.#values[sourceRow]);
  }

  take(first: number, source: DoubleState, rows: number): void {
    this.#values.set(source.#values.subarray(0, rows), first);
    this.#present.set(source.#present.subarray(0, rows), first);
  }

  write(block: BlockWriter, order: Int32Array, from: number, to: number): void {
    gatherValues(this.#values, order, from, this.#single ? block.float32(to - from) : block.float64(to - from));
    writePresence(block, this.#present, order, from, to);
  }

  read(block: BlockReader, rows: number): void {
    this.#values = this.#single ? block.float32(rows) : block.float64(rows);
    this.#present = readPresence(block, rows);
  }

  append(segment: SegmentWriter, metric: number, rows: number): void {
    const nulls = this.#nullIsZero ? null : nullsOf(this.#present, rows);
    if (this.#values instanceof Float32Array) segment.appendMetricFloats(metric, this.#values, nulls, rows);
    else segment.appendMetricDoubles(metric, this.#values, nulls, rows);
  }

  extraMemory(): number {
    return 0;
  }

  #array(size: number): Float64Array | Float32Array {
    return this.#single ? new Float32Array(size) : new Float64Array(size);
  }
}

/** Copies the values of rows `order[from..)`. A function of its own: the loop is compiled once, whatever stands behind it. */
function gatherValues(
  values: Float64Array | Float32Array,
  order: Int32Array,
  from: number,
  target: Float64Array | Float32Array,
): void {
  for (let i = 0; i < target.length; i++) target[i] = values[order[from + i]];
}
