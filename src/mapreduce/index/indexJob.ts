import { join, resolve } from 'node:path';
import { directoryRules, listInputFiles } from '../../input/splits/listInputFiles.ts';
import { type InputSplit, MAX_SPLIT_BYTES_DEFAULT, planSplits, splitLabel } from '../../input/splits/splits.ts';
import {
  dataSegmentJson,
  hashedShardSpec,
  numberedShardSpec,
  type ShardSpec,
} from '../../publish/layout/dataSegment.ts';
import { defaultStorageDir, INDEX_ZIP, segmentId } from '../../publish/layout/layout.ts';
import { SegmentStore } from '../../publish/segmentStore.ts';
import { type ChunkFinder, chunkFinder } from '../../row/chunks.ts';
import {
  addRowCounts,
  newRowCounts,
  type RowCounts,
  type RowSample,
  SAMPLES_PER_REASON,
  unparseableRows,
} from '../../row/rowCounts.ts';
import type { JobSpec, PartitionsSpec } from '../../spec/jobSpec.ts';
import type { FileStatus } from '../../storage/storage.ts';
import { compileGranularity } from '../../time/granularity.ts';
import { basicText, intervalText, isoText } from '../../time/isoText.ts';
import type { Engine, PhaseProgress, Task } from '../job.ts';
import { LocalEngine } from '../local/LocalEngine.ts';
import { BadRowsError, NoDataError } from './errors.ts';
import type { IndexConfig, MapManifest, MapPayload, Quirks, ReduceManifest, ReducePayload } from './indexPayload.ts';
import type { IndexPhase, IndexProgress, IndexReport, SegmentReport } from './indexReport.ts';
import { JobDirectory } from './jobDirectory.ts';
import { type PlannedShard, planShards } from './planShards.ts';

export interface IndexOptions {
  readonly workers: number;
  readonly quirks: Quirks;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
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
    const report = await new IndexJob(job, version, engine, options).run();
    succeeded = true;
    return report;
  } finally {
    await engine.close();
    const { leaveIntermediate, cleanupOnFailure } = job.tuning;
    if (!leaveIntermediate && (succeeded || cleanupOnFailure)) await directory.remove();
  }
}

class IndexJob {
  readonly #job: JobSpec;
  readonly #version: string;
  readonly #engine: Engine;
  readonly #options: IndexOptions;
  readonly #config: IndexConfig;
  readonly #chunks: ChunkFinder;
  readonly #notes: string[] = [];

  constructor(job: JobSpec, version: string, engine: Engine, options: IndexOptions) {
    this.#job = job;
    this.#version = version;
    this.#engine = engine;
    this.#options = options;
    this.#config = { job, quirks: options.quirks };
    this.#chunks = chunkFinder(job.granularity);
  }

  async run(): Promise<IndexReport> {
    const job = this.#job;
    const started = performance.now();
    const output = outputPath(job);
    if (job.dimensions.discover) throw new Error(NO_DISCOVERY);
    const files = await listInputFiles(job.input.paths, directoryRules(job.tuning.jobProperties));
    const splits = planMaps(files, this.#options.quirks);
    const maps = await this.#map(splits);
    const counts = newRowCounts();
    for (const map of maps) addRowCounts(counts, map.counts);
    const samples = firstSamples(maps);
    this.#checkBadRows(counts, samples);
    const read = performance.now();
    const shards = planShards(maps, hashBuckets(job.tuning.partitions), this.#options.quirks === 'druid');
    if (shards.length === 0) throw new NoDataError(counts, job.granularity.intervals, samples);
    const store = new SegmentStore(output);
    try {
      const segments = await this.#reduce(shards, output, store);
      const merged = performance.now();
      this.#progress('store', 0)({ bytes: 0, rows: 0, tasksDone: 0, tasksTotal: segments.length });
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
        rowsStored: segments.reduce((sum, segment) => sum + segment.rows, 0),
        segments,
        segmentOutputPath: output,
        seconds: {
          read: (read - started) / 1000,
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

  async #map(splits: readonly InputSplit[]): Promise<MapManifest[]> {
    const { maxParseExceptions, partitions } = this.#job.tuning;
    if (partitions.type !== 'hashed' || partitions.numShards === null) {
      this.#notes.push('Partitions are not determined from the data yet: every time chunk becomes one segment.');
    }
    const tasks = splits.map(
      (split): Task => ({
        kind: 'mapIndex',
        id: `map-${String(split.index).padStart(6, '0')}`,
        label: splitLabel(split),
        payload: { config: this.#config, split, badRowsMax: maxParseExceptions } satisfies MapPayload,
      }),
    );
    const bytesTotal = splits.reduce((sum, split) => sum + split.bytes, 0);
    const outcomes = await this.#engine.run(tasks, {
      signal: this.#options.signal,
      onProgress: this.#progress('read', bytesTotal),
    });
    return outcomes.map((outcome) => outcome.result as MapManifest);
  }

  async #reduce(shards: readonly PlannedShard[], output: string, store: SegmentStore): Promise<SegmentReport[]> {
    const { timeZone } = compileGranularity(this.#job.granularity.segmentGranularity);
    const places = shards.map((shard) => {
      const key = {
        dataSource: this.#job.dataSource,
        interval: { start: shard.chunk, end: this.#chunks.endOf(shard.chunk) },
        version: this.#version,
        partitionNum: shard.partitionNum,
      };
      const zip = join(output, defaultStorageDir(key, timeZone), INDEX_ZIP);
      return { key, final: zip, temporary: `${zip}.${TEMPORARY_SUFFIX}` };
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
    const outcomes = await this.#engine.run(tasks, {
      signal: this.#options.signal,
      onProgress: this.#progress('merge', 0),
    });
    return shards.map((shard, i) => this.#report(shard, places[i], outcomes[i].result as ReduceManifest));
  }

  #report(
    shard: PlannedShard,
    place: { key: Parameters<typeof segmentId>[0]; final: string },
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
          loadSpec: { type: 'local', path: place.final },
          dimensions: job.dimensions.dimensions.map((dimension) => dimension.name),
          metrics: job.metrics.map((metric) => metric.name),
          shardSpec: shardSpecOf(shard, job),
          size: made.size,
        }),
      ),
    };
  }

  #checkBadRows(counts: RowCounts, samples: readonly RowSample[]): void {
    const allowed = this.#job.tuning.maxParseExceptions;
    // Druid's indexer counts per map task (docs/quirks.md, row 6).
    if (allowed === null || this.#options.quirks === 'druid') return;
    const bad = unparseableRows(counts) + counts.processedWithErrors;
    if (bad > allowed) throw new BadRowsError(bad, allowed, samples);
  }

  #progress(phase: IndexPhase, bytesTotal: number): (progress: PhaseProgress) => void {
    const { onProgress } = this.#options;
    return (progress) => onProgress?.({ phase, bytesTotal, ...progress });
  }
}

const NO_DISCOVERY =
  'The spec lists no dimensions, or asks for all by includeAllDimensions: finding them in the data is not built yet. ' +
  'List them in dimensionsSpec.dimensions.';

/** Ends names of zips that are not complete; Druid's own temporary files end in an attempt number. */
const TEMPORARY_SUFFIX = '0';

function outputPath(job: JobSpec): string {
  if (job.segmentOutputPath === null) {
    throw new Error(
      'The spec does not say where segments go. Add ioConfig.segmentOutputPath, for example "/druid/segments": ' +
        'an index_hadoop task got it from its Overlord.',
    );
  }
  return resolve(job.segmentOutputPath.replace(/^file:(\/\/(?=\/))?/, ''));
}

/** Small files share a split; in Hadoop none does, which shows where Druid counts bad rows by split (docs/quirks.md, row 6). */
function planMaps(files: readonly FileStatus[], quirks: Quirks): InputSplit[] {
  const together = quirks === 'druid' ? files.map((file) => [file]) : [files];
  return together
    .flatMap((some) => planSplits(some, { maxSplitBytes: MAX_SPLIT_BYTES_DEFAULT }))
    .map((split, index) => ({ ...split, index }));
}

function hashBuckets(partitions: PartitionsSpec): number {
  return partitions.type === 'hashed' ? (partitions.numShards ?? 1) : 1;
}

function shardSpecOf(shard: PlannedShard, job: JobSpec): ShardSpec {
  const { partitionNum, partitions } = shard;
  const spec = job.tuning.partitions;
  if (job.tuning.forceExtendableShardSpecs) return numberedShardSpec({ partitionNum, partitions });
  return hashedShardSpec({
    partitionNum,
    partitions,
    bucketId: shard.bucket,
    numBuckets: hashBuckets(spec),
    partitionDimensions: spec.type === 'hashed' ? spec.partitionDimensions : [],
  });
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
