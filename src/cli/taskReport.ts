import type { DeadLetterReport } from '../mapreduce/index/deadLetterFile.ts';
import type { IndexPhase } from '../mapreduce/index/indexReport.ts';
import {
  type RowCounts,
  type RowReason,
  type RowSample,
  samplePlace,
  thrownAwayRows,
  unparseableRows,
} from '../row/rowCounts.ts';
import type { JobSpec } from '../spec/jobSpec.ts';
import { isSecretName } from '../spec/secrets.ts';

/** What a task report is made of. */
export interface TaskOutcome {
  /** Null where the spec could not be read. */
  readonly job: JobSpec | null;
  /** Ends the id of a task whose spec gives none: the segments' version, or the time. */
  readonly idSuffix: string;
  /** The last phase that was begun, or null. */
  readonly phase: IndexPhase | null;
  /** Null where they are not known: a job that failed may have counted some rows only. */
  readonly counts: RowCounts | null;
  readonly samples: readonly RowSample[];
  readonly deadLetters: DeadLetterReport | null;
  readonly segments: number;
  /** Why the job failed; null when it did not. */
  readonly error: string | null;
}

/** Rows by what became of them, as Druid's Hadoop indexer names them. */
export interface RowStats {
  readonly rowsProcessed: number;
  readonly rowsProcessedWithErrors: number;
  readonly rowsUnparseable: number;
  readonly rowsThrownAway: number;
}

/** A bad row, as Druid's `ParseExceptionReport`; the time it was met is not known. */
export interface UnparseableEvent {
  readonly input: string;
  readonly errorType: 'unparseable' | 'processedWithError';
  readonly details: readonly string[];
}

/** What Druid tells of a finished task: `GET /druid/indexer/v1/task/<id>/reports`, Druid's `TaskReport.ReportMap`. */
export interface TaskReport {
  readonly ingestionStatsAndErrors: {
    readonly type: 'ingestionStatsAndErrors';
    readonly taskId: string;
    readonly payload: {
      readonly ingestionState: 'NOT_STARTED' | 'DETERMINE_PARTITIONS' | 'BUILD_SEGMENTS' | 'COMPLETED';
      readonly unparseableEvents: { readonly buildSegments?: readonly UnparseableEvent[] };
      readonly rowStats: { readonly determinePartitions: RowStats | null; readonly buildSegments: RowStats | null };
      readonly errorMsg: string | null;
      readonly segmentAvailabilityConfirmed: false;
      readonly segmentAvailabilityWaitTimeMs: 0;
      /** Empty for index_hadoop; parallel tasks have it by subtask. */
      readonly recordsProcessed: Readonly<Record<string, number>>;
      readonly segmentsPublished: number;
      /** The file of all bad rows, which Druid has none of; absent where there is none. */
      readonly deadLetters?: string;
    };
  };
  readonly taskContext: {
    readonly type: 'taskContext';
    readonly taskId: string;
    readonly payload: Readonly<Record<string, unknown>>;
  };
}

/** Makes the report that Druid's `index_hadoop` task would leave behind. */
export function taskReport(outcome: TaskOutcome): TaskReport {
  const { job, counts, samples } = outcome;
  const taskId = job?.taskId ?? ['index_hadoop', ...(job === null ? [] : [job.dataSource]), outcome.idSuffix].join('_');
  const events = samples.flatMap(unparseableEvent);
  return {
    ingestionStatsAndErrors: {
      type: 'ingestionStatsAndErrors',
      taskId,
      payload: {
        ingestionState: ingestionState(outcome),
        unparseableEvents: events.length === 0 ? {} : { buildSegments: events },
        rowStats: {
          determinePartitions: counts !== null && job !== null && determinesPartitions(job) ? seenRows(counts) : null,
          buildSegments: counts === null ? null : builtRows(counts),
        },
        errorMsg: outcome.error,
        segmentAvailabilityConfirmed: false,
        segmentAvailabilityWaitTimeMs: 0,
        recordsProcessed: {},
        segmentsPublished: outcome.segments,
        ...(outcome.deadLetters === null ? {} : { deadLetters: outcome.deadLetters.path }),
      },
    },
    taskContext: { type: 'taskContext', taskId, payload: withoutSecretValues(job?.context ?? {}) },
  };
}

function ingestionState({ error, phase, job }: TaskOutcome) {
  if (error === null) return 'COMPLETED';
  if (phase === null || job === null) return 'NOT_STARTED';
  // Here both passes read the input at once.
  const isDetermining = phase === 'determine' || (phase === 'read' && determinesPartitions(job));
  return isDetermining ? 'DETERMINE_PARTITIONS' : 'BUILD_SEGMENTS';
}

/** Whether Druid would run its determine partitions job. */
function determinesPartitions({ tuning: { partitions } }: JobSpec): boolean {
  return partitions.type !== 'hashed' || partitions.numShards === null;
}

function builtRows(counts: RowCounts): RowStats {
  return {
    rowsProcessed: counts.processed,
    rowsProcessedWithErrors: counts.processedWithErrors,
    rowsUnparseable: unparseableRows(counts),
    rowsThrownAway: thrownAwayRows(counts),
  };
}

/** The same rows in the determine partitions pass, which looks at no value's type. */
function seenRows(counts: RowCounts): RowStats {
  return {
    ...builtRows(counts),
    rowsProcessed: counts.processed + counts.processedWithErrors,
    rowsProcessedWithErrors: 0,
  };
}

const ERROR_TYPES: Readonly<Partial<Record<RowReason, UnparseableEvent['errorType']>>> = {
  malformed: 'unparseable',
  timestamp: 'unparseable',
  badValue: 'processedWithError',
};

/** None for a row that was thrown away: nothing is wrong with it. */
function unparseableEvent(sample: RowSample): UnparseableEvent[] {
  const { reason, message, text } = sample;
  const errorType = ERROR_TYPES[reason];
  return errorType === undefined ? [] : [{ input: text, errorType, details: [`${message}: ${samplePlace(sample)}`] }];
}

function withoutSecretValues(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(context, (name, value: unknown) => (isSecretName(name) ? '***' : value)));
}
