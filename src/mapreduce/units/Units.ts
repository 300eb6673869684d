import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StorageError } from '../../storage/local/StorageError.ts';
import { type FileStatus, isHdfsPath } from '../../storage/storage.ts';
import type { IndexConfig, MapPayload } from '../index/indexPayload.ts';
import type { RunPhase } from '../index/indexReport.ts';
import type { Task, TaskKind, Tasks } from '../job.ts';
import { JOB_FILE, type JobNote } from './jobNote.ts';
import { jobKey, UnitKeys, unitName } from './unitKeys.ts';
import { readManifest } from './unitManifest.ts';
import { parkedZip, useUnit } from './verifyUnit.ts';

/** How many tasks of a kind another run had done, and how many this one did. */
export interface UnitCounts {
  reused: number;
  made: number;
}

/** Tasks by what they did: read splits, count keys, cut runs into shards, make segments. */
export type UnitReport = Readonly<Record<'map' | 'count' | 'scatter' | 'reduce', Readonly<UnitCounts>>>;

/** What a failed run leaves for the next one. */
export interface KeptUnits {
  readonly directory: string;
  readonly tasks: number;
  /** On this machine. */
  readonly bytes: number;
}

const NAMES: Readonly<Record<Exclude<TaskKind, 'measureShard'>, keyof UnitReport>> = {
  mapIndex: 'map',
  countKeys: 'count',
  scatterRun: 'scatter',
  reduceIndex: 'reduce',
};

/** How a phase gets on. */
interface PhaseCourse {
  /** Of its tasks. */
  readonly kinds: TaskKind[];
  /** Results of units, by the places of their tasks. */
  readonly reused: Map<number, unknown>;
  /** Input bytes that need not be read. */
  reusedBytes: number;
}

type OnResult = Parameters<RunPhase>[3];

/**
 * The units of work of a job. A unit is an attempt directory whose task has ended well: the task's files and its manifest, under a name
 * that follows from all that decides what is in it. A run takes over units of runs of the same job that failed or were killed, and has
 * only those tasks done that there is no whole unit for.
 */
export class Units {
  readonly counts: Readonly<Record<keyof UnitReport, UnitCounts>> = {
    map: { reused: 0, made: 0 },
    count: { reused: 0, made: 0 },
    scatter: { reused: 0, made: 0 },
    reduce: { reused: 0, made: 0 },
  };
  readonly #config: IndexConfig;
  readonly #attempts: string;
  readonly #signal: AbortSignal;
  readonly #keys: UnitKeys;
  /** Directories of units that were taken over and not used yet, by name. */
  readonly #taken = new Map<string, string>();

  /**
   * @param files the input, as listed
   * @param attempts where the job's tasks have their directories
   */
  constructor(config: IndexConfig, files: readonly FileStatus[], attempts: string, signal: AbortSignal) {
    this.#config = config;
    this.#attempts = attempts;
    this.#signal = signal;
    this.#keys = new UnitKeys(config, files);
  }

  /** From here on a run that is killed leaves units for others. */
  begin(): void {
    const path = join(this.#attempts, JOB_FILE);
    const note: JobNote = { job: jobKey(this.#config), isKept: !this.#config.job.tuning.cleanupOnFailure };
    try {
      mkdirSync(this.#attempts, { recursive: true });
      writeFileSync(path, JSON.stringify(note));
    } catch (error) {
      throw new StorageError(`write ${path}`, path, error);
    }
  }

  /** Moves the units of a run that is over to this one. @param attempts of that run */
  take(attempts: string): void {
    for (const unit of unitsIn(attempts)) {
      const name = basename(unit);
      const directory = join(this.#attempts, name);
      try {
        renameSync(unit, directory);
        this.#taken.set(unitName(name), directory);
      } catch (error) {
        // Another run of the job was quicker, or two have made the same.
        if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    }
  }

  /** Runs phases as another function does, but for tasks that there are units for. */
  reusing(runPhase: RunPhase): RunPhase {
    return async (phase, tasks, bytesTotal = 0, onResult = undefined, counted = undefined) => {
      const course: PhaseCourse = { kinds: [], reused: new Map(), reusedBytes: 0 };
      const missing = this.#missing(tasks, course, onResult);
      // An engine likes to know how many there are.
      const rest = Array.isArray(tasks) ? await arrayOf(missing) : missing;
      const isNone = Array.isArray(rest) && rest.length === 0;
      const bytes = bytesTotal - course.reusedBytes;
      return this.#merged(course, isNone ? [] : await runPhase(phase, rest, bytes, onResult, counted));
    };
  }

  /** The tasks that have to run. */
  async *#missing(tasks: Tasks, course: PhaseCourse, onResult: OnResult): AsyncGenerator<Task> {
    for await (const task of tasks) {
      this.#signal.throwIfAborted();
      const place = course.kinds.push(task.kind) - 1;
      const named = this.#keys.named(task);
      const result = await this.#use(named);
      if (result === null) {
        yield named;
        continue;
      }
      course.reused.set(place, result);
      if (task.kind === 'mapIndex') course.reusedBytes += (task.payload as MapPayload).split.bytes;
      onResult?.(task, result);
    }
  }

  /** Results in the order of the tasks. */
  #merged({ kinds, reused }: PhaseCourse, made: readonly unknown[]): unknown[] {
    const results: unknown[] = [];
    let next = 0;
    while (results.length < reused.size + made.length) {
      const place = results.length;
      const kind = kinds[Math.min(place, kinds.length - 1)];
      const result = reused.has(place) ? reused.get(place) : made[next++];
      this.#keys.learn({ kind, result });
      results.push(result);
      if (kind !== 'measureShard') this.counts[NAMES[kind]][reused.has(place) ? 'reused' : 'made']++;
    }
    return results;
  }

  /** @returns null where the task has to run */
  async #use(task: Task): Promise<unknown> {
    const directory = this.#taken.get(task.id);
    if (directory === undefined) return null;
    this.#taken.delete(task.id);
    const result = await useUnit(task, directory, this.#config.hadoop);
    if (result === null) await rm(directory, { recursive: true, force: true });
    return result;
  }

  /** Takes zips out of deep storage that a failed run has made, as far as that is no more than giving them another name. */
  park(): void {
    parkZips(this.#attempts);
  }

  /**
   * Leaves the units of a failed run to the next one, and nothing else of what its tasks wrote, unless the spec wants that.
   *
   * @returns null where there are none
   */
  keep(): KeptUnits | null {
    if (this.#config.job.tuning.cleanupOnFailure) removeUnfinished(this.#attempts);
    const units = unitsIn(this.#attempts);
    if (units.length > 0) return { directory: dirname(this.#attempts), tasks: units.length, bytes: bytesOf(units) };
    this.end();
    return null;
  }

  /** What is left of the run, if anything, is to be looked at, not to be taken over. */
  end(): void {
    rmSync(join(this.#attempts, JOB_FILE), { force: true });
  }
}

/** See {@link Units.park}. @param attempts of any run */
export function parkZips(attempts: string): void {
  for (const directory of unitsIn(attempts)) {
    for (const [i, zip] of (readManifest(directory)?.zips ?? []).entries()) {
      if (isHdfsPath(zip)) continue;
      try {
        renameSync(zip, parkedZip(directory, i));
      } catch {
        // It has its final name, or lies on another disk: then the segment is made anew.
      }
    }
  }
}

/** Removes what tasks had begun when their run failed or was killed. */
export function removeUnfinished(attempts: string): void {
  const units = new Set(unitsIn(attempts));
  for (const directory of directoriesIn(attempts)) {
    if (!units.has(directory)) rmSync(directory, { recursive: true, force: true });
  }
}

/** Attempt directories whose tasks have ended well. */
export function unitsIn(attempts: string): string[] {
  return directoriesIn(attempts).filter((directory) => readManifest(directory) !== null);
}

function directoriesIn(attempts: string): string[] {
  // A run may fail before its first task.
  if (!existsSync(attempts)) return [];
  const entries = readdirSync(attempts, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(attempts, name));
}

function bytesOf(directories: readonly string[]): number {
  let bytes = 0;
  for (const directory of directories) {
    for (const name of readdirSync(directory)) bytes += statSync(join(directory, name)).size;
  }
  return bytes;
}

async function arrayOf(tasks: AsyncIterable<Task>): Promise<Task[]> {
  const all: Task[] = [];
  for await (const task of tasks) all.push(task);
  return all;
}
