import type { HadoopClient } from '../hadoop/hadoopClient.ts';
import { parentPath } from '../storage/pathText.ts';
import { type Storage, storageFor } from '../storage/storage.ts';

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
  readonly #stored: string[] = [];
  readonly #base: string;
  readonly #storage: Storage;

  /** @param base of deep storage; it stays, whatever becomes of the job */
  constructor(base: string, hadoop?: HadoopClient) {
    this.#base = base;
    this.#storage = storageFor(base, hadoop);
  }

  /** Makes room for a zip. */
  async stage(zip: StagedZip): Promise<void> {
    this.#staged.push(zip);
    await this.#storage.mkdirs(parentPath(zip.temporary));
  }

  /**
   * Gives all staged zips their final names.
   * @param finals in the order of staging, where they have come to be others
   */
  async store(finals: readonly string[] = this.#staged.map(({ final }) => final)): Promise<void> {
    for (const [i, { temporary }] of this.#staged.entries()) {
      const [from, to] = [parentPath(temporary), parentPath(finals[i])];
      if (from !== to) await this.#storage.mkdirs(to);
      await this.#storage.rename(temporary, finals[i]);
      this.#stored.push(finals[i]);
      if (from !== to) await this.#removeEmpty(from);
    }
  }

  /** Removes what was staged and not stored, and directories that are empty then. */
  async discard(): Promise<void> {
    for (const { temporary } of this.#staged.slice(this.#stored.length)) await this.#remove(temporary);
  }

  /** Removes what was stored too: for zips whose names are of a version that nobody else has. */
  async takeBack(): Promise<void> {
    await this.discard();
    for (const final of this.#stored) await this.#remove(final);
  }

  async #remove(path: string): Promise<void> {
    await this.#storage.remove(path, { recursive: false });
    await this.#removeEmpty(parentPath(path));
  }

  async #removeEmpty(from: string): Promise<void> {
    for (let directory = from; directory.length > this.#base.length; directory = parentPath(directory)) {
      if ((await this.#storage.list(directory)).length > 0) break;
      await this.#storage.remove(directory, { recursive: true });
    }
  }
}
