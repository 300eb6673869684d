/** Why a task failed for good, in the thread that runs the engine. */

import type { Task } from '../job.ts';
import type { CarriedError } from './messages.ts';

/**
 * Stands for the error that a task function threw in its worker thread: `name` is that error's class name and `details` its field.
 * An error that marked itself final keeps its message; of others the message says which task failed and how often.
 */
export class TaskError extends Error {
  override readonly name: string;
  readonly details: unknown;
  readonly taskId: string;
  readonly taskLabel: string;
  readonly attempts: number;
  /** Engines and drivers need not try again. */
  readonly retryable = false;

  constructor(task: Task, error: CarriedError, attempts: number) {
    const times = attempts === 1 ? 'once' : attempts === 2 ? 'twice' : `${attempts} times`;
    super(error.retryable ? `Task ${task.label} failed ${times}, the last time so: ${error.message}` : error.message);
    this.name = error.className;
    this.details = error.details;
    this.taskId = task.id;
    this.taskLabel = task.label;
    this.attempts = attempts;
    // The trace that helps is the worker's; it follows the message, which may have become another one.
    const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
    this.stack = [`${this.name}: ${this.message}`, ...frames].join('\n');
  }
}

/** Names the loss of a worker thread (crash, memory, `process.exit`) in words. */
export function lostWorker(thrown: unknown): CarriedError {
  const { code, message, stack } = thrown as NodeJS.ErrnoException;
  const exitCode = /^worker exited with code: (-?\d+)$/.exec(message)?.[1];
  const text =
    code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? 'its worker thread ran out of memory. Lower tuningConfig.maxRowsInMemory or maxBytesInMemory.'
      : exitCode === undefined
        ? `its worker thread crashed: ${message}`
        : `its worker thread ended with exit code ${exitCode}.`;
  return {
    className: 'WorkerLostError',
    message: text,
    stack: exitCode === undefined ? (stack ?? null) : null,
    details: null,
    retryable: true,
  };
}
