/** Entry of every worker thread: Piscina calls the default export once per attempt. */

import type { TaskFunction } from '../job.ts';
import { type AttemptReply, type AttemptRequest, carryError } from './messages.ts';
import { laneProgress } from './progressBoard.ts';

export default async function runAttempt(request: AttemptRequest): Promise<AttemptReply> {
  try {
    const tasks: { taskFunctions: Readonly<Record<string, TaskFunction>> } = await import(request.tasksModule);
    const taskFunction = tasks.taskFunctions[request.kind];
    if (taskFunction === undefined) {
      throw new Error(`The module ${request.tasksModule} has no function for tasks of the kind '${request.kind}'.`);
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
