import type { IndexConfig } from '../indexPayload.ts';
import { shardsGiven } from '../partitioning.ts';
import type { ChunkForecast } from './jobPlan.ts';
import { keyText } from './keyText.ts';

/** Rows of a segment for each that it was to get, from which on it is told of. */
const SKEW_MIN = 2;

/** Sentences on segments that get far more rows than others because one key has so many. Ranges have theirs (`shardNotes`). */
export function skewNotes(chunks: readonly ChunkForecast[], { job }: IndexConfig): string[] {
  const { partitions } = job.tuning;
  if (partitions.type !== 'hashed') return [];
  const target = partitions.targetRowsPerSegment;
  const skewed = chunks.flatMap((chunk) => {
    const given = shardsGiven(partitions);
    const wanted = target ?? chunk.rows / (given ?? 1);
    const [hottest] = chunk.hottest;
    const largest = Math.max(...chunk.segments.map(({ rows }) => rows));
    // Frequent values that are not the key are spread over the segments by the others.
    const isKey = partitions.partitionDimensions.length > 0 || !job.granularity.rollup;
    const isSkewed = isKey && hottest !== undefined && largest >= SKEW_MIN * wanted && hottest.rows > largest / 2;
    return isSkewed && given !== 1 ? [{ chunk, hottest, largest, wanted: Math.round(wanted) }] : [];
  });
  if (skewed.length === 0) return [];
  const most = skewed.reduce((a, b) => (b.largest > a.largest ? b : a));
  const others =
    skewed.length === 1
      ? ''
      : ` So it is in ${skewed.length - 1} more time ${skewed.length === 2 ? 'chunk' : 'chunks'}.`;
  return [
    `In the time chunk ${most.chunk.interval.split('/')[0]} ${keyText(most.hottest)} has ${most.hottest.rows} rows: its segment gets ` +
      `${most.largest}, where ${most.wanted} are wanted.${others}`,
  ];
}
