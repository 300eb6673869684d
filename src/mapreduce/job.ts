/**
 * A job as data. An engine (local threads, YARN) runs phases of tasks; the functions behind a task kind know nothing of threads,
 * processes or where scratch space lies: everything they touch comes through their TaskContext.
 */

import type { RunSource } from '../rollup/run/runReader.ts';

/** The functions an engine can run, by name; `mapreduce/tasks.ts` maps a name to its function. */
export type TaskKind = 'mapIndex' | 'countKeys' | 'scatterRun' | 'reduceIndex' | 'measureShard';

/** One unit of work. `payload` is plain data (structured clone); equal payloads give equal results on every machine. */
export interface Task {
  readonly kind: TaskKind;
  /** Stable within the job, a safe file name: `map-00012`, `reduce-20150912T000000.000Z-0`. */
  readonly id: string;
  /** For people: `part-00000.json bytes 0-33554432`. */
  readonly label: string;
  readonly payload: unknown;
}

/** Live counts that a task adds to while it runs; display only, results rest on manifests. */
export interface TaskProgress {
  addBytes(count: number): void;
  addRows(count: number): void;
}

/** All that a task function may touch besides its payload. */
export interface TaskContext {
  /** Directory on this machine that is this attempt's alone, removed by the engine after failure. */
  readonly attemptDirectory: string;
  readonly attempt: number;
  readonly progress: TaskProgress;
  /** Opens a run that the payload names; by default a file of this machine. */
  readonly openRun?: (path: string) => OpenRun;
}

/** A run that is open for reading. */
export interface OpenRun extends RunSource {
  close(): void;
}

export type TaskFunction = (payload: unknown, context: TaskContext) => Promise<unknown>;

export interface TaskOutcome {
  readonly id: string;
  /** What the task function returned: its manifest. */
  readonly result: unknown;
  readonly attempts: number;
  readonly wallMs: number;
}

export interface PhaseProgress {
  readonly bytes: number;
  readonly rows: number;
  readonly tasksDone: number;
  readonly tasksTotal: number;
}

export interface PhaseOptions {
  /** Aborting rejects `run` with the signal's reason after every running task has been stopped. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: PhaseProgress) => void;
  /** Told of every task that has ended well, in the order of their ends. */
  readonly onOutcome?: (task: Task, outcome: TaskOutcome) => void;
}

/** The tasks of a phase, in order; some come to be only while earlier ones run. */
export type Tasks = Iterable<Task> | AsyncIterable<Task>;

export interface Engine {
  /**
   * Runs all tasks; outcomes come in the order of `tasks` whatever the order of completion. When some fail, it rejects with the error of
   * the first one in that order, after all tasks before it have ended well: so a failure does not depend on luck either.
   */
  run(tasks: Tasks, options: PhaseOptions): Promise<TaskOutcome[]>;
  close(): Promise<void>;
}
