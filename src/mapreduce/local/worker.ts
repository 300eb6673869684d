/** Entry of every worker thread: Piscina calls the default export once per attempt. */

import type { TaskFunction } from '../job.ts';
import { type AttemptReply, type AttemptRequest, carryError } from './messages.ts';
import { laneProgress } from './progressBoard.ts';

// The URL of the module whose `taskFunctions` maps kinds to functions. It is loaded with the thread, before there is a task.
const tasksModule = process.argv[2];
const loaded: Promise<{ taskFunctions: Readonly<Record<string, TaskFunction>> }> = import(tasksModule);
// Told by the first attempt.
loaded.catch(() => undefined);

export default async function runAttempt(request: AttemptRequest): Promise<AttemptReply> {
  try {
    const taskFunction = (await loaded).taskFunctions[request.kind];
    if (taskFunction === undefined) {
      throw new Error(`The module ${tasksModule} has no function for tasks of the kind '${request.kind}'.`);
    }
    const result = await taskFunction(request.payload, {
      attemptDirectory: request.attemptDirectory,
      attempt: request.attempt,
      progress: laneProgress(request.progress, request.lane),
    });
    return { ok: true, result };
  } catch (thrown) {
    return { ok: false, error: carryError(thrown) };
  }
}
