import type { Task } from '../job.ts';
import type { ChunkPlan, IndexConfig, RunManifest, ScatterPayload } from './indexPayload.ts';
import type { RunPhase } from './indexReport.ts';
import { shardsOf } from './mapOutput.ts';

/**
 * Has kept runs cut into the shards of a plan. Sections of chunks with one shard stay where they are: their reducer reads them
 * from the run.
 *
 * @param runs in position order, one section per time chunk in each
 * @returns what became of each run: sections by shard
 */
export async function scatterRuns(
  runs: readonly Pick<RunManifest, 'path' | 'sections'>[],
  plan: readonly ChunkPlan[],
  config: IndexConfig,
  runPhase: RunPhase,
): Promise<Pick<RunManifest, 'path' | 'sections'>[][]> {
  const cutPlans = new Map(plan.filter((chunk) => shardsOf(chunk) > 1).map((chunk) => [chunk.chunk, chunk]));
  const parts = runs.map(({ path, sections }) => ({
    path,
    whole: sections.filter(({ chunk }) => !cutPlans.has(chunk)),
    toCut: sections.filter(({ chunk }) => cutPlans.has(chunk)),
  }));
  const toCut = parts.filter((part) => part.toCut.length > 0);
  const tasks = toCut.map((part, i): Task => {
    return {
      kind: 'scatterRun',
      id: `scatter-${String(i).padStart(6, '0')}`,
      label: `run ${i + 1} of ${toCut.length}`,
      payload: {
        config,
        plan: part.toCut.map(({ chunk }) => cutPlans.get(chunk) as ChunkPlan),
        sections: part.toCut.map((section) => ({ path: part.path, section })),
      } satisfies ScatterPayload,
    };
  });
  const cut = tasks.length === 0 ? [] : ((await runPhase('scatter', tasks)) as RunManifest[]);
  const cutOf = new Map(toCut.map((part, i) => [part, cut[i]]));
  // A chunk's sections are all in one of the two, so each keeps its order.
  return parts.map((part) => {
    const whole = { path: part.path, sections: part.whole };
    const scattered = cutOf.get(part);
    return scattered === undefined ? [whole] : [whole, scattered];
  });
}
