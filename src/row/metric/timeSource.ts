import { FieldKind } from '../../input/record.ts';
import { BATCH_ROWS } from '../../input/recordBatch.ts';
import { coerceMetric, newNumber } from '../coerce.ts';
import type { GroupedRecords } from './aggregator.ts';

/** Where first and last aggregators take their times from: the record's own time, untruncated, or a numeric field. */
export class TimeSource {
  readonly #slot: number;
  readonly #number = newNumber();

  /** @param slot of the `timeColumn`, or -1 for `__time` */
  constructor(slot: number) {
    this.#slot = slot;
  }

  timeOf(grouped: GroupedRecords, record: number): number {
    if (this.#slot < 0) return grouped.rawTimes[record];
    const at = this.#slot * BATCH_ROWS + record;
    const { batch } = grouped;
    // Druid's selector of longs gives 0 for nulls and for what is no number.
    if (batch.kinds[at] <= FieldKind.null || !coerceMetric(batch, at, 'long', this.#number)) return 0;
    return Number(this.#number.long[0]);
  }
}
