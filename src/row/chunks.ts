import type { GranularitySpec } from '../spec/jobSpec.ts';
import { BucketLookup, segmentBuckets } from '../time/buckets.ts';
import { compileGranularity } from '../time/granularity.ts';

/** Finds the time chunk that a row belongs to, by its untruncated time (HadoopDruidIndexerConfig.getBucket). */
export interface ChunkFinder {
  /** @returns the chunk's start in epoch milliseconds, or NaN where the row lies in none of the spec's */
  find(time: number): number;
  /** End of the chunk that starts at a time. */
  endOf(start: number): number;
}

/** Chunks of the spec's intervals, or, where the spec has none, the segment granularity's bucket of any time. */
export function chunkFinder(spec: GranularitySpec): ChunkFinder {
  if (spec.intervals === null) {
    const granularity = compileGranularity(spec.segmentGranularity);
    return { find: (time) => granularity.bucketStart(time), endOf: (start) => granularity.bucketEnd(start) };
  }
  const buckets = segmentBuckets(spec);
  const lookup = new BucketLookup(buckets);
  const chunkAt = (time: number) => buckets[lookup.find(time)];
  return {
    find: (time) => {
      const index = lookup.find(time);
      return index < 0 ? Number.NaN : buckets[index].start;
    },
    endOf: (start) => chunkAt(start).end,
  };
}
