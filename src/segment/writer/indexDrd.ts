import type { Interval } from '../../spec/jobSpec.ts';
import { concatBytes, int32Bytes, utf8 } from './bytes.ts';
import { ROARING_JSON } from './descriptor.ts';
import { stringList } from './genericIndexed.ts';

/** The latest instant Druid knows (`JodaUtils.MAX_INSTANT`); it rounds up as a double. */
const MAX_INSTANT = 2n ** 62n - 1n;

/** What stands around the interval. */
interface Frame {
  readonly columns: readonly string[];
  readonly dimensions: readonly string[];
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Of the segment before: those of a job have the same columns, but for some that are all null. */
let last: Frame | null = null;

/**
 * `index.drd`: names of the stored columns (metrics in name order, then dimensions) and of the stored dimensions, the interval, the
 * bitmap type; then both lists again for columns that are stored though all null, of which there are none.
 */
export function indexDrd(metrics: readonly string[], dimensions: readonly string[], interval: Interval): Uint8Array {
  const columns = [...metrics, ...dimensions];
  if (last === null || !areSame(last.columns, columns) || !areSame(last.dimensions, dimensions))
    last = frame(columns, dimensions);
  const { before, after } = last;
  const bytes = new Uint8Array(before.length + 16 + after.length);
  bytes.set(before);
  const view = new DataView(bytes.buffer, before.length);
  view.setBigInt64(0, instant(interval.start));
  view.setBigInt64(8, instant(interval.end));
  bytes.set(after, before.length + 16);
  return bytes;
}

function frame(columns: readonly string[], dimensions: readonly string[]): Frame {
  const serde = utf8(ROARING_JSON);
  return {
    columns,
    dimensions,
    before: concatBytes([stringList(columns), stringList(dimensions)]),
    after: concatBytes([
      int32Bytes(serde.length),
      serde,
      stringList(columns.map(() => null)),
      stringList(dimensions.map(() => null)),
    ]),
  };
}

function areSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, i) => name === right[i]);
}

function instant(epochMs: number): bigint {
  const exact = BigInt(epochMs);
  return exact > MAX_INSTANT ? MAX_INSTANT : exact;
}
