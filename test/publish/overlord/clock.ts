import { setImmediate } from 'node:timers/promises';
import type { Sleep } from '../../../src/publish/overlord/overlordClient.ts';

/** Waits at least as long, milliseconds, go on only when a test says so: they are those between two looks at a lock. */
const LONG_MS = 15_000;

/** A clock without time: short waits are over at once, long ones when `tick` is called. */
export class Clock {
  /** Milliseconds of the short waits. */
  readonly waits: number[] = [];
  #pending: (() => void)[] = [];
  #waiter: (() => void) | null = null;

  readonly sleep: Sleep = async (ms, signal) => {
    signal?.throwIfAborted();
    if (ms < LONG_MS) {
      this.waits.push(ms);
      await setImmediate();
      signal?.throwIfAborted();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort);
      this.#pending.push(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      this.#waiter?.();
    });
  };

  /** Ends the long wait, and returns when the next one has begun, or when `orUntil` is aborted. */
  async tick(orUntil?: AbortSignal): Promise<void> {
    if (this.#pending.length === 0) await this.#nextLong(orUntil);
    const pending = this.#pending;
    this.#pending = [];
    const next = this.#nextLong(orUntil);
    for (const resolve of pending) resolve();
    await next;
  }

  #nextLong(orUntil?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const next = () => {
        orUntil?.removeEventListener('abort', next);
        resolve();
      };
      this.#waiter = next;
      if (orUntil?.aborted) next();
      orUntil?.addEventListener('abort', next);
    });
  }
}
