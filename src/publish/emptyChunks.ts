/** Time chunks of a job that got no rows, though an older version has some. */

import type { Interval } from '../spec/jobSpec.ts';
import { intervalText } from '../time/isoText.ts';
import { segmentId } from './layout/layout.ts';
import type { MetadataStore, PublishedSegment } from './metadata/MetadataStore.ts';

/** A segment that was published before the job's. */
export interface OlderSegment {
  readonly interval: Interval;
  readonly version: string;
  /** It has no rows, and hides what lies below it. */
  readonly isTombstone: boolean;
}

/** The segments of a metadata store that share time with one of the chunks. */
export async function olderSegments(
  store: MetadataStore,
  dataSource: string,
  chunks: readonly Interval[],
): Promise<OlderSegment[]> {
  const used = await store.usedSegments(dataSource, chunks);
  if (used.length === 0) return [];
  const payloads = await store.payloads(used.map(({ id }) => id));
  return used.map(({ id, interval, version }) => ({
    interval,
    version,
    isTombstone: isTombstonePayload(payloads.get(id)),
  }));
}

/**
 * The chunks among some that show data of older versions.
 *
 * @param chunks ascending and apart, with no segment of the job
 */
export function chunksWithOlderData(older: readonly OlderSegment[], chunks: readonly Interval[]): Interval[] {
  const tombstones = older.filter(({ isTombstone }) => isTombstone);
  const data = older.filter(({ isTombstone }) => !isTombstone);
  return chunks.filter((chunk) =>
    data.some(
      (segment) => overlaps(segment.interval, chunk) && !tombstones.some((tomb) => hides(tomb, segment, chunk)),
    ),
  );
}

function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

function hides(tombstone: OlderSegment, { version }: OlderSegment, chunk: Interval): boolean {
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
