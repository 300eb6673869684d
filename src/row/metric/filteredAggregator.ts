import type { RecordView } from '../../input/record.ts';
import type { RowFilter } from '../filter/rowFilter.ts';
import type { Aggregator, GroupedRecords } from './aggregator.ts';

/** Hands on to another aggregator only the records that a filter matches. */
export class FilteredAggregator implements Aggregator {
  readonly #filter: RowFilter;
  readonly #inner: Aggregator;
  readonly #view: RecordView;
  #records = new Int32Array(0);
  #rows = new Int32Array(0);

  /** @param view with the slots of the batches to come */
  constructor(filter: RowFilter, inner: Aggregator, view: RecordView) {
    this.#filter = filter;
    this.#inner = inner;
    this.#view = view;
  }

  aggregate(grouped: GroupedRecords, faulty: Uint8Array): void {
    const { batch, records, rows, count, rawTimes } = grouped;
    if (this.#records.length < count) {
      this.#records = new Int32Array(count);
      this.#rows = new Int32Array(count);
    }
    let kept = 0;
    for (let i = 0; i < count; i++) {
      batch.load(records[i], this.#view);
      if (!this.#filter.matches(this.#view, rawTimes[records[i]])) continue;
      this.#records[kept] = records[i];
      this.#rows[kept++] = rows[i];
    }
    this.#inner.aggregate({ ...grouped, records: this.#records, rows: this.#rows, count: kept }, faulty);
  }
}
