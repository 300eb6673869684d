import { FieldKind } from '../../input/record.ts';
import { BATCH_ROWS, type RecordBatch } from '../../input/recordBatch.ts';
import type { NumericByTimeState } from '../../rollup/metrics/byTimeState.ts';
import type { DoubleState } from '../../rollup/metrics/doubleState.ts';
import type { LongState } from '../../rollup/metrics/longState.ts';
import type { NumericType } from '../../spec/jobSpec.ts';
import { coerceMetric, newNumber } from '../coerce.ts';
import { NumberColumn, Outcome } from '../numberColumn.ts';
import type { Aggregator, GroupedRecords } from './aggregator.ts';
import type { TimeSource } from './timeSource.ts';

export class CountAggregator implements Aggregator {
  readonly #state: LongState;

  constructor(state: LongState) {
    this.#state = state;
  }

  aggregate({ rows, count }: GroupedRecords): void {
    for (let i = 0; i < count; i++) this.#state.add(rows[i], 1, 0);
  }
}

/** longSum, longMin, longMax, longAny. */
export class LongAggregator implements Aggregator {
  readonly #state: LongState;
  readonly #slot: number;
  readonly #column = new NumberColumn();
  readonly #number = newNumber();

  constructor(state: LongState, slot: number) {
    this.#state = state;
    this.#slot = slot;
  }

  aggregate({ batch, records, rows, count }: GroupedRecords, faulty: Uint8Array): void {
    this.#column.read(batch, this.#slot, records, count, 'long');
    const state = this.#state;
    const { pairs, outcomes } = this.#column;
    for (let i = 0; i < count; i++) {
      if (outcomes[i] === Outcome.number) state.add(rows[i], pairs[2 * i], pairs[2 * i + 1]);
      else if (outcomes[i] === Outcome.leftToCaller) this.#addOther(batch, records[i], rows[i], faulty);
    }
  }

  #addOther(batch: RecordBatch, record: number, row: number, faulty: Uint8Array): void {
    const number = this.#number;
    if (coerceMetric(batch, this.#slot * BATCH_ROWS + record, 'long', number)) {
      this.#state.add(row, number.pair[0], number.pair[1]);
    } else faulty[record] = 1;
  }
}

/** The double and float aggregators of the same kinds. */
export class DoubleAggregator implements Aggregator {
  readonly #state: DoubleState;
  readonly #slot: number;
  readonly #type: NumericType;
  readonly #column = new NumberColumn();
  readonly #number = newNumber();

  constructor(state: DoubleState, slot: number, type: 'float' | 'double') {
    this.#state = state;
    this.#slot = slot;
    this.#type = type;
  }

  aggregate({ batch, records, rows, count }: GroupedRecords, faulty: Uint8Array): void {
    this.#column.read(batch, this.#slot, records, count, this.#type);
    const state = this.#state;
    const { doubles, outcomes } = this.#column;
    for (let i = 0; i < count; i++) {
      if (outcomes[i] === Outcome.number) state.add(rows[i], doubles[i]);
      else if (outcomes[i] === Outcome.leftToCaller) this.#addOther(batch, records[i], rows[i], faulty);
    }
  }

  #addOther(batch: RecordBatch, record: number, row: number, faulty: Uint8Array): void {
    const number = this.#number;
    if (coerceMetric(batch, this.#slot * BATCH_ROWS + record, this.#type, number)) {
      this.#state.add(row, number.double[0]);
    } else faulty[record] = 1;
  }
}

/** longFirst, doubleLast and their kind: nulls are candidates too, and so are values that are no numbers, as nulls. */
export class NumericByTimeAggregator implements Aggregator {
  readonly #state: NumericByTimeState;
  readonly #slot: number;
  readonly #type: NumericType;
  readonly #time: TimeSource;
  readonly #number = newNumber();

  constructor(state: NumericByTimeState, slot: number, type: NumericType, time: TimeSource) {
    this.#state = state;
    this.#slot = slot;
    this.#type = type;
    this.#time = time;
  }

  aggregate(grouped: GroupedRecords, faulty: Uint8Array): void {
    const { batch, records, rows, count } = grouped;
    const base = this.#slot * BATCH_ROWS;
    const { pair } = this.#number;
    for (let i = 0; i < count; i++) {
      const at = base + records[i];
      const time = this.#time.timeOf(grouped, records[i]);
      if (batch.kinds[at] > FieldKind.null) {
        if (coerceMetric(batch, at, this.#type, this.#number)) {
          this.#state.add(rows[i], time, pair[0], pair[1], 0);
          continue;
        }
        faulty[records[i]] = 1;
      }
      this.#state.add(rows[i], time, 0, 0, 1);
    }
  }
}
