import type { MetricSpec } from '../../spec/jobSpec.ts';
import { NumericByTimeState } from './byTimeState.ts';
import { DoubleState } from './doubleState.ts';
import { HyperUniqueState } from './hyperUniqueState.ts';
import { LongState } from './longState.ts';
import type { MetricState } from './metricState.ts';
import { StringByTimeState } from './stringByTimeState.ts';

/**
 * An empty state for a metric.
 *
 * @param anyNullIsZero Druid's longAny, doubleAny and floatAny give 0 over nothing but nulls (docs/quirks.md, row 4)
 */
export function createState(metric: MetricSpec, anyNullIsZero: boolean): MetricState {
  switch (metric.type) {
    case 'count':
      // A filtered count without a match is 0.
      return new LongState('sum', true);
    case 'numeric': {
      const nullIsZero = metric.operation === 'any' && anyNullIsZero;
      return metric.valueType === 'long'
        ? new LongState(metric.operation, nullIsZero)
        : new DoubleState(metric.operation, metric.valueType === 'float', nullIsZero);
    }
    case 'numericByTime':
      return new NumericByTimeState(metric.operation, metric.valueType);
    case 'stringByTime':
      return new StringByTimeState(metric.operation, metric.maxStringBytes);
    case 'hyperUnique':
      return new HyperUniqueState();
    case 'filtered':
      return createState(metric.aggregator, anyNullIsZero);
  }
}
