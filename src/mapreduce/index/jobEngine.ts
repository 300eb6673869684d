import { join } from 'node:path';
import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import type { JobSpec } from '../../spec/jobSpec.ts';
import type { Engine } from '../job.ts';
import { LocalEngine } from '../local/LocalEngine.ts';
import type { IndexProgress, RunPhase } from './indexReport.ts';
import { JobDirectory } from './jobDirectory.ts';

/** What every job over the rows of a spec is told. */
export interface JobOptions {
  readonly workers: number;
  /** How HDFS is reached, where the spec names paths in it. */
  readonly hadoop?: HadoopClient;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
}

/** What a job works with. */
export interface JobMeans {
  readonly runPhase: RunPhase;
  readonly directory: JobDirectory;
}

/** Makes the engine of a job; its tasks may write below the directory. */
export type EngineFactory = (attemptRoot: string) => Engine;

/**
 * Has work done by an engine in a directory of the job's own, and removes both afterwards.
 *
 * @param newEngine undefined: threads of this process
 * @throws Error in words when the directory can't be made, and what the work throws
 */
export async function withEngine<Result>(
  job: JobSpec,
  version: string,
  options: JobOptions,
  newEngine: EngineFactory | undefined,
  work: (means: JobMeans) => Promise<Result>,
): Promise<Result> {
  const directory = new JobDirectory(job, version);
  await directory.create();
  const attemptRoot = join(directory.path, 'attempts');
  const engine = newEngine?.(attemptRoot) ?? new LocalEngine({ workers: options.workers, attemptRoot });
  let succeeded = false;
  try {
    const result = await work({ runPhase: phaseRunner(engine, options), directory });
    succeeded = true;
    return result;
  } finally {
    await engine.close();
    const { leaveIntermediate, cleanupOnFailure } = job.tuning;
    if (!leaveIntermediate && (succeeded || cleanupOnFailure)) await directory.remove();
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
