import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import type { Publication } from '../../publish/publication.ts';
import type { JobSpec } from '../../spec/jobSpec.ts';
import type { Engine } from '../job.ts';
import { LocalEngine } from '../local/LocalEngine.ts';
import type { IndexProgress, RunPhase } from './indexReport.ts';

/** What every job over the rows of a spec is told. */
export interface JobOptions {
  readonly workers: number;
  /** How HDFS is reached, where the spec names paths in it. */
  readonly hadoop?: HadoopClient;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
}

/** Makes the engine of a job; its tasks may write below the directory. */
export type EngineFactory = (attemptRoot: string) => Engine;

/**
 * Has work done by an engine in the working directory of a job, and ends both afterwards.
 *
 * @param newEngine undefined: threads of this process
 * @throws what the work throws
 */
export async function withEngine<Result>(
  job: JobSpec,
  publication: Publication,
  options: JobOptions,
  newEngine: EngineFactory | undefined,
  work: (runPhase: RunPhase) => Promise<Result>,
): Promise<Result> {
  const attemptRoot = publication.attemptDirectory;
  const engine = newEngine?.(attemptRoot) ?? new LocalEngine({ workers: options.workers, attemptRoot });
  let succeeded = false;
  try {
    const result = await work(phaseRunner(engine, options));
    succeeded = true;
    return result;
  } finally {
    await engine.close();
    const { leaveIntermediate, cleanupOnFailure } = job.tuning;
    await publication.end(leaveIntermediate || !(succeeded || cleanupOnFailure));
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
