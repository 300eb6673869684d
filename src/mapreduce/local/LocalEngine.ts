/** Runs jobs on worker threads of this machine (Piscina). */

import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../../storage/local/makeDirectory.ts';
import type { Engine, PhaseOptions, Task, TaskOutcome, Tasks } from '../job.ts';
import type { AttemptReply } from './messages.ts';
import { ProgressBoard } from './progressBoard.ts';
import { lostWorker, TaskError } from './TaskError.ts';
import { startThreads, type WorkerThreads } from './workerThreads.ts';

export interface LocalEngineOptions {
  /** Worker threads at most. One still is a thread of its own, so that the caller's stays free. */
  readonly workers: number;
  /** Directory for attempt directories, `<task id>.<attempt>`; made when missing. */
  readonly attemptRoot: string;
  /** Threads of this many workers that have been started; by default the engine starts its own. `close` destroys either. */
  readonly threads?: WorkerThreads;
}

/** A failed task is tried once more, as long as its error does not say that this is useless. */
const ATTEMPTS_MAX = 2;
const PROGRESS_INTERVAL_MS = 200;
/** How long threads that are to be ended are waited for, until they come to where that is safe. */
const HALT_MS = 300;

/** What the lanes of a phase share. */
interface Phase {
  readonly source: AsyncIterator<Task> | Iterator<Task>;
  readonly options: PhaseOptions;
  /** By the place of a task in their order. */
  readonly outcomes: TaskOutcome[];
  readonly ids: Set<string>;
  /** Tasks that were asked for. */
  asked: number;
  done: number;
  /** Places of tasks that have begun and not ended. */
  readonly running: Set<number>;
  /** Of the tasks that have failed the first one in their order. */
  failure: { readonly at: number; readonly error: unknown } | null;
  readonly board: ProgressBoard;
  /** Lanes with an attempt that runs. */
  readonly busy: Set<number>;
  /** Attempt directories of attempts that have not succeeded (yet). */
  readonly unfinished: Set<string>;
  /** Set before the threads are ended: nothing starts any more. */
  stopped: boolean;
}

export class LocalEngine implements Engine {
  readonly #pool: WorkerThreads;
  readonly #lanes: number;
  readonly #attemptRoot: string;
  #running: Promise<unknown> | null = null;
  #closed = false;
  /** Ends the phase that runs, with an error. */
  #stop: (error: unknown) => void = () => undefined;

  constructor({ workers, attemptRoot, threads }: LocalEngineOptions) {
    this.#lanes = workers;
    this.#attemptRoot = attemptRoot;
    this.#pool = threads ?? startThreads({ workers });
    // A thread has died between tasks, or cannot start.
    this.#pool.on('error', (error) => this.#stop(error));
  }

  async run(tasks: Tasks, options: PhaseOptions): Promise<TaskOutcome[]> {
    if (this.#closed) throw new Error('The engine is closed; make a new one.');
    if (this.#running !== null) throw new Error('The engine runs one phase at a time; wait for the one that runs.');
    if (Array.isArray(tasks)) checkIds(tasks);
    options.signal.throwIfAborted();
    const running = this.#runPhase(tasks, options);
    this.#running = running.catch(() => undefined);
    try {
      return await running;
    } finally {
      this.#running = null;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop(new Error('The engine was closed while a phase was running.'));
    await this.#running;
    await this.#pool.destroy();
  }

  async #runPhase(tasks: Tasks, options: PhaseOptions): Promise<TaskOutcome[]> {
    const { signal, onProgress } = options;
    const phase: Phase = {
      source: Symbol.asyncIterator in tasks ? tasks[Symbol.asyncIterator]() : tasks[Symbol.iterator](),
      options,
      outcomes: [],
      ids: new Set(),
      asked: 0,
      done: 0,
      running: new Set(),
      failure: null,
      board: new ProgressBoard(this.#lanes),
      busy: new Set(),
      unfinished: new Set(),
      stopped: false,
    };
    const tasksKnown = Array.isArray(tasks) ? tasks.length : null;
    const report = () => {
      const { bytes, rows } = phase.board;
      onProgress?.({ bytes, rows, tasksDone: phase.done, tasksTotal: tasksKnown ?? phase.done + phase.running.size });
    };
    const stop = new Promise<never>((_, reject) => {
      this.#stop = reject;
    });
    const onAbort = () => this.#stop(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = setInterval(report, PROGRESS_INTERVAL_MS);
    timer.unref();
    const lanes = Array.from({ length: Math.min(this.#lanes, tasksKnown ?? this.#lanes) }, (_, lane) =>
      this.#runLane(lane, phase, report),
    );
    try {
      await Promise.race([Promise.all(lanes), stop]);
      return phase.outcomes;
    } catch (error) {
      phase.stopped = true;
      await phase.board.halt((lane) => phase.busy.has(lane), HALT_MS);
      // Ends every thread and waits for it, so that nothing writes into the directories any more.
      await this.#pool.destroy();
      await Promise.allSettled(lanes);
      await Promise.all([...phase.unfinished].map((directory) => rm(directory, { recursive: true, force: true })));
      throw error;
    } finally {
      await phase.source.return?.();
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      this.#stop = () => undefined;
    }
  }

  /** Runs one task after the other, as long as none has failed. */
  async #runLane(lane: number, phase: Phase, report: () => void): Promise<void> {
    while (!phase.stopped && phase.failure === null) {
      const at = phase.asked++;
      phase.running.add(at);
      try {
        const asked = phase.source.next();
        // Without a wait where there is none to wait for, so that tasks reach the workers in their order.
        const next = asked instanceof Promise ? await asked : asked;
        if (next.done || phase.stopped || phase.failure !== null) return;
        checkId(next.value, phase.ids);
        const outcome = await this.#runTask(next.value, lane, phase);
        phase.outcomes[at] = outcome;
        phase.options.onOutcome?.(next.value, outcome);
        phase.done++;
        report();
      } catch (error) {
        keepFirst(phase, at, error);
      } finally {
        phase.running.delete(at);
        this.#stopAfterFailure(phase);
      }
    }
  }

  /** Ends a phase with a failed task, once no task before it could fail any more. */
  #stopAfterFailure({ failure, running }: Phase): void {
    if (failure === null) return;
    for (const at of running) if (at < failure.at) return;
    this.#stop(failure.error);
  }

  async #runTask(task: Task, lane: number, phase: Phase): Promise<TaskOutcome> {
    const startedAt = performance.now();
    for (let attempt = 0; ; attempt++) {
      const directory = join(this.#attemptRoot, `${task.id}.${attempt}`);
      phase.unfinished.add(directory);
      phase.board.clear(lane);
      const reply = await this.#runAttempt(task, attempt, directory, lane, phase);
      if (reply.ok) {
        phase.board.finish(lane);
        phase.unfinished.delete(directory);
        return { id: task.id, result: reply.result, attempts: attempt + 1, wallMs: performance.now() - startedAt };
      }
      phase.board.clear(lane);
      if (phase.stopped || !reply.error.retryable || attempt + 1 === ATTEMPTS_MAX) {
        throw new TaskError(task, reply.error, attempt + 1);
      }
      await rm(directory, { recursive: true, force: true });
      phase.unfinished.delete(directory);
      if (phase.stopped) throw new TaskError(task, reply.error, attempt + 1);
    }
  }

  async #runAttempt(task: Task, attempt: number, directory: string, lane: number, phase: Phase): Promise<AttemptReply> {
    // Synchronous, so that tasks reach the workers in their order. What an earlier process left there is not ours.
    rmSync(directory, { recursive: true, force: true });
    makeDirectory(directory);
    phase.busy.add(lane);
    try {
      return await this.#pool.run({
        kind: task.kind,
        payload: task.payload,
        attempt,
        attemptDirectory: directory,
        progress: phase.board.memory,
        lane,
      });
    } catch (thrown) {
      return { ok: false, error: lostWorker(thrown) };
    } finally {
      phase.busy.delete(lane);
    }
  }
}

function keepFirst(phase: Phase, at: number, error: unknown): void {
  if (phase.failure === null || at < phase.failure.at) phase.failure = { at, error };
}

/** Tasks that are all there are looked at before the first one begins. */
function checkIds(tasks: readonly Task[]): void {
  const seen = new Set<string>();
  for (const task of tasks) checkId(task, seen);
}

/** Task ids become directory names, so they must be safe and differ. */
function checkId({ id }: Task, seen: Set<string>): void {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(id)) throw new Error(`The task id '${id}' is not a safe file name.`);
  if (seen.has(id)) throw new Error(`Two tasks have the id '${id}'.`);
  seen.add(id);
}
