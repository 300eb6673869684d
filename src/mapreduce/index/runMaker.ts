import { type InputSplit, splitLabel } from '../../input/splits/splits.ts';
import {
  addRowCounts,
  newRowCounts,
  type RowCounts,
  type RowSample,
  SAMPLES_PER_REASON,
  unparseableRows,
} from '../../row/rowCounts.ts';
import type { Task } from '../job.ts';
import { determinePartitions } from './determinePartitions.ts';
import { BadRowsError, NoDataError } from './errors.ts';
import type { ChunkPlan, IndexConfig, MapManifest, MapPass, MapPayload, RunManifest } from './indexPayload.ts';
import type { IndexPhase, RunPhase } from './indexReport.ts';
import { type KeepRuns, keepRunsOf } from './keepRuns.ts';
import { determineConfig, shardsGiven } from './partitioning.ts';
import { scatterRuns } from './scatterRuns.ts';

/** Input bytes whose keys one task counts. */
const KEY_PART_INPUT_BYTES = 256 * 1024 * 1024;

/** The input as sorted runs, cut into shards. */
export interface ShardedRuns {
  readonly counts: RowCounts;
  readonly samples: readonly RowSample[];
  /** In position order. */
  readonly runs: readonly Pick<RunManifest, 'path' | 'sections'>[];
  /** The shards of a time chunk that has rows. */
  readonly planOf: (chunk: number) => ChunkPlan;
  /** Records that became rows of each time chunk. */
  readonly chunkRecords: ReadonlyMap<number, number>;
  /** Splits whose runs of the determine pass were kept; null where there was no such pass. */
  readonly keptSplits: number | null;
}

/** A map phase. */
type MapPhase = Pick<ShardedRuns, 'counts' | 'samples' | 'chunkRecords'> & {
  /** In split order. */
  readonly maps: readonly MapManifest[];
};

export interface RunMakerOptions {
  readonly workers: number;
  /** Default `auto`. */
  readonly keepRuns?: KeepRuns;
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
      return { ...read, runs: runsOf(read), planOf, keptSplits: null };
    }
    if (known !== null) {
      const read = await this.#map('read', splits, { type: 'planned', plan: known });
      return { ...read, runs: runsOf(read), planOf: planFinder(known), keptSplits: null };
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
    const kept = first.maps.flatMap((map) => map.runs.map((run) => ({ run, split: map.split })));
    const scattered = await this.#determining(
      scatterRuns(
        kept.map(({ run }) => run),
        plan,
        this.#config,
        this.#runPhase,
      ),
    );
    const runs = new Map<number, ShardedRuns['runs'][number][]>(splits.map(({ index }) => [index, []]));
    kept.forEach(({ split }, i) => {
      runs.get(split.index)?.push(...scattered[i]);
    });
    const toRead = first.maps.filter(({ keptRuns }) => !keptRuns).map(({ split }) => split);
    const again = toRead.length === 0 ? null : await this.#map('read', toRead, { type: 'planned', plan });
    for (const map of again?.maps ?? []) runs.get(map.split.index)?.push(...map.runs);
    const read = again !== null && toRead.length === splits.length ? again : first;
    return {
      ...read,
      runs: [...runs.values()].flat(),
      planOf: planFinder(plan),
      keptSplits: splits.length - toRead.length,
    };
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
  ): Promise<MapPhase> {
    const { job } = config;
    const tasks = splits.map(
      (split): Task => ({
        kind: 'mapIndex',
        // Both passes over the input have an attempt directory.
        id: `${pass.type === 'determine' ? 'determine' : 'map'}-${String(split.index).padStart(6, '0')}`,
        label: splitLabel(split),
        payload: { config, pass, split, badRowsMax: job.tuning.maxParseExceptions } satisfies MapPayload,
      }),
    );
    const maps = (await this.#runPhase(phase, tasks, bytesOf(splits))) as MapManifest[];
    const counts = newRowCounts();
    for (const map of maps) addRowCounts(counts, map.counts);
    const samples = firstSamples(maps);
    this.#checkBadRows(counts, samples);
    if (counts.processed + counts.processedWithErrors === 0) {
      throw new NoDataError(counts, job.granularity.intervals, samples);
    }
    const chunkRecords = new Map<number, number>();
    for (const [chunk, records] of maps.flatMap((map) => map.chunkRecords)) {
      chunkRecords.set(chunk, (chunkRecords.get(chunk) ?? 0) + records);
    }
    return { counts, samples, chunkRecords, maps };
  }

  #checkBadRows(counts: RowCounts, samples: readonly RowSample[]): void {
    const allowed = this.#config.job.tuning.maxParseExceptions;
    // Druid's indexer counts per map task (docs/quirks.md, row 6).
    if (allowed === null || this.#config.quirks === 'druid') return;
    const bad = unparseableRows(counts) + counts.processedWithErrors;
    if (bad > allowed) throw new BadRowsError(bad, allowed, samples);
  }
}

function runsOf({ maps }: MapPhase): ShardedRuns['runs'] {
  return maps.flatMap(({ runs }) => runs);
}

function planFinder(plan: readonly ChunkPlan[]): ShardedRuns['planOf'] {
  const plans = new Map(plan.map((chunkPlan) => [chunkPlan.chunk, chunkPlan]));
  return (chunk) => plans.get(chunk) as ChunkPlan;
}

function bytesOf(splits: readonly InputSplit[]): number {
  return splits.reduce((sum, split) => sum + split.bytes, 0);
}

/** The first samples of each reason over all splits. */
function firstSamples(maps: readonly MapManifest[]): RowSample[] {
  const seen = new Map<string, number>();
  return maps
    .flatMap((map) => map.samples)
    .filter(({ reason }) => {
      const count = seen.get(reason) ?? 0;
      seen.set(reason, count + 1);
      return count < SAMPLES_PER_REASON;
    });
}
