import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HadoopClient } from '../hadoop/hadoopClient.ts';
import { mapAtOnce } from '../storage/mapAtOnce.ts';
import { parentPath } from '../storage/pathText.ts';
import { type Storage, storageFor } from '../storage/storage.ts';
import { aloneIn } from './aloneIn.ts';
import { type CompleteZip, Journal, type JournalState, readJournal, removeJobDirectory } from './journal.ts';
import { type MetadataStore, MetadataStoreError, type PublishRequest } from './metadata/MetadataStore.ts';
import { changedSegment, checkVersions } from './metadata/segmentTable.ts';
import { thisProcess } from './processes.ts';
import type { Publisher } from './publisher.ts';
import { folderOf, removeFiles, type StagedZip, sha256Of, storeZips } from './segmentStore.ts';
import { StagedSync } from './stagedSync.ts';

/** By whom segments become visible. */
export interface PublicationMeans {
  /** Null: segments are stored, and told to nobody. */
  readonly store: MetadataStore | null;
  /** In place of a store. */
  readonly publisher: Publisher | null;
  /** How HDFS is reached, where deep storage lies there. */
  readonly hadoop: HadoopClient | undefined;
}

/** Folder of a working directory that the job's tasks write to. */
export const ATTEMPTS = 'attempts';

/** Digits of the unique end of a working directory's name that tell jobs apart. */
const ID_DIGITS = 8;

/**
 * The segments of one job on their way: to deep storage, then to the metadata store. What is to be done is in the journal before it is done,
 * so that whoever comes after a killed process can tell what is published, and remove the rest.
 */
export class Publication {
  readonly directory: string;
  readonly #journal: Journal;
  readonly #base: string;
  readonly #store: MetadataStore | null;
  readonly #publisher: Publisher | null;
  readonly #hadoop: HadoopClient | undefined;
  /** Temporary names of zips of its own. */
  readonly #staged = new Set<string>();
  readonly #inherited: StagedZip[] = [];
  #isStoring = false;
  readonly #sync: StagedSync;
  #isLeft = false;

  private constructor(directory: string, journal: Journal, base: string, means: PublicationMeans) {
    this.directory = directory;
    this.#journal = journal;
    this.#base = base;
    this.#store = means.store;
    this.#publisher = means.publisher;
    this.#hadoop = means.hadoop;
    this.#sync = new StagedSync(base, (paths) => this.#storage.sync(paths));
  }

  get #storage(): Storage {
    return storageFor(this.#base, this.#hadoop);
  }

  /**
   * Makes the working directory of a job.
   *
   * @param base of deep storage
   */
  static begin(
    directory: string,
    { dataSource, version }: Pick<PublishRequest, 'dataSource' | 'version'>,
    base: string,
    means: PublicationMeans,
  ): Publication {
    const told = means.publisher ?? means.store;
    const journal = Journal.create(directory, { dataSource, version, base, store: told?.name ?? null });
    return new Publication(directory, journal, base, means);
  }

  /** Goes on where another process left off. */
  static resume(
    directory: string,
    { begin }: JournalState,
    { store, hadoop }: Pick<PublicationMeans, 'store' | 'hadoop'>,
  ): Publication {
    const journal = Journal.takeOver(directory);
    journal.append({ ...begin, process: thisProcess(), store: store?.name ?? null });
    return new Publication(directory, journal, begin.base, { store, publisher: null, hadoop });
  }

  /** Ends the temporary names of the job's zips. */
  get id(): string {
    const unique = this.directory.slice(this.directory.lastIndexOf('_') + 1);
    return unique.slice(0, ID_DIGITS);
  }

  /** For the engine's tasks. */
  get attemptDirectory(): string {
    return join(this.directory, ATTEMPTS);
  }

  /** Segments that have final names, or may have them, stay: somebody else is to go on with them. */
  get isStored(): boolean {
    return this.#isStoring && this.#isLeft;
  }

  /** Zips are given their final names, or have them. */
  get isStoring(): boolean {
    return this.#isStoring;
  }

  /** For parts of large gzip files, a few at a time. */
  get unpackDirectory(): string {
    return join(this.directory, 'unpacked');
  }

  /** Writes down which zips there are going to be, and makes the directory of the first: when this returns that is seen to be possible. */
  async stage(zips: readonly StagedZip[]): Promise<void> {
    this.#journal.append({ type: 'stage', zips });
    const temporaries = zips.map(({ temporary }) => temporary);
    for (const temporary of temporaries) this.#staged.add(temporary);
    this.#sync.expect(temporaries);
    for (const first of temporaries.slice(0, 1)) await this.#storage.mkdirs(parentPath(first));
  }

  /** Zips are complete, each in its directory: they go to the disk while others are written. */
  written(temporaries: readonly string[]): void {
    this.#sync.written(temporaries);
  }

  /** Takes over zips that another run has staged: those that this one does not give its own names are removed at its end. */
  inherit(zips: readonly StagedZip[]): void {
    if (zips.length === 0) return;
    this.#journal.append({ type: 'stage', zips });
    this.#inherited.push(...zips);
  }

  /** Removes what is left of zips of another run. */
  async dropInherited(): Promise<void> {
    const left = this.#inherited.filter(({ temporary }) => !this.#staged.has(temporary));
    this.#inherited.length = 0;
    await removeFiles(
      left.map(({ temporary }) => temporary),
      this.#base,
      this.#hadoop,
    );
  }

  /** All zips are complete, and on the disk when this returns: what `publish` is to do, now or in another process. */
  async complete(request: PublishRequest, zips: readonly CompleteZip[]): Promise<void> {
    await this.#sync.finish(zips.map(({ temporary }) => temporary));
    this.#journal.append({ type: 'complete', request, zips });
  }

  /** Leaves the rest to `segmill publish`. */
  leaveStaged(): void {
    this.#isLeft = true;
    this.#journal.append({ type: 'staged' });
  }

  /**
   * Gives the zips their names and inserts the rows.
   *
   * @returns how many rows are new
   * @throws PublishConflictError, MetadataStoreError and storage errors; `discard` then takes back what was done
   */
  publish(request: PublishRequest, zips: readonly CompleteZip[]): Promise<number> {
    // An Overlord has given this job a lock that is better.
    const store = this.#publisher === null ? this.#store : null;
    return aloneIn(this.#base, store, () => this.#publishAlone(request, zips));
  }

  async #publishAlone(request: PublishRequest, zips: readonly CompleteZip[]): Promise<number> {
    if (this.#store !== null) await this.#checkFree(this.#store, request, zips);
    const there = await mapAtOnce(zips, ({ final }) => storageFor(final, this.#hadoop).status(final));
    const replaced = zips.map(({ final }) => final).filter((_, i) => there[i] !== null);
    this.#isStoring = true;
    this.#journal.append({ type: 'store', replaced });
    await storeZips(zips, this.#base, this.#hadoop);
    await this.#syncNames(zips);
    const inserted = await this.#tell(request);
    try {
      this.#journal.append({ type: 'published' });
    } catch {
      // The store knows it, too, and the journal is about to be removed.
    }
    return inserted;
  }

  /** What the store will tell of outlasts a loss of power. */
  async #syncNames(zips: readonly CompleteZip[]): Promise<void> {
    // Where zips are moved their directories have been made since.
    const areMoved = zips.some(({ temporary, final }) => parentPath(final) !== parentPath(temporary));
    const synced: ReadonlySet<string> = areMoved ? new Set() : this.#sync.synced;
    const folders = new Set<string>();
    for (const { final } of zips) {
      for (let at = folderOf(final, this.#base); at !== null; at = folderOf(at, this.#base)) {
        if (folders.has(at) || synced.has(at)) break;
        folders.add(at);
      }
    }
    await this.#storage.sync([...folders]);
  }

  async #tell(request: PublishRequest): Promise<number> {
    if (this.#publisher === null) return (await this.#store?.publish(request)) ?? 0;
    await this.#publisher.publish(request.segments.map(({ payload }) => JSON.parse(payload)));
    return request.segments.length;
  }

  /** Nothing of the job has a final name yet: what is wrong then can be told with nothing to take back. */
  async #checkFree(store: MetadataStore, request: PublishRequest, zips: readonly CompleteZip[]): Promise<void> {
    const published = await store.payloads(request.segments.map(({ id }) => id));
    for (const { id, payload } of request.segments) {
      const there = published.get(id);
      if (there !== undefined && there !== payload) throw changedSegment(id, request.version);
    }
    for (const { segmentId, final, sha256 } of zips) {
      if (!published.has(segmentId)) continue;
      const there = await sha256Of(final, this.#hadoop);
      if (there !== null && there !== sha256) throw changedSegment(segmentId, request.version);
    }
    if (published.size === request.segments.length) return;
    const intervals = request.segments.map(({ interval }) => interval);
    checkVersions(request, await store.usedSegments(request.dataSource, intervals));
  }

  /**
   * After a failure: removes from deep storage what is not published.
   *
   * @returns false when that can't be told, because the metadata store does not answer: all stays then, for `segmill publish`
   */
  async discard(): Promise<boolean> {
    await this.#sync.settle();
    const state = readJournal(this.directory);
    if (state === null) return true;
    // A publisher that fails, and does not say that it knows no better, has published nothing.
    if (this.#publisher !== null && !state.isPublished) await removeAllBut(new Set(), state, this.#hadoop);
    else return removeUnpublished(state, this.#store, this.#hadoop);
    return true;
  }

  /** The files stay for now, and so does the working directory, which tells of them. */
  leaveStored(): void {
    this.#isLeft = true;
  }

  /** Ends the job, whatever came of it. @param keep leaves the working directory on purpose */
  async end(keep: boolean): Promise<void> {
    try {
      if (keep && !this.#isLeft) this.#journal.append({ type: 'ended' });
      if (keep) return;
      // The journal stays as long as somebody has to go on with it.
      if (this.#isLeft) await rm(this.attemptDirectory, { recursive: true, force: true });
      else await removeJobDirectory(this.directory);
    } catch {
      // What is published is published, and what failed is told by its own error; the next run removes the directory.
    }
  }
}

/**
 * Removes from deep storage what a job left there and is not published.
 *
 * @param store that the job published to, or null
 * @returns false when it can't be told what is published; nothing was removed then
 */
export async function removeUnpublished(
  state: JournalState,
  store: MetadataStore | null,
  hadoop?: HadoopClient,
): Promise<boolean> {
  // Where nothing has its final name the files are the job's alone.
  return aloneIn(state.begin.base, state.replaced === null ? null : store, async () => {
    const published = await publishedIds(state, store);
    if (published === null) return false;
    await removeAllBut(published, state, hadoop);
    return true;
  });
}

async function removeAllBut(
  published: ReadonlySet<string>,
  { staged, complete, begin, replaced }: JournalState,
  hadoop: HadoopClient | undefined,
): Promise<void> {
  const left = staged.map(({ temporary }) => temporary);
  if (complete !== null && replaced !== null) {
    const kept = new Set(replaced);
    for (const { final, segmentId } of complete.zips) {
      if (!kept.has(final) && !published.has(segmentId)) left.push(final);
    }
  }
  await removeFiles(left, begin.base, hadoop);
}

/** Whether the version is visible; null where that can't be told. */
export async function isPublished(state: JournalState, store: MetadataStore | null): Promise<boolean | null> {
  const published = await publishedIds(state, store);
  if (published === null) return null;
  return state.complete?.request.segments.every(({ id }) => published.has(id)) ?? false;
}

/**
 * Which of a job's segments are published. The store knows, not the journal: another run of the same version may have published what this
 * one did not.
 */
async function publishedIds(state: JournalState, store: MetadataStore | null): Promise<ReadonlySet<string> | null> {
  const { complete, replaced, begin } = state;
  // No segment has its final name.
  if (complete === null || replaced === null) return new Set();
  const ids = complete.request.segments.map(({ id }) => id);
  if (state.isPublished) return new Set(ids);
  if (begin.store === null) return new Set();
  if (store === null || store.name !== begin.store) return null;
  try {
    return new Set((await store.payloads(ids)).keys());
  } catch (error) {
    if (error instanceof MetadataStoreError) return null;
    throw error;
  }
}
