import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { chunkFinder } from '../../../row/chunks.ts';
import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import type { CountManifest, CountPayload, ReduceManifest } from '../../index/indexPayload.ts';
import type { ReduceBatch } from '../../index/reduceBatch.ts';
import type { TaskContext } from '../../job.ts';
import { taskFunctions } from '../../tasks.ts';
import { keyRunsOf, sectionsOf } from '../shuffle/groupPayload.ts';
import type { ShuffleInput } from '../shuffle/shuffleInput.ts';
import type { CountUnit, MadeSegment, ReduceUnit, YarnPlan } from './plan.ts';
import type { UnitCommit } from './UnitCommit.ts';

/** Runs the reducer of the local engine on every shard that the shuffle brings. */
export async function runReduce(
  plan: YarnPlan,
  input: ShuffleInput,
  context: TaskContext,
  hdfs: WebHdfsStorage,
  unit: UnitCommit,
): Promise<void> {
  const { config } = plan;
  const chunks = chunkFinder(config.job.granularity);
  const segments: MadeSegment[] = [];
  await hdfs.mkdirs(unit.attemptDirectory);
  for (let group = input.nextGroup(); group !== null; group = input.nextGroup()) {
    const { chunk, shard } = group;
    const zip = `${unit.attemptDirectory}/${chunk}-${shard}.zip`;
    const interval = { start: chunk, end: chunks.endOf(chunk) };
    const payload: ReduceBatch = { config, segments: [{ interval, sections: sectionsOf(group), temporaryZip: zip }] };
    const [manifest] = (await taskFunctions.reduceIndex(payload, context)) as ReduceManifest[];
    segments.push({ chunk, shard, zip, manifest });
  }
  await unit.commit({ segments } satisfies ReduceUnit);
}

/** Counts the keys of one part, as the local engine's task does. */
export async function runCount(
  plan: YarnPlan,
  part: number,
  input: ShuffleInput,
  context: TaskContext,
  hdfs: WebHdfsStorage,
  unit: UnitCommit,
): Promise<void> {
  const group = input.nextGroup();
  if (group === null) {
    await unit.commit({ counts: null } satisfies CountUnit);
    return;
  }
  const payload: CountPayload = { config: plan.config, part, keyRuns: keyRunsOf(group) };
  const counts = (await taskFunctions.countKeys(payload, context)) as CountManifest;
  await hdfs.mkdirs(unit.attemptDirectory);
  const path = `${unit.attemptDirectory}/counts`;
  await pipeline(createReadStream(counts.path, { highWaterMark: 1 << 20 }), await hdfs.createWrite(path));
  await unit.commit({ counts: { ...counts, path } } satisfies CountUnit);
}
