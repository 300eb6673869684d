import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PublishRequest } from './metadata/MetadataStore.ts';
import { type ProcessId, thisProcess } from './processes.ts';
import type { StagedZip } from './segmentStore.ts';

const JOURNAL = 'journal.jsonl';

/** Begins the name of a directory that has no journal yet; the process that makes it follows. */
const NASCENT = '.new-';

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
    mkdirSync(dirname(directory), { recursive: true });
    const nascent = join(
      dirname(directory),
      `${NASCENT}${process.pid}-${process.startedAt}-${process.host}-${basename(directory)}`,
    );
    mkdirSync(nascent);
    new Journal(nascent).append({ type: 'begin', process, ...first });
    renameSync(nascent, directory);
    return new Journal(directory);
  }

  /** Adds an entry; it is on the disk when this returns. */
  append(entry: JournalEntry): void {
    const file = openSync(this.#path, 'a');
    try {
      writeSync(file, `${JSON.stringify(entry)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

/** The process that was making a directory of this name, or null where it is no such name. */
export function nascentProcess(name: string): ProcessId | null {
  const found = /^\.new-(\d+)-(\d+)-(.*)-\d{4}-/.exec(name);
  return found === null ? null : { pid: Number(found[1]), startedAt: Number(found[2]), host: found[3] };
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
