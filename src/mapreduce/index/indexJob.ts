import { checkUnchanged } from '../../input/splits/checkUnchanged.ts';
import { type SegmentKey, segmentId } from '../../publish/layout/layout.ts';
import { type SegmentPlace, segmentPlace, temporaryName } from '../../publish/layout/segmentPlace.ts';
import type { MetadataStore } from '../../publish/metadata/MetadataStore.ts';
import type { Publication } from '../../publish/publication.ts';
import { claimVersion, type Publisher } from '../../publish/publisher.ts';
import { recover } from '../../publish/recover.ts';
import type { StagedZip } from '../../publish/segmentStore.ts';
import { type ChunkFinder, chunkFinder } from '../../row/chunks.ts';
import type { Interval, JobSpec } from '../../spec/jobSpec.ts';
import { storageFor } from '../../storage/storage.ts';
import { compileGranularity } from '../../time/granularity.ts';
import { basicText } from '../../time/isoText.ts';
import type { Task } from '../job.ts';
import { heirOf } from '../units/heir.ts';
import { Units } from '../units/Units.ts';
import { jobKey } from '../units/unitKeys.ts';
import type { IndexConfig, Quirks, ReduceManifest } from './indexPayload.ts';
import { beginPublication, checkDropExisting, newVersion, outputPath, publish, takeBack } from './indexPublication.ts';
import type { IndexReport, RunPhase } from './indexReport.ts';
import { deadLetterPlace, jobsFolder } from './jobDirectory.ts';
import { type EngineFactory, type JobOptions, withEngine, withThreads } from './jobEngine.ts';
import { type JobInput, listJobInput } from './jobInput.ts';
import { jobReport } from './jobReport.ts';
import type { KeepRuns } from './keepRuns.ts';
import { knownChunks, writtenChunks } from './lockedChunks.ts';
import { checkAsPlanned, checkPlan } from './plan/checkPlan.ts';
import { chunkPlansOf, type JobPlan } from './plan/jobPlan.ts';
import { type PlannedShard, planShards } from './planShards.ts';
import { batchSegments, type ReduceBatch } from './reduceBatch.ts';
import { RunMaker, type RunMakerOptions } from './runMaker.ts';
import { segmentReport } from './segmentReport.ts';
import { shardNotes } from './shardNotes.ts';

/** `never`: a job begins at the input, and leaves nothing when it fails. */
export type Resume = 'auto' | 'never';

export interface IndexOptions extends JobOptions {
  readonly quirks: Quirks;
  /** Default `auto`. */
  readonly keepRuns?: KeepRuns;
  /** A plan that `planIndexJob` made: its shards are made, and the input is read once. */
  readonly plan?: JobPlan;
  /** Publishes the segments in place of `store`, and gives them their version. */
  readonly publisher?: Publisher | null;
  /** The metadata store that learns of the segments; null or left out: they are stored and told to nobody. */
  readonly store?: MetadataStore | null;
  /** Leaves complete segments to `segmill publish`. */
  readonly stage?: boolean;
  /** Whether the job goes on from what a failed or killed run of it left, and leaves such things itself. Default `auto`. */
  readonly resume?: Resume;
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
  const { store = null, publisher = null, hadoop, quirks } = options;
  const output = outputPath(job, hadoop);
  // Aborted when the publisher loses its claim, too.
  const lost = new AbortController();
  const stoppable = { ...options, signal: AbortSignal.any([options.signal, lost.signal]) };
  try {
    checkDropExisting(job);
    const input = await listJobInput(job, quirks, hadoop);
    if (options.plan !== undefined) checkPlan(options.plan, { job, quirks, files: input.files });
    return await withThreads(options.workers, input.splits.length, newEngine, async (engines) => {
      await store?.check();
      const version = job.tuning.version ?? (await newVersion(job, store));
      const publication = beginPublication(job, version, output, { store, publisher, hadoop });
      const config = { job, quirks, ...(hadoop === undefined ? {} : { hadoop }) };
      const { attemptDirectory: attempts, unpackDirectory } = publication;
      const units = options.resume === 'never' ? null : new Units(config, input.files, attempts, stoppable.signal);
      const work = (runPhase: RunPhase, endTasks: () => void) => {
        const deadLetters = deadLetterPlace(job, version, options.deadLetters ?? null);
        const placed = { ...stoppable, deadLetters, unpackDirectory, endTasks };
        return new IndexJob(config, version, placed, runPhase, publication, units, lost).run(input, output, started);
      };
      return await withEngine(job, publication, stoppable, engines, work, units);
    });
  } finally {
    await publisher?.close();
  }
}

/** With the places of files decided. */
type PlacedOptions = Omit<IndexOptions, 'deadLetters'> & RunMakerOptions & { readonly endTasks: () => void };

/** Where a segment goes, by its key. */
interface KeyedPlace extends SegmentPlace {
  readonly key: SegmentKey;
}

class IndexJob {
  readonly #job: JobSpec;
  /** Of the segments; until a publisher has given one, it only names directories that hold what is not complete. */
  #version: string;
  readonly #options: PlacedOptions;
  readonly #runPhase: RunPhase;
  readonly #lost: AbortController;
  readonly #config: IndexConfig;
  readonly #chunks: ChunkFinder;
  readonly #publication: Publication;
  readonly #units: Units | null;

  constructor(
    config: IndexConfig,
    version: string,
    options: PlacedOptions,
    runPhase: RunPhase,
    publication: Publication,
    units: Units | null,
    lost: AbortController,
  ) {
    const { job } = config;
    this.#job = job;
    this.#version = version;
    this.#options = options;
    this.#runPhase = runPhase;
    this.#lost = lost;
    this.#config = config;
    this.#chunks = chunkFinder(job.granularity);
    this.#publication = publication;
    this.#units = units;
  }

  async run({ files, splits }: JobInput, output: string, started: number): Promise<IndexReport> {
    const job = this.#job;
    const { plan, quirks, hadoop, signal, store = null } = this.#options;
    const publisher = this.#options.publisher ?? null;
    try {
      this.#units?.begin();
      const inherit = heirOf(this.#units, jobKey(this.#config), this.#publication);
      await recover(jobsFolder(job), { store, hadoop, inherit });
      await publisher?.check(job.dataSource, signal);
      if (publisher?.begins === 'beforeReading') await this.#begin(publisher, knownChunks(job));
      const maker = new RunMaker(this.#config, this.#options, this.#runPhase);
      const { counts, samples, deadLetters, runs, planOf } = await maker.make(
        splits,
        plan === undefined ? null : chunkPlansOf(plan),
      );
      await checkUnchanged(files, (path) => storageFor(path, hadoop));
      const read = performance.now();
      const shards = planShards(runs, planOf, quirks === 'druid');
      let places = shards.map((shard) => this.#placeOf(shard, output));
      // Beside the places that they have before a publisher gives the version.
      const staged = places.map(({ final }): StagedZip => {
        return { temporary: temporaryName(final, this.#publication.id), final };
      });
      const made = await this.#reduce(shards, places, staged);
      this.#options.endTasks();
      await this.#publication.dropInherited();
      const merged = performance.now();
      this.#options.onProgress?.({
        phase: 'store',
        bytes: 0,
        bytesTotal: 0,
        rows: 0,
        tasksDone: 0,
        tasksTotal: made.length,
      });
      signal.throwIfAborted();
      if (publisher?.begins === 'beforeStoring') {
        await this.#begin(publisher, writtenChunks(job, shards));
        places = shards.map((shard) => this.#placeOf(shard, output));
      }
      const segments = shards.map((shard, i) => segmentReport(shard, places[i], made[i], this.#config));
      if (plan !== undefined) checkAsPlanned(plan, segments);
      const zips = segments.map((segment, i) => {
        return { segment, interval: places[i].key.interval, temporary: staged[i].temporary };
      });
      const published = await publish(this.#publication, job, this.#version, this.#options, zips);
      const stored = performance.now();
      const { dataSource } = job;
      const gathered = { dataSource, version: this.#version, counts, samples, deadLetters };
      return {
        ...jobReport({ ...gathered, files, output, segments, published }),
        seconds: {
          read: (read - started - maker.determineMs) / 1000,
          determine: maker.determineMs / 1000,
          merge: (merged - read) / 1000,
          store: (stored - merged) / 1000,
          total: (stored - started) / 1000,
        },
        workers: this.#options.workers,
        ...(this.#units === null ? {} : { units: this.#units.counts }),
        notes: [...shardNotes(shards, this.#config), ...published.notes],
      };
    } catch (error) {
      // Of zips that have their final names it is to be found out whether they are published.
      if (!this.#publication.isStoring) this.#units?.park();
      throw await takeBack(this.#publication, store, error);
    }
  }

  async #begin(publisher: Publisher, chunks: readonly Interval[]): Promise<void> {
    const data = { dataSource: this.#job.dataSource, chunks };
    this.#version = await claimVersion(publisher, data, this.#options.signal, this.#lost);
  }

  async #reduce(
    shards: readonly PlannedShard[],
    places: readonly KeyedPlace[],
    staged: readonly StagedZip[],
  ): Promise<ReduceManifest[]> {
    await this.#publication.stage(staged);
    const segments = shards.map((shard, i) => ({ ...shard, key: places[i].key, temporary: staged[i].temporary }));
    const tasks = batchSegments(segments, ({ sectionRows }) => sectionRows).map((batch): Task => {
      const [{ key }] = batch;
      const others = batch.length === 1 ? '' : `, and ${batch.length - 1} after it`;
      return {
        kind: 'reduceIndex',
        id: `reduce-${basicText(key.interval.start)}-${key.partitionNum}`,
        label: `segment ${segmentId(key)}${others}`,
        payload: {
          config: this.#config,
          segments: batch.map(({ key: { interval }, sections, temporary }) => ({
            interval,
            sections,
            temporaryZip: temporary,
          })),
        } satisfies ReduceBatch,
      };
    });
    return this.#merge(tasks, shards.length);
  }

  /** Runs the tasks that make segments; progress counts the segments. */
  async #merge(tasks: readonly Task[], segments: number): Promise<ReduceManifest[]> {
    let made = 0;
    const onResult = ({ payload }: Task, manifests: unknown) => {
      made += (manifests as ReduceManifest[]).length;
      this.#publication.written((payload as ReduceBatch).segments.map(({ temporaryZip }) => temporaryZip));
    };
    const manifests = await this.#runPhase('merge', tasks, 0, onResult, () => ({ done: made, total: segments }));
    return (manifests as ReduceManifest[][]).flat();
  }

  #placeOf({ plan, partitionNum }: PlannedShard, output: string): KeyedPlace {
    const { dataSource, granularity } = this.#job;
    const interval = { start: plan.chunk, end: this.#chunks.endOf(plan.chunk) };
    const key = { dataSource, interval, version: this.#version, partitionNum };
    const { timeZone } = compileGranularity(granularity.segmentGranularity);
    return { key, ...segmentPlace(output, key, timeZone) };
  }
}
