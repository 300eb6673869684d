import type { InputSplit } from '../../../input/splits/splits.ts';
import type { CountManifest, IndexConfig, MapManifest, MapPass, ReduceManifest } from '../../index/indexPayload.ts';
import type { ChunkShards } from '../shuffle/reducerOf.ts';

/** What every task of a MapReduce job is told: a file that travels with the job. */
export interface YarnPlan {
  readonly config: IndexConfig;
  readonly pass: MapPass;
  /** What each map task reads, one split after the other. */
  readonly mapSplits: readonly (readonly InputSplit[])[];
  readonly reducers: number;
  /** Shards that are known beforehand. */
  readonly chunks: ChunkShards;
  /** Folder of the pass on HDFS. */
  readonly directory: string;
}

/** What a mapper leaves: what it read of each split and each part of one, in order. */
export interface MapUnit {
  readonly maps: readonly MapManifest[];
}

/** A segment that a reducer made; its zip waits in the folder of the pass. */
export interface MadeSegment {
  readonly chunk: number;
  readonly shard: number;
  readonly zip: string;
  readonly manifest: ReduceManifest;
}

/** What a reducer leaves: the segments it made. */
export interface ReduceUnit {
  readonly segments: readonly MadeSegment[];
}

/** What a reducer of the determine pass leaves: the counts of its part; null where no key fell into it. */
export interface CountUnit {
  readonly counts: CountManifest | null;
}

/** Name of the unit that task `number` leaves. */
export function unitName(kind: 'map' | 'reduce', number: number): string {
  return `${kind}-${String(number).padStart(6, '0')}.json`;
}

/** Folders of a pass: manifests of units that are done, what attempts write, and why attempts failed. */
export const UNITS = 'units';
export const ATTEMPTS = 'attempts';
export const ERRORS = 'errors';
