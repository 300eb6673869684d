import { resolve } from 'node:path';
import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import { checkUnchanged } from '../../input/splits/checkUnchanged.ts';
import { dataSegmentJson } from '../../publish/layout/dataSegment.ts';
import { type SegmentKey, segmentId } from '../../publish/layout/layout.ts';
import { deepStorageBase, type SegmentPlace, segmentPlace } from '../../publish/layout/segmentPlace.ts';
import { SegmentStore } from '../../publish/segmentStore.ts';
import { type ChunkFinder, chunkFinder } from '../../row/chunks.ts';
import type { JobSpec } from '../../spec/jobSpec.ts';
import { storageFor } from '../../storage/storage.ts';
import { compileGranularity } from '../../time/granularity.ts';
import { basicText, intervalText, isoText } from '../../time/isoText.ts';
import type { Task } from '../job.ts';
import type { IndexConfig, Quirks, ReduceManifest, ReducePayload } from './indexPayload.ts';
import type { IndexReport, RunPhase, SegmentReport } from './indexReport.ts';
import { type EngineFactory, type JobOptions, withEngine } from './jobEngine.ts';
import { type JobInput, listJobInput } from './jobInput.ts';
import type { KeepRuns } from './keepRuns.ts';
import { checkAsPlanned, checkPlan } from './plan/checkPlan.ts';
import { chunkPlansOf, type JobPlan } from './plan/jobPlan.ts';
import { type PlannedShard, planShards } from './planShards.ts';
import { RunMaker, type RunMakerOptions } from './runMaker.ts';
import { shardNotes } from './shardNotes.ts';
import { shardSpecOf } from './shardSpec.ts';

export interface IndexOptions extends JobOptions {
  readonly quirks: Quirks;
  /** Default `auto`. */
  readonly keepRuns?: KeepRuns;
  /** A plan that `planIndexJob` made: its shards are made, and the input is read once. */
  readonly plan?: JobPlan;
  /** A file for bad and thrown-away rows; by default one below workingPath, where there are such rows. */
  readonly deadLetters?: string | null;
}

/**
 * Runs an indexing job on this machine.
 *
 * @param newEngine by default threads of this process
 * @throws NoDataError, BadRowsError, PlanRefusedError and storage errors for what people can mend; the signal's reason when aborted.
 *   Nothing is left in segmentOutputPath then that was not there before.
 */
export async function runIndexJob(
  job: JobSpec,
  options: IndexOptions,
  newEngine?: EngineFactory,
): Promise<IndexReport> {
  const started = performance.now();
  const version = job.tuning.version ?? isoText(Date.now());
  const output = outputPath(job, options.hadoop);
  const input = await listJobInput(job, options.quirks, options.hadoop);
  if (options.plan !== undefined) checkPlan(options.plan, { job, quirks: options.quirks, files: input.files });
  return withEngine(job, version, options, newEngine, ({ runPhase, directory }) => {
    const asked = options.deadLetters ?? null;
    const deadLetters =
      asked === null ? { path: directory.deadLetterPath, always: false } : { path: resolve(asked), always: true };
    const placed = { ...options, deadLetters, unpackDirectory: directory.unpackPath };
    return new IndexJob(job, version, placed, runPhase).run(input, output, started);
  });
}

/** With the places of files decided. */
type PlacedOptions = Omit<IndexOptions, 'deadLetters'> & RunMakerOptions;

class IndexJob {
  readonly #job: JobSpec;
  readonly #version: string;
  readonly #options: PlacedOptions;
  readonly #runPhase: RunPhase;
  readonly #config: IndexConfig;
  readonly #chunks: ChunkFinder;

  constructor(job: JobSpec, version: string, options: PlacedOptions, runPhase: RunPhase) {
    this.#job = job;
    this.#version = version;
    this.#options = options;
    this.#runPhase = runPhase;
    const { quirks, hadoop } = options;
    this.#config = { job, quirks, ...(hadoop === undefined ? {} : { hadoop }) };
    this.#chunks = chunkFinder(job.granularity);
  }

  async run({ files, splits }: JobInput, output: string, started: number): Promise<IndexReport> {
    const job = this.#job;
    const { plan, quirks, hadoop } = this.#options;
    const maker = new RunMaker(this.#config, this.#options, this.#runPhase);
    const { counts, samples, deadLetters, runs, planOf } = await maker.make(
      splits,
      plan === undefined ? null : chunkPlansOf(plan),
    );
    await checkUnchanged(files, (path) => storageFor(path, hadoop));
    const read = performance.now();
    const shards = planShards(runs, planOf, quirks === 'druid');
    const store = new SegmentStore(output, hadoop);
    try {
      const segments = await this.#reduce(shards, output, store);
      if (plan !== undefined) checkAsPlanned(plan, segments);
      const merged = performance.now();
      this.#options.onProgress?.({
        phase: 'store',
        bytes: 0,
        bytesTotal: 0,
        rows: 0,
        tasksDone: 0,
        tasksTotal: segments.length,
      });
      this.#options.signal.throwIfAborted();
      await store.store();
      const stored = performance.now();
      return {
        dataSource: job.dataSource,
        version: this.#version,
        inputFiles: files.length,
        inputBytes: files.reduce((sum, file) => sum + file.length, 0),
        counts,
        samples,
        deadLetters,
        rowsStored: segments.reduce((sum, segment) => sum + segment.rows, 0),
        segments,
        segmentOutputPath: output,
        seconds: {
          read: (read - started - maker.determineMs) / 1000,
          determine: maker.determineMs / 1000,
          merge: (merged - read) / 1000,
          store: (stored - merged) / 1000,
          total: (stored - started) / 1000,
        },
        workers: this.#options.workers,
        notes: shardNotes(shards, this.#config),
      };
    } catch (error) {
      await store.discard();
      throw error;
    }
  }

  async #reduce(shards: readonly PlannedShard[], output: string, store: SegmentStore): Promise<SegmentReport[]> {
    const { timeZone } = compileGranularity(this.#job.granularity.segmentGranularity);
    const places = shards.map((shard) => {
      const key = {
        dataSource: this.#job.dataSource,
        interval: { start: shard.plan.chunk, end: this.#chunks.endOf(shard.plan.chunk) },
        version: this.#version,
        partitionNum: shard.partitionNum,
      };
      return { key, ...segmentPlace(output, key, timeZone) };
    });
    for (const place of places) await store.stage(place);
    const tasks = shards.map((shard, i): Task => {
      const { key, temporary } = places[i];
      return {
        kind: 'reduceIndex',
        id: `reduce-${basicText(key.interval.start)}-${shard.partitionNum}`,
        label: `segment ${segmentId(key)}`,
        payload: {
          config: this.#config,
          interval: key.interval,
          sections: shard.sections,
          temporaryZip: temporary,
        } satisfies ReducePayload,
      };
    });
    const made = (await this.#runPhase('merge', tasks)) as ReduceManifest[];
    return shards.map((shard, i) => this.#report(shard, places[i], made[i]));
  }

  #report(
    shard: PlannedShard,
    place: SegmentPlace & { readonly key: SegmentKey },
    made: ReduceManifest,
  ): SegmentReport {
    const job = this.#job;
    return {
      id: segmentId(place.key),
      interval: intervalText(place.key.interval),
      partitionNum: shard.partitionNum,
      rows: made.rows,
      size: made.size,
      zipBytes: made.zipBytes,
      zipSha256: made.zipSha256,
      path: place.final,
      descriptor: JSON.parse(
        dataSegmentJson({
          ...place.key,
          loadSpec: place.loadSpec,
          dimensions: made.dimensions,
          metrics: job.metrics.map((metric) => metric.name),
          shardSpec: shardSpecOf(shard, this.#config),
          size: made.size,
        }),
      ),
    };
  }
}

function outputPath(job: JobSpec, hadoop: HadoopClient | undefined): string {
  if (job.segmentOutputPath === null) {
    throw new Error(
      'The spec does not say where segments go. Add ioConfig.segmentOutputPath, for example "/druid/segments": ' +
        'an index_hadoop task got it from its Overlord.',
    );
  }
  return deepStorageBase(job.segmentOutputPath, hadoop);
}
