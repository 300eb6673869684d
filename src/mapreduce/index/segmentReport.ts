import { dataSegmentJson } from '../../publish/layout/dataSegment.ts';
import { type SegmentKey, segmentId } from '../../publish/layout/layout.ts';
import type { SegmentPlace } from '../../publish/layout/segmentPlace.ts';
import { intervalText, isoText } from '../../time/isoText.ts';
import type { IndexConfig, ReduceManifest } from './indexPayload.ts';
import type { SegmentReport } from './indexReport.ts';
import { shardsOf } from './mapOutput.ts';
import { hashDimensions, shardsGiven } from './partitioning.ts';
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
  return {
    id: segmentId(place.key),
    interval: intervalText(place.key.interval),
    partitionNum: shard.partitionNum,
    rows: made.rows,
    size: made.size,
    zipBytes: made.zipBytes,
    zipSha256: made.zipSha256,
    path: place.final,
    descriptor: JSON.parse(
      dataSegmentJson({
        ...place.key,
        loadSpec: place.loadSpec,
        dimensions: job.dimensions.dimensions.map((dimension) => dimension.name),
        metrics: job.metrics.map((metric) => metric.name),
        shardSpec: shardSpecOf(shard, config),
        size: made.size,
      }),
    ),
  };
}

/** Few distinct values of the partition dimensions make fewer segments than the rows want (docs/quirks.md, row 7). */
export function fewTuplesNotes(shards: readonly PlannedShard[], config: IndexConfig): string[] {
  const names = hashDimensions(config);
  if (names.length === 0 || shardsGiven(config.job.tuning.partitions) !== null) return [];
  const chunks = new Map(shards.map(({ plan }) => [plan.chunk, { wanted: shardsOf(plan), made: 0 }]));
  for (const { plan } of shards) (chunks.get(plan.chunk) as { made: number }).made++;
  const short = [...chunks].filter(([, { wanted, made }]) => made < wanted);
  if (short.length === 0) return [];
  const [chunk, { wanted, made }] = short[0];
  const others = short.length === 1 ? '' : `, and ${short.length - 1} more like it`;
  return [
    `Too few distinct values of ${names.join(', ')} to hash by: the time chunk ${isoText(chunk)} got ${made} of the ${wanted} ` +
      `segments that its rows want${others}.`,
  ];
}
