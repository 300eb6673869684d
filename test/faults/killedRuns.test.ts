import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../mapreduce/index/random.ts';
import type { Kill } from './faults.ts';
import { KilledRuns, STEPS, type VictimName } from './killedRuns.ts';

/** One for each step of the journal, and the places between them where most is at stake. */
const PLACES: readonly [VictimName, RegExp, Kill['when']][] = [
  ['index', /^main write journal begin$/, 'half'],
  ['index', /^main write journal stage$/, 'after'],
  ['index', /^worker write out\/ds\/.*index\.zip/, 'half'],
  ['index', /^main fsync journal complete$/, 'before'],
  ['index', /^main fsync journal store$/, 'after'],
  ['index', /^main sql COMMIT$/, 'before'],
  ['keep', /^main write journal ended$/, 'half'],
  ['stage', /^main write journal staged$/, 'half'],
  ['publish', /^main write journal published$/, 'before'],
  ['discard', /^main write journal discard$/, 'after'],
  ['clean', /^main unlink out\/ds\/.*index\.zip/, 'after'],
];
const SEED = 20150912;
/** For machines that have a lot to do. */
const WAIT_MS = 300_000;

let runs: KilledRuns;
beforeAll(async () => {
  runs = await KilledRuns.prepare();
}, WAIT_MS);
afterAll(() => runs?.remove());

test.each(PLACES)(
  'segmill %s, killed at %s (%s)',
  async (victim, pattern, when) => {
    const points = runs.points(victim, pattern);
    await runs.kill(victim, { ...points[points.length - 1], when });
  },
  WAIT_MS,
);

test(
  `killed at a place by chance (seed ${SEED})`,
  async () => {
    await runs.kill(...runs.choose(new Random(SEED)));
  },
  WAIT_MS,
);

test('every step of the journal was hit', () => {
  expect([...runs.steps].sort()).toEqual(Object.keys(STEPS).sort());
});
