import { parentPath } from '../storage/pathText.ts';
import { folderOf } from './segmentStore.ts';

/** Has zips, and the directories that were made for them, on the disk: batch by batch, while others are written. */
export class StagedSync {
  readonly #base: string;
  readonly #sync: (paths: readonly string[]) => Promise<void>;
  /** What is yet to be made in each directory above those of zips: directories of zips, one for each zip, and others that miss something. */
  readonly #missing = new Map<string, number>();
  readonly #synced = new Set<string>();
  /** One batch after the other. */
  #running: Promise<void> = Promise.resolve();

  /** @param base of deep storage */
  constructor(base: string, sync: (paths: readonly string[]) => Promise<void>) {
    this.#base = base;
    this.#sync = sync;
  }

  /** Files and directories that are on the disk. */
  get synced(): ReadonlySet<string> {
    return this.#synced;
  }

  /** Zips that are going to be written. */
  expect(paths: readonly string[]): void {
    for (const path of paths) {
      for (let at = this.#above(parentPath(path)); at !== null; at = this.#above(at)) {
        const missing = this.#missing.get(at) ?? 0;
        this.#missing.set(at, missing + 1);
        if (missing > 0) break;
      }
    }
  }

  /** Zips are written, and their directories made: they go to the disk, with the directories that miss nothing more. */
  written(paths: readonly string[]): void {
    const ready = [...paths];
    for (const path of paths) {
      for (let at = this.#above(parentPath(path)); at !== null; at = this.#above(at)) {
        const missing = (this.#missing.get(at) ?? 0) - 1;
        this.#missing.set(at, missing);
        if (missing !== 0) break;
        ready.push(at);
      }
    }
    this.#running = this.#running.then(() => this.#bring(ready));
    this.#running.catch(() => {});
  }

  /** Returns when zips are on the disk, and all directories that hold directories above them. */
  async finish(paths: readonly string[]): Promise<void> {
    await this.#running;
    await this.#bring([...paths, ...this.#missing.keys()].filter((path) => !this.#synced.has(path)));
  }

  /** Returns when nothing is being synced. */
  async settle(): Promise<void> {
    await Promise.allSettled([this.#running]);
  }

  #above(folder: string): string | null {
    return folderOf(folder, this.#base);
  }

  async #bring(paths: readonly string[]): Promise<void> {
    await this.#sync(paths);
    for (const path of paths) this.#synced.add(path);
  }
}
