/** What the history server tells of a job that has ended. */

import { setTimeout as sleep } from 'node:timers/promises';
import { jobIdOf, type TaskAttempt } from '../../../src/mapreduce/yarn/client/ResourceManager.ts';
import { PORT_OFFSET } from '../hadoop/prepare.ts';

const HISTORY = `http://127.0.0.1:${19888 + PORT_OFFSET}/ws/v1/history/mapreduce/jobs`;
/** The history server looks for what application masters leave every now and then. */
const TRIES = 300;

/** All attempts of all tasks of a job, by id: `attempt_..._m_000003_0`. */
export async function attemptsOf(application: string): Promise<ReadonlyMap<string, TaskAttempt>> {
  const job = `${HISTORY}/${jobIdOf(application)}`;
  const { tasks } = await asked<{ tasks: { task: { id: string }[] } }>(`${job}/tasks`);
  const found = new Map<string, TaskAttempt>();
  for (const { id } of tasks.task) {
    const url = `${job}/tasks/${id}/attempts`;
    const { taskAttempts } = await asked<{ taskAttempts: { taskAttempt: TaskAttempt[] } }>(url);
    for (const attempt of taskAttempts.taskAttempt) found.set(attempt.id, attempt);
  }
  return found;
}

async function asked<Answer>(url: string): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const reply = await fetch(url, { headers: { accept: 'application/json' } });
    if (reply.ok) return (await reply.json()) as Answer;
    if (tries === TRIES) throw new Error(`${url}: HTTP ${reply.status}: ${await reply.text()}`);
    await reply.body?.cancel();
    await sleep(100);
  }
}
