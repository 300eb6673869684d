import type { Interval } from '../../spec/jobSpec.ts';
import { concatBytes, int32Bytes, int64Bytes, utf8 } from './bytes.ts';
import { stringList } from './genericIndexed.ts';

/** The latest instant Druid knows (`JodaUtils.MAX_INSTANT`); it rounds up as a double. */
const MAX_INSTANT = 2n ** 62n - 1n;

/**
 * `index.drd`: names of the stored columns (metrics in name order, then dimensions) and of the stored dimensions, the interval, the
 * bitmap type; then both lists again for columns that are stored though all null, of which there are none.
 */
export function indexDrd(
  metrics: readonly string[],
  dimensions: readonly string[],
  interval: Interval,
  bitmapSerdeJson: string,
): Uint8Array {
  const serde = utf8(bitmapSerdeJson);
  const columns = [...metrics, ...dimensions];
  return concatBytes([
    stringList(columns),
    stringList(dimensions),
    int64Bytes(instant(interval.start)),
    int64Bytes(instant(interval.end)),
    int32Bytes(serde.length),
    serde,
    stringList(columns.map(() => null)),
    stringList(dimensions.map(() => null)),
  ]);
}

function instant(epochMs: number): bigint {
  const exact = BigInt(epochMs);
  return exact > MAX_INSTANT ? MAX_INSTANT : exact;
}
