import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ended, HOURS, NEW, OLD, World } from './world.ts';

const ROUNDS = 2;
/** For machines that have a lot to do. */
const WAIT_MS = 300_000;

let world: World;
/** What a zip holds, by its bytes: they do not depend on the version. */
const contents = new Map<string, string>();
beforeAll(async () => {
  world = new World();
  for (const text of ['a', 'b', 'c']) {
    await world.succeed(index(text, { version: OLD }));
    for (const [path, sha] of world.files()) if (sha !== null) contents.set(sha, `${text} ${path.slice(3, 16)}`);
    world.clear();
  }
  await world.succeed(['index', world.spec(OLD), '--quiet', '--workers', '1']);
  world.save('old');
}, WAIT_MS);
afterAll(() => world?.remove());

/** A job over hours 0 and 2 whose rows hold a text. Without a version it gets one of its own. */
function index(text: string, tuning: Record<string, unknown> = { version: undefined }, ...options: string[]): string[] {
  return ['index', world.spec(NEW, tuning, text), '--json', '--workers', '1', '--resume', 'never', ...options];
}

/** Each version of the store has whole files with rows of one job. @returns texts by version, without the old one */
async function textsByVersion(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const files = world.files();
  const expected = new Set<string>();
  let tombstones = 0;
  for (const [version, hours] of await world.versions()) {
    if (version === OLD) continue;
    // Hour 1 has no file, and a tombstone where there was none.
    expect(
      hours.filter((hour) => hour !== 1),
      version,
    ).toEqual(HOURS[NEW]);
    tombstones += hours.length - HOURS[NEW].length;
    const found = new Set<string>();
    for (const hour of HOURS[NEW]) {
      const start = `1970-01-01T0${hour}`;
      const [path, sha] =
        [...files].find(([name]) => name.includes(`/${version}/0/index.zip`) && name.includes(`ds/${start}`)) ?? [];
      const content = contents.get(sha ?? '') ?? `${path} holds something else`;
      expect(content.slice(2), `${version} ${hour}`).toBe(start);
      expected.add(path as string);
      found.add(content[0]);
    }
    expect(found.size, `${version} is of one job`).toBe(1);
    texts.set(version, [...found][0]);
  }
  if (texts.size > 0) expect(tombstones, 'tombstones of hour 1').toBeGreaterThan(0);
  const made = [...files].filter(([path, sha]) => sha !== null && !path.includes(OLD)).map(([path]) => path);
  expect(made.sort(), 'no other files').toEqual([...expected].sort());
  return texts;
}

function versionOf({ stdout }: Ended): string {
  return JSON.parse(stdout).version;
}

test(
  `two jobs over one interval, ${ROUNDS} times: both, in the order of their versions, or the newer one alone`,
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      world.restore('old');
      const jobs = await Promise.all(['a', 'b'].map((text) => world.run(index(text))));
      const texts = await textsByVersion();
      for (const [i, job] of jobs.entries()) {
        if (job.code === 0) {
          expect(texts.get(versionOf(job))).toBe('ab'[i]);
          continue;
        }
        expect(job.code).toBe(1);
        expect(job.stderr).toMatch(
          /^segmill: (ds has a newer version of the same time already: \S+, beside which version \S+ would never be seen\. Nothing was published\. Run the job again if its data is to replace the newer one\.|The segment \S+ is published already, and is not the one that was to be published now\. Nothing was published\. .*)\n$/,
        );
      }
      expect(texts.size).toBe(jobs.filter(({ code }) => code === 0).length);
      expect(texts.size).toBeGreaterThan(0);
      expect(world.workingDirectories()).toEqual([]);
    }
  },
  WAIT_MS,
);

test(
  `two jobs with other rows and the same version, ${ROUNDS} times: one wins, and the other is told`,
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      world.restore('old');
      const jobs = await Promise.all(['a', 'b'].map((text) => world.run(index(text, {}))));
      expect(jobs.map(({ code }) => code).sort()).toEqual([0, 1]);
      const loser = jobs.findIndex(({ code }) => code === 1);
      expect(jobs[loser].stderr).toBe(
        `segmill: The segment ds_1970-01-01T00:00:00.000Z_1970-01-01T01:00:00.000Z_${NEW} is published already, and is not the one that was to ` +
          `be published now. Nothing was published. Leave tuningConfig.version (${NEW}) out, so that each run gets a version of its own.\n`,
      );
      expect(await textsByVersion()).toEqual(new Map([[NEW, 'ab'[1 - loser]]]));
      expect(world.workingDirectories()).toEqual([]);
    }
  },
  WAIT_MS,
);

test(
  'two runs of one job with one version: both succeed, and it is there once',
  async () => {
    world.restore('old');
    const jobs = await Promise.all([0, 1].map(() => world.run(index('a', {}))));
    expect(jobs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(await textsByVersion()).toEqual(new Map([[NEW, 'a']]));
    expect(world.workingDirectories()).toEqual([]);
  },
  WAIT_MS,
);

test(
  'a staged job that is published twice at once while another one runs: never a mix',
  async () => {
    const newest = '2999-01-01T00:00:00.000Z';
    world.restore('old');
    await world.succeed(index('c', { version: newest }, '--stage'));
    const [staged] = world.workingDirectories();
    const publish = ['publish', join(world.work, 'ds', staged)];
    const [job, ...both] = await Promise.all([world.run(index('a')), world.run(publish), world.run(publish)]);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 2]);
    const refused = both.find(({ code }) => code === 2) as Ended;
    expect(refused.stderr).toMatch(
      /^segmill: (The job of \S+ is at work, in process \d+\.|\S+ is no working directory of a job\. .*)\n$/,
    );
    const texts = await textsByVersion();
    expect(texts.get(newest)).toBe('c');
    if (job.code === 0) expect(texts.get(versionOf(job))).toBe('a');
    else
      expect([job.code, job.stderr]).toEqual([
        1,
        expect.stringContaining('ds has a newer version of the same time already'),
      ]);
    expect(texts.size).toBe(job.code === 0 ? 2 : 1);
    expect(world.workingDirectories()).toEqual([]);
  },
  WAIT_MS,
);
