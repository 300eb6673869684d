import { join, resolve } from 'node:path';
import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import { checkUnchanged } from '../../input/splits/checkUnchanged.ts';
import { directoryRules, listInputFiles } from '../../input/splits/listInputFiles.ts';
import { type InputSplit, MAX_SPLIT_BYTES_DEFAULT, planSplits } from '../../input/splits/splits.ts';
import { segmentId } from '../../publish/layout/layout.ts';
import { deepStorageBase, segmentPlace } from '../../publish/layout/segmentPlace.ts';
import { SegmentStore } from '../../publish/segmentStore.ts';
import { type ChunkFinder, chunkFinder } from '../../row/chunks.ts';
import type { JobSpec } from '../../spec/jobSpec.ts';
import { type FileStatus, storageFor } from '../../storage/storage.ts';
import { compileGranularity } from '../../time/granularity.ts';
import { basicText, isoText } from '../../time/isoText.ts';
import type { Engine, Task } from '../job.ts';
import { LocalEngine } from '../local/LocalEngine.ts';
import type { DeadLetterPlace } from './deadLetterFile.ts';
import type { IndexConfig, Quirks, ReduceManifest, ReducePayload } from './indexPayload.ts';
import type { IndexProgress, IndexReport, RunPhase, SegmentReport } from './indexReport.ts';
import { JobDirectory } from './jobDirectory.ts';
import type { KeepRuns } from './partitioning.ts';
import { type PlannedShard, planShards } from './planShards.ts';
import { RunMaker } from './runMaker.ts';
import { fewTuplesNotes, segmentReport } from './segmentReport.ts';

export interface IndexOptions {
  readonly workers: number;
  readonly quirks: Quirks;
  /** Default `auto`. */
  readonly keepRuns?: KeepRuns;
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
  const version = job.tuning.version ?? isoText(Date.now());
  const directory = new JobDirectory(job, version);
  await directory.create();
  const engine = newEngine(join(directory.path, 'attempts'));
  let succeeded = false;
  try {
    const report = await new IndexJob(job, version, engine, options, deadLetterPlace(directory, options)).run();
    succeeded = true;
    return report;
  } finally {
    await engine.close();
    const { leaveIntermediate, cleanupOnFailure } = job.tuning;
    if (!leaveIntermediate && (succeeded || cleanupOnFailure)) await directory.remove();
  }
}

/** Where records that could not be indexed are kept: a file of this machine. */
export function deadLetterPlace(
  directory: JobDirectory,
  { deadLetters }: Pick<IndexOptions, 'deadLetters'>,
): DeadLetterPlace {
  const asked = deadLetters ?? null;
  return asked === null ? { path: directory.deadLetterPath, always: false } : { path: resolve(asked), always: true };
}

class IndexJob {
  readonly #job: JobSpec;
  readonly #version: string;
  readonly #engine: Engine;
  readonly #options: IndexOptions;
  readonly #config: IndexConfig;
  readonly #chunks: ChunkFinder;
  readonly #deadLetters: DeadLetterPlace;
  readonly #notes: string[] = [];

  constructor(job: JobSpec, version: string, engine: Engine, options: IndexOptions, deadLetters: DeadLetterPlace) {
    this.#job = job;
    this.#version = version;
    this.#engine = engine;
    this.#options = options;
    this.#deadLetters = deadLetters;
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
    checkDimensions(job);
    const files = await listInputFiles(job.input.paths, directoryRules(job.tuning.jobProperties), storageOf);
    const splits = planMaps(files, this.#options.quirks);
    const maker = new RunMaker(this.#config, { ...this.#options, deadLetters: this.#deadLetters }, this.#runPhase);
    const { counts, samples, deadLetters, runs, planOf } = await maker.make(splits);
    await checkUnchanged(files, storageOf);
    const read = performance.now();
    const shards = planShards(runs, planOf, this.#options.quirks === 'druid');
    this.#notes.push(...fewTuplesNotes(shards, this.#config));
    const store = new SegmentStore(output, hadoop);
    try {
      const segments = await this.#reduce(shards, output, store);
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
        notes: this.#notes,
      };
    } catch (error) {
      await store.discard();
      throw error;
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
    return shards.map((shard, i) => segmentReport(shard, places[i], made[i], this.#config));
  }
}

/** @throws Error for specs whose dimensions are to be found in the data */
export function checkDimensions(job: JobSpec): void {
  if (job.dimensions.discover) throw new Error(NO_DISCOVERY);
}

const NO_DISCOVERY =
  'The spec lists no dimensions, or asks for all by includeAllDimensions: finding them in the data is not built yet. ' +
  'List them in dimensionsSpec.dimensions.';

/** @throws Error where the spec gives none */
export function outputPath(job: JobSpec, hadoop: HadoopClient | undefined): string {
  if (job.segmentOutputPath === null) {
    throw new Error(
      'The spec does not say where segments go. Add ioConfig.segmentOutputPath, for example "/druid/segments": ' +
        'an index_hadoop task got it from its Overlord.',
    );
  }
  return deepStorageBase(job.segmentOutputPath, hadoop);
}

/** Small files share a split; in Hadoop none does, which shows where Druid counts bad rows by split (docs/quirks.md, row 6). */
export function planMaps(files: readonly FileStatus[], quirks: Quirks): InputSplit[] {
  const together = quirks === 'druid' ? files.map((file) => [file]) : [files];
  return together
    .flatMap((some) => planSplits(some, { maxSplitBytes: MAX_SPLIT_BYTES_DEFAULT }))
    .map((split, index) => ({ ...split, index }));
}
