import type { MetricState } from '../../../src/rollup/metrics/metricState.ts';
import { BlockReader, BlockWriter } from '../../../src/rollup/run/blockBytes.ts';
import type { SegmentWriter } from '../../../src/segment/writer/segmentWriter.ts';

/** A stored value: null, a number, the bytes of an object in hexadecimal, or a pair `[time, value]`. */
export type Stored = null | number | bigint | string | readonly [time: bigint, value: number | bigint | null];

/** What a state hands to a segment for its first rows. */
export function stored(state: MetricState, rows: number): Stored[] {
  let values: Stored[] = [];
  const isNull = (nulls: Uint8Array | null, row: number) => nulls !== null && nulls[row] === 1;
  const column = (_metric: number, numbers: Float64Array | Float32Array, nulls: Uint8Array | null, count: number) => {
    values = Array.from({ length: count }, (_, row) => (isNull(nulls, row) ? null : numbers[row]));
  };
  const writer = {
    appendMetricLongs: (_metric: number, pairs: Int32Array, nulls: Uint8Array | null, count: number) => {
      values = Array.from({ length: count }, (_, row) => (isNull(nulls, row) ? null : longAt(pairs, row)));
    },
    appendMetricDoubles: column,
    appendMetricFloats: column,
    appendPairs: (
      _metric: number,
      times: Int32Array,
      numbers: Int32Array | Float64Array | Float32Array,
      nulls: Uint8Array,
      count: number,
    ) => {
      const valueAt = (row: number) => (numbers instanceof Int32Array ? longAt(numbers, row) : numbers[row]);
      values = Array.from({ length: count }, (_, row) => [longAt(times, row), nulls[row] === 1 ? null : valueAt(row)]);
    },
    appendComplex: (_metric: number, bytes: Uint8Array, ends: Int32Array, _nulls: null, count: number) => {
      values = Array.from({ length: count }, (_, row) => {
        return Buffer.from(bytes.subarray(row === 0 ? 0 : ends[row - 1], ends[row])).toString('hex');
      });
    },
  };
  state.append(writer as unknown as SegmentWriter, 0, rows);
  return values;
}

/** Writes rows of a state as a block, and gives them to another as if they came from a file. */
export function throughBlock(from: MetricState, order: readonly number[], to: MetricState): void {
  const writer = new BlockWriter();
  from.write(writer, Int32Array.from(order), 0, order.length);
  to.read(new BlockReader(writer.bytes().slice()), order.length);
}

function longAt(pairs: Int32Array, row: number): bigint {
  return (BigInt(pairs[2 * row + 1]) << 32n) | BigInt(pairs[2 * row] >>> 0);
}
