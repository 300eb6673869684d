import type { SegmentWriter } from '../../segment/writer/segmentWriter.ts';
import type { NumericType } from '../../spec/jobSpec.ts';
import type { BlockReader, BlockWriter } from '../run/blockBytes.ts';
import type { MetricState } from './metricState.ts';

/**
 * longFirst, doubleLast and their kind: the value with the smallest or largest time. Null values are candidates like others. On
 * equal times the first one seen stays with `first`, the last one seen wins with `last` (Druid: `<` and `>=`).
 * Times are epoch milliseconds; a row without any value has Infinity (first) or -Infinity (last), which is stored as Java's
 * Long.MAX_VALUE or MIN_VALUE.
 */
export class NumericByTimeState implements MetricState {
  readonly bytesPerRow = 17;
  readonly #first: boolean;
  readonly #type: NumericType;
  #times = new Float64Array(0);
  /** Longs as (low, high) pairs; doubles and floats by their bits as doubles. */
  #pairs = new Int32Array(0);
  #valueNulls: Uint8Array = new Uint8Array(0);
  #timePairs = new Int32Array(0);

  constructor(operation: 'first' | 'last', type: NumericType) {
    this.#first = operation === 'first';
    this.#type = type;
  }

  ensure(rows: number): void {
    const held = this.#times.length;
    if (rows <= held) return;
    const size = Math.max(rows, held * 2);
    const times = new Float64Array(size);
    times.set(this.#times);
    times.fill(this.#emptyTime(), held);
    this.#times = times;
    const pairs = new Int32Array(size * 2);
    pairs.set(this.#pairs);
    this.#pairs = pairs;
    const nulls = new Uint8Array(size).fill(1, held);
    nulls.set(this.#valueNulls);
    this.#valueNulls = nulls;
  }

  clear(rows: number): void {
    this.#times.fill(this.#emptyTime(), 0, rows);
    this.#pairs.fill(0, 0, rows * 2);
    this.#valueNulls.fill(1, 0, rows);
  }

  /** @param low low word of the long or of the double's bits; ignored for a null value */
  add(row: number, time: number, low: number, high: number, isNull: number): void {
    if (this.#first ? !(time < this.#times[row]) : !(time >= this.#times[row])) return;
    this.#times[row] = time;
    this.#valueNulls[row] = isNull;
    this.#pairs[row * 2] = isNull ? 0 : low;
    this.#pairs[row * 2 + 1] = isNull ? 0 : high;
  }

  fold(row: number, source: NumericByTimeState, sourceRow: number): void {
    this.add(
      row,
      source.#times[sourceRow],
      source.#pairs[sourceRow * 2],
      source.#pairs[sourceRow * 2 + 1],
      source.#valueNulls[sourceRow],
    );
  }

  take(first: number, source: NumericByTimeState, rows: number): void {
    this.#times.set(source.#times.subarray(0, rows), first);
    this.#pairs.set(source.#pairs.subarray(0, rows * 2), first * 2);
    this.#valueNulls.set(source.#valueNulls.subarray(0, rows), first);
  }

  write(block: BlockWriter, order: Int32Array, from: number, to: number): void {
    const count = to - from;
    const times = block.float64(count);
    for (let i = 0; i < count; i++) times[i] = this.#times[order[from + i]];
    const pairs = block.int32(count * 2);
    for (let i = 0; i < count; i++) {
      pairs[2 * i] = this.#pairs[2 * order[from + i]];
      pairs[2 * i + 1] = this.#pairs[2 * order[from + i] + 1];
    }
    const nulls = block.uint8(count);
    for (let i = 0; i < count; i++) nulls[i] = this.#valueNulls[order[from + i]];
  }

  read(block: BlockReader, rows: number): void {
    this.#times = block.float64(rows);
    this.#pairs = block.int32(rows * 2);
    this.#valueNulls = block.uint8(rows);
  }

  append(segment: SegmentWriter, metric: number, rows: number): void {
    if (this.#timePairs.length < rows * 2) this.#timePairs = new Int32Array(rows * 2);
    for (let row = 0; row < rows; row++) {
      putTime(this.#timePairs, row, this.#times[row], LONG_MAX, LONG_MIN);
    }
    segment.appendPairs(metric, this.#timePairs, this.#typedValues(rows), this.#valueNulls, rows);
  }

  extraMemory(): number {
    return 0;
  }

  #typedValues(rows: number): Int32Array | Float64Array | Float32Array {
    if (this.#type === 'long') return this.#pairs;
    const doubles = new Float64Array(this.#pairs.buffer, this.#pairs.byteOffset, rows);
    return this.#type === 'double' ? doubles : Float32Array.from(doubles);
  }

  #emptyTime(): number {
    return this.#first ? Infinity : -Infinity;
  }
}

type Pair = readonly [low: number, high: number];
const LONG_MAX: Pair = [-1, 0x7fffffff];
const LONG_MIN: Pair = [0, -0x80000000];

/** Stores a time as a pair; the infinities become what the aggregator's Java class starts from. */
export function putTime(pairs: Int32Array, row: number, time: number, latest: Pair, earliest: Pair): void {
  if (time === Infinity || time === -Infinity) {
    const [low, high] = time > 0 ? latest : earliest;
    pairs[row * 2] = low;
    pairs[row * 2 + 1] = high;
    return;
  }
  pairs[row * 2] = time % 0x1_0000_0000;
  pairs[row * 2 + 1] = Math.floor(time / 0x1_0000_0000);
}
