import { dirname } from 'node:path';
import { storageFor } from '../storage/storage.ts';

/**
 * The zips of one job in deep storage. No file gets the name of a finished one before all are complete, and what was staged
 * can be taken back, with the directories that were made for it.
 */
export class SegmentStore {
  readonly #staged: string[] = [];
  readonly #stored: string[] = [];
  readonly #base: string;

  /** @param base of deep storage; it stays, whatever becomes of the job */
  constructor(base: string) {
    this.#base = base;
  }

  /** Makes room for a zip under its temporary name. */
  async stage(temporary: string): Promise<void> {
    this.#staged.push(temporary);
    await storageFor(temporary).mkdirs(dirname(temporary));
  }

  /** Gives all staged zips their final names, which are in the order of staging. */
  async store(finals: readonly string[]): Promise<void> {
    for (const [i, final] of finals.entries()) {
      const temporary = this.#staged[i];
      const storage = storageFor(final);
      const moves = dirname(final) !== dirname(temporary);
      if (moves) await storage.mkdirs(dirname(final));
      await storage.rename(temporary, final);
      this.#stored.push(final);
      if (moves) await this.#removeEmpty(dirname(temporary));
    }
  }

  /** Removes what was staged and not stored, and directories that are empty then. */
  async discard(): Promise<void> {
    for (const temporary of this.#staged.slice(this.#stored.length)) await this.#remove(temporary);
  }

  /** Removes what was stored too: for zips whose names are of a version that nobody else has. */
  async takeBack(): Promise<void> {
    await this.discard();
    for (const final of this.#stored) await this.#remove(final);
  }

  async #remove(path: string): Promise<void> {
    await storageFor(path).remove(path, { recursive: false });
    await this.#removeEmpty(dirname(path));
  }

  async #removeEmpty(from: string): Promise<void> {
    const storage = storageFor(from);
    for (let directory = from; directory.length > this.#base.length; directory = dirname(directory)) {
      if ((await storage.list(directory)).length > 0) break;
      await storage.remove(directory, { recursive: true });
    }
  }
}
