import type { Task } from '../job.ts';
import type { ChunkPlan, IndexConfig, RunManifest, ScatterPayload } from './indexPayload.ts';
import type { RunPhase } from './indexReport.ts';
import { shardsOf } from './mapOutput.ts';

/**
 * Has kept runs cut into the shards of a plan. Sections of chunks with one shard stay where they are: their reducer reads them
 * from the run.
 *
 * @param runs in position order, one section per time chunk in each
 * @returns sections by shard, in position order
 */
export async function scatterRuns(
  runs: readonly Pick<RunManifest, 'path' | 'sections'>[],
  plan: readonly ChunkPlan[],
  config: IndexConfig,
  runPhase: RunPhase,
): Promise<Pick<RunManifest, 'path' | 'sections'>[]> {
  const cutPlans = new Map(plan.filter((chunk) => shardsOf(chunk) > 1).map((chunk) => [chunk.chunk, chunk]));
  const toCut = runs
    .map(({ path, sections }) => ({ path, sections: sections.filter(({ chunk }) => cutPlans.has(chunk)) }))
    .filter(({ sections }) => sections.length > 0);
  const tasks = toCut.map(({ path, sections }, i): Task => {
    const chunks = sections.map(({ chunk }) => cutPlans.get(chunk) as ChunkPlan);
    return {
      kind: 'scatterRun',
      id: `scatter-${String(i).padStart(6, '0')}`,
      label: `run ${i + 1} of ${toCut.length}`,
      payload: {
        config,
        plan: chunks,
        sections: sections.map((section) => ({ path, section })),
      } satisfies ScatterPayload,
    };
  });
  const cut = tasks.length === 0 ? [] : ((await runPhase('scatter', tasks)) as RunManifest[]);
  const whole = runs.map(({ path, sections }) => ({
    path,
    sections: sections.filter(({ chunk }) => !cutPlans.has(chunk)),
  }));
  // A chunk's sections are all in one of the two, so each keeps its order.
  return [...whole, ...cut];
}
