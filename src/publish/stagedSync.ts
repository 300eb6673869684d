import { foldersAbove } from './segmentStore.ts';

/** Has zips, and the directories that were made for them, on the disk: batch by batch, while others are written. */
export class StagedSync {
  readonly #base: string;
  readonly #sync: (paths: readonly string[]) => Promise<void>;
  /** Zips that are yet to be written, by each directory above their own. When there are none, nothing more is made in it. */
  readonly #missing = new Map<string, number>();
  readonly #synced = new Set<string>();
  /** One batch after the other. */
  #running: Promise<void> = Promise.resolve();

  /** @param base of deep storage */
  constructor(base: string, sync: (paths: readonly string[]) => Promise<void>) {
    this.#base = base;
    this.#sync = sync;
  }

  /** Files or directories that are on the disk. */
  get synced(): ReadonlySet<string> {
    return this.#synced;
  }

  /** Zips that are going to be written. */
  expect(paths: readonly string[]): void {
    for (const path of paths) {
      for (const folder of foldersAbove(path, this.#base))
        this.#missing.set(folder, (this.#missing.get(folder) ?? 0) + 1);
    }
  }

  /** Zips are written, and their directories made: what is ready goes to the disk. */
  written(paths: readonly string[]): void {
    const ready = [...paths];
    for (const path of paths) {
      for (const folder of foldersAbove(path, this.#base)) {
        const missing = (this.#missing.get(folder) ?? 0) - 1;
        this.#missing.set(folder, missing);
        if (missing === 0) ready.push(folder);
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

  async #bring(paths: readonly string[]): Promise<void> {
    await this.#sync(paths);
    for (const path of paths) this.#synced.add(path);
  }
}
