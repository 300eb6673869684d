import type { ShardSpec } from '../../../publish/layout/dataSegment.ts';
import type { RowCounts, RowSample } from '../../../row/rowCounts.ts';
import type { DeadLetterReport } from '../deadLetterFile.ts';
import type { ChunkPlan, Quirks } from '../indexPayload.ts';
import type { KeptRuns } from '../runMaker.ts';
import type { HotKey } from './hotKeys.ts';

/** What tells a plan's file from others, and its form from later ones. */
export const PLAN_TYPE = 'segmill-plan';
export const PLAN_FORMAT = 1;

/** An input file as the plan saw it. */
export interface PlannedInput {
  readonly path: string;
  readonly length: number;
  /** Epoch milliseconds. */
  readonly modificationMs: number;
}

/** A segment to be made. */
export interface SegmentForecast {
  readonly partitionNum: number;
  /** With the bounds of its range, or its hash bucket. */
  readonly shardSpec: ShardSpec;
  readonly rows: number;
  /** Bytes of its uncompressed files, DataSegment's `size`. */
  readonly size: number;
}

/** A time chunk to be made. */
export interface ChunkForecast {
  /** ISO 8601 `start/end` in UTC. */
  readonly interval: string;
  /** How its rows find their segments. */
  readonly plan: ChunkPlan;
  /** Records that become rows. */
  readonly records: number;
  /** Rows stored. */
  readonly rows: number;
  /** Distinct group keys: time and all dimensions. */
  readonly keys: number;
  /** Records for each row stored. */
  readonly rollupRatio: number;
  readonly segments: readonly SegmentForecast[];
  /** The keys that most rows go to their segment by; where rows are hashed by all that tells them apart, frequent values. */
  readonly hottest: readonly HotKey[];
}

/** What a job would do: plain data, which a job can be run by. */
export interface JobPlan {
  readonly type: typeof PLAN_TYPE;
  readonly format: typeof PLAN_FORMAT;
  /** Version of the program. */
  readonly program: string;
  readonly dataSource: string;
  /** SHA-256 of each part of the JobSpec. */
  readonly spec: Readonly<Record<string, string>>;
  readonly quirks: Quirks;
  /** By path. */
  readonly inputs: readonly PlannedInput[];
  readonly counts: RowCounts;
  readonly samples: readonly RowSample[];
  /** Where bad and thrown-away rows are kept; null where there are none. */
  readonly deadLetters: DeadLetterReport | null;
  /** In order of time. */
  readonly chunks: readonly ChunkForecast[];
  /** Runs of the determine pass that are kept for the next one; null where the number of shards is given and there is no such pass. */
  readonly keptRuns: KeptRuns | null;
  /** As measured while the plan was made, which does all that the job does but packing and storing. */
  readonly expected: {
    readonly workers: number;
    readonly seconds: { readonly read: number; readonly determine: number; readonly merge: number };
    /** Most memory that the process has held. */
    readonly memoryBytes: number;
  };
  /** Sentences for people: what is unlike what the spec asks for, and why. */
  readonly notes: readonly string[];
}

/** The shards of each time chunk. */
export function chunkPlansOf(plan: JobPlan): ChunkPlan[] {
  return plan.chunks.map((chunk) => chunk.plan);
}
