/** What travels between the engine and its worker threads, once per attempt; progress goes through shared memory instead. */

import type { TaskKind } from '../job.ts';

/** One attempt of a task, as the engine hands it to a worker thread. */
export interface AttemptRequest {
  readonly kind: TaskKind;
  readonly payload: unknown;
  readonly attempt: number;
  readonly attemptDirectory: string;
  /** Counters of all lanes; see `progressBoard.ts`. */
  readonly progress: SharedArrayBuffer;
  readonly lane: number;
}

/** The end of an attempt that its worker thread survived. */
export type AttemptReply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: CarriedError };

/**
 * An error as plain data: structured clone would drop the class name and all fields of its own.
 */
export interface CarriedError {
  readonly className: string;
  readonly message: string;
  readonly stack: string | null;
  /** The error's `details` field, when it has one; plain data. */
  readonly details: unknown;
  /** False when the error says of itself that another attempt would end alike (`retryable === false`). */
  readonly retryable: boolean;
}

/** Takes an error apart. Anything may be thrown; what cannot be cloned is turned into text. */
export function carryError(thrown: unknown): CarriedError {
  if (!(thrown instanceof Error)) {
    return { className: 'Error', message: String(thrown), stack: null, details: null, retryable: true };
  }
  const { details, retryable } = thrown as Error & { details?: unknown; retryable?: unknown };
  return {
    className: thrown.name === 'Error' ? thrown.constructor.name : thrown.name,
    message: thrown.message,
    stack: thrown.stack ?? null,
    details: cloneable(details ?? null),
    retryable: retryable !== false,
  };
}

function cloneable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return String(value);
  }
}
