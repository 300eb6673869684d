import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MapManifest, MapPayload } from '../../index/indexPayload.ts';
import { taskFunctions } from '../../tasks.ts';
import { emitKeys } from '../shuffle/emitKeys.ts';
import { emitRuns } from '../shuffle/emitRuns.ts';
import { RawBytesWriter } from '../shuffle/rawBytes.ts';
import { reducerOf } from '../shuffle/reducerOf.ts';
import type { MapUnit, YarnPlan } from './plan.ts';
import { splitParts } from './splitParts.ts';
import type { StreamingProgress } from './taskProgress.ts';
import type { UnitCommit } from './UnitCommit.ts';

/** Descriptor of stdout, where Hadoop Streaming reads records. */
const STDOUT = 1;

/** Runs the mapper of the local engine on the splits of a task and hands what it left to the shuffle. */
export async function runMap(
  plan: YarnPlan,
  map: number,
  attemptDirectory: string,
  progress: StreamingProgress,
  unit: UnitCommit,
): Promise<void> {
  const records = new RawBytesWriter(STDOUT);
  const maps = await mapSplits(plan, map, attemptDirectory, progress, records);
  records.flush();
  // An attempt that comes second has done its part too: Hadoop chooses whose output is shuffled, and both are the same.
  await unit.commit({ maps } satisfies MapUnit);
}

/**
 * Maps splits one after the other, and part by part, into the shuffle.
 *
 * @returns what a task of the local engine leaves, for each part; runs are called as the shuffle calls them
 */
export async function mapSplits(
  plan: Pick<YarnPlan, 'config' | 'pass' | 'mapSplits' | 'reducers' | 'chunks'>,
  map: number,
  attemptDirectory: string,
  progress: StreamingProgress,
  records: RawBytesWriter,
): Promise<MapManifest[]> {
  const { config, pass } = plan;
  const types = config.job.dimensions.dimensions.map(({ type }) => type);
  const reducers = reducerOf(plan.reducers, plan.chunks);
  const maps: MapManifest[] = [];
  let [runs, keyRuns, shuffled] = [0, 0, 0];
  for await (const split of splitParts(plan.mapSplits[map], config, join(attemptDirectory, 'unpacked'))) {
    const payload: MapPayload = { config, pass, split, badRowsMax: config.job.tuning.maxParseExceptions };
    const directory = join(attemptDirectory, `part-${maps.length}`);
    mkdirSync(directory);
    const context = { attemptDirectory: directory, attempt: 0, progress };
    const manifest = (await taskFunctions.mapIndex(payload, context)) as MapManifest;
    progress.tell();
    if (pass.type === 'determine')
      emitKeys(manifest.keyRuns, { map, firstRun: keyRuns, parts: pass.keyParts }, records);
    else {
      emitRuns(manifest.runs, records, {
        map,
        firstRun: runs,
        types,
        reducerOf: reducers,
        onBytes: (count) => {
          shuffled += count;
          progress.addBytes(0);
        },
      });
    }
    maps.push(
      withoutLocalPaths(
        manifest,
        (number) => `${map}/${runs + number}`,
        (number) => `${map}/${keyRuns + number}`,
      ),
    );
    runs += manifest.runs.length;
    keyRuns += manifest.keyRuns.length;
    rmSync(directory, { recursive: true });
  }
  progress.count('shuffleBytes', shuffled);
  return maps;
}

/** Dead letters themselves in place of their file, which goes with the container. */
function withoutLocalPaths(
  manifest: MapManifest,
  runName: (number: number) => string,
  keyRunName: (number: number) => string,
): MapManifest {
  const { letters } = manifest;
  return {
    ...manifest,
    letters: letters !== null && 'path' in letters ? JSON.parse(readFileSync(letters.path, 'utf8')) : letters,
    runs: manifest.runs.map((run, number) => ({ ...run, path: runName(number) })),
    keyRuns: manifest.keyRuns.map((keyRun, number) => ({ ...keyRun, path: keyRunName(number) })),
  };
}
