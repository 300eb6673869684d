import type { RecordView } from '../../input/record.ts';
import type { NumericByTimeState } from '../../rollup/metrics/byTimeState.ts';
import type { DoubleState } from '../../rollup/metrics/doubleState.ts';
import type { HyperUniqueState } from '../../rollup/metrics/hyperUniqueState.ts';
import type { LongState } from '../../rollup/metrics/longState.ts';
import type { MetricState } from '../../rollup/metrics/metricState.ts';
import type { StringByTimeState } from '../../rollup/metrics/stringByTimeState.ts';
import type { MetricSpec } from '../../spec/jobSpec.ts';
import { FieldText } from '../fieldText.ts';
import { compileFilter, OPAQUE_SLOT, TIME_SLOT } from '../filter/rowFilter.ts';
import type { Slots } from '../slots.ts';
import type { Aggregator } from './aggregator.ts';
import { FilteredAggregator } from './filteredAggregator.ts';
import { HyperUniqueAggregator } from './hyperUniqueAggregator.ts';
import { CountAggregator, DoubleAggregator, LongAggregator, NumericByTimeAggregator } from './numericAggregators.ts';
import { StringByTimeAggregator } from './textAggregators.ts';
import { TimeSource } from './timeSource.ts';

export interface AggregatorOptions {
  readonly slots: Slots;
  readonly view: RecordView;
  /** Druid's text of a double: Java 17's or the shortest one. */
  readonly doubleText: (value: number) => string;
  /**
   * As Druid's indexer does: null elements of lists are the text "null", and the filter around a first, a last or a hyperUnique
   * can read no column but `__time`, because Druid hands it the columns as input of that metric (docs/quirks.md, rows 3 and 12).
   */
  readonly druidQuirks: boolean;
}

/** The aggregator that feeds a metric's state; `state` was made by `createState` for the same metric. */
export function createAggregator(metric: MetricSpec, state: MetricState, options: AggregatorOptions): Aggregator {
  const { slots, view, doubleText, druidQuirks } = options;
  const time = (column: string) => new TimeSource(column === '__time' ? -1 : slots.of(column));
  switch (metric.type) {
    case 'count':
      return new CountAggregator(state as LongState);
    case 'numeric':
      return metric.valueType === 'long'
        ? new LongAggregator(state as LongState, slots.of(metric.fieldName))
        : new DoubleAggregator(state as DoubleState, slots.of(metric.fieldName), metric.valueType);
    case 'numericByTime':
      return new NumericByTimeAggregator(
        state as NumericByTimeState,
        slots.of(metric.fieldName),
        metric.valueType,
        time(metric.timeColumn),
      );
    case 'stringByTime':
      return new StringByTimeAggregator(
        state as StringByTimeState,
        slots.of(metric.fieldName),
        time(metric.timeColumn),
        new FieldText(doubleText),
      );
    case 'hyperUnique':
      return new HyperUniqueAggregator(
        state as HyperUniqueState,
        slots.of(metric.fieldName),
        new FieldText(doubleText),
        druidQuirks,
      );
    case 'filtered': {
      const blind = druidQuirks && isComplex(metric);
      const slotOf = (column: string) => (column === '__time' ? TIME_SLOT : blind ? OPAQUE_SLOT : slots.of(column));
      const filter = compileFilter(metric.filter, slotOf, doubleText);
      return new FilteredAggregator(filter, createAggregator(metric.aggregator, state, options), view);
    }
  }
}

/** Whether the metric is stored as something else than numbers. */
function isComplex(metric: MetricSpec): boolean {
  if (metric.type === 'filtered') return isComplex(metric.aggregator);
  return metric.type !== 'count' && metric.type !== 'numeric';
}
