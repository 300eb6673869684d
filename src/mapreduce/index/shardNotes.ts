import { valueText } from '../../partition/determine/valueText.ts';
import { isoText } from '../../time/isoText.ts';
import type { IndexConfig } from './indexPayload.ts';
import { shardsOf } from './mapOutput.ts';
import { hashDimensions, shardsGiven } from './partitioning.ts';
import type { PlannedShard } from './planShards.ts';

/** Sentences on shards that came out unlike what the spec asks for, and what in the data they come from. */
export function shardNotes(shards: readonly PlannedShard[], config: IndexConfig): string[] {
  return [...fewTuples(shards, config), ...giantValues(shards, config)];
}

/** Few distinct values of the partition dimensions make fewer segments than the rows want (docs/quirks.md, row 7). */
function fewTuples(shards: readonly PlannedShard[], config: IndexConfig): string[] {
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

/** A value that has more rows than a segment should get cannot be cut. */
function giantValues(shards: readonly PlannedShard[], { job }: IndexConfig): string[] {
  const { partitions, determinePartitionsSamplingFactor: factor } = job.tuning;
  if (partitions.type === 'hashed') return [];
  const { targetRowsPerSegment } = partitions;
  const plans = new Set(shards.map(({ plan }) => plan));
  const giants = [...plans].flatMap((plan) => {
    if (plan.type !== 'ranges' || plan.largest === null) return [];
    const rows = plan.largest.rows * factor;
    return rows > targetRowsPerSegment ? [{ plan, rows, tuple: plan.largest.tuple }] : [];
  });
  if (giants.length === 0) return [];
  const most = giants.reduce((a, b) => (b.rows > a.rows ? b : a));
  const have = most.tuple.length === 1 ? 'has' : 'have';
  const about = factor === 1 ? '' : 'about ';
  const others =
    giants.length === 1
      ? ''
      : ` So it is in ${giants.length - 1} more time ${giants.length === 2 ? 'chunk' : 'chunks'}.`;
  return [
    `In the time chunk ${isoText(most.plan.chunk)} ${valueText(most.tuple)} of ${most.plan.dimensions.join(', ')} alone ${have} ` +
      `${about}${most.rows} rows: one segment gets them all, though targetRowsPerSegment is ${targetRowsPerSegment}.${others}`,
  ];
}
