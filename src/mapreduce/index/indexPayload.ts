import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import type { InputSplit } from '../../input/splits/splits.ts';
import type { KeySectionRef } from '../../partition/determine/keyRun.ts';
import type { RangePlan } from '../../partition/determine/planRanges.ts';
import type { ChunkCounts } from '../../partition/determine/valueCounter.ts';
import type { SectionRef } from '../../rollup/run/run.ts';
import type { RowCounts, RowReason } from '../../row/rowCounts.ts';
import type { Interval, JobSpec } from '../../spec/jobSpec.ts';
import type { DeadLetter } from './deadLetters.ts';
import type { KeepRuns } from './keepRuns.ts';

/** `druid` reproduces what docs/quirks.md lists; `none` is right. */
export type Quirks = 'none' | 'druid';

/** What every task of an indexing job knows. */
export interface IndexConfig {
  readonly job: JobSpec;
  readonly quirks: Quirks;
  /** How HDFS is reached; absent where the job has nothing to do with it. */
  readonly hadoop?: HadoopClient;
}

/** The shards of a time chunk. */
export type ChunkPlan =
  | {
      readonly type: 'hashed';
      /** Start of the time chunk, epoch milliseconds. */
      readonly chunk: number;
      readonly buckets: number;
    }
  | ({ readonly type: 'ranges'; readonly chunk: number } & RangePlan);

/** What a map task does with its rows. */
export type MapPass =
  /** The spec gives the number of shards: rows go to them at once. */
  | { readonly type: 'numShards'; readonly numShards: number }
  | {
      /** Shards are to be found: the task leaves what they are found by. */
      readonly type: 'determine';
      /** Whether rows are left as runs, which are cut into shards later; else the split is read again. Each task decides on `auto`. */
      readonly keepRuns: KeepRuns;
      /** Parts that key runs are divided into. */
      readonly keyParts: number;
    }
  /** Shards have been found: rows go to them. */
  | { readonly type: 'planned'; readonly plan: readonly ChunkPlan[] };

export interface MapPayload {
  readonly config: IndexConfig;
  readonly pass: MapPass;
  readonly split: InputSplit;
  /** Bad rows that this task may meet before it stops; null is unlimited. */
  readonly badRowsMax: number | null;
}

/** A file that a task wrote in its attempt directory, and what tells that it is whole. */
export interface TaskFile {
  readonly path: string;
  readonly bytes: number;
  readonly crc32: number;
}

/** A run that a map task wrote. */
export interface RunManifest extends TaskFile {
  readonly sections: readonly SectionRef[];
}

/** What a map task knows of a time chunk that it found rows of. */
export interface ChunkKeys {
  /** Start of the time chunk, epoch milliseconds. */
  readonly chunk: number;
  /** Image of the estimator of distinct group keys, where partitions are hashed; else null. */
  readonly cardinality: string | null;
}

/** A key run, as a task that counts keys reads it. */
export interface KeyRunManifest {
  readonly path: string;
  readonly sections: readonly KeySectionRef[];
}

/** The dead letters of a map task. */
export interface MapLetters {
  readonly split: InputSplit;
  /** Lines read of each of the split's inputs, header rows and malformed ones included. */
  readonly lines: readonly number[];
  /** In the order of the input, lines counted by the task: a JSON file of them, where there are any. */
  readonly letters: (TaskFile & { readonly reasons: readonly RowReason[] }) | readonly DeadLetter[] | null;
}

export interface MapManifest extends MapLetters {
  /** SHA-256 of the first and last bytes of all that the task has read (`units/inputHash.ts`). */
  readonly inputHash: string;
  readonly counts: RowCounts;
  /** In position order; none where they were not kept. */
  readonly runs: readonly RunManifest[];
  /** False where a task that determined partitions has dropped its rows: its split is to be read again. */
  readonly keptRuns: boolean;
  /** Time chunks, and how many records became rows of each. */
  readonly chunkRecords: readonly (readonly [chunk: number, records: number])[];
  /** Time chunks of rows, of a task that determines partitions. */
  readonly chunks: readonly ChunkKeys[];
  /** In position order, of a task that determines ranges. */
  readonly keyRuns: readonly (KeyRunManifest & TaskFile)[];
  /** Of a task that determines ranges with `--quirks druid`: group keys as Druid writes them, of all rows (`druidKeys.ts`). */
  readonly druidKeys: TaskFile | null;
}

export interface CountPayload {
  readonly config: IndexConfig;
  /** The part of the keys that is counted. */
  readonly part: number;
  /** In position order; sections of that part. */
  readonly keyRuns: readonly KeyRunManifest[];
}

export interface CountManifest extends TaskFile {
  /** By time. */
  readonly chunks: readonly ChunkCounts[];
}

export interface ScatterPayload {
  readonly config: IndexConfig;
  readonly plan: readonly ChunkPlan[];
  /** Sections of one run whose chunks have several shards. */
  readonly sections: readonly SectionInputRef[];
}

/** A section of a run, as input of a reduce task. */
export interface SectionInputRef {
  readonly path: string;
  readonly section: SectionRef;
}

/** The rows of a segment. */
export interface ShardInput {
  readonly config: IndexConfig;
  readonly interval: Interval;
  /** In position order. */
  readonly sections: readonly SectionInputRef[];
}

export interface ReducePayload extends ShardInput {
  /** Where index.zip is written to, under a name that no reader takes for finished. */
  readonly temporaryZip: string;
}

export interface ReduceManifest {
  readonly rows: number;
  /** Names of all dimensions, those without a value too, as DataSegment.dimensions has them. */
  readonly dimensions: readonly string[];
  /** Bytes of the uncompressed files of the segment together, as DataSegment.size has it. */
  readonly size: number;
  readonly zipBytes: number;
  readonly zipSha256: string;
}
