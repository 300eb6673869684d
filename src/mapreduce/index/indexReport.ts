import type { RowCounts, RowSample } from '../../row/rowCounts.ts';
import type { Task, Tasks } from '../job.ts';
import type { UnitReport } from '../units/Units.ts';
import type { DeadLetterReport } from './deadLetterFile.ts';

/** A phase of an indexing job, as people see it. */
export type IndexPhase = 'determine' | 'read' | 'scatter' | 'merge' | 'store';

/** Told while a job runs; for display only. */
export interface IndexProgress {
  /**
   * `determine`: shards are found, from the input or from the keys that `read` left; `read`: splits to runs; `scatter`: runs are cut
   * into shards; `merge`: runs to segments; `store`: segments get their final names. Which ones there are depends on the
   * partitionsSpec.
   */
  readonly phase: IndexPhase;
  /** Stored input bytes read so far, and in all; 0 where a phase does not read the input. */
  readonly bytes: number;
  readonly bytesTotal: number;
  /** Records read (`read`) or rows written (`merge`) so far. */
  readonly rows: number;
  readonly tasksDone: number;
  readonly tasksTotal: number;
}

/**
 * Runs the tasks of a phase and tells how they get on.
 *
 * @param bytesTotal input bytes that they read
 * @param onResult told of the manifest of every task that has ended well, also when the phase fails
 * @param counted what progress counts in place of tasks
 * @returns their manifests, in the order of the tasks
 */
export type RunPhase = (
  phase: IndexPhase,
  tasks: Tasks,
  bytesTotal?: number,
  onResult?: (task: Task, manifest: unknown) => void,
  counted?: () => Counted,
) => Promise<unknown[]>;

/** Units of a phase whose tasks make several each. */
export interface Counted {
  readonly done: number;
  readonly total: number;
}

/** A segment that was made. */
export interface SegmentReport {
  readonly id: string;
  /** ISO 8601 `start/end` in UTC. */
  readonly interval: string;
  readonly partitionNum: number;
  readonly rows: number;
  /** Bytes of the uncompressed files, Druid's `size`. */
  readonly size: number;
  readonly zipBytes: number;
  readonly zipSha256: string;
  /** Where index.zip lies. */
  readonly path: string;
  /** The DataSegment as Druid has it in its metadata store. */
  readonly descriptor: unknown;
}

/** What a metadata store was told. */
export interface PublicationReport {
  /** Which metadata store it is, or which Overlord. */
  readonly store: string;
  readonly isReadByDruid: boolean;
  /** `staged`: the segments wait for `segmill publish`. */
  readonly status: 'published' | 'staged';
  /** The working directory, where the segments are staged. */
  readonly directory: string | null;
  /** Time chunks that were emptied, as ISO 8601 intervals. */
  readonly tombstones: readonly string[];
  /** Time chunks that got no rows and show those that they had before, as ISO 8601 intervals. */
  readonly keptChunks: readonly string[];
}

/** What a job did. */
export interface IndexReport {
  readonly dataSource: string;
  readonly version: string;
  readonly inputFiles: number;
  readonly inputBytes: number;
  readonly counts: RowCounts;
  readonly samples: readonly RowSample[];
  /** The file of bad and thrown-away rows; null when there is none. */
  readonly deadLetters: DeadLetterReport | null;
  /** Rows of all segments together. */
  readonly rowsStored: number;
  /** By time, then partition. */
  readonly segments: readonly SegmentReport[];
  readonly segmentOutputPath: string;
  /** Null: the segments were stored, and told to no metadata store. */
  readonly publication: PublicationReport | null;
  readonly seconds: {
    readonly read: number;
    /** Between reading and merging, or before reading: finding shards and cutting runs into them. */
    readonly determine: number;
    readonly merge: number;
    readonly store: number;
    readonly total: number;
  };
  readonly workers: number;
  /** Tasks that an earlier run of the job had done, and tasks that this one did; absent where nothing is taken over. */
  readonly units?: UnitReport;
  /** Sentences for people: what was decided or passed over. */
  readonly notes: readonly string[];
}
