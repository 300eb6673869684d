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
  readonly #base: string;
  readonly #storage: Storage;
  #stored = 0;

  /** @param base of deep storage; it stays, whatever becomes of the job */
  constructor(base: string, hadoop?: HadoopClient) {
    this.#base = base;
    this.#storage = storageFor(base, hadoop);
  }

  /** Makes room for a zip. */
  async stage(zip: StagedZip): Promise<void> {
    this.#staged.push(zip);
    await this.#storage.mkdirs(parentPath(zip.temporary));
    if (parentPath(zip.final) !== parentPath(zip.temporary)) await this.#storage.mkdirs(parentPath(zip.final));
  }

  /** Gives all staged zips their final names. */
  async store(): Promise<void> {
    for (const { temporary, final } of this.#staged) {
      await this.#storage.rename(temporary, final);
      this.#stored++;
    }
  }

  /** Removes what was staged and not stored, and directories that are empty then. */
  async discard(): Promise<void> {
    for (const { temporary, final } of this.#staged.slice(this.#stored)) {
      await this.#storage.remove(temporary, { recursive: false });
      let directory = parentPath(final);
      for (; directory.length > this.#base.length; directory = parentPath(directory)) {
        if ((await this.#storage.list(directory)).length > 0) break;
        await this.#storage.remove(directory, { recursive: true });
      }
    }
  }
}
