import { randomUUID } from 'node:crypto';
import type { Interval } from '../../spec/jobSpec.ts';
import { intervalText } from '../../time/isoText.ts';
import type { LockState, NoopTask, OverlordClient, Sleep } from './overlordClient.ts';

/** Milliseconds that a task of ours runs when this process has died and ends it no more. */
export const LEASE_MS = 600_000;
/** Milliseconds between two looks at a lock that is held. */
const WATCH_MS = 15_000;
/** Milliseconds after the first refusal of a lock until the next try; twice as long after each one, up to the most. */
const PAUSE_MS = 1_000;
const PAUSE_MAX_MS = 10_000;
const TASKS_SHOWN = 3;

export interface TaskLockOptions {
  readonly client: OverlordClient;
  readonly dataSource: string;
  readonly interval: Interval;
  /** Priority of the tasks, as of any task of Druid. */
  readonly priority: number;
  /** Milliseconds to wait for the lock. */
  readonly waitMs: number;
  readonly sleep: Sleep;
}

/**
 * An exclusive lock of the Overlord on an interval of a data source, held as long as it is wanted. The Overlord gives locks to tasks only,
 * so a noop task, which does nothing, holds it. It need not run for that: whether a worker has a slot for it is all the same. Well before
 * its time is up a second one of the same group joins it in the lock and the first is ended.
 */
export class TaskLock {
  readonly #options: TaskLockOptions;
  readonly #groupId = `segmill_${randomUUID()}`;
  readonly #lost = new AbortController();
  readonly #closed = new AbortController();
  #submitted = 0;
  /** Tasks that were submitted, or may have been, and not ended by us. The last one speaks for us. */
  readonly #tasks: NoopTask[] = [];
  #version = '';
  #watching: Promise<void> = Promise.resolve();

  constructor(options: TaskLockOptions) {
    this.#options = options;
  }

  /** The task in whose name actions are done. */
  get task(): NoopTask {
    return this.#tasks[this.#tasks.length - 1];
  }

  /** Aborted, with the reason in words, once the lock is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Waits for the lock, then watches and renews it.
   * @returns its version
   * @throws Error in words when there is no lock in time; the signal's reason when aborted
   */
  async acquire(signal: AbortSignal): Promise<string> {
    this.#version = await this.#waitForLock(signal);
    this.#watching = this.#watch();
    return this.#version;
  }

  /** Ends our tasks and so gives up the lock. A task that can't be ended ends by itself in {@link LEASE_MS}. */
  async release(): Promise<void> {
    this.#closed.abort();
    await this.#watching;
    await Promise.all(this.#tasks.map(({ id }) => this.#options.client.shutdown(id).catch(() => {})));
  }

  async #submit(signal: AbortSignal): Promise<void> {
    const { client, dataSource, priority } = this.#options;
    const id = this.#submitted === 0 ? this.#groupId : `${this.#groupId}_${this.#submitted}`;
    this.#submitted++;
    const task: NoopTask = {
      type: 'noop',
      id,
      groupId: this.#groupId,
      dataSource,
      runTime: LEASE_MS,
      context: { priority },
    };
    this.#tasks.push(task);
    await client.submit(task, signal);
  }

  /**
   * Each try is made by a task of its own, which is ended when it is refused: one that waits for a lock in a slot may keep the slot from
   * the task that has the lock.
   */
  async #waitForLock(signal: AbortSignal): Promise<string> {
    const { client, waitMs } = this.#options;
    let waited = 0;
    for (let pause = PAUSE_MS; ; pause = Math.min(2 * pause, PAUSE_MAX_MS)) {
      await this.#submit(signal);
      const lock = await this.#tryLock(signal);
      if (lock?.revoked) throw this.#revoked();
      if (lock !== null) return lock.version;
      await client.shutdown(this.task.id);
      this.#tasks.pop();
      if (waited >= waitMs) throw await this.#refused();
      const wait = Math.min(pause, waitMs - waited);
      await this.#options.sleep(wait, signal);
      waited += wait;
    }
  }

  async #tryLock(signal: AbortSignal): Promise<LockState | null> {
    const action = { type: 'lockTryAcquire', lockType: 'EXCLUSIVE', interval: intervalText(this.#options.interval) };
    return (await this.#options.client.action(this.task, action, signal)) as LockState | null;
  }

  /** Until the lock is lost or given up. That the Overlord can't be reached for a while is no loss: it still holds the lock. */
  async #watch(): Promise<void> {
    const closed = this.#closed.signal;
    try {
      for (let held = WATCH_MS; ; held += WATCH_MS) {
        await this.#options.sleep(WATCH_MS, closed);
        if (held < LEASE_MS / 2) await this.#look(closed);
        else if (await this.#renew(closed)) held = 0;
        if (held >= LEASE_MS)
          throw new Error(`${this.#what()} could not be renewed: the Overlord did not answer in time.`);
      }
    } catch (error) {
      if (!closed.aborted) this.#lost.abort(error);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    let locks: LockState[];
    try {
      locks = (await this.#options.client.action(this.task, { type: 'lockList' }, signal)) as LockState[];
    } catch {
      signal.throwIfAborted();
      return;
    }
    const ours = locks.find(({ version }) => version === this.#version);
    if (ours === undefined) throw this.#ended();
    if (ours.revoked) throw this.#revoked();
  }

  /** @returns false when the Overlord does not answer */
  async #renew(signal: AbortSignal): Promise<boolean> {
    const before = this.#tasks.length;
    let lock: LockState | null;
    try {
      await this.#submit(signal);
      lock = await this.#tryLock(signal);
    } catch {
      signal.throwIfAborted();
      // It may have been submitted; it is ended with the others.
      if (this.#tasks.length > before) this.#tasks.unshift(this.#tasks.pop() as NoopTask);
      return false;
    }
    if (lock === null || lock.version !== this.#version) throw this.#ended();
    if (lock.revoked) throw this.#revoked();
    const old = this.#tasks.splice(0, this.#tasks.length - 1);
    for (const { id } of old) {
      // It ends by itself soon.
      await this.#options.client.shutdown(id).catch(() => {});
    }
    return true;
  }

  #what(): string {
    return `Nothing was published: the lock on ${this.#options.dataSource} ${intervalText(this.#options.interval)}`;
  }

  #revoked(): Error {
    return new Error(
      `${this.#what()} was taken away by a task of higher priority; run the job again when that is done.`,
    );
  }

  #ended(): Error {
    return new Error(`${this.#what()} is gone, because somebody ended the task that held it; run the job again.`);
  }

  async #refused(): Promise<Error> {
    const { client, dataSource, waitMs, priority } = this.#options;
    const others = await client.running(dataSource).then(
      (ids) => ids.filter((id) => !id.startsWith(this.#groupId)),
      () => [],
    );
    const more = others.length > TASKS_SHOWN ? ` and ${others.length - TASKS_SHOWN} more` : '';
    const shown = others.length === 0 ? '' : ` (running: ${others.slice(0, TASKS_SHOWN).join(', ')}${more})`;
    return new Error(
      `${this.#what()} was not to be had within ${seconds(waitMs)}: a task of priority ${priority} or more holds it${shown}; ` +
        'run the job again when that is done.',
    );
  }
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
