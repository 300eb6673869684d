import { checkUnchanged } from '../../../input/splits/checkUnchanged.ts';
import { chunkFinder } from '../../../row/chunks.ts';
import type { JobSpec } from '../../../spec/jobSpec.ts';
import { storageFor } from '../../../storage/storage.ts';
import { basicText, intervalText, isoText } from '../../../time/isoText.ts';
import { programVersion } from '../../../version.ts';
import type { Task } from '../../job.ts';
import type { IndexConfig, Quirks } from '../indexPayload.ts';
import { beginPublication } from '../indexPublication.ts';
import type { RunPhase } from '../indexReport.ts';
import { deadLetterPath } from '../jobDirectory.ts';
import { type EngineFactory, type JobOptions, withEngine, withThreads } from '../jobEngine.ts';
import { type JobInput, listJobInput } from '../jobInput.ts';
import type { KeepRuns } from '../keepRuns.ts';
import { hashDimensions } from '../partitioning.ts';
import { type PlannedShard, planShards } from '../planShards.ts';
import { RunMaker, type RunMakerOptions } from '../runMaker.ts';
import { shardNotes } from '../shardNotes.ts';
import { shardSpecOf } from '../shardSpec.ts';
import { HOT_KEYS_SHOWN, type HotKey, type WatchedKeys } from './hotKeys.ts';
import { type ChunkForecast, type JobPlan, PLAN_FORMAT, PLAN_TYPE } from './jobPlan.ts';
import type { MeasureManifest, MeasurePayload } from './measureTask.ts';
import { skewNotes } from './skewNotes.ts';
import { specDigests } from './specDigests.ts';

export interface PlanOptions extends JobOptions {
  readonly quirks: Quirks;
  /** Default `auto`. */
  readonly keepRuns?: KeepRuns;
}

/** Share of a time chunk's rows from which on a value is worth telling, where its rows go to several segments. */
const FREQUENT_SHARE = 0.1;

/**
 * Finds what a job would make, without making it: reads the input, finds the shards, merges each and counts its rows and bytes.
 *
 * @param newEngine by default threads of this process
 * @throws NoDataError, BadRowsError and storage errors, as the job would; the signal's reason when aborted
 */
export async function planIndexJob(job: JobSpec, options: PlanOptions, newEngine?: EngineFactory): Promise<JobPlan> {
  const input = await listJobInput(job, options.quirks, options.hadoop);
  const version = isoText(Date.now());
  // It stores nothing; the journal tells the next job what a killed plan left.
  const publication = beginPublication(job, version, '', { store: null, publisher: null, hadoop: options.hadoop });
  return withThreads(options.workers, input.splits.length, newEngine, (engines) =>
    withEngine(job, publication, options, engines, (runPhase) => {
      const deadLetters = { path: deadLetterPath(job, version), always: false };
      return makePlan(job, input, { ...options, deadLetters, unpackDirectory: publication.unpackDirectory }, runPhase);
    }),
  );
}

async function makePlan(
  job: JobSpec,
  input: JobInput,
  options: PlanOptions & RunMakerOptions,
  runPhase: RunPhase,
): Promise<JobPlan> {
  const { files, splits } = input;
  const { quirks, hadoop } = options;
  const config: IndexConfig = { job, quirks, ...(hadoop === undefined ? {} : { hadoop }) };
  const started = performance.now();
  const maker = new RunMaker(config, options, runPhase);
  const { counts, samples, deadLetters, runs, planOf, chunkRecords, kept } = await maker.make(splits);
  await checkUnchanged(files, (path) => storageFor(path, hadoop));
  const read = performance.now();
  const shards = planShards(runs, planOf, options.quirks === 'druid');
  const measured = await measure(shards, config, runPhase);
  const merged = performance.now();
  const chunks = forecast(shards, measured, chunkRecords, config);
  return {
    type: PLAN_TYPE,
    format: PLAN_FORMAT,
    program: programVersion(),
    dataSource: job.dataSource,
    spec: specDigests(job),
    quirks: options.quirks,
    inputs: files.map(({ path, length, modificationMs }) => ({ path, length, modificationMs })),
    counts,
    samples,
    deadLetters,
    chunks,
    keptRuns: kept,
    expected: {
      workers: options.workers,
      seconds: {
        read: (read - started - maker.determineMs) / 1000,
        determine: maker.determineMs / 1000,
        merge: (merged - read) / 1000,
      },
      memoryBytes: process.resourceUsage().maxRSS * 1024,
    },
    notes: [...shardNotes(shards, config), ...skewNotes(chunks, config)],
  };
}

async function measure(
  shards: readonly PlannedShard[],
  config: IndexConfig,
  runPhase: RunPhase,
): Promise<MeasureManifest[]> {
  const finder = chunkFinder(config.job.granularity);
  const tasks = shards.map(({ plan, bucket, sections }): Task => {
    const { chunk } = plan;
    return {
      kind: 'measureShard',
      id: `measure-${basicText(chunk)}-${bucket}`,
      label: `shard ${bucket} of the time chunk ${isoText(chunk)}`,
      payload: {
        config,
        interval: { start: chunk, end: finder.endOf(chunk) },
        sections,
        watched: watchedKeys(plan, config),
      } satisfies MeasurePayload,
    };
  });
  return (await runPhase('merge', tasks)) as MeasureManifest[];
}

/** What rows go to their segments by. */
function watchedKeys(plan: PlannedShard['plan'], config: IndexConfig): WatchedKeys {
  const dimensions = plan.type === 'ranges' ? plan.dimensions : hashDimensions(config);
  if (dimensions.length > 0) return { type: 'tuples', dimensions };
  return config.job.granularity.rollup ? { type: 'values' } : { type: 'rows' };
}

function forecast(
  shards: readonly PlannedShard[],
  measured: readonly MeasureManifest[],
  chunkRecords: ReadonlyMap<number, number>,
  config: IndexConfig,
): ChunkForecast[] {
  const finder = chunkFinder(config.job.granularity);
  const plans = [...new Set(shards.map(({ plan }) => plan.chunk))];
  return plans.map((chunk) => {
    const mine = shards.flatMap((shard, i) => (shard.plan.chunk === chunk ? [{ shard, made: measured[i] }] : []));
    const rows = mine.reduce((sum, { made }) => sum + made.rows, 0);
    const records = chunkRecords.get(chunk) ?? 0;
    const { plan } = mine[0].shard;
    return {
      interval: intervalText({ start: chunk, end: finder.endOf(chunk) }),
      plan,
      records,
      rows,
      keys: mine.reduce((sum, { made }) => sum + made.keys, 0),
      rollupRatio: records / rows,
      segments: mine.map(({ shard, made }) => ({
        partitionNum: shard.partitionNum,
        shardSpec: shardSpecOf(shard, config),
        rows: made.rows,
        size: made.size,
      })),
      hottest: hottestOf(
        mine.map(({ made }) => made.hottest),
        watchedKeys(plan, config),
        rows,
      ),
    };
  });
}

/** Of all segments' keys those of most rows; rows of a key in several segments are added up. */
function hottestOf(ofSegments: readonly (readonly HotKey[])[], watched: WatchedKeys, rowsOfChunk: number): HotKey[] {
  const sums = new Map<string, HotKey>();
  for (const key of ofSegments.flat()) {
    const name = JSON.stringify([key.time, key.dimensions, key.values]);
    sums.set(name, { ...key, rows: key.rows + (sums.get(name)?.rows ?? 0) });
  }
  const least = watched.type === 'values' ? rowsOfChunk * FREQUENT_SHARE : 0;
  const hot = [...sums.values()].filter(({ rows }) => rows >= least).sort((a, b) => b.rows - a.rows);
  return hot.slice(0, HOT_KEYS_SHOWN);
}
