/** Tasks of a job on a real YARN that are killed or hang: the segments are those of the local engine. */

import { beforeAll, expect, it } from 'vitest';
import { expectNothingLeft, expectSame, finished, JOB_MS, madeLocally, submitted } from '../hadoop/yarnJobs.ts';
import { heldTask } from './containers.ts';
import { attemptsOf } from './history.ts';
import { index, ONE_PASS, type Rows, staged, TWO_PASSES } from './jobs.ts';

let input: Rows;
beforeAll(async () => {
  input = await staged(150_000);
}, JOB_MS);

it(
  'a process killed among the maps and the reducers of each pass',
  async () => {
    const local = madeLocally(TWO_PASSES, input.local);
    const running = index(TWO_PASSES, input);
    const killed: string[] = [];
    const applications: string[] = [];
    for (const pass of ['determining partitions', 'indexing'] as const) {
      const application = await submitted(running, pass);
      applications.push(application);
      for (const kind of ['map', 'reduce'] as const) {
        const task = await heldTask(application, kind, running);
        process.kill(task.pid, 'SIGKILL');
        killed.push(task.attempt);
      }
    }
    await expectSame(await finished(running), local);
    const attempts = new Map((await Promise.all(applications.map(attemptsOf))).flatMap((some) => [...some]));
    for (const attempt of killed) {
      expect(attempts.get(attempt)).toMatchObject({ state: 'FAILED' });
      expect(attempts.get(attempt)?.diagnostics).toContain('subprocess failed with code 137');
      expect(attempts.get(nextOf(attempt))).toMatchObject({ state: 'SUCCEEDED' });
      expect(running.output.err).toContain(`${attempt} failed: `);
    }
    await expectNothingLeft(running);
  },
  JOB_MS,
);

it(
  'a process that hangs',
  async () => {
    const local = madeLocally(ONE_PASS, input.local);
    // Another attempt beside it would make it in vain to wait for this one.
    const properties = { 'mapreduce.task.timeout': '120000', 'mapreduce.map.speculative': 'false' };
    const running = index(ONE_PASS, input, properties);
    const application = await submitted(running);
    const { attempt } = await heldTask(application, 'map', running);
    await expectSame(await finished(running), local);
    const attempts = await attemptsOf(application);
    expect(attempts.get(attempt)).toMatchObject({ state: 'FAILED' });
    expect(attempts.get(attempt)?.diagnostics).toContain('120');
    expect(attempts.get(nextOf(attempt))).toMatchObject({ state: 'SUCCEEDED' });
    await expectNothingLeft(running);
  },
  JOB_MS,
);

/** The attempt after another one. */
function nextOf(attempt: string): string {
  return attempt.replace(/\d+$/, (number) => String(Number(number) + 1));
}
