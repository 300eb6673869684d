import { join, resolve } from 'node:path';
import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import { checkUnchanged } from '../../input/splits/checkUnchanged.ts';
import { directoryRules, listInputFiles } from '../../input/splits/listInputFiles.ts';
import { type InputSplit, MAX_SPLIT_BYTES_DEFAULT, planSplits } from '../../input/splits/splits.ts';
import { dataSegmentJson } from '../../publish/layout/dataSegment.ts';
import { type SegmentKey, segmentId } from '../../publish/layout/layout.ts';
import { type SegmentPlace, segmentPlace } from '../../publish/layout/segmentPlace.ts';
import type { MetadataStore } from '../../publish/metadata/MetadataStore.ts';
import { ATTEMPTS, type Publication } from '../../publish/publication.ts';
import { recover } from '../../publish/recover.ts';
import { type ChunkFinder, chunkFinder } from '../../row/chunks.ts';
import type { JobSpec } from '../../spec/jobSpec.ts';
import { type FileStatus, storageFor } from '../../storage/storage.ts';
import { compileGranularity } from '../../time/granularity.ts';
import { basicText, intervalText, isoText } from '../../time/isoText.ts';
import type { Engine, Task } from '../job.ts';
import { LocalEngine } from '../local/LocalEngine.ts';
import type { DeadLetterPlace } from './deadLetterFile.ts';
import type { IndexConfig, Quirks, ReduceManifest, ReducePayload } from './indexPayload.ts';
import { beginPublication, checkDropExisting, newVersion, outputPath, publish, takeBack } from './indexPublication.ts';
import type { IndexProgress, IndexReport, RunPhase, SegmentReport } from './indexReport.ts';
import { deadLetterPath, jobsFolder } from './jobDirectory.ts';
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
  /** The metadata store that learns of the segments; null or left out: they are stored and told to nobody. */
  readonly store?: MetadataStore | null;
  /** Leaves complete segments to `segmill publish`. */
  readonly stage?: boolean;
  /** How HDFS is reached, where the spec names paths in it. */
  readonly hadoop?: HadoopClient;
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
  const store = options.store ?? null;
  const output = outputPath(job, options.hadoop);
  checkDropExisting(job);
  await store?.check();
  await recover(jobsFolder(job), { store, hadoop: options.hadoop });
  const version = job.tuning.version ?? (await newVersion(job, store));
  const publication = beginPublication(job, version, output, store, options.hadoop);
  const engine = newEngine(join(publication.directory, ATTEMPTS));
  let succeeded = false;
  try {
    const report = await new IndexJob(job, version, engine, options, publication).run(output);
    succeeded = true;
    return report;
  } finally {
    await engine.close();
    const { leaveIntermediate, cleanupOnFailure } = job.tuning;
    await publication.end(leaveIntermediate || !(succeeded || cleanupOnFailure));
  }
}

function deadLetterPlace(job: JobSpec, version: string, { deadLetters }: IndexOptions): DeadLetterPlace {
  const asked = deadLetters ?? null;
  return asked === null
    ? { path: deadLetterPath(job, version), always: false }
    : { path: resolve(asked), always: true };
}

class IndexJob {
  readonly #job: JobSpec;
  readonly #version: string;
  readonly #engine: Engine;
  readonly #options: IndexOptions;
  readonly #config: IndexConfig;
  readonly #chunks: ChunkFinder;
  readonly #publication: Publication;
  readonly #notes: string[] = [];

  constructor(job: JobSpec, version: string, engine: Engine, options: IndexOptions, publication: Publication) {
    this.#job = job;
    this.#version = version;
    this.#engine = engine;
    this.#options = options;
    const { quirks, hadoop } = options;
    this.#config = { job, quirks, ...(hadoop === undefined ? {} : { hadoop }) };
    this.#chunks = chunkFinder(job.granularity);
    this.#publication = publication;
  }

  async run(output: string): Promise<IndexReport> {
    const job = this.#job;
    const started = performance.now();
    const storageOf = (path: string) => storageFor(path, this.#options.hadoop);
    const files = await listInputFiles(job.input.paths, directoryRules(job.tuning.jobProperties), storageOf);
    const splits = planMaps(files, this.#options.quirks);
    const maker = new RunMaker(
      this.#config,
      {
        ...this.#options,
        deadLetters: deadLetterPlace(job, this.#version, this.#options),
        unpackDirectory: join(this.#publication.directory, 'unpacked'),
      },
      this.#runPhase,
    );
    const { counts, samples, deadLetters, runs, planOf } = await maker.make(splits);
    await checkUnchanged(files, storageOf);
    const read = performance.now();
    const shards = planShards(runs, planOf, this.#options.quirks === 'druid');
    this.#noteFewTuples(shards);
    try {
      const segments = await this.#reduce(shards, output);
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
      const published = await publish(this.#publication, job, this.#version, this.#options, segments);
      this.#notes.push(...published.notes);
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
        publication: published.report,
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
      throw await takeBack(this.#publication, error);
    }
  }

  readonly #runPhase: RunPhase = async (phase, tasks, bytesTotal = 0, onResult = undefined) => {
    const { signal, onProgress } = this.#options;
    const outcomes = await this.#engine.run(tasks, {
      signal,
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

  async #reduce(shards: readonly PlannedShard[], output: string): Promise<SegmentReport[]> {
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
    await this.#publication.stage(places.map(({ temporary, final }) => ({ temporary, final })));
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

/** Small files share a split; in Hadoop none does, which shows where Druid counts bad rows by split (docs/quirks.md, row 6). */
function planMaps(files: readonly FileStatus[], quirks: Quirks): InputSplit[] {
  const together = quirks === 'druid' ? files.map((file) => [file]) : [files];
  return together
    .flatMap((some) => planSplits(some, { maxSplitBytes: MAX_SPLIT_BYTES_DEFAULT }))
    .map((split, index) => ({ ...split, index }));
}
