import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import type { MapManifest } from '../../index/indexPayload.ts';
import type { PhaseProgress } from '../../job.ts';
import type { HistoryServer } from '../client/HistoryServer.ts';
import {
  type Application,
  type ClusterNode,
  isEnded,
  type MapReduceTask,
  type ResourceManager,
  type RunningJob,
} from '../client/ResourceManager.ts';
import { type MapUnit, UNITS, unitName, type YarnPlan } from '../task/plan.ts';
import { COUNTERS } from '../task/taskProgress.ts';
import { readJson } from '../task/UnitCommit.ts';
import { failedTask, passError } from './passError.ts';
import { pollPause } from './pollPause.ts';
import { slowReducers } from './slowReducers.ts';
import { TaskFailures } from './taskFailures.ts';

/** What all tasks of a pass left, in their order. */
export interface PassUnits {
  readonly maps: readonly unknown[];
  readonly reduces: readonly unknown[];
}

/** What was read, in the order of the input. */
export function mapsOf({ maps }: PassUnits): MapManifest[] {
  return (maps as MapUnit[]).flatMap((unit) => unit.maps);
}

export interface PassOptions {
  readonly hdfs: WebHdfsStorage;
  readonly manager: ResourceManager;
  readonly history: HistoryServer;
  readonly plan: Pick<YarnPlan, 'directory' | 'mapSplits' | 'reducers'>;
  /** The application that runs the pass already, or null. */
  readonly applicationId: string | null;
  /** Submits the pass anew. @returns the application's id */
  readonly submit: () => Promise<string>;
  readonly labelOf: (kind: 'map' | 'reduce', number: number) => string;
  readonly signal: AbortSignal;
  readonly onProgress: (kind: 'map' | 'reduce', progress: PhaseProgress) => void;
  /** Sentences for people while the pass runs. */
  readonly onMessage: (message: string) => void;
  /** Called as soon as no application of the pass can be running any more. */
  readonly onEnded: () => void;
}

/** Polls between two looks at what costs more: counters, errors on HDFS. */
const LOOK_EVERY = 3;
/** Polls between two looks at all tasks. */
const TASKS_EVERY = 15;
const READERS = 16;

/**
 * Has a pass run, or watches one that runs. Success rests on what tasks left on HDFS alone: history and counters may be lost.
 *
 * @throws TaskError or an Error in words; the signal's reason when aborted, after the application has been killed
 */
export async function runPass(options: PassOptions): Promise<PassUnits> {
  const { manager, signal } = options;
  const known = options.applicationId === null ? null : await manager.application(options.applicationId);
  if (known === null || isEnded(known)) {
    options.onEnded();
    const units = await readUnits(options);
    if (units !== null) return units;
  }
  const id = known === null || isEnded(known) ? await options.submit() : known.id;
  try {
    return await watch(id, options);
  } catch (error) {
    // What failed or is no longer wanted must not go on writing.
    await manager.kill(id);
    options.onEnded();
    throw signal.aborted ? signal.reason : error;
  }
}

async function watch(id: string, options: PassOptions): Promise<PassUnits> {
  const { hdfs, manager, plan, labelOf, signal, onMessage } = options;
  const failures = new TaskFailures(hdfs, manager, plan.directory, id);
  const view = new JobView(options);
  let failed = 0;
  for (let poll = 0; ; poll++) {
    signal.throwIfAborted();
    const application = await manager.application(id);
    if (application === null || isEnded(application)) {
      options.onEnded();
      const units = await readUnits(options);
      if (units !== null) return units;
      await failures.readErrors();
      if (failedTask(application) !== null) await failures.askHistory(options.history);
      throw passError(application, failures.all, labelOf);
    }
    if (poll % LOOK_EVERY === 0) {
      for (const { id: attempt, error } of await failures.readErrors()) {
        if (error?.retryable === false) throw passError(application, failures.all, labelOf);
        onMessage(`${attempt} failed: ${error?.message}`);
      }
    }
    const job = application.state === 'RUNNING' ? await manager.job(id) : null;
    if (job !== null) {
      const now = job.failedMapAttempts + job.failedReduceAttempts;
      if (now > failed) {
        for (const { id: attempt, error, diagnostics } of await failures.askMaster()) {
          if (error === null) onMessage(`${attempt} failed: ${diagnostics.split('\n')[0]}`);
        }
      }
      failed = now;
      view.show(job, poll % LOOK_EVERY === 0 ? await manager.counters(id) : null);
      if (poll % TASKS_EVERY === 0 && job.reducesCompleted > 0 && job.reducesRunning > 0) {
        view.slow(await manager.tasks(id));
      }
    } else if (view.waiting(application)) onMessage(waitingText(application, await manager.nodes()));
    await pollPause(poll, signal);
  }
}

/** Turns what the application master says into progress. */
class JobView {
  readonly #options: PassOptions;
  #rows = 0;
  #bytes = 0;
  #rowsOfMaps = 0;
  #waited = 0;
  readonly #slow = new Set<number>();

  constructor(options: PassOptions) {
    this.#options = options;
  }

  show(job: RunningJob, counters: ReadonlyMap<string, number> | null): void {
    if (counters !== null) {
      this.#rows = counters.get(`${COUNTERS}.rows`) ?? this.#rows;
      this.#bytes = counters.get(`${COUNTERS}.bytes`) ?? this.#bytes;
    }
    const inMaps = job.mapsCompleted < job.mapsTotal || job.reducesTotal === 0;
    if (inMaps) {
      this.#rowsOfMaps = this.#rows;
      const { mapsCompleted, mapsTotal } = job;
      const progress = { bytes: this.#bytes, rows: this.#rows, tasksDone: mapsCompleted, tasksTotal: mapsTotal };
      this.#options.onProgress('map', progress);
    } else {
      const rows = Math.max(0, this.#rows - this.#rowsOfMaps);
      const progress = { bytes: 0, rows, tasksDone: job.reducesCompleted, tasksTotal: job.reducesTotal };
      this.#options.onProgress('reduce', progress);
    }
  }

  /** Tells of every reducer that is slow, once. */
  slow(tasks: readonly MapReduceTask[]): void {
    for (const { number, seconds, percent, others } of slowReducers(tasks)) {
      if (this.#slow.has(number)) continue;
      this.#slow.add(number);
      this.#options.onMessage(
        `${this.#options.labelOf('reduce', number)} is at ${percent}% after ${seconds} seconds, and half of the others took at most ${others}: ` +
          'its shards have many more rows, or its node is busy.',
      );
    }
  }

  /** @returns whether it is time to say why nothing happens */
  waiting({ state }: Application): boolean {
    this.#waited++;
    return this.#waited === WAIT_TOLD && state !== 'RUNNING';
  }
}

/** Why an application gets no container, as far as can be told. */
export function waitingText(
  { id, queue, diagnostics }: Pick<Application, 'id' | 'queue' | 'diagnostics'>,
  nodes: readonly ClusterNode[],
): string {
  const waits = `${id} has waited ${WAIT_TOLD} seconds in queue ${queue} for its first container`;
  const ill = nodes.filter(({ state }) => state === 'UNHEALTHY');
  if (!nodes.some(({ state }) => state === 'RUNNING')) {
    const [first] = ill;
    if (first === undefined) return `${waits}: the cluster has no node that runs. Have the NodeManagers started.`;
    return (
      `${waits}: none of ${nodes.length} nodes is healthy. ${first.nodeHostName} says: ${first.healthReport.trim().split('\n')[0]} ` +
      'Mostly a disk is full: YARN leaves out disks that are fuller than 90% (yarn.nodemanager.disk-health-checker).'
    );
  }
  const why = diagnostics.trim() === '' ? '' : ` The ResourceManager says: ${diagnostics.trim().split('\n')[0]}`;
  const also = ill.length === 0 ? '' : ` ${ill.length} of ${nodes.length} nodes are unhealthy.`;
  return `${waits}: the queue is full, or its share for application masters is used up.${also}${why}`;
}

/** Seconds in ACCEPTED after which people want to know why. */
const WAIT_TOLD = 60;

/** @returns null where one is missing */
async function readUnits({ hdfs, plan }: PassOptions): Promise<PassUnits | null> {
  const directory = `${plan.directory}/${UNITS}`;
  const found = new Set((await hdfs.list(directory)).map(({ path }) => path.slice(path.lastIndexOf('/') + 1)));
  const names = (kind: 'map' | 'reduce', count: number) => Array.from({ length: count }, (_, i) => unitName(kind, i));
  const maps = names('map', plan.mapSplits.length);
  const reduces = names('reduce', plan.reducers);
  if (![...maps, ...reduces].every((name) => found.has(name))) return null;
  const read = async (all: readonly string[]) => {
    const documents: unknown[] = [];
    for (let from = 0; from < all.length; from += READERS) {
      const some = all.slice(from, from + READERS);
      documents.push(...(await Promise.all(some.map((name) => readJson(hdfs, `${directory}/${name}`)))));
    }
    return documents;
  };
  return { maps: await read(maps), reduces: await read(reduces) };
}
