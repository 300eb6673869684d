import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkUnchanged } from '../../../input/splits/checkUnchanged.ts';
import type { InputSplit } from '../../../input/splits/splits.ts';
import { segmentPlace, temporaryName } from '../../../publish/layout/segmentPlace.ts';
import type { Publication } from '../../../publish/publication.ts';
import { claimVersion, type Publisher } from '../../../publish/publisher.ts';
import { chunkFinder } from '../../../row/chunks.ts';
import type { Interval, JobSpec } from '../../../spec/jobSpec.ts';
import { storageFor } from '../../../storage/storage.ts';
import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import { compileGranularity } from '../../../time/granularity.ts';
import { gatherMaps } from '../../index/gatherMaps.ts';
import type { IndexConfig, MapManifest } from '../../index/indexPayload.ts';
import { publish, takeBack } from '../../index/indexPublication.ts';
import type { IndexReport } from '../../index/indexReport.ts';
import { deadLetterPlace } from '../../index/jobDirectory.ts';
import { planMaps } from '../../index/jobInput.ts';
import { jobReport } from '../../index/jobReport.ts';
import { knownChunks, writtenChunks } from '../../index/lockedChunks.ts';
import { checkAsPlanned } from '../../index/plan/checkPlan.ts';
import { chunkPlansOf } from '../../index/plan/jobPlan.ts';
import { type PlannedShard, planShards } from '../../index/planShards.ts';
import { segmentReport } from '../../index/segmentReport.ts';
import { shardNotes } from '../../index/shardNotes.ts';
import type { ReduceUnit } from '../task/plan.ts';
import { type FoundShards, findShards } from './findShards.ts';
import type { JobState } from './JobState.ts';
import { areThere, type MadeZip, madeOfShards, moveOut } from './madeZips.ts';
import { gatherSplits } from './mapSplits.ts';
import type { PassRunner } from './PassRunner.ts';
import { mapsOf } from './runPass.ts';
import type { YarnCluster } from './YarnCluster.ts';
import type { YarnIndexOptions } from './yarnOptions.ts';

export interface YarnJobOptions extends YarnIndexOptions {
  /** The whole of it, where the state knows no metadata store. */
  readonly job: JobSpec;
  readonly cluster: YarnCluster;
  readonly hdfs: WebHdfsStorage;
  readonly passes: Pick<PassRunner, 'run' | 'forget' | 'mapSeconds'>;
  readonly publication: Publication;
  /** Base of deep storage. */
  readonly output: string;
  /** Aborted when the publisher loses its claim. */
  readonly lost: AbortController;
}

/** What the index pass made. */
interface Indexed {
  readonly maps: readonly MapManifest[];
  readonly shards: readonly PlannedShard[];
  readonly zips: readonly MadeZip[];
}

/** The passes of a job on the cluster, and the publication of what they made. */
export class YarnJob {
  readonly #state: JobState;
  readonly #options: YarnJobOptions;
  readonly #config: IndexConfig;
  readonly #mapSplits: readonly (readonly InputSplit[])[];
  /** Until a publisher has given one, it only names directories that hold what is not complete. */
  #version: string;

  constructor(state: JobState, options: YarnJobOptions) {
    const { quirks, hadoop } = options;
    this.#state = state;
    this.#options = options;
    // Tasks have tokens of their own.
    this.#config = { job: state.job, quirks, hadoop: { ...hadoop, tokens: [] } };
    this.#mapSplits = gatherSplits(planMaps(state.files, quirks));
    this.#version = state.version;
  }

  async run(): Promise<IndexReport> {
    const { job, cluster, passes, publication, output, plan, signal, hdfs } = this.#options;
    const { files, version: ownVersion } = this.#state;
    const publisher = this.#options.publisher ?? null;
    const started = performance.now();
    if (publisher?.begins === 'beforeReading') await this.#begin(publisher, knownChunks(job));
    const place = deadLetterPlace(job, ownVersion, this.#options.deadLetters ?? null);
    mkdirSync(dirname(place.path), { recursive: true });
    const known = plan === undefined ? null : chunkPlansOf(plan);
    const found = await findShards(this.#config, this.#mapSplits, passes, place, known);
    const determined = performance.now();
    const { maps, shards, zips } = await this.#index(found);
    const { counts, samples, deadLetters } = await gatherMaps(maps, this.#config, place);
    await checkUnchanged(files, (path) => storageFor(path, this.#options.hadoop));
    const merged = performance.now();
    const progress = { phase: 'store', bytes: 0, bytesTotal: 0, rows: 0, tasksDone: 0 } as const;
    this.#options.onProgress?.({ ...progress, tasksTotal: zips.length });
    try {
      signal.throwIfAborted();
      await publication.stage(zips.map(({ temporary, final }) => ({ temporary, final })));
      await moveOut(zips, hdfs);
      if (publisher?.begins === 'beforeStoring') {
        await this.#begin(publisher, writtenChunks(job, shards));
      }
      const segments = shards.map((shard, i) =>
        segmentReport(shard, this.#placeOf(shard), zips[i].made.manifest, this.#config),
      );
      if (plan !== undefined) checkAsPlanned(plan, segments);
      const complete = segments.map((segment, i) => ({
        segment,
        interval: this.#interval(shards[i].plan.chunk),
        temporary: zips[i].temporary,
      }));
      const published = await publish(publication, job, this.#version, this.#options, complete);
      const stored = performance.now();
      const { dataSource } = job;
      const gathered = { dataSource, version: this.#version, counts, samples, deadLetters };
      return {
        ...jobReport({ ...gathered, files, output, segments, published }),
        seconds: {
          read: passes.mapSeconds,
          determine: (determined - started) / 1000,
          merge: (merged - determined) / 1000 - passes.mapSeconds,
          store: (stored - merged) / 1000,
          total: (stored - started) / 1000,
        },
        workers: this.#mapSplits.length,
        notes: [...cluster.notes, ...shardNotes(shards, this.#config), ...published.notes],
      };
    } catch (error) {
      throw await takeBack(publication, this.#options.store ?? null, error);
    }
  }

  /** Runs the index pass; runs it again where its zips went away with an earlier driver. */
  async #index(found: FoundShards): Promise<Indexed> {
    const { passes, hdfs, onMessage } = this.#options;
    const first = await this.#runIndex(found);
    if (await areThere(first.zips, hdfs)) return first;
    onMessage?.('The segments that an earlier driver had made are gone, and are made again.');
    await passes.forget('index');
    return this.#runIndex(found);
  }

  async #runIndex({ pass, reducers, chunks, planOf }: FoundShards): Promise<Indexed> {
    const { passes, quirks } = this.#options;
    const units = await passes.run('index', {
      config: this.#config,
      pass,
      mapSplits: this.#mapSplits,
      reducers,
      chunks,
    });
    const maps = mapsOf(units);
    const shards = planShards(
      maps.flatMap(({ runs }) => runs),
      planOf,
      quirks === 'druid',
    );
    const made = madeOfShards(
      shards,
      (units.reduces as ReduceUnit[]).flatMap(({ segments }) => segments),
    );
    const zips = shards.map((shard, i) => {
      const { final } = this.#placeOf(shard);
      return { made: made[i], temporary: temporaryName(final, this.#options.publication.id), final };
    });
    return { maps, shards, zips };
  }

  async #begin(publisher: Publisher, chunks: readonly Interval[]): Promise<void> {
    const { job, signal, lost } = this.#options;
    this.#version = await claimVersion(publisher, { dataSource: job.dataSource, chunks }, signal, lost);
  }

  #interval(chunk: number): Interval {
    return { start: chunk, end: chunkFinder(this.#state.job.granularity).endOf(chunk) };
  }

  #placeOf({ plan, partitionNum }: PlannedShard) {
    const { dataSource, granularity } = this.#state.job;
    const key = { dataSource, interval: this.#interval(plan.chunk), version: this.#version, partitionNum };
    const { timeZone } = compileGranularity(granularity.segmentGranularity);
    const place = segmentPlace(this.#options.output, key, timeZone);
    return { key, ...place, temporary: temporaryName(place.final, this.#options.publication.id) };
  }
}
