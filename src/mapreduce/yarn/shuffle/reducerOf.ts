import { REDUCERS_MAX } from './blockKey.ts';

/** How shards are dealt out to reducers. Which reducer makes a segment shows nowhere in it. */
export interface ReducerOf {
  /** Reducers in all. */
  readonly count: number;
  of(chunk: number, shard: number): number;
}

/** More reducers than this wait in line on any cluster; each then makes several segments. */
const REDUCERS_DEFAULT_MAX = 2000;

/** Time chunks and the number of their shards. */
export type ChunkShards = readonly { readonly chunk: number; readonly shards: number }[];

/** Reducers for shards that are all known. */
export function reducersFor(chunks: ChunkShards): number {
  const shards = chunks.reduce((sum, chunk) => sum + chunk.shards, 0);
  return Math.max(1, Math.min(shards, REDUCERS_DEFAULT_MAX, REDUCERS_MAX));
}

/**
 * Deals known shards out one after the other; those of chunks that are not known beforehand follow from their time, so that the
 * shards of a chunk still go to neighbours.
 */
export function reducerOf(count: number, chunks: ChunkShards): ReducerOf {
  const firsts = new Map<number, number>();
  let next = 0;
  for (const { chunk, shards } of chunks) {
    firsts.set(chunk, next);
    next += shards;
  }
  return {
    count,
    of(chunk, shard) {
      return ((firsts.get(chunk) ?? Math.abs(Math.floor(chunk / 60_000))) + shard) % count;
    },
  };
}
