import { dirname } from 'node:path';
import { storageFor } from '../storage/storage.ts';

/** A segment's zip in deep storage: written under a temporary name, later given its own. */
export interface StagedZip {
  readonly temporary: string;
  readonly final: string;
}

/**
 * The zips of one job in deep storage. No file gets the name of a finished one before all are complete, and what was staged
 * can be taken back, with the directories that were made for it.
 */
export class SegmentStore {
  readonly #staged: StagedZip[] = [];
  readonly #base: string;
  #stored = 0;

  /** @param base of deep storage; it stays, whatever becomes of the job */
  constructor(base: string) {
    this.#base = base;
  }

  /** Makes room for a zip. */
  async stage(zip: StagedZip): Promise<void> {
    this.#staged.push(zip);
    await storageFor(zip.temporary).mkdirs(dirname(zip.temporary));
  }

  /** Gives all staged zips their final names. */
  async store(): Promise<void> {
    for (const { temporary, final } of this.#staged) {
      await storageFor(final).rename(temporary, final);
      this.#stored++;
    }
  }

  /** Removes what was staged and not stored, and directories that are empty then. */
  async discard(): Promise<void> {
    for (const { temporary } of this.#staged.slice(this.#stored)) {
      const storage = storageFor(temporary);
      await storage.remove(temporary, { recursive: false });
      for (let directory = dirname(temporary); directory.length > this.#base.length; directory = dirname(directory)) {
        if ((await storage.list(directory)).length > 0) break;
        await storage.remove(directory, { recursive: true });
      }
    }
  }
}
