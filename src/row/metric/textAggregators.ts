import { FieldKind } from '../../input/record.ts';
import { BATCH_ROWS } from '../../input/recordBatch.ts';
import type { StringByTimeState } from '../../rollup/metrics/stringByTimeState.ts';
import type { FieldText } from '../fieldText.ts';
import type { Aggregator, GroupedRecords } from './aggregator.ts';
import type { TimeSource } from './timeSource.ts';

/** stringFirst and stringLast: nulls are no candidates; a list counts as the one text that Java prints for it. */
export class StringByTimeAggregator implements Aggregator {
  readonly #state: StringByTimeState;
  readonly #slot: number;
  readonly #time: TimeSource;
  readonly #text: FieldText;

  constructor(state: StringByTimeState, slot: number, time: TimeSource, text: FieldText) {
    this.#state = state;
    this.#slot = slot;
    this.#time = time;
    this.#text = text;
  }

  aggregate(grouped: GroupedRecords): void {
    const { batch, records, rows, count } = grouped;
    const base = this.#slot * BATCH_ROWS;
    const text = this.#text;
    for (let i = 0; i < count; i++) {
      const at = base + records[i];
      if (batch.kinds[at] <= FieldKind.null) continue;
      text.read(batch, at);
      this.#state.add(rows[i], this.#time.timeOf(grouped, records[i]), text.bytes, text.start, text.end);
    }
  }
}
