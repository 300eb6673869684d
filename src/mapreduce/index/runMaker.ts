import { rmSync } from 'node:fs';
import { MAX_LINE_BYTES_DEFAULT } from '../../input/lines/lineBlocks.ts';
import { type InputSplit, isLargeGzip, MAX_SPLIT_BYTES_DEFAULT, splitLabel } from '../../input/splits/splits.ts';
import { unpackGzip } from '../../input/splits/unpackGzip.ts';
import { addRowCounts, badRows, newRowCounts, type RowCounts, type RowSample } from '../../row/rowCounts.ts';
import { storageFor } from '../../storage/storage.ts';
import type { Task, Tasks } from '../job.ts';
import {
  collectLetters,
  type DeadLetterPlace,
  type DeadLetterReport,
  samplesOfLetters,
  writeDeadLetters,
} from './deadLetterFile.ts';
import { determinePartitions } from './determinePartitions.ts';
import { BadRowsError, type MapProgress, NoDataError } from './errors.ts';
import type {
  ChunkPlan,
  IndexConfig,
  MapLetters,
  MapManifest,
  MapPass,
  MapPayload,
  RunManifest,
} from './indexPayload.ts';
import type { IndexPhase, RunPhase } from './indexReport.ts';
import { determineConfig, type KeepRuns, keepsRuns, shardsGiven } from './partitioning.ts';
import { scatterRuns } from './scatterRuns.ts';

/** Input bytes whose keys one task counts. */
const KEY_PART_INPUT_BYTES = 256 * 1024 * 1024;
/** Parts of a gzip file that are unpacked before a task is free to read them. */
const PARTS_AHEAD = 2;

/** The input as sorted runs, cut into shards. */
export interface ShardedRuns {
  readonly counts: RowCounts;
  readonly samples: readonly RowSample[];
  readonly deadLetters: DeadLetterReport | null;
  /** In position order. */
  readonly runs: readonly Pick<RunManifest, 'path' | 'sections'>[];
  /** The shards of a time chunk that has rows. */
  readonly planOf: (chunk: number) => ChunkPlan;
}

export interface RunMakerOptions {
  readonly workers: number;
  /** Default `auto`. */
  readonly keepRuns?: KeepRuns;
  readonly deadLetters: DeadLetterPlace;
  /** For parts of large gzip files, a few at a time. */
  readonly unpackDirectory: string;
}

/** Reads the input into runs of shards, and finds the shards first where the spec does not give their number. */
export class RunMaker {
  /** Time spent on finding shards and cutting runs into them, milliseconds. */
  determineMs = 0;
  readonly #config: IndexConfig;
  readonly #options: RunMakerOptions;
  readonly #runPhase: RunPhase;

  constructor(config: IndexConfig, options: RunMakerOptions, runPhase: RunPhase) {
    this.#config = config;
    this.#options = options;
    this.#runPhase = runPhase;
  }

  /** @throws BadRowsError, NoDataError, NoPartitionDimensionError */
  async make(splits: readonly InputSplit[]): Promise<ShardedRuns> {
    const numShards = shardsGiven(this.#config.job.tuning.partitions);
    if (numShards !== null) {
      const read = await this.#map('read', splits, { type: 'numShards', numShards });
      return { ...read, planOf: (chunk) => ({ type: 'hashed', chunk, buckets: numShards }) };
    }
    const keeps = keepsRuns(this.#options.keepRuns ?? 'auto', this.#config);
    const keyParts = this.#keyParts(splits);
    const pass = { type: 'determine', keepsRuns: keeps, keyParts } as const;
    const first = keeps
      ? await this.#map('read', splits, pass)
      : await this.#determining(this.#map('determine', splits, pass, determineConfig(this.#config)));
    const plan = await this.#determining(determinePartitions(first.maps, this.#config, keyParts, this.#runPhase));
    const plans = new Map(plan.map((chunkPlan) => [chunkPlan.chunk, chunkPlan]));
    const planOf = (chunk: number) => plans.get(chunk) as ChunkPlan;
    if (!keeps) return { ...(await this.#map('read', splits, { type: 'planned', plan })), planOf };
    const runs = await this.#determining(scatterRuns(first.runs, plan, this.#config, this.#runPhase));
    return { ...first, runs, planOf };
  }

  /** Adds the time that work takes. */
  async #determining<Result>(work: Promise<Result>): Promise<Result> {
    const started = performance.now();
    const result = await work;
    this.determineMs += performance.now() - started;
    return result;
  }

  /** How many tasks count keys; what they find does not depend on it. */
  #keyParts(splits: readonly InputSplit[]): number {
    const parts = Math.ceil(bytesOf(splits) / KEY_PART_INPUT_BYTES);
    return Math.max(1, Math.min(parts, 2 * this.#options.workers));
  }

  async #map(
    phase: IndexPhase,
    splits: readonly InputSplit[],
    pass: MapPass,
    config: IndexConfig = this.#config,
  ): Promise<Omit<ShardedRuns, 'planOf'> & { readonly maps: readonly MapManifest[] }> {
    const { job } = config;
    const taskOf = (split: InputSplit): Task => ({
      kind: 'mapIndex',
      // Both passes over the input have an attempt directory.
      id: `${phase === 'determine' ? 'determine' : 'map'}-${String(split.index).padStart(6, '0')}`,
      label: splitLabel(split),
      payload: { config, pass, split, badRowsMax: job.tuning.maxParseExceptions } satisfies MapPayload,
    });
    const done: MapManifest[] = [];
    const run = this.#runPhase(phase, this.#mapTasks(splits, taskOf), bytesOf(splits), (_task, manifest) => {
      done.push(manifest as MapManifest);
      removeParts((manifest as MapManifest).split);
    });
    const maps = (await run.catch((error) => this.#refuseBadRows(error, done))) as MapManifest[];
    const counts = countsOf(maps);
    const { samples, deadLetters } = await this.#keepLetters(maps);
    this.#checkBadRows(counts, samples, deadLetters);
    if (counts.processed + counts.processedWithErrors === 0) {
      throw new NoDataError(counts, job.granularity.intervals, samples, deadLetters);
    }
    return { counts, samples, deadLetters, runs: maps.flatMap(({ runs }) => runs), maps };
  }

  /** A large gzip file is unpacked while tasks read the first parts of it. */
  #mapTasks(splits: readonly InputSplit[], taskOf: (split: InputSplit) => Task): Tasks {
    // Where Druid counts by split, such a file is one.
    const isCut = (split: InputSplit) => !this.#countsPerTask() && isLargeGzip(split, MAX_SPLIT_BYTES_DEFAULT);
    return splits.some(isCut) ? this.#unpackedTasks(splits, isCut, taskOf) : splits.map(taskOf);
  }

  async *#unpackedTasks(
    splits: readonly InputSplit[],
    isCut: (split: InputSplit) => boolean,
    taskOf: (split: InputSplit) => Task,
  ): AsyncGenerator<Task> {
    let index = 0;
    for (const split of splits) {
      if (!isCut(split)) {
        yield taskOf({ ...split, index: index++ });
        continue;
      }
      const options = {
        partBytes: MAX_SPLIT_BYTES_DEFAULT,
        lineBytesMax: MAX_LINE_BYTES_DEFAULT,
        directory: this.#options.unpackDirectory,
        ahead: PARTS_AHEAD,
        storageOf: (path: string) => storageFor(path, this.#config.hadoop),
      };
      for await (const part of unpackGzip(split.inputs[0], options)) {
        yield taskOf({ index: index++, inputs: [part], bytes: part.end - part.start });
      }
    }
  }

  async #keepLetters(tasks: readonly MapLetters[]): Promise<Pick<ShardedRuns, 'samples' | 'deadLetters'>> {
    const letters = collectLetters(tasks);
    const deadLetters = await writeDeadLetters(letters, this.#options.deadLetters);
    return { samples: samplesOfLetters(letters), deadLetters };
  }

  /**
   * Tells of the bad rows up to those that a task stopped at, in the order of the input.
   *
   * @param done manifests of the tasks that have ended
   */
  async #refuseBadRows(error: unknown, done: readonly MapManifest[]): Promise<never> {
    const task = badRowsTask(error);
    if (task === null) throw error;
    const before = done
      .filter(({ split }) => split.index < task.split.index)
      .sort((a, b) => a.split.index - b.split.index);
    const { samples, deadLetters } = await this.#keepLetters([...before, task]);
    const bad = badRows(this.#countsPerTask() ? task.counts : countsOf([...before, task]));
    throw new BadRowsError(bad, this.#config.job.tuning.maxParseExceptions ?? 0, samples, null, deadLetters);
  }

  #checkBadRows(counts: RowCounts, samples: readonly RowSample[], deadLetters: DeadLetterReport | null): void {
    const allowed = this.#config.job.tuning.maxParseExceptions;
    if (allowed === null || this.#countsPerTask()) return;
    const bad = badRows(counts);
    if (bad > allowed) throw new BadRowsError(bad, allowed, samples, null, deadLetters);
  }

  /** Druid's indexer counts bad rows per map task (docs/quirks.md, row 6). */
  #countsPerTask(): boolean {
    return this.#config.quirks === 'druid';
  }
}

/** The files of a split that was read: they take much room. */
function removeParts({ inputs }: InputSplit): void {
  for (const { unpacked } of inputs) if (unpacked !== undefined) rmSync(unpacked.path, { force: true });
}

/** What a task that met too many bad rows had read; null for an error of another kind. */
function badRowsTask(error: unknown): MapProgress | null {
  const { name, details } = error as { name?: unknown; details?: BadRowsError['details'] };
  return name === 'BadRowsError' ? (details?.task ?? null) : null;
}

function countsOf(tasks: readonly { readonly counts: RowCounts }[]): RowCounts {
  const sum = newRowCounts();
  for (const { counts } of tasks) addRowCounts(sum, counts);
  return sum;
}

function bytesOf(splits: readonly InputSplit[]): number {
  return splits.reduce((sum, split) => sum + split.bytes, 0);
}
