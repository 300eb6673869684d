import {
  hashedShardSpec,
  numberedShardSpec,
  rangeShardSpec,
  type ShardSpec,
  singleShardSpec,
  UNKNOWN_CORE_PARTITIONS,
} from '../../publish/layout/dataSegment.ts';
import type { IndexConfig } from './indexPayload.ts';
import { hashDimensions } from './partitioning.ts';
import type { PlannedShard } from './planShards.ts';

/** The shard spec that a segment is published with. */
export function shardSpecOf({ plan, bucket, partitionNum, partitions }: PlannedShard, config: IndexConfig): ShardSpec {
  const { tuning } = config.job;
  if (tuning.forceExtendableShardSpecs) return numberedShardSpec({ partitionNum, partitions });
  if (plan.type === 'hashed') {
    const partitionDimensions = hashDimensions(config);
    return hashedShardSpec({
      partitionNum,
      partitions,
      bucketId: bucket,
      numBuckets: plan.buckets,
      partitionDimensions,
    });
  }
  const { dimensions, ranges } = plan;
  const { start, end } = ranges[bucket];
  const numCorePartitions = config.quirks === 'druid' ? UNKNOWN_CORE_PARTITIONS : partitions;
  const bounds = { start, end, partitionNum, numCorePartitions };
  return tuning.partitions.type === 'single_dim'
    ? singleShardSpec({ ...bounds, dimension: dimensions[0] })
    : rangeShardSpec({ ...bounds, dimensions });
}
