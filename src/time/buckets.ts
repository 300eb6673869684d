/**
 * The time chunks of a job: which buckets its intervals touch, and which of them a row is in (Druid:
 * UniformGranularitySpec, ArbitraryGranularitySpec, LookupIntervalBuckets).
 */

import type { GranularitySpec, Interval } from '../spec/jobSpec.ts';
import { MAX_TIME_MS } from './calendar.ts';
import { compileGranularity } from './granularity.ts';
import { intervalText, isoText } from './isoText.ts';

/** A job with more time chunks than this would die of its bookkeeping: each is a folder, a shard plan and a segment. */
const MAX_BUCKETS = 1_000_000;

/**
 * The time chunks that a granularitySpec's intervals name, ascending, none twice.
 *
 * `uniform`: whole buckets of segmentGranularity that share time with an interval; with `all` the intervals themselves,
 * those that touch or overlap as one. `arbitrary`: the intervals as they stand.
 *
 * @throws Error with a sentence when the intervals are unknown, when `arbitrary` ones overlap, when there would be more
 *   than {@link MAX_BUCKETS} buckets
 */
export function segmentBuckets(spec: Pick<GranularitySpec, 'type' | 'segmentGranularity' | 'intervals'>): Interval[] {
  if (spec.intervals === null) {
    throw new Error('granularitySpec.intervals are not known yet: they must be found from the data first.');
  }
  if (spec.type === 'arbitrary') return separate(spec.intervals);
  const condensed = condense(spec.intervals);
  const granularity = compileGranularity(spec.segmentGranularity);
  if (granularity.isAll) return condensed;
  const buckets: Interval[] = [];
  for (const interval of condensed) {
    if (interval.start < -MAX_TIME_MS || interval.end > MAX_TIME_MS) throw tooMany(interval);
    // The bucket that the interval begins in may be the last one of the interval before.
    let start = Math.max(granularity.bucketStart(interval.start), buckets.at(-1)?.end ?? Number.NEGATIVE_INFINITY);
    // Buckets of one granularity differ in length by less than half, so most of the impossible needs no counting.
    const length = granularity.bucketEnd(start) - start;
    if ((interval.end - start) / length > 2 * MAX_BUCKETS) throw tooMany(interval);
    while (start < interval.end) {
      if (buckets.length === MAX_BUCKETS) throw tooMany(interval);
      const end = granularity.bucketEnd(start);
      buckets.push({ start, end });
      start = end;
    }
  }
  return buckets;
}

function tooMany(interval: Interval): Error {
  return new Error(
    `The interval ${intervalText(interval)} has more than ${MAX_BUCKETS.toLocaleString('en-US')} time chunks of this ` +
      'segmentGranularity; use a shorter interval or a coarser segmentGranularity.',
  );
}

function byStart(intervals: readonly Interval[]): Interval[] {
  return [...intervals].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Ascending, without empty ones, those that touch or overlap joined. */
export function condense(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const { start, end } of byStart(intervals)) {
    if (start >= end) continue;
    const last = result.at(-1);
    if (last !== undefined && start <= last.end) {
      if (end > last.end) result[result.length - 1] = { start: last.start, end };
    } else {
      result.push({ start, end });
    }
  }
  return result;
}

/** Ascending; the same one twice counts once, any other overlap is refused. */
function separate(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const interval of byStart(intervals)) {
    const last = result.at(-1);
    if (last !== undefined && last.start === interval.start && last.end === interval.end) continue;
    if (last !== undefined && interval.start < last.end) {
      throw new Error(
        `The intervals ${intervalText(last)} and ${intervalText(interval)} of an arbitrary granularitySpec overlap; ` +
          'its intervals are the time chunks, so each time may be in one only.',
      );
    }
    result.push(interval);
  }
  return result;
}

/** Finds the time chunk of a row. */
export class BucketLookup {
  private readonly starts: Float64Array;
  private readonly ends: Float64Array;
  private last = 0;

  /** @param buckets ascending and apart, as {@link segmentBuckets} gives them; they are copied */
  constructor(buckets: readonly Interval[]) {
    this.starts = Float64Array.from(buckets, (bucket) => bucket.start);
    this.ends = Float64Array.from(buckets, (bucket) => bucket.end);
    for (let i = 1; i < buckets.length; i++) {
      if (this.starts[i] < this.ends[i - 1]) {
        throw new Error(
          `Time chunks must ascend and not overlap, but one starts at ${isoText(this.starts[i])} too soon.`,
        );
      }
    }
  }

  /** Index of the bucket with `start <= ms < end`, or -1 when no bucket has this time. */
  find(ms: number): number {
    const { starts, ends, last } = this;
    if (ms >= starts[last] && ms < ends[last]) return last;
    let low = 0;
    let high = starts.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (starts[middle] <= ms) low = middle + 1;
      else high = middle - 1;
    }
    if (high < 0 || ms >= ends[high]) return -1;
    this.last = high;
    return high;
  }
}
