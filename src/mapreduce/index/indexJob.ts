import { join, resolve } from 'node:path';
import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import { checkUnchanged } from '../../input/splits/checkUnchanged.ts';
import { directoryRules, listInputFiles } from '../../input/splits/listInputFiles.ts';
import { type InputSplit, MAX_SPLIT_BYTES_DEFAULT, planSplits } from '../../input/splits/splits.ts';
import { dataSegmentJson } from '../../publish/layout/dataSegment.ts';
import { type SegmentKey, segmentId } from '../../publish/layout/layout.ts';
import { deepStorageBase, type SegmentPlace, segmentPlace } from '../../publish/layout/segmentPlace.ts';
import { type Claim, type Publisher, UnknownOutcomeError } from '../../publish/publisher.ts';
import { SegmentStore } from '../../publish/segmentStore.ts';
import { type ChunkFinder, chunkFinder } from '../../row/chunks.ts';
import type { Interval, JobSpec } from '../../spec/jobSpec.ts';
import { type FileStatus, storageFor } from '../../storage/storage.ts';
import { segmentBuckets } from '../../time/buckets.ts';
import { compileGranularity } from '../../time/granularity.ts';
import { basicText, intervalText, isoText } from '../../time/isoText.ts';
import type { Engine, Task } from '../job.ts';
import { LocalEngine } from '../local/LocalEngine.ts';
import type { DeadLetterPlace } from './deadLetterFile.ts';
import type { IndexConfig, Quirks, ReduceManifest, ReducePayload } from './indexPayload.ts';
import type { IndexProgress, IndexReport, RunPhase, SegmentReport } from './indexReport.ts';
import { JobDirectory } from './jobDirectory.ts';
import { shardsOf } from './mapOutput.ts';
import { hashDimensions, type KeepRuns, shardsGiven } from './partitioning.ts';
import { type PlannedShard, planShards } from './planShards.ts';
import { RunMaker } from './runMaker.ts';
import { shardSpecOf } from './shardSpec.ts';

export interface IndexOptions {
  readonly workers: number;
  readonly quirks: Quirks;
  /** Default `auto`. */
  readonly keepRuns?: KeepRuns;
  /** How HDFS is reached, where the spec names paths in it. */
  readonly hadoop?: HadoopClient;
  /** Publishes the segments, and gives them their version; null: they are only stored. */
  readonly publisher?: Publisher | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
  /** A file for bad and thrown-away rows; by default one below workingPath, where there are such rows. */
  readonly deadLetters?: string | null;
}

/** Makes the engine of a job; its tasks may write below the directory. */
export type EngineFactory = (attemptRoot: string) => Engine;

/**
 * Runs an indexing job on this machine.
 *
 * @param newEngine by default threads of this process
 * @throws NoDataError, BadRowsError and storage errors for what people can mend; the signal's reason when aborted. Nothing is left in
 *   segmentOutputPath then that was not there before.
 */
export async function runIndexJob(
  job: JobSpec,
  options: IndexOptions,
  newEngine: EngineFactory = (attemptRoot) => new LocalEngine({ workers: options.workers, attemptRoot }),
): Promise<IndexReport> {
  const version = job.tuning.version ?? isoText(Date.now());
  const directory = new JobDirectory(job, version);
  await directory.create();
  const engine = newEngine(join(directory.path, 'attempts'));
  let succeeded = false;
  try {
    const report = await new IndexJob(job, version, engine, options, directory).run();
    succeeded = true;
    return report;
  } finally {
    await options.publisher?.close();
    await engine.close();
    const { leaveIntermediate, cleanupOnFailure } = job.tuning;
    if (!leaveIntermediate && (succeeded || cleanupOnFailure)) await directory.remove();
  }
}

function deadLetterPlace(directory: JobDirectory, { deadLetters }: IndexOptions): DeadLetterPlace {
  const asked = deadLetters ?? null;
  return asked === null ? { path: directory.deadLetterPath, always: false } : { path: resolve(asked), always: true };
}

class IndexJob {
  readonly #job: JobSpec;
  /** Of the segments; until a publisher has given one, it only names directories that hold what is not complete. */
  #version: string;
  /** The caller's, and once there is a claim that too. */
  #signal: AbortSignal;
  readonly #engine: Engine;
  readonly #options: IndexOptions;
  readonly #config: IndexConfig;
  readonly #chunks: ChunkFinder;
  readonly #directory: JobDirectory;
  readonly #notes: string[] = [];

  constructor(job: JobSpec, version: string, engine: Engine, options: IndexOptions, directory: JobDirectory) {
    this.#job = job;
    this.#version = version;
    this.#engine = engine;
    this.#options = options;
    this.#signal = options.signal;
    this.#directory = directory;
    const { quirks, hadoop } = options;
    this.#config = { job, quirks, ...(hadoop === undefined ? {} : { hadoop }) };
    this.#chunks = chunkFinder(job.granularity);
  }

  async run(): Promise<IndexReport> {
    const job = this.#job;
    const started = performance.now();
    const { hadoop } = this.#options;
    const storageOf = (path: string) => storageFor(path, hadoop);
    const output = outputPath(job, hadoop);
    const publisher = this.#options.publisher ?? null;
    await publisher?.check(job.dataSource, this.#signal);
    if (publisher?.begins === 'beforeReading') await this.#begin(publisher, knownChunks(job));
    const files = await listInputFiles(job.input.paths, directoryRules(job.tuning.jobProperties), storageOf);
    const splits = planMaps(files, this.#options.quirks);
    const maker = new RunMaker(
      this.#config,
      {
        ...this.#options,
        deadLetters: deadLetterPlace(this.#directory, this.#options),
        unpackDirectory: join(this.#directory.path, 'unpacked'),
      },
      this.#runPhase,
    );
    const { counts, samples, deadLetters, runs, planOf } = await maker.make(splits);
    await checkUnchanged(files, storageOf);
    const read = performance.now();
    const shards = planShards(runs, planOf, this.#options.quirks === 'druid');
    this.#noteFewTuples(shards);
    const store = new SegmentStore(output, hadoop);
    try {
      const made = await this.#reduce(shards, output, store);
      const merged = performance.now();
      this.#options.onProgress?.({
        phase: 'store',
        bytes: 0,
        bytesTotal: 0,
        rows: 0,
        tasksDone: 0,
        tasksTotal: made.length,
      });
      this.#signal.throwIfAborted();
      if (publisher?.begins === 'beforeStoring') {
        await this.#begin(
          publisher,
          [...new Set(shards.map(({ plan }) => plan.chunk))].map((chunk) => this.#interval(chunk)),
        );
      }
      const segments = shards.map((shard, i) => this.#report(shard, output, made[i]));
      await store.store(segments.map(({ path }) => path));
      this.#signal.throwIfAborted();
      await publisher?.publish(segments.map(({ descriptor }) => descriptor));
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
        publishedBy: publisher?.name ?? null,
        seconds: {
          read: (read - started - maker.determineMs) / 1000,
          determine: maker.determineMs / 1000,
          merge: (merged - read) / 1000,
          store: (stored - merged) / 1000,
          total: (stored - started) / 1000,
        },
        workers: this.#options.workers,
        notes: this.#notes,
      };
    } catch (error) {
      if (error instanceof UnknownOutcomeError) throw error;
      if (publisher === null) await store.discard();
      else await store.takeBack();
      throw error;
    }
  }

  async #begin(publisher: Publisher, chunks: readonly Interval[]): Promise<void> {
    const { signal } = this.#options;
    const claim: Claim = await publisher.begin({ dataSource: this.#job.dataSource, chunks }, signal);
    this.#version = claim.version;
    this.#signal = AbortSignal.any([signal, claim.lost]);
  }

  #interval(chunk: number): Interval {
    return { start: chunk, end: this.#chunks.endOf(chunk) };
  }

  readonly #runPhase: RunPhase = async (phase, tasks, bytesTotal = 0, onResult = undefined) => {
    const { onProgress } = this.#options;
    const outcomes = await this.#engine.run(tasks, {
      signal: this.#signal,
      onProgress: (progress) => onProgress?.({ phase, bytesTotal, ...progress }),
      onOutcome: (task, { result }) => onResult?.(task, result),
    });
    return outcomes.map(({ result }) => result);
  };

  /** Few distinct values of the partition dimensions make fewer segments than the rows want (docs/quirks.md, row 7). */
  #noteFewTuples(shards: readonly PlannedShard[]): void {
    const names = hashDimensions(this.#config);
    if (names.length === 0 || shardsGiven(this.#job.tuning.partitions) !== null) return;
    const chunks = new Map(shards.map(({ plan }) => [plan.chunk, { wanted: shardsOf(plan), made: 0 }]));
    for (const { plan } of shards) (chunks.get(plan.chunk) as { made: number }).made++;
    const short = [...chunks].filter(([, { wanted, made }]) => made < wanted);
    if (short.length === 0) return;
    const [chunk, { wanted, made }] = short[0];
    const others = short.length === 1 ? '' : `, and ${short.length - 1} more like it`;
    this.#notes.push(
      `Too few distinct values of ${names.join(', ')} to hash by: the time chunk ${isoText(chunk)} got ${made} of the ${wanted} ` +
        `segments that its rows want${others}.`,
    );
  }

  async #reduce(shards: readonly PlannedShard[], output: string, store: SegmentStore): Promise<ReduceManifest[]> {
    const places = shards.map((shard) => this.#placeOf(shard, output));
    for (const place of places) await store.stage(place);
    const tasks = shards.map((shard, i): Task => {
      const key = this.#keyOf(shard);
      return {
        kind: 'reduceIndex',
        id: `reduce-${basicText(key.interval.start)}-${shard.partitionNum}`,
        label: `segment ${segmentId(key)}`,
        payload: {
          config: this.#config,
          interval: key.interval,
          sections: shard.sections,
          temporaryZip: places[i].temporary,
        } satisfies ReducePayload,
      };
    });
    return (await this.#runPhase('merge', tasks)) as ReduceManifest[];
  }

  #keyOf({ plan, partitionNum }: PlannedShard): SegmentKey {
    const { dataSource } = this.#job;
    return { dataSource, interval: this.#interval(plan.chunk), version: this.#version, partitionNum };
  }

  #placeOf(shard: PlannedShard, output: string): SegmentPlace {
    const { timeZone } = compileGranularity(this.#job.granularity.segmentGranularity);
    return segmentPlace(output, this.#keyOf(shard), timeZone);
  }

  #report(shard: PlannedShard, output: string, made: ReduceManifest): SegmentReport {
    const job = this.#job;
    const key = this.#keyOf(shard);
    const { final, loadSpec } = this.#placeOf(shard, output);
    return {
      id: segmentId(key),
      interval: intervalText(key.interval),
      partitionNum: shard.partitionNum,
      rows: made.rows,
      size: made.size,
      zipBytes: made.zipBytes,
      zipSha256: made.zipSha256,
      path: final,
      descriptor: JSON.parse(
        dataSegmentJson({
          ...key,
          loadSpec,
          dimensions: made.dimensions,
          metrics: job.metrics.map((metric) => metric.name),
          shardSpec: shardSpecOf(shard, this.#config),
          size: made.size,
        }),
      ),
    };
  }
}

/** The time chunks of the spec. */
function knownChunks(job: JobSpec): Interval[] {
  if (job.granularity.intervals !== null) return segmentBuckets(job.granularity);
  throw new Error(
    'The lock cannot be held for the whole job, because the spec does not say which time it is about. Add granularitySpec.intervals, ' +
      'or hold the lock for the publication only.',
  );
}

function outputPath(job: JobSpec, hadoop: HadoopClient | undefined): string {
  if (job.segmentOutputPath === null) {
    throw new Error(
      "The spec does not say where segments go: an index_hadoop task got that from its Overlord. Name the folder of Druid's " +
        'configuration (--druid-conf DIR), write conf/segmill.yaml, or add ioConfig.segmentOutputPath, for example "/druid/segments".',
    );
  }
  return deepStorageBase(job.segmentOutputPath, hadoop);
}

/** Small files share a split; in Hadoop none does, which shows where Druid counts bad rows by split (docs/quirks.md, row 6). */
function planMaps(files: readonly FileStatus[], quirks: Quirks): InputSplit[] {
  const together = quirks === 'druid' ? files.map((file) => [file]) : [files];
  return together
    .flatMap((some) => planSplits(some, { maxSplitBytes: MAX_SPLIT_BYTES_DEFAULT }))
    .map((split, index) => ({ ...split, index }));
}
