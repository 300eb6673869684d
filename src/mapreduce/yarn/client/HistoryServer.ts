import { setTimeout as sleep } from 'node:timers/promises';
import { jobIdOf, type MapReduceTask, type TaskAttempt } from './ResourceManager.ts';
import { RestError, rest } from './rest.ts';

/** A job that has just ended is not known to it at once. */
const TRIES = 10;
const PAUSE_MS = 500;

/** MapReduce's history server, which knows jobs that have ended. It may be down: nothing but words rests on it. */
export class HistoryServer {
  readonly #address: string | null;
  readonly #user: string;
  readonly #pauseMs: number;

  /** @param address `http://host:port`, or null where there is none */
  constructor(address: string | null, user: string, pauseMs = PAUSE_MS) {
    this.#address = address;
    this.#user = user;
    this.#pauseMs = pauseMs;
  }

  /** All attempts of the tasks for which a job failed, in their order; none where that cannot be known. */
  async attemptsOfFailedTasks(applicationId: string): Promise<readonly TaskAttempt[]> {
    const job = `/ws/v1/history/mapreduce/jobs/${jobIdOf(applicationId)}`;
    try {
      const { tasks } = (await this.#ask(`${job}/tasks`)) as { tasks: { task?: MapReduceTask[] } };
      const attempts: TaskAttempt[] = [];
      for (const { id, state } of tasks.task ?? []) {
        if (state !== 'FAILED') continue;
        const answer = (await this.#ask(`${job}/tasks/${id}/attempts`)) as {
          taskAttempts: { taskAttempt?: TaskAttempt[] };
        };
        attempts.push(...(answer.taskAttempts.taskAttempt ?? []));
      }
      return attempts;
    } catch (error) {
      if (error instanceof RestError) return [];
      throw error;
    }
  }

  async #ask(path: string): Promise<unknown> {
    if (this.#address === null) throw new RestError('There is no history server.', null, null);
    for (let tries = 1; ; tries++) {
      try {
        return await rest({ method: 'GET', url: `${this.#address}${path}`, user: this.#user }, 'The history server');
      } catch (error) {
        if (!(error instanceof RestError && error.status === 404) || tries === TRIES) throw error;
        await sleep(this.#pauseMs);
      }
    }
  }
}
