import { taskFileError } from '../storage/local/StorageError.ts';
import { countKeys } from './index/countTask.ts';
import type { CountPayload, MapPayload, ScatterPayload } from './index/indexPayload.ts';
import { mapIndex } from './index/mapTask.ts';
import { dropWorkspace } from './index/mapWorkspace.ts';
import { type MeasurePayload, measureShard } from './index/plan/measureTask.ts';
import { type ReduceBatch, reduceBatch } from './index/reduceBatch.ts';
import { scatterRun } from './index/scatterTask.ts';
import type { TaskContext, TaskFunction, TaskKind } from './job.ts';
import { writeManifest } from './units/unitManifest.ts';

/** What each kind of task runs, on every engine. */
export const taskFunctions: Record<TaskKind, TaskFunction> = {
  mapIndex: withManifest('mapIndex', (payload, context) => mapIndex(payload as MapPayload, context)),
  countKeys: withManifest('countKeys', (payload, context) => {
    dropWorkspace();
    return countKeys(payload as CountPayload, context);
  }),
  scatterRun: withManifest('scatterRun', (payload, context) => {
    dropWorkspace();
    return scatterRun(payload as ScatterPayload, context);
  }),
  reduceIndex: withManifest(
    'reduceIndex',
    (payload, context) => {
      dropWorkspace();
      return reduceBatch(payload as ReduceBatch, context);
    },
    (payload) => (payload as ReduceBatch).segments.map(({ temporaryZip }) => temporaryZip),
  ),
  measureShard: withManifest('measureShard', (payload, context) => {
    dropWorkspace();
    return measureShard(payload as MeasurePayload, context);
  }),
};

/** Leaves what a task made beside it: there once the task has ended well, and whole then. */
function withManifest(
  kind: TaskKind,
  run: TaskFunction,
  zipsOf: (payload: unknown) => readonly string[] = () => [],
): TaskFunction {
  return async (payload: unknown, context: TaskContext) => {
    const { attemptDirectory } = context;
    try {
      const result = await run(payload, context);
      writeManifest(attemptDirectory, { kind, result, zips: zipsOf(payload) });
      return result;
    } catch (error) {
      throw taskFileError(error, attemptDirectory);
    }
  };
}
