import { closeSync, openSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive, type ProcessId, processOfName, processText, thisProcess } from './processes.ts';

/** Milliseconds between two looks; jobs that wait for each other would step aside for ever if they all took the same. */
const POLL_MS = 20;

/** Somebody else has the lock, for longer than one would wait. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
  /** What the holder has made. */
  readonly file: string;
  /** `process 123`, or `process 123 of HOST`. */
  readonly holder: string;

  constructor(file: string, holder: string) {
    super(`${file} is held by ${holder}; remove it if that is not so`);
    this.file = file;
    this.holder = holder;
  }
}

let taken = 0;

/**
 * A lock that a killed process does not leave held. Whoever wants it makes a file that is named after the process, then looks for those of
 * others: of two that want it at once, the one that looks last sees the other's and steps aside. So a file is only ever made and removed
 * by the process it names, or removed by others when that is dead.
 */
export class FileLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /**
   * Waits until the lock is free.
   *
   * @param path begins the names of the lock's files; their folder is there
   * @throws LockHeldError after `waitMs` milliseconds
   */
  static async take(path: string, waitMs: number): Promise<FileLock> {
    const file = `${path}.${processText(thisProcess())}.${taken++}`;
    const until = performance.now() + waitMs;
    for (;;) {
      if (holderOf(path, file) === null) {
        closeSync(openSync(file, 'w'));
        if (holderOf(path, file) === null) return new FileLock(file);
        rmSync(file, { force: true });
      }
      if (performance.now() > until) {
        const holder = holderOf(path, file);
        if (holder !== null) throw new LockHeldError(holder.file, holder.who);
      }
      await sleep(POLL_MS * (1 + Math.random()));
    }
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }
}

/** Another one that has, or wants, a lock; files of the dead are removed. */
function holderOf(path: string, own: string): { readonly file: string; readonly who: string } | null {
  const prefix = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    const file = join(dirname(path), name);
    if (!name.startsWith(prefix) || file === own) continue;
    const process = processOfName(name.slice(prefix.length));
    if (process === null) continue;
    if (isProcessAlive(process)) return { file, who: nameOf(process) };
    rmSync(file, { force: true });
  }
  return null;
}

function nameOf({ host, pid }: ProcessId): string {
  return host === thisProcess().host ? `process ${pid}` : `process ${pid} of ${host}`;
}
