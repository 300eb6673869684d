import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskFileError } from '../storage/local/StorageError.ts';
import { countKeys } from './index/countTask.ts';
import type { CountPayload, MapPayload, ScatterPayload } from './index/indexPayload.ts';
import { mapIndex } from './index/mapTask.ts';
import { dropWorkspace } from './index/mapWorkspace.ts';
import { type MeasurePayload, measureShard } from './index/plan/measureTask.ts';
import { type ReduceBatch, reduceBatch } from './index/reduceBatch.ts';
import { scatterRun } from './index/scatterTask.ts';
import type { TaskContext, TaskFunction, TaskKind } from './job.ts';

/** Name of a task's manifest in its attempt directory. */
export const MANIFEST = 'manifest.json';

/** What each kind of task runs, on every engine. */
export const taskFunctions: Record<TaskKind, TaskFunction> = {
  mapIndex: (payload, context) => withManifest(mapIndex(payload as MapPayload, context), context),
  countKeys: (payload, context) => {
    dropWorkspace();
    return withManifest(countKeys(payload as CountPayload, context), context);
  },
  scatterRun: (payload, context) => {
    dropWorkspace();
    return withManifest(scatterRun(payload as ScatterPayload, context), context);
  },
  reduceIndex: (payload, context) => {
    dropWorkspace();
    return withManifest(reduceBatch(payload as ReduceBatch, context), context);
  },
  measureShard: (payload, context) => {
    dropWorkspace();
    return withManifest(measureShard(payload as MeasurePayload, context), context);
  },
};

/** Leaves what a task made beside it: there once the task has ended well, and whole then. */
async function withManifest<Result>(running: Promise<Result>, { attemptDirectory }: TaskContext): Promise<Result> {
  try {
    const result = await running;
    const path = join(attemptDirectory, MANIFEST);
    writeFileSync(`${path}.partial`, JSON.stringify(result));
    renameSync(`${path}.partial`, path);
    return result;
  } catch (error) {
    throw taskFileError(error, attemptDirectory);
  }
}
