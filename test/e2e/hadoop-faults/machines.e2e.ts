/** Machines and daemons that are lost while a job runs on a real YARN: the segments are those of the local engine. */

import { afterEach, beforeAll, expect, it } from 'vitest';
import { MAX_SPLIT_BYTES_DEFAULT } from '../../../src/input/splits/splits.ts';
import { jobIdOf } from '../../../src/mapreduce/yarn/client/ResourceManager.ts';
import { directoryOf } from '../../../src/mapreduce/yarn/driver/JobState.ts';
import { readFile } from '../../storage/webhdfs/clients.ts';
import type { segmillIndex } from '../druid/segmill.ts';
import { clusterClient, clusterHdfs, signalDaemon } from '../hadoop/cluster.ts';
import { hadoop, PORT_OFFSET } from '../hadoop/prepare.ts';
import { expectNothingLeft, expectSame, finished, JOB_MS, madeLocally, submitted, until } from '../hadoop/yarnJobs.ts';
import { bytesRead, heldTask, killContainers, masterProcess, portsConnected, stepped } from './containers.ts';
import { attemptsOf } from './history.ts';
import { index, ONE_PASS, type Rows, resourceManager, staged } from './jobs.ts';

/** HTTP ports of the DataNodes, by their name. */
const DATA_NODES = new Map([
  [9864 + PORT_OFFSET, 'datanode1'],
  [9874 + PORT_OFFSET, 'datanode2'],
]);
/** Little of a split: far more than what is under way in sockets is still to come. */
const READ_BYTES = 2_000_000;

let input: Rows;
let local: ReturnType<typeof segmillIndex>;
beforeAll(async () => {
  input = await staged(150_000);
  local = madeLocally(ONE_PASS, input.local);
}, JOB_MS);
// Whatever was lost is there again for the next one.
afterEach(() => hadoop('up'), JOB_MS);

it(
  'the application master killed: maps that have finished are kept',
  async () => {
    // More than a block of HDFS: two map tasks.
    const large = await staged(520_000);
    const made = madeLocally(ONE_PASS, large.local);
    const running = index(ONE_PASS, large, { 'mapreduce.map.speculative': 'false' });
    const application = await submitted(running);
    const held = await heldTask(application, 'map', running);
    const hasFinished = async () => (await historyOf(application)).includes('SUCCEEDED') || undefined;
    await until(hasFinished, running);
    process.kill(masterProcess(application)?.pid as number, 'SIGKILL');
    await expectSame(await finished(running), made);
    const maps = [...(await attemptsOf(application)).values()].filter(({ id }) => id.includes('_m_'));
    const kept = maps.filter(({ id }) => taskOf(id) !== taskOf(held.attempt));
    expect(kept.map(({ id, state }) => [id, state])).toEqual([[expect.stringMatching(/_0$/), 'SUCCEEDED']]);
    // Attempts under the second master begin at 1000.
    expect(maps).toContainEqual(expect.objectContaining({ id: `${taskOf(held.attempt)}_1000`, state: 'SUCCEEDED' }));
    await expectNothingLeft(running);
  },
  JOB_MS,
);

it(
  'a NodeManager and all its containers lost among the reducers',
  async () => {
    // Of three such reducers a node has room for two.
    const properties = {
      'mapreduce.reduce.memory.mb': '1536',
      'mapreduce.reduce.speculative': 'false',
      // The application master tries to reach the node that is gone for so long; the default is three minutes.
      'yarn.client.nodemanager-connect.max-wait-ms': '10000',
    };
    const running = index(ONE_PASS, input, properties);
    const application = await submitted(running);
    const lost = 3 - (await until(() => masterProcess(application), running)).node;
    const { attempt } = await heldTask(application, 'reduce', running, ({ node }) => node === lost);
    signalDaemon(`nodemanager${lost}`, 'SIGKILL');
    killContainers(lost);
    await expectSame(await finished(running), local);
    const attempts = [...(await attemptsOf(application)).values()].filter(({ id }) => taskOf(id) === taskOf(attempt));
    expect(attempts.map(({ id, state }) => `${id} ${state}`).sort()).toEqual([
      `${taskOf(attempt)}_0 KILLED`,
      `${taskOf(attempt)}_1 SUCCEEDED`,
    ]);
    await expectNothingLeft(running);
  },
  JOB_MS,
);

it(
  'a DataNode lost while a task reads from it',
  async () => {
    const running = index(ONE_PASS, input, { 'mapreduce.map.speculative': 'false' });
    const application = await submitted(running);
    const task = await heldTask(application, 'map', running, ({ attempt }) => attempt.includes('_m_000000_'));
    const dataNodes = () => portsConnected(task).flatMap((port) => DATA_NODES.get(port) ?? []);
    await stepped(task, () => dataNodes().length > 0);
    const before = bytesRead(task);
    await stepped(task, () => bytesRead(task) > before + READ_BYTES);
    expect(bytesRead(task)).toBeLessThan(before + MAX_SPLIT_BYTES_DEFAULT / 2);
    const [dataNode, ...more] = dataNodes();
    expect([dataNode, more]).toEqual([expect.stringMatching(/^datanode[12]$/), []]);
    signalDaemon(dataNode, 'SIGKILL');
    process.kill(task.pid, 'SIGCONT');
    await expectSame(await finished(running), local);
    // It went on with the other one: no attempt was needed beside it.
    const attempts = [...(await attemptsOf(application)).values()].filter(
      ({ id }) => taskOf(id) === taskOf(task.attempt),
    );
    expect(attempts.map(({ id, state }) => [id, state])).toEqual([[task.attempt, 'SUCCEEDED']]);
    await expectNothingLeft(running);
  },
  JOB_MS,
);

it(
  'the history server is down from first to last',
  async () => {
    signalDaemon('historyserver', 'SIGKILL');
    const running = index(ONE_PASS, input);
    await expectSame(await finished(running), local);
    await expectNothingLeft(running);
  },
  JOB_MS,
);

/** What the first application master has written so far of what happened; the second one rests on it. */
async function historyOf(application: string): Promise<string> {
  const manager = await resourceManager();
  const directory = directoryOf((await manager.application(application))?.name ?? '');
  const job = jobIdOf(application);
  const { user } = await clusterClient();
  const path = `${directory}/index/staging/${user}/.staging/${job}/${job}_1.jhist`;
  return (await readFile(await clusterHdfs(), path)).toString('latin1');
}

/** `attempt_..._m_000003` */
function taskOf(attempt: string): string {
  return attempt.replace(/_\d+$/, '');
}
