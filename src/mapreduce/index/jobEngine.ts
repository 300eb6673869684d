import { rm } from 'node:fs/promises';
import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import type { Publication } from '../../publish/publication.ts';
import type { JobSpec } from '../../spec/jobSpec.ts';
import type { Engine } from '../job.ts';
import { LocalEngine } from '../local/LocalEngine.ts';
import { startThreads } from '../local/workerThreads.ts';
import type { KeptUnits, Units } from '../units/Units.ts';
import { NoDataError } from './errors.ts';
import type { IndexProgress, RunPhase } from './indexReport.ts';

/** What every job over the rows of a spec is told. */
export interface JobOptions {
  readonly workers: number;
  /** How HDFS is reached, where the spec names paths in it. */
  readonly hadoop?: HadoopClient;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Told of what a failed job leaves for the next run of it. */
  readonly onKept?: (kept: KeptUnits) => void;
}

/** Makes the engine of a job; its tasks may write below the directory. */
export type EngineFactory = (attemptRoot: string) => Engine;

/**
 * Has a job prepared and run while threads of this process start for it; ends them afterwards.
 *
 * @param newEngine by default makes engines on these threads
 * @param tasks of the job's first phase: there is no use for more threads at first
 * @throws what the work throws
 */
export async function withThreads<Result>(
  workers: number,
  tasks: number,
  newEngine: EngineFactory | undefined,
  work: (newEngine: EngineFactory) => Promise<Result>,
): Promise<Result> {
  if (newEngine !== undefined) return work(newEngine);
  const threads = startThreads({ workers, ready: tasks });
  try {
    return await work((attemptRoot) => new LocalEngine({ workers, attemptRoot, threads }));
  } finally {
    await threads.destroy();
  }
}

/**
 * Has work done by an engine in the working directory of a job, and ends both afterwards. Work that is done with the engine may say so:
 * its threads end while files get their names.
 *
 * @param units that other runs of the job may take over; null for none
 * @throws what the work throws
 */
export async function withEngine<Result>(
  job: JobSpec,
  publication: Publication,
  options: JobOptions,
  newEngine: EngineFactory,
  work: (runPhase: RunPhase, endTasks: () => void) => Promise<Result>,
  units: Units | null = null,
): Promise<Result> {
  const engine = newEngine(publication.attemptDirectory);
  let ending: Promise<void> | null = null;
  const close = () => {
    ending ??= engine.close();
    return ending;
  };
  let succeeded = false;
  let isUseless = false;
  try {
    const runPhase = phaseRunner(engine, options);
    const result = await work(units?.reusing(runPhase) ?? runPhase, () => {
      close().catch(() => undefined);
    });
    succeeded = true;
    return result;
  } catch (error) {
    isUseless = error instanceof NoDataError;
    throw error;
  } finally {
    await close();
    const { leaveIntermediate, cleanupOnFailure } = job.tuning;
    if (succeeded) units?.end();
    const kept = succeeded || isUseless || publication.isStored ? null : (units?.keep() ?? null);
    if (kept !== null) {
      if (cleanupOnFailure) await rm(publication.unpackDirectory, { recursive: true, force: true });
      options.onKept?.(kept);
    }
    await publication.end(leaveIntermediate || kept !== null || !(succeeded || cleanupOnFailure));
  }
}

function phaseRunner(engine: Engine, { signal, onProgress }: JobOptions): RunPhase {
  return async (phase, tasks, bytesTotal = 0, onResult = undefined, counted = undefined) => {
    const outcomes = await engine.run(tasks, {
      signal,
      onProgress: (progress) => {
        const { done, total } = counted?.() ?? { done: progress.tasksDone, total: progress.tasksTotal };
        onProgress?.({ phase, bytesTotal, ...progress, tasksDone: done, tasksTotal: total });
      },
      onOutcome: (task, { result }) => onResult?.(task, result),
    });
    return outcomes.map(({ result }) => result);
  };
}
