/** Entry of the Node processes that Hadoop Streaming starts: `taskMain.js map|reduce`, in the directory of a container. */

import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type HadoopClient, hadoopClient } from '../../../hadoop/hadoopClient.ts';
import { hdfsFor } from '../../../storage/storage.ts';
import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import { carryError } from '../../local/messages.ts';
import { RawBytesReader } from '../shuffle/rawBytes.ts';
import { ShuffleInput } from '../shuffle/shuffleInput.ts';
import { runMap } from './mapTask.ts';
import { unitName, type YarnPlan } from './plan.ts';
import { runCount, runReduce } from './reduceTask.ts';
import { StreamingProgress } from './taskProgress.ts';
import { UnitCommit } from './UnitCommit.ts';

/** Descriptor of stdin, where Hadoop Streaming writes records. */
const STDIN = 0;
/** The file that mapReduceProperties.ts calls so. */
const PLAN = 'plan.json';

/** Job properties come as variables, dots written as underscores. */
function property(name: string): string {
  const value = process.env[name.replaceAll('.', '_')];
  if (value === undefined) throw new Error(`${name} is not set: this is started by Hadoop Streaming, not by hand.`);
  return value;
}

async function main(kind: 'map' | 'reduce'): Promise<number> {
  const plan = await readPlan();
  const hdfs = hdfsFor(plan.directory, plan.config.hadoop as HadoopClient);
  const number = Number(property('mapreduce.task.partition'));
  const attempt = property('mapreduce.task.attempt.id');
  const unit = new UnitCommit(hdfs, plan.directory, unitName(kind, number), attempt);
  const attemptDirectory = resolve(`work-${attempt}`);
  const progress = new StreamingProgress();
  progress.status(`${kind} ${number}`);
  try {
    await mkdir(attemptDirectory, { recursive: true });
    if (kind === 'map') await runMap(plan, number, attemptDirectory, progress, unit);
    else await reduce(plan, number, hdfs, unit, attemptDirectory, progress);
    progress.tell();
    return 0;
  } catch (thrown) {
    const error = carryError(thrown);
    process.stderr.write(`segmill: ${error.stack ?? error.message}\n`);
    await unit.fail(error);
    return 1;
  } finally {
    await rm(attemptDirectory, { recursive: true, force: true });
  }
}

/** With the tokens that YARN gives to containers. */
async function readPlan(): Promise<YarnPlan> {
  const plan = JSON.parse(readFileSync(PLAN, 'utf8')) as YarnPlan;
  const hadoop = plan.config.hadoop as HadoopClient;
  const { tokens } = await hadoopClient(hadoop.conf, process.env);
  return { ...plan, config: { ...plan.config, hadoop: { ...hadoop, tokens } } };
}

async function reduce(
  plan: YarnPlan,
  number: number,
  hdfs: WebHdfsStorage,
  unit: UnitCommit,
  attemptDirectory: string,
  progress: StreamingProgress,
): Promise<void> {
  const records = new RawBytesReader(STDIN);
  if (await unit.isDone()) {
    // An attempt before this one won and was lost to Hadoop afterwards. A pipe that nobody reads would fail this one.
    while (records.next() !== null) progress.addBytes(0);
    return;
  }
  const input = new ShuffleInput(records, `${attemptDirectory}/early`);
  try {
    const context = { attemptDirectory, attempt: 0, progress, openRun: (path: string) => input.openRun(path) };
    if (plan.pass.type === 'determine') await runCount(plan, number, input, context, hdfs, unit);
    else await runReduce(plan, input, context, hdfs, unit);
    progress.count('earlyBytes', input.spilled);
  } finally {
    input.close();
  }
}

process.exitCode = await main(process.argv[2] === 'map' ? 'map' : 'reduce');
