import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HadoopClient } from '../hadoop/hadoopClient.ts';
import { isHdfsPath } from '../storage/storage.ts';
import { type JournalState, passingProcess, readJournal, removeJobDirectory } from './journal.ts';
import type { MetadataStore } from './metadata/MetadataStore.ts';
import { isProcessAlive } from './processes.ts';
import { isPublished, removeUnpublished } from './publication.ts';

/** What became of the working directory of a job that is over. */
export interface Leftover {
  readonly directory: string;
  /** `removed`: with what it had left in deep storage. */
  readonly fate: 'removed' | 'kept';
  /** Why, in a few words. */
  readonly reason: string;
}

/**
 * Asked of each run that is over and not published, before anything of it is removed. `taken`: what it left in deep storage is somebody
 * else's now, who has written that down. `kept`: another run can go on from it. `useless`: it can't be gone on from. Null: it never could.
 */
export type Inherit = (directory: string, state: JournalState) => Promise<'taken' | 'kept' | 'useless' | null>;

export interface RecoverOptions {
  /** That jobs published to; null where they published to none. */
  readonly store: MetadataStore | null;
  /** How HDFS is reached; without it what lies there stays. */
  readonly hadoop?: HadoopClient | undefined;
  /** Tells what would be removed, and removes nothing. */
  readonly dryRun?: boolean;
  /** Removes directories too that were kept on purpose (leaveIntermediate, cleanupOnFailure). */
  readonly removeKept?: boolean;
  /** Absent: runs that are over are of no use to anybody. */
  readonly inherit?: Inherit;
}

const GOES_ON = 'its job can go on from it';

/**
 * Removes what jobs left that were killed: files of deep storage that are not published, and working directories. Jobs that run, and those
 * that wait for `segmill publish`, are let alone.
 *
 * @param folder of working directories: `<workingPath>/<dataSource>`
 */
export async function recover(folder: string, options: RecoverOptions): Promise<Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const name of await namesIn(folder)) {
    const directory = join(folder, name);
    const process = passingProcess(name);
    if (process !== null) {
      if (!isProcessAlive(process)) leftovers.push(await removed(directory, 'its job is over', options));
      continue;
    }
    const state = readJournal(directory);
    if (state === null || (state.isHeld && !state.isEnded && isProcessAlive(state.begin.process))) continue;
    leftovers.push(await recoverJob(directory, state, options));
  }
  return leftovers;
}

async function recoverJob(directory: string, state: JournalState, options: RecoverOptions): Promise<Leftover> {
  const { store, hadoop, dryRun, removeKept, inherit } = options;
  if (state.isEnded) {
    if (removeKept) return removed(directory, 'its job is over', options);
    const fate = (await inherit?.(directory, state)) ?? null;
    if (fate === 'kept') return { directory, fate, reason: GOES_ON };
    if (fate !== null) return removed(directory, 'its job goes on elsewhere, or is old', options);
    return { directory, fate: 'kept', reason: 'the spec asked for it (leaveIntermediate, cleanupOnFailure)' };
  }
  if (isHdfsPath(state.begin.base) && hadoop === undefined) {
    return {
      directory,
      fate: 'kept',
      reason: `its segments lie in HDFS (${state.begin.base}), which this job does not reach`,
    };
  }
  const published = await isPublished(state, store);
  if (published === null) {
    const reason = `whether it is published is known to ${state.begin.store} alone`;
    return { directory, fate: 'kept', reason };
  }
  if (state.isStaged && !state.isDiscarded && !published)
    return { directory, fate: 'kept', reason: 'it waits for segmill publish' };
  const fate = published ? null : ((await inherit?.(directory, state)) ?? null);
  if (!dryRun && fate !== 'taken') await removeUnpublished(state, store, hadoop);
  if (fate === 'kept') return { directory, fate, reason: GOES_ON };
  const reason = published
    ? 'its job is published, and was killed before the end'
    : 'its job was killed, and is not published';
  return removed(directory, reason, options);
}

async function removed(directory: string, reason: string, { dryRun }: RecoverOptions): Promise<Leftover> {
  if (!dryRun) await removeJobDirectory(directory);
  return { directory, fate: 'removed', reason };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
