import type { Interval } from '../../spec/jobSpec.ts';
import { concatBytes, int32Bytes, int64Bytes, utf8 } from './bytes.ts';
import { stringList } from './genericIndexed.ts';

/** The latest instant Druid knows (`JodaUtils.MAX_INSTANT`); it rounds up as a double. */
const MAX_INSTANT = 2n ** 62n - 1n;

/** What stands around the interval. */
interface Frame {
  readonly names: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Of the segment before: those of a job have the same columns, but for some that are all null. */
let last: Frame = { names: '', before: new Uint8Array(0), after: new Uint8Array(0) };

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
  const names = JSON.stringify([metrics, dimensions, bitmapSerdeJson]);
  if (last.names !== names) last = { names, ...frame([...metrics, ...dimensions], dimensions, bitmapSerdeJson) };
  return concatBytes([last.before, int64Bytes(instant(interval.start)), int64Bytes(instant(interval.end)), last.after]);
}

function frame(
  columns: readonly string[],
  dimensions: readonly string[],
  bitmapSerdeJson: string,
): Omit<Frame, 'names'> {
  const serde = utf8(bitmapSerdeJson);
  return {
    before: concatBytes([stringList(columns), stringList(dimensions)]),
    after: concatBytes([
      int32Bytes(serde.length),
      serde,
      stringList(columns.map(() => null)),
      stringList(dimensions.map(() => null)),
    ]),
  };
}

function instant(epochMs: number): bigint {
  const exact = BigInt(epochMs);
  return exact > MAX_INSTANT ? MAX_INSTANT : exact;
}
