import { type InputSplit, splitLabel } from '../../input/splits/splits.ts';
import type { RowCounts, RowSample } from '../../row/rowCounts.ts';
import type { Task } from '../job.ts';
import type { DeadLetterPlace, DeadLetterReport } from './deadLetterFile.ts';
import { determinePartitions } from './determinePartitions.ts';
import { gatherMaps, refuseBadRows } from './gatherMaps.ts';
import type { ChunkPlan, IndexConfig, MapManifest, MapPass, MapPayload, RunManifest } from './indexPayload.ts';
import type { IndexPhase, RunPhase } from './indexReport.ts';
import { determineConfig, type KeepRuns, keepsRuns, shardsGiven } from './partitioning.ts';
import { scatterRuns } from './scatterRuns.ts';

/** Input bytes whose keys one task counts. */
const KEY_PART_INPUT_BYTES = 256 * 1024 * 1024;

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
    const tasks = splits.map(
      (split): Task => ({
        kind: 'mapIndex',
        // Both passes over the input have an attempt directory.
        id: `${phase === 'determine' ? 'determine' : 'map'}-${String(split.index).padStart(6, '0')}`,
        label: splitLabel(split),
        payload: { config, pass, split, badRowsMax: job.tuning.maxParseExceptions } satisfies MapPayload,
      }),
    );
    const done: MapManifest[] = [];
    const run = this.#runPhase(phase, tasks, bytesOf(splits), (_task, manifest) => done.push(manifest as MapManifest));
    const { deadLetters: place } = this.#options;
    const maps = (await run.catch((error) => refuseBadRows(error, done, config, place))) as MapManifest[];
    return { ...(await gatherMaps(maps, config, place)), runs: maps.flatMap(({ runs }) => runs), maps };
  }
}

function bytesOf(splits: readonly InputSplit[]): number {
  return splits.reduce((sum, split) => sum + split.bytes, 0);
}
