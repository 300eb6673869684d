/** Time chunks of a job that got no rows, though an older version has some. */

import type { Interval } from '../spec/jobSpec.ts';
import { intervalText } from '../time/isoText.ts';
import { segmentId } from './layout/layout.ts';
import type { MetadataStore, PublishedSegment, UsedSegment } from './metadata/MetadataStore.ts';

/**
 * The chunks among some that show data of older versions.
 *
 * @param chunks ascending and apart, with no segment of the job
 */
export async function chunksWithOlderData(
  store: MetadataStore,
  dataSource: string,
  chunks: readonly Interval[],
): Promise<Interval[]> {
  const used = await store.usedSegments(dataSource, chunks);
  if (used.length === 0) return [];
  const payloads = await store.payloads(used.map(({ id }) => id));
  const isTombstone = ({ id }: UsedSegment) => isTombstonePayload(payloads.get(id));
  const tombstones = used.filter(isTombstone);
  const data = used.filter((segment) => !isTombstone(segment));
  return chunks.filter((chunk) =>
    data.some(
      (segment) => overlaps(segment.interval, chunk) && !tombstones.some((tomb) => hides(tomb, segment, chunk)),
    ),
  );
}

function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

function hides(tombstone: UsedSegment, { version }: UsedSegment, chunk: Interval): boolean {
  const { interval } = tombstone;
  return tombstone.version > version && interval.start <= chunk.start && interval.end >= chunk.end;
}

function isTombstonePayload(payload: string | undefined): boolean {
  if (payload === undefined) return false;
  const { shardSpec } = JSON.parse(payload) as { shardSpec?: { type?: string } };
  return shardSpec?.type === 'tombstone';
}

/** A segment that empties a time chunk: no file, and Druid shows nothing where it hides older segments (DataSegment, TombstoneShardSpec). */
export function tombstone(dataSource: string, interval: Interval, version: string): PublishedSegment {
  const id = segmentId({ dataSource, interval, version, partitionNum: 0 });
  const payload = JSON.stringify({
    dataSource,
    interval: intervalText(interval),
    version,
    loadSpec: { type: 'tombstone', path: null },
    dimensions: '',
    metrics: '',
    shardSpec: { type: 'tombstone', partitionNum: 0, partitions: 0 },
    binaryVersion: null,
    // Nothing would trip over the balancing of segments.
    size: 1,
    identifier: id,
  });
  return { id, interval, payload };
}
