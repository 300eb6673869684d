import type { MapPayload, ReducePayload } from './index/indexPayload.ts';
import { mapIndex } from './index/mapTask.ts';
import { reduceIndex } from './index/reduceTask.ts';
import type { TaskFunction, TaskKind } from './job.ts';

/** What each kind of task runs, on every engine. */
export const taskFunctions: Record<TaskKind, TaskFunction> = {
  mapIndex: (payload, context) => mapIndex(payload as MapPayload, context),
  reduceIndex: (payload, context) => reduceIndex(payload as ReducePayload, context),
};
