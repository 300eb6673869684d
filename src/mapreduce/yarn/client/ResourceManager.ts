import { setTimeout as sleep } from 'node:timers/promises';
import { RestError, type RestRequest, rest } from './rest.ts';
import type { YarnAddresses } from './yarnAddresses.ts';

/** An application as the ResourceManager reports it. */
export interface Application {
  readonly id: string;
  readonly name: string;
  readonly state: 'NEW' | 'NEW_SAVING' | 'SUBMITTED' | 'ACCEPTED' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';
  readonly finalStatus: 'UNDEFINED' | 'SUCCEEDED' | 'FAILED' | 'KILLED' | 'ENDED';
  readonly diagnostics: string;
  readonly queue: string;
  readonly allocatedMB?: number;
  /** MB times seconds that its containers have held so far. */
  readonly memorySeconds?: number;
  readonly vcoreSeconds?: number;
}

/** A MapReduce job as its application master reports it while it runs. */
export interface RunningJob {
  readonly mapsTotal: number;
  readonly mapsCompleted: number;
  readonly reducesTotal: number;
  readonly reducesCompleted: number;
  readonly reducesRunning: number;
  readonly failedMapAttempts: number;
  readonly failedReduceAttempts: number;
}

export interface TaskAttempt {
  readonly id: string;
  readonly state: string;
  readonly diagnostics?: string;
  readonly nodeHttpAddress?: string;
  readonly assignedContainerId?: string;
}

/** A node manager as the ResourceManager sees it. */
export interface ClusterNode {
  readonly nodeHostName: string;
  readonly state: string;
  /** Why it is unhealthy; empty where it is not. */
  readonly healthReport: string;
}

export interface MapReduceTask {
  readonly id: string;
  readonly type: 'MAP' | 'REDUCE';
  readonly state: string;
  readonly progress: number;
  readonly elapsedTime: number;
}

/** Another one may have taken over: it takes a moment. */
const FAILOVER_TRIES = 20;
const FAILOVER_PAUSE_MS = 3000;
/** Of each, where none has ever answered. */
const FIRST_TRIES = 2;

/** `job_...` of `application_...`. */
export function jobIdOf(applicationId: string): string {
  return applicationId.replace(/^application_/, 'job_');
}

/** YARN's ResourceManager and, through its proxy, the application masters of MapReduce jobs. */
export class ResourceManager {
  readonly #addresses: YarnAddresses;
  readonly #user: string;
  readonly #tries: number;
  readonly #pauseMs: number;
  #active = 0;
  /** One of them has answered. */
  #isKnown = false;

  /** @param failover how often and how long it is waited where no ResourceManager answers */
  constructor(
    addresses: YarnAddresses,
    user: string,
    failover: { readonly tries: number; readonly pauseMs: number } = {
      tries: FAILOVER_TRIES,
      pauseMs: FAILOVER_PAUSE_MS,
    },
  ) {
    this.#addresses = addresses;
    this.#user = user;
    this.#tries = failover.tries;
    this.#pauseMs = failover.pauseMs;
  }

  /** Name of the machine where it runs; of the first, where there are several. */
  get host(): string {
    return new URL(this.#addresses.resourceManagers[0]).hostname;
  }

  /** Properties that the ResourceManager runs with. */
  async configuration(): Promise<Record<string, string>> {
    const { properties } = (await this.#ask('GET', '/conf')) as { properties: { key: string; value: string }[] };
    return Object.fromEntries(properties.map(({ key, value }) => [key, value]));
  }

  async newApplication(): Promise<{ readonly id: string; readonly memoryMax: number }> {
    const answer = (await this.#ask('POST', '/ws/v1/cluster/apps/new-application')) as {
      readonly 'application-id': string;
      readonly 'maximum-resource-capability': { readonly memory: number };
    };
    return { id: answer['application-id'], memoryMax: answer['maximum-resource-capability'].memory };
  }

  async submit(submission: unknown): Promise<void> {
    await this.#ask('POST', '/ws/v1/cluster/apps', submission);
  }

  /** @returns null for an application that the ResourceManager does not know (any more) */
  async application(id: string): Promise<Application | null> {
    try {
      return ((await this.#ask('GET', `/ws/v1/cluster/apps/${id}`)) as { readonly app: Application }).app;
    } catch (error) {
      if (error instanceof RestError && error.status === 404) return null;
      throw error;
    }
  }

  /** Kills an application and waits until it has ended. */
  async kill(id: string): Promise<void> {
    for (;;) {
      const application = await this.application(id);
      if (application === null || isEnded(application)) return;
      await this.#ask('PUT', `/ws/v1/cluster/apps/${id}/state`, { state: 'KILLED' });
      await sleep(500);
    }
  }

  async nodes(): Promise<readonly ClusterNode[]> {
    const answer = (await this.#ask('GET', '/ws/v1/cluster/nodes')) as { nodes: { node?: ClusterNode[] } | null };
    return answer.nodes?.node ?? [];
  }

  /** @returns null while the application master is not there, or no longer */
  async job(id: string): Promise<RunningJob | null> {
    return ((await this.#askMaster(id, '')) as { job: RunningJob } | null)?.job ?? null;
  }

  async tasks(id: string): Promise<readonly MapReduceTask[]> {
    const answer = (await this.#askMaster(id, '/tasks')) as { tasks: { task?: MapReduceTask[] } } | null;
    return answer?.tasks.task ?? [];
  }

  async attempts(id: string, taskId: string): Promise<readonly TaskAttempt[]> {
    const path = `/tasks/${taskId}/attempts`;
    const answer = (await this.#askMaster(id, path)) as { taskAttempts: { taskAttempt?: TaskAttempt[] } } | null;
    return answer?.taskAttempts.taskAttempt ?? [];
  }

  /** Counters of the job so far, by group and name. */
  async counters(id: string): Promise<ReadonlyMap<string, number>> {
    return countersOf(await this.#askMaster(id, '/counters'));
  }

  async #askMaster(id: string, path: string): Promise<unknown> {
    try {
      return await this.#ask('GET', `/proxy/${id}/ws/v1/mapreduce/jobs/${jobIdOf(id)}${path}`);
    } catch (error) {
      // Not registered yet, just gone, or being started again: what it knows is for display.
      if (error instanceof RestError && error.status !== null) return null;
      throw error;
    }
  }

  async #ask(method: RestRequest['method'], path: string, body?: unknown): Promise<unknown> {
    const { resourceManagers } = this.#addresses;
    for (let round = 1; ; round++) {
      try {
        const url = `${resourceManagers[this.#active]}${path}`;
        const request = { method, url, user: this.#user, ...(body === undefined ? {} : { body }) };
        const answer = await rest(request, 'The ResourceManager');
        this.#isKnown = true;
        return answer;
      } catch (error) {
        const isAway = error instanceof RestError && (error.status === null || error.exception === 'StandbyException');
        // A wrong address does not become right by waiting.
        const tries =
          this.#isKnown || (error as RestError).status !== null ? this.#tries : FIRST_TRIES * resourceManagers.length;
        if (!isAway) throw !this.#isKnown && isOther(error) ? other(error) : error;
        if (round >= tries) throw unanswered(error, resourceManagers);
        this.#active = (this.#active + 1) % resourceManagers.length;
        if (this.#active === 0 || round >= resourceManagers.length) await sleep(this.#pauseMs);
      }
    }
  }
}

/** A ResourceManager names the exception behind what it does not know. */
function isOther(error: unknown): error is RestError {
  return error instanceof RestError && (error.status === 404 || error.status === 405) && error.exception === null;
}

function other(error: RestError): RestError {
  return new RestError(`${error.message}. Is that its web address? It ${LOOKED_UP}`, error.status, null, error);
}

const LOOKED_UP = 'is looked up in yarn.resourcemanager.webapp.address of yarn-site.xml.';

function unanswered(error: RestError, addresses: readonly string[]): RestError {
  const where = addresses.length === 1 ? 'It' : `All of ${addresses.join(', ')} were asked; each`;
  const advice = `Is it running, and is that its web address? ${where} ${LOOKED_UP}`;
  return new RestError(`${error.message} ${advice}`, error.status, error.exception, error);
}

export function isEnded({ state }: Application): boolean {
  return state === 'FINISHED' || state === 'FAILED' || state === 'KILLED';
}

function countersOf(answer: unknown): ReadonlyMap<string, number> {
  const { jobCounters } = (answer ?? {}) as {
    jobCounters?: {
      counterGroup?: { counterGroupName: string; counter: { name: string; totalCounterValue: number }[] }[];
    };
  };
  return new Map(
    (jobCounters?.counterGroup ?? []).flatMap(({ counterGroupName, counter }) =>
      counter.map(({ name, totalCounterValue }) => [`${counterGroupName}.${name}`, totalCounterValue] as const),
    ),
  );
}
