import type { MapManifest, SectionInputRef } from './indexPayload.ts';

/** A segment to be made. */
export interface PlannedShard {
  /** Start of the time chunk, epoch milliseconds. */
  readonly chunk: number;
  /** Bucket of the hash. */
  readonly bucket: number;
  readonly partitionNum: number;
  /** Segments of the chunk that must all be there before it is served. */
  readonly partitions: number;
  /** In position order. */
  readonly sections: readonly SectionInputRef[];
  readonly sectionRows: number;
}

/**
 * Gathers the sections of all runs by shard, in order of time and bucket, and numbers the partitions of each chunk. Buckets
 * without rows get no segment; partitions are numbered without them, or, as Druid's Hadoop indexer does, with holes
 * (docs/quirks.md, row 1).
 *
 * @param buckets hash buckets per chunk
 */
export function planShards(maps: readonly MapManifest[], buckets: number, keepHoles: boolean): readonly PlannedShard[] {
  const chunks = new Map<number, Map<number, SectionInputRef[]>>();
  for (const { runs } of maps) {
    for (const { path, sections } of runs) {
      for (const section of sections) {
        let shards = chunks.get(section.chunk);
        if (shards === undefined) {
          shards = new Map();
          chunks.set(section.chunk, shards);
        }
        const inputs = shards.get(section.shard);
        if (inputs === undefined) shards.set(section.shard, [{ path, section }]);
        else inputs.push({ path, section });
      }
    }
  }
  const byNumber = ([a]: [number, unknown], [b]: [number, unknown]) => a - b;
  return [...chunks].sort(byNumber).flatMap(([chunk, shards]) =>
    [...shards].sort(byNumber).map(([bucket, sections], place) => ({
      chunk,
      bucket,
      partitionNum: keepHoles ? bucket : place,
      partitions: keepHoles ? buckets : shards.size,
      sections,
      sectionRows: sections.reduce((sum, { section }) => sum + section.rows, 0),
    })),
  );
}
