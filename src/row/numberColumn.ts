import { BATCH_ROWS, type RecordBatch } from '../input/recordBatch.ts';
import type { NumericType } from '../spec/jobSpec.ts';

/** What {@link NumberColumn.read} made of a field. */
export const Outcome = {
  /** Absent or null. */
  nothing: 0,
  number: 1,
  /** Of another form than usual, or no number: `coerceMetric` and `coerceDimension` know. */
  leftToCaller: 2,
} as const;

/** One field of a batch's records as numbers, read by the kernel as far as they are of the usual form. Overwritten by the next `read`. */
export class NumberColumn {
  /** Longs as pairs of int32 (low, high), doubles and floats by the bits of the double they equal, per wanted record. */
  readonly pairs = new Int32Array(2 * BATCH_ROWS);
  /** Another view of `pairs`. */
  readonly doubles = new Float64Array(this.pairs.buffer);
  /** An {@link Outcome} per wanted record. */
  readonly outcomes = new Uint8Array(BATCH_ROWS);

  /** @param records the records wanted, `records[0..count)`, ascending */
  read(batch: RecordBatch, slot: number, records: Int32Array, count: number, type: NumericType): void {
    const { kernel } = batch;
    const { exports } = kernel;
    const mark = kernel.mark();
    const numbersAt = kernel.allocate(count * 8);
    const outcomesAt = kernel.allocate(count);
    let recordsAt = 0;
    // Where all records are wanted, records[i] is i.
    if (count < batch.rows) {
      recordsAt = kernel.allocate(count * 4);
      kernel.ints.set(records.subarray(0, count), recordsAt / 4);
    }
    const first = slot * BATCH_ROWS;
    const kinds = batch.kindsAddress + first;
    const starts = batch.startsAddress + first * 4;
    const ends = batch.endsAddress + first * 4;
    const bytes = batch.bytesAddress;
    if (type === 'long') exports.parseLongs(bytes, kinds, starts, ends, recordsAt, count, numbersAt, outcomesAt);
    else {
      const single = type === 'float' ? 1 : 0;
      exports.parseDoubles(bytes, kinds, starts, ends, recordsAt, count, single, numbersAt, outcomesAt);
    }
    this.pairs.set(kernel.ints.subarray(numbersAt / 4, numbersAt / 4 + 2 * count));
    this.outcomes.set(kernel.bytes.subarray(outcomesAt, outcomesAt + count));
    kernel.release(mark);
  }
}
