import type { RecordBatch } from '../../input/recordBatch.ts';

/** The rows that some records of a batch were grouped into. */
export interface GroupedRecords {
  readonly batch: RecordBatch;
  /** Numbers of the records in the batch. */
  readonly records: Int32Array;
  /** The row of each of those records. */
  readonly rows: Int32Array;
  /** How many there are. */
  readonly count: number;
  /** Times as the input had them, epoch milliseconds, by number of the record in the batch. */
  readonly rawTimes: Float64Array;
}

/** Reads one metric's input and adds it to the metric's state. */
export interface Aggregator {
  /** @param faulty set to 1 at the number of each record whose value is no input for this metric */
  aggregate(grouped: GroupedRecords, faulty: Uint8Array): void;
}
