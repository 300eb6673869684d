import { readFileSync } from 'node:fs';
import type { MapManifest, MapPayload } from '../../index/indexPayload.ts';
import { taskFunctions } from '../../tasks.ts';
import { emitKeys } from '../shuffle/emitKeys.ts';
import { emitRuns } from '../shuffle/emitRuns.ts';
import { RawBytesWriter } from '../shuffle/rawBytes.ts';
import { reducerOf } from '../shuffle/reducerOf.ts';
import type { YarnPlan } from './plan.ts';
import type { StreamingProgress } from './taskProgress.ts';
import type { UnitCommit } from './UnitCommit.ts';

/** Descriptor of stdout, where Hadoop Streaming reads records. */
const STDOUT = 1;

/** Runs the mapper of the local engine on a split and hands what it left to the shuffle. */
export async function runMap(
  plan: YarnPlan,
  map: number,
  attemptDirectory: string,
  progress: StreamingProgress,
  unit: UnitCommit,
): Promise<void> {
  const { config, pass } = plan;
  const payload: MapPayload = {
    config,
    pass,
    split: plan.splits[map],
    badRowsMax: config.job.tuning.maxParseExceptions,
  };
  const manifest = (await taskFunctions.mapIndex(payload, { attemptDirectory, attempt: 0, progress })) as MapManifest;
  progress.tell();
  const records = new RawBytesWriter(STDOUT);
  let shuffled = 0;
  if (pass.type === 'determine') emitKeys(manifest.keyRuns, map, pass.keyParts, records);
  else {
    const types = config.job.dimensions.dimensions.map(({ type }) => type);
    emitRuns(manifest.runs, records, {
      map,
      types,
      reducerOf: reducerOf(plan.reducers, plan.chunks),
      onBytes: (count) => {
        shuffled += count;
        progress.addBytes(0);
      },
    });
  }
  records.flush();
  progress.count('shuffleBytes', shuffled);
  // An attempt that comes second has done its part too: Hadoop chooses whose output is shuffled, and both are the same.
  await unit.commit(withoutLocalPaths(manifest, map));
}

/** Runs as the shuffle calls them, and dead letters themselves: files go with the container. */
function withoutLocalPaths(manifest: MapManifest, map: number): MapManifest {
  const { letters } = manifest;
  return {
    ...manifest,
    letters: letters !== null && 'path' in letters ? JSON.parse(readFileSync(letters.path, 'utf8')) : letters,
    runs: manifest.runs.map((run, number) => ({ ...run, path: `${map}/${number}` })),
    keyRuns: manifest.keyRuns.map((keyRun, number) => ({ ...keyRun, path: `${map}/${number}` })),
  };
}
