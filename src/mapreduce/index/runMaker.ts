import { rmSync } from 'node:fs';
import { MAX_LINE_BYTES_DEFAULT } from '../../input/lines/lineBlocks.ts';
import { type InputSplit, isLargeGzip, MAX_SPLIT_BYTES_DEFAULT, splitLabel } from '../../input/splits/splits.ts';
import { unpackGzip } from '../../input/splits/unpackGzip.ts';
import type { RowCounts, RowSample } from '../../row/rowCounts.ts';
import { storageFor } from '../../storage/storage.ts';
import type { Task, Tasks } from '../job.ts';
import type { DeadLetterPlace, DeadLetterReport } from './deadLetterFile.ts';
import { determinePartitions } from './determinePartitions.ts';
import { countsPerTask, gatherMaps, refuseBadRows } from './gatherMaps.ts';
import type { ChunkPlan, IndexConfig, MapManifest, MapPass, MapPayload, RunManifest } from './indexPayload.ts';
import type { IndexPhase, RunPhase } from './indexReport.ts';
import { type KeepRuns, keepRunsOf } from './keepRuns.ts';
import { determineConfig, shardsGiven } from './partitioning.ts';
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
  /** Records that became rows of each time chunk. */
  readonly chunkRecords: ReadonlyMap<number, number>;
  /** Of the determine pass; null where there was none. */
  readonly kept: KeptRuns | null;
}

/** How many of the splits have left their runs. */
export interface KeptRuns {
  readonly keptSplits: number;
  readonly splits: number;
}

/** A whole pass over the input. */
type MapPhase = Pick<ShardedRuns, 'counts' | 'samples' | 'deadLetters' | 'chunkRecords'> & {
  /** In split order. */
  readonly maps: readonly MapManifest[];
};

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

  /**
   * @param known the shards of every time chunk, where a plan has them; null for them to be found
   * @throws BadRowsError, NoDataError, NoPartitionDimensionError
   */
  async make(splits: readonly InputSplit[], known: readonly ChunkPlan[] | null = null): Promise<ShardedRuns> {
    const numShards = shardsGiven(this.#config.job.tuning.partitions);
    if (numShards !== null) {
      const read = await this.#map('read', splits, { type: 'numShards', numShards });
      const planOf = (chunk: number): ChunkPlan => ({ type: 'hashed', chunk, buckets: numShards });
      return { ...read, runs: runsOf(read.maps), planOf, kept: null };
    }
    if (known !== null) {
      const read = await this.#map('read', splits, { type: 'planned', plan: known });
      return { ...read, runs: runsOf(read.maps), planOf: planFinder(known), kept: null };
    }
    return this.#determine(splits);
  }

  /** Finds the shards, and brings the rows into them: from kept runs, or by reading again. */
  async #determine(splits: readonly InputSplit[]): Promise<ShardedRuns> {
    const keepRuns = keepRunsOf(this.#options.keepRuns ?? 'auto', this.#config);
    const keyParts = this.#keyParts(splits);
    const pass = { type: 'determine', keepRuns, keyParts } as const;
    const first =
      keepRuns === 'never'
        ? await this.#determining(this.#map('determine', splits, pass, determineConfig(this.#config)))
        : await this.#map('read', splits, pass);
    const plan = await this.#determining(determinePartitions(first.maps, this.#config, keyParts, this.#runPhase));
    const toRead = first.maps.filter(({ keptRuns }) => !keptRuns).map(({ split }) => split);
    const kept = { keptSplits: first.maps.length - toRead.length, splits: first.maps.length };
    const planOf = planFinder(plan);
    const planned = { type: 'planned', plan } as const;
    if (kept.keptSplits === 0) {
      // All of it: of files that were unpacked the parts are gone.
      const read = await this.#map('read', splits, planned);
      return { ...read, runs: runsOf(read.maps), planOf, kept };
    }
    const scattered = await this.#determining(scatterRuns(runsOf(first.maps), plan, this.#config, this.#runPhase));
    const again = toRead.length === 0 ? [] : await this.#runMaps('read', toRead, planned, this.#config);
    const readAgain = new Map(again.map(({ split, runs }) => [split.index, runs]));
    let next = 0;
    const runs = first.maps.flatMap((map): ShardedRuns['runs'] =>
      map.keptRuns ? map.runs.flatMap(() => scattered[next++]) : (readAgain.get(map.split.index) ?? []),
    );
    return { ...first, runs, planOf, kept };
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

  /** Reads the whole input. */
  async #map(
    phase: IndexPhase,
    splits: readonly InputSplit[],
    pass: MapPass,
    config: IndexConfig = this.#config,
  ): Promise<MapPhase> {
    const maps = await this.#runMaps(phase, splits, pass, config);
    const gathered = await gatherMaps(maps, config, this.#options.deadLetters);
    const chunkRecords = new Map<number, number>();
    for (const [chunk, records] of maps.flatMap((map) => map.chunkRecords)) {
      chunkRecords.set(chunk, (chunkRecords.get(chunk) ?? 0) + records);
    }
    return { ...gathered, chunkRecords, maps };
  }

  async #runMaps(
    phase: IndexPhase,
    splits: readonly InputSplit[],
    pass: MapPass,
    config: IndexConfig,
  ): Promise<MapManifest[]> {
    const { job } = config;
    const taskOf = (split: InputSplit): Task => ({
      kind: 'mapIndex',
      // Both passes over the input have an attempt directory.
      id: `${pass.type === 'determine' ? 'determine' : 'map'}-${String(split.index).padStart(6, '0')}`,
      label: splitLabel(split),
      payload: { config, pass, split, badRowsMax: job.tuning.maxParseExceptions } satisfies MapPayload,
    });
    const done: MapManifest[] = [];
    const run = this.#runPhase(phase, this.#mapTasks(splits, taskOf), bytesOf(splits), ({ payload }, manifest) => {
      done.push(manifest as MapManifest);
      // Not the manifest's, which may be of another run.
      removeParts((payload as MapPayload).split);
    });
    return (await run.catch((error) =>
      refuseBadRows(error, done, this.#config, this.#options.deadLetters),
    )) as MapManifest[];
  }

  /** A large gzip file is unpacked while tasks read the first parts of it. */
  #mapTasks(splits: readonly InputSplit[], taskOf: (split: InputSplit) => Task): Tasks {
    // Where Druid counts by split, such a file is one.
    const isCut = (split: InputSplit) => !countsPerTask(this.#config) && isLargeGzip(split, MAX_SPLIT_BYTES_DEFAULT);
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
}

/** The files of a split that was read: they take much room. */
function removeParts({ inputs }: InputSplit): void {
  for (const { unpacked } of inputs) if (unpacked !== undefined) rmSync(unpacked.path, { force: true });
}

function runsOf(maps: readonly MapManifest[]): RunManifest[] {
  return maps.flatMap(({ runs }) => runs);
}

function planFinder(plan: readonly ChunkPlan[]): ShardedRuns['planOf'] {
  const plans = new Map(plan.map((chunkPlan) => [chunkPlan.chunk, chunkPlan]));
  return (chunk) => plans.get(chunk) as ChunkPlan;
}

function bytesOf(splits: readonly InputSplit[]): number {
  return splits.reduce((sum, split) => sum + split.bytes, 0);
}
