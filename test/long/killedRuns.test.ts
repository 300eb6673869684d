import { expect, test } from 'vitest';
import { KilledRuns, STEPS, type VictimName } from '../faults/killedRuns.ts';
import { Random } from '../mapreduce/index/random.ts';

const KILLS = 100;
const SEED = 7;

test(`${KILLS} kills (seed ${SEED}): every step of the journal, and places by chance`, async () => {
  const random = new Random(SEED);
  const runs = await KilledRuns.prepare();
  try {
    for (const [step, victims] of Object.entries(STEPS)) {
      for (const victim of victims as readonly VictimName[]) {
        const [write] = runs.points(victim, new RegExp(`^main write journal ${step}$`));
        for (const when of ['before', 'half', 'after'] as const) await runs.kill(victim, { ...write, when });
      }
    }
    while (runs.kills < KILLS) await runs.kill(...runs.choose(random));
    expect([...runs.steps].sort()).toEqual(Object.keys(STEPS).sort());
  } finally {
    runs.remove();
  }
}, 1_800_000);
