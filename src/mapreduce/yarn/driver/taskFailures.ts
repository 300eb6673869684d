import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import type { CarriedError } from '../../local/messages.ts';
import type { HistoryServer } from '../client/HistoryServer.ts';
import type { ResourceManager, TaskAttempt } from '../client/ResourceManager.ts';
import { ticketFetch } from '../client/ticketFetch.ts';
import { ERRORS } from '../task/plan.ts';
import { readJson } from '../task/UnitCommit.ts';

/** An attempt that failed, and what is known of it. */
export interface FailedAttempt {
  /** `attempt_..._m_000003_0` */
  readonly id: string;
  /** What its functions threw; null where it was killed or never came so far. */
  readonly error: CarriedError | null;
  /** What Hadoop says of it. */
  readonly diagnostics: string;
  /** The end of what it wrote to stderr; empty where that cannot be had. */
  readonly stderr: string;
}

const STDERR_BYTES = 4096;
/** After so many nothing new is learned. */
const ATTEMPTS_MAX = 8;
const TIMEOUT_MS = 5000;

/** Collects why attempts fail while a job runs: afterwards its application master is no longer there to tell. */
export class TaskFailures {
  readonly #hdfs: WebHdfsStorage;
  readonly #manager: Pick<ResourceManager, 'tasks' | 'attempts'>;
  readonly #directory: string;
  readonly #applicationId: string;
  readonly #seen = new Map<string, FailedAttempt>();
  #errors = new Set<string>();

  /** @param directory folder of the pass */
  constructor(
    hdfs: WebHdfsStorage,
    manager: Pick<ResourceManager, 'tasks' | 'attempts'>,
    directory: string,
    applicationId: string,
  ) {
    this.#hdfs = hdfs;
    this.#manager = manager;
    this.#directory = directory;
    this.#applicationId = applicationId;
  }

  /** Latest last. */
  get all(): readonly FailedAttempt[] {
    return [...this.#seen.values()];
  }

  /** Looks for errors that tasks left on HDFS. @returns those that are new */
  async readErrors(): Promise<FailedAttempt[]> {
    const fresh: FailedAttempt[] = [];
    for (const { path } of await this.#hdfs.list(`${this.#directory}/${ERRORS}`)) {
      if (this.#errors.has(path) || !path.endsWith('.json')) continue;
      this.#errors.add(path);
      const id = path.slice(path.lastIndexOf('/') + 1, -'.json'.length);
      const known = this.#seen.get(id) ?? { id, diagnostics: '', stderr: '' };
      const attempt = { ...known, error: (await readJson(this.#hdfs, path)) as CarriedError };
      this.#seen.set(id, attempt);
      fresh.push(attempt);
    }
    return fresh;
  }

  /** Asks the application master which attempts failed. @returns those that are new */
  async askMaster(): Promise<FailedAttempt[]> {
    const fresh: FailedAttempt[] = [];
    for (const task of await this.#manager.tasks(this.#applicationId)) {
      for (const attempt of await this.#manager.attempts(this.#applicationId, task.id)) {
        if (!this.#isNews(attempt)) continue;
        if (this.#seen.size >= ATTEMPTS_MAX && !this.#seen.has(attempt.id)) return fresh;
        fresh.push(await this.#noted(attempt));
      }
    }
    return fresh;
  }

  /** Asks for the attempt that the job failed with: its application master ended too soon to tell of it. */
  async askHistory(history: Pick<HistoryServer, 'attemptsOfFailedTasks'>): Promise<void> {
    for (const attempt of await history.attemptsOfFailedTasks(this.#applicationId)) {
      if (this.#isNews(attempt)) await this.#noted(attempt);
    }
  }

  #isNews({ id, state }: TaskAttempt): boolean {
    return state === 'FAILED' && (this.#seen.get(id)?.diagnostics ?? '') === '';
  }

  async #noted(attempt: TaskAttempt): Promise<FailedAttempt> {
    const failed: FailedAttempt = {
      id: attempt.id,
      error: this.#seen.get(attempt.id)?.error ?? null,
      diagnostics: (attempt.diagnostics ?? '').trim(),
      stderr: await stderrOf(attempt),
    };
    this.#seen.set(attempt.id, failed);
    return failed;
  }
}

/** The end of a log, of what a node manager answers: it frames the content. */
export function lastWords(answer: string): string {
  const content = /^LogContents:\n([\s\S]*?)\n?End of LogType:/m.exec(answer)?.[1] ?? answer;
  const lines = content
    .slice(-STDERR_BYTES)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(reporter:|log4j:|SLF4J)/.test(line));
  return lines.slice(-20).join('\n');
}

/** The end of a container's stderr, from its node manager; reporter lines are left out. */
async function stderrOf({ nodeHttpAddress, assignedContainerId }: TaskAttempt): Promise<string> {
  if (!nodeHttpAddress || !assignedContainerId) return '';
  try {
    const path = `/ws/v1/node/containers/${assignedContainerId}/logs/stderr?size=-${STDERR_BYTES}`;
    const reply = await ticketFetch(new URL(path, `http://${nodeHttpAddress}`), { timeoutMs: TIMEOUT_MS });
    if (!reply.ok) return '';
    return lastWords(await reply.text());
  } catch {
    // The node may be what is lost.
    return '';
  }
}
