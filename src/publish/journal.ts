import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeDirectory } from '../storage/local/makeDirectory.ts';
import { StorageError } from '../storage/local/StorageError.ts';
import type { PublishRequest } from './metadata/MetadataStore.ts';
import { type ProcessId, processOfName, processText, thisProcess } from './processes.ts';
import type { StagedZip } from './segmentStore.ts';

const JOURNAL = 'journal.jsonl';

/** Begin the name of a directory that has no journal yet, or is being removed; the process that does it follows. */
const NASCENT = '.new-';
const DOOMED = '.old-';

/** What a job is about to do, in the order it does it: written, and on the disk, before it is done. */
export type JournalEntry =
  | {
      readonly type: 'begin';
      readonly process: ProcessId;
      readonly dataSource: string;
      readonly version: string;
      /** Base of deep storage. */
      readonly base: string;
      /** Name of the metadata store; null where the job publishes to none. */
      readonly store: string | null;
    }
  /** Zips are written under their temporary names. */
  | { readonly type: 'stage'; readonly zips: readonly StagedZip[] }
  /** All zips are complete, and this is what is to be published of them. */
  | { readonly type: 'complete'; readonly request: PublishRequest; readonly zips: readonly CompleteZip[] }
  /** The process leaves the rest to `segmill publish`. */
  | { readonly type: 'staged' }
  /** Zips get their final names. Those of the listed ones that are in the way are replaced. */
  | { readonly type: 'store'; readonly replaced: readonly string[] }
  /** `segmill discard` removes the zips. */
  | { readonly type: 'discard' }
  /** It is done: the version is visible. */
  | { readonly type: 'published' }
  /** Nothing of the job is left in deep storage that is not published; its working directory is kept on purpose. */
  | { readonly type: 'ended' };

/** A zip that is complete. */
export interface CompleteZip extends StagedZip {
  readonly segmentId: string;
  readonly sha256: string;
}

/** The journal of one job: a file that only grows. */
export class Journal {
  readonly #path: string;

  /** @param directory the working directory of the job */
  constructor(directory: string) {
    this.#path = join(directory, JOURNAL);
  }

  /** Makes the working directory of a job, which has a journal from the first moment that it has its name. */
  static create(directory: string, first: Omit<Extract<JournalEntry, { type: 'begin' }>, 'type' | 'process'>): Journal {
    const process = thisProcess();
    makeDirectory(dirname(directory));
    const nascent = passingName(NASCENT, directory);
    mkdirSync(nascent);
    new Journal(nascent).append({ type: 'begin', process, ...first });
    renameSync(nascent, directory);
    return new Journal(directory);
  }

  /** The journal of a process that is no more. What it was writing when it died is cut off: it was not begun. */
  static takeOver(directory: string): Journal {
    const path = join(directory, JOURNAL);
    truncateSync(path, readFileSync(path).lastIndexOf(LF) + 1);
    return new Journal(directory);
  }

  /** Adds an entry; it is on the disk when this returns. @throws StorageError, and the journal is as it was */
  append(entry: JournalEntry): void {
    const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
    try {
      const file = openSync(this.#path, 'a');
      try {
        writeWhole(file, bytes);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw new StorageError(`write ${this.#path}`, this.#path, error);
    }
  }
}

const LF = 10;

/** Adds all of the bytes to a file, or none. */
function writeWhole(file: number, bytes: Buffer): void {
  const before = fstatSync(file).size;
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } catch (error) {
    ftruncateSync(file, before);
    throw error;
  }
}

/** Removes the working directory of a job, which keeps its journal as long as it has its name. */
export async function removeJobDirectory(directory: string): Promise<void> {
  const doomed = isPassing(basename(directory)) ? directory : passingName(DOOMED, directory);
  try {
    if (doomed !== directory) await rename(directory, doomed);
  } catch (error) {
    // Somebody else removes it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new StorageError(`remove ${directory}`, directory, error);
  }
  await rm(doomed, { recursive: true, force: true });
}

function passingName(prefix: string, directory: string): string {
  return join(dirname(directory), `${prefix}${processText(thisProcess())}${basename(directory)}`);
}

function isPassing(name: string): boolean {
  return name.startsWith(NASCENT) || name.startsWith(DOOMED);
}

/** The process that was making, or removing, a directory of this name; null where it is no such name. */
export function passingProcess(name: string): ProcessId | null {
  return isPassing(name) ? processOfName(name.slice(NASCENT.length)) : null;
}

/** How far a job came. */
export interface JournalState {
  /** Of the process that took the job on last. */
  readonly begin: Extract<JournalEntry, { type: 'begin' }>;
  /** That process has not left the rest to another. */
  readonly isHeld: boolean;
  readonly staged: readonly StagedZip[];
  readonly complete: Extract<JournalEntry, { type: 'complete' }> | null;
  /** Null: no zip has its final name. */
  readonly replaced: readonly string[] | null;
  readonly isStaged: boolean;
  /** It is being removed, and can't be published any more. */
  readonly isDiscarded: boolean;
  readonly isPublished: boolean;
  readonly isEnded: boolean;
}

/** What the journal of a working directory says; null where there is none. */
export function readJournal(directory: string): JournalState | null {
  const entries = readEntries(join(directory, JOURNAL));
  const begin = entries.findLast((entry) => entry.type === 'begin');
  if (begin === undefined) return null;
  const complete = entries.findLast((entry) => entry.type === 'complete') ?? null;
  const stores = entries.filter((entry) => entry.type === 'store');
  const has = (type: JournalEntry['type']) => entries.some((entry) => entry.type === type);
  return {
    begin,
    isHeld: entries.indexOf(begin) > entries.findLastIndex((entry) => entry.type === 'staged'),
    staged: entries.flatMap((entry) => (entry.type === 'stage' ? entry.zips : [])),
    complete,
    // What the first attempt put there is not in the way of the second.
    replaced: stores.length === 0 ? null : stores[0].replaced,
    isStaged: has('staged'),
    isDiscarded: has('discard'),
    isPublished: has('published'),
    isEnded: has('ended'),
  };
}

function readEntries(path: string): JournalEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
  // What follows the last line end was being written when the process died: it was not begun.
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JournalEntry);
}
