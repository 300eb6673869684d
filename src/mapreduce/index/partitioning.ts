import type { RangeOptions } from '../../partition/determine/planRanges.ts';
import type { PartitionsSpec } from '../../spec/jobSpec.ts';
import type { IndexConfig } from './indexPayload.ts';

/** The number of shards of every time chunk where the spec gives it; null where it follows from the data. */
export function shardsGiven(partitions: PartitionsSpec): number | null {
  return partitions.type === 'hashed' ? partitions.numShards : null;
}

/** Whether a time chunk may become several segments. */
export function isPartitioned(partitions: PartitionsSpec): boolean {
  return shardsGiven(partitions) !== 1;
}

/**
 * The dimensions that a row's hash bucket is found by; none stands for all of them and the time. Druid's Hadoop indexer forgets
 * partitionDimensions when it determines the number of shards (docs/quirks.md, row 7).
 */
export function hashDimensions({ job, quirks }: IndexConfig): readonly string[] {
  const { partitions } = job.tuning;
  if (partitions.type !== 'hashed' || (quirks === 'druid' && shardsGiven(partitions) === null)) return [];
  return partitions.partitionDimensions;
}

/** How a job of single_dim or range partitioning is cut; null for one of hashed. */
export function rangeOptions({
  job,
  quirks,
}: IndexConfig): (RangeOptions & { readonly assumeGrouped: boolean }) | null {
  const { partitions, determinePartitionsSamplingFactor } = job.tuning;
  if (partitions.type === 'hashed') return null;
  const named = partitions.partitionDimensions;
  return {
    type: partitions.type,
    candidates: named.length > 0 ? [named] : job.dimensions.dimensions.map(({ name }) => [name]),
    targetRowsPerSegment: partitions.targetRowsPerSegment,
    maxRowsPerSegment: partitions.maxRowsPerSegment,
    samplingFactor: determinePartitionsSamplingFactor,
    druid: quirks === 'druid',
    assumeGrouped: partitions.assumeGrouped,
  };
}

/** How the determine pass sees a job: with `assumeGrouped` Druid counts rows, equal ones too. */
export function determineConfig(config: IndexConfig): IndexConfig {
  const { partitions } = config.job.tuning;
  if (config.quirks === 'none' || partitions.type === 'hashed' || !partitions.assumeGrouped) return config;
  return { ...config, job: { ...config.job, granularity: { ...config.job.granularity, rollup: false } } };
}
