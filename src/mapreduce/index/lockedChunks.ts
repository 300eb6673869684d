import { chunkFinder } from '../../row/chunks.ts';
import type { Interval, JobSpec } from '../../spec/jobSpec.ts';
import { segmentBuckets } from '../../time/buckets.ts';
import type { PlannedShard } from './planShards.ts';

/** The time chunks of the spec. @throws Error where it names none */
export function knownChunks(job: JobSpec): Interval[] {
  if (job.granularity.intervals !== null) return segmentBuckets(job.granularity);
  throw new Error(
    'The lock cannot be held for the whole job, because the spec does not say which time it is about. Add granularitySpec.intervals, ' +
      'or hold the lock for the publication only.',
  );
}

/** The time chunks that a job writes. With dropExisting those too that get no rows: they may get tombstones. */
export function writtenChunks(job: JobSpec, shards: readonly Pick<PlannedShard, 'plan'>[]): Interval[] {
  if (job.dropExisting) return knownChunks(job);
  const { endOf } = chunkFinder(job.granularity);
  const starts = [...new Set(shards.map(({ plan }) => plan.chunk))].sort((a, b) => a - b);
  return starts.map((start) => ({ start, end: endOf(start) }));
}
