import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive, thisProcess } from '../../processes.ts';

/** A transaction takes milliseconds; who waits longer waits for something that is broken. */
const WAIT_MS = 30_000;
const POLL_MS = 20;

/**
 * A lock that a killed process does not leave held: the file names its holder, and whoever finds the holder dead takes the lock.
 * (SQLite in WebAssembly locks by a directory that outlives its process; only the holder of this lock ever meets that one.)
 */
export class FileLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Waits until the lock is free. @throws Error that names the holder, after half a minute */
  static async take(path: string): Promise<FileLock> {
    mkdirSync(dirname(path), { recursive: true });
    const until = performance.now() + WAIT_MS;
    for (;;) {
      try {
        writeFileSync(path, JSON.stringify(thisProcess()), { flag: 'wx' });
        return new FileLock(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      if (takeFromDead(path)) continue;
      if (performance.now() > until)
        throw new Error(`${path} is held by ${holderText(path)}; remove it if that is not so`);
      await sleep(POLL_MS);
    }
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }
}

/** Removes a lock whose holder is dead; of several who see that, one does. */
function takeFromDead(path: string): boolean {
  const holder = readHolder(path);
  if (holder === null || isProcessAlive(holder)) return false;
  const claim = `${path}.${holder.pid}-${holder.startedAt}`;
  try {
    mkdirSync(claim);
  } catch {
    return false;
  }
  try {
    // Somebody may have taken it over and got it since it was read.
    if (JSON.stringify(readHolder(path)) === JSON.stringify(holder)) rmSync(path, { force: true });
  } finally {
    rmSync(claim, { recursive: true, force: true });
  }
  return true;
}

function readHolder(path: string): ReturnType<typeof thisProcess> | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Gone meanwhile, or written this very moment.
    return null;
  }
}

function holderText(path: string): string {
  const holder = readHolder(path);
  if (holder === null) return 'a process that did not write who it is';
  return holder.host === hostname() ? `process ${holder.pid}` : `process ${holder.pid} of ${holder.host}`;
}
