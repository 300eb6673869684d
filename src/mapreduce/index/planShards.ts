import type { ChunkPlan, RunManifest, SectionInputRef } from './indexPayload.ts';
import { shardsOf } from './mapOutput.ts';

/** A segment to be made. */
export interface PlannedShard {
  /** The shards of its time chunk. */
  readonly plan: ChunkPlan;
  /** Bucket of the hash, or number of the range. */
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
 * (docs/quirks.md, rows 1 and 2).
 *
 * @param runs in position order
 * @param planOf the shards of a time chunk
 */
export function planShards(
  runs: readonly Pick<RunManifest, 'path' | 'sections'>[],
  planOf: (chunk: number) => ChunkPlan,
  keepHoles: boolean,
): readonly PlannedShard[] {
  const chunks = new Map<number, Map<number, SectionInputRef[]>>();
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
  const byNumber = ([a]: [number, unknown], [b]: [number, unknown]) => a - b;
  return [...chunks].sort(byNumber).flatMap(([chunk, shards]) => {
    const plan = planOf(chunk);
    return [...shards].sort(byNumber).map(([bucket, sections], place) => ({
      plan,
      bucket,
      partitionNum: keepHoles ? bucket : place,
      partitions: keepHoles ? shardsOf(plan) : shards.size,
      sections,
      sectionRows: sections.reduce((sum, { section }) => sum + section.rows, 0),
    }));
  });
}
