import { segmentDescriptor } from '../../publish/layout/dataSegment.ts';
import type { SegmentKey } from '../../publish/layout/layout.ts';
import type { SegmentPlace } from '../../publish/layout/segmentPlace.ts';
import type { IndexConfig, ReduceManifest } from './indexPayload.ts';
import type { SegmentReport } from './indexReport.ts';
import type { PlannedShard } from './planShards.ts';
import { shardSpecOf } from './shardSpec.ts';

/** What is told of a segment that was made. */
export function segmentReport(
  shard: PlannedShard,
  place: Pick<SegmentPlace, 'final' | 'loadSpec'> & { readonly key: SegmentKey },
  made: ReduceManifest,
  config: IndexConfig,
): SegmentReport {
  const { job } = config;
  const descriptor = segmentDescriptor({
    ...place.key,
    loadSpec: place.loadSpec,
    dimensions: made.dimensions,
    metrics: job.metrics.map((metric) => metric.name),
    shardSpec: shardSpecOf(shard, config),
    size: made.size,
  });
  return {
    id: descriptor.identifier,
    interval: descriptor.interval,
    partitionNum: shard.partitionNum,
    rows: made.rows,
    size: made.size,
    zipBytes: made.zipBytes,
    zipSha256: made.zipSha256,
    path: place.final,
    descriptor,
  };
}
