import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ownServices } from '../../src/cli/context.ts';
import { run } from '../../src/cli/run.ts';
import { runIndexJob } from '../../src/mapreduce/index/indexJob.ts';
import { sqliteStore } from '../../src/publish/metadata/sqlite/sqliteStore.ts';
import { InlineEngine } from '../mapreduce/index/inlineEngine.ts';
import { GOOD_SPEC } from './specs.ts';
import { type Outcome, TestIo } from './testIo.ts';

const DAY = [{ start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 0, 2) }];
const VERSION = '2026-01-01T00:00:00.000Z';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'segmill-cli-publish-'));
});
afterAll(() => rmSync(root, { recursive: true }));

let folder = '';
let spec = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
  spec = join(folder, 'spec.json');
  writeFileSync(join(folder, 'in.json'), '{"t":"2024-01-01T05:00:00Z","page":"a"}\n');
  writeSpec({});
});

function writeSpec(io: Record<string, unknown>): void {
  const content = JSON.parse(GOOD_SPEC);
  content.ioConfig.inputSpec.paths = join(folder, 'in.json');
  content.ioConfig.segmentOutputPath = join(folder, 'out');
  Object.assign(content.ioConfig, io);
  content.tuningConfig = {
    ...content.tuningConfig,
    workingPath: join(folder, 'work'),
    version: VERSION,
    partitionsSpec: { type: 'hashed', numShards: 1 },
  };
  writeFileSync(spec, JSON.stringify(content));
}

/** Runs a command line with everything real but the threads. */
async function segmill(argv: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const io = new TestIo({ env });
  const code = await run(argv, io, {
    ...ownServices,
    loadRunIndexJob: () =>
      Promise.resolve((job, options) => runIndexJob(job, options, (attempts) => new InlineEngine(attempts))),
  });
  return { code, stdout: io.stdout.text, stderr: io.stderr.text };
}

const usedIn = (path: string) => sqliteStore(path).usedSegments('events', DAY);
const embedded = () => join(folder, 'out', '.segmill', 'store.sqlite');

describe('index', () => {
  test('publishes to the embedded store, and says that no Druid reads it', async () => {
    const { code, stdout } = await segmill(['index', spec]);
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(-5)).toEqual([
      `segments in    ${join(folder, 'out')}`,
      `published to   the embedded store ${embedded()}`,
      '               No Druid reads that file: give metadataUpdateSpec, or --metadata, to publish to the',
      '               metadata store of a Druid.',
      '',
    ]);
    expect((await usedIn(embedded())).map(({ version }) => version)).toEqual([VERSION]);
  });

  test('--metadata goes before the spec', async () => {
    writeSpec({ metadataUpdateSpec: { type: 'db', connectURI: 'jdbc:mysql://127.0.0.1:1/none' } });
    const file = join(folder, 'mine.sqlite');
    expect((await segmill(['index', spec, '--quiet', '--metadata', `jdbc:sqlite:${file}`])).code).toBe(0);
    expect((await usedIn(file)).length).toBe(1);
  });

  test.each([
    ['postgresql', 'PostgreSQL'],
    ['mysql', 'MySQL'],
    ['mariadb', 'MariaDB'],
  ])('a %s that is not there fails before any work', async (kind, product) => {
    writeSpec({
      metadataUpdateSpec: { type: 'db', connectURI: `jdbc:${kind}://127.0.0.1:1/druid?password=geheim`, user: 'u' },
    });
    expect(await segmill(['index', spec])).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        `^segmill: ${product} at 127.0.0.1:1/druid, table druid_segments can't be reached: nothing answers on that port.\n`,
      ),
    });
    expect(existsSync(join(folder, 'work'))).toBe(false);
  });

  test.each([
    [
      'jdbc:derby://localhost:1527/druid;create=true',
      {},
      "The metadata store is Derby, which only Java can speak to. Move Druid's metadata to PostgreSQL or MySQL, as Druid advises for more " +
        'than one machine, or leave metadataUpdateSpec out and publish by the Overlord.',
    ],
    [
      'jdbc:postgresql://h/d',
      { password: { type: 'environment', variable: 'DRUID_PW' } },
      'The password of the metadata store is in the environment variable DRUID_PW, which is not set.',
    ],
  ])('%s is a bad spec', async (connectURI, more, message) => {
    writeSpec({ metadataUpdateSpec: { type: 'db', connectURI, ...more } });
    expect(await segmill(['index', spec])).toEqual({ code: 2, stdout: '', stderr: `segmill: ${message}\n` });
  });
});

describe('a staged job', () => {
  async function stage(): Promise<string> {
    const { code, stdout } = await segmill(['index', spec, '--stage', '--json']);
    expect(code).toBe(0);
    const { publication } = JSON.parse(stdout);
    expect(publication.status).toBe('staged');
    return publication.directory;
  }

  test('is published once', async () => {
    const directory = await stage();
    expect(await usedIn(embedded())).toEqual([]);
    expect(await segmill(['publish', directory])).toEqual({
      code: 0,
      stdout: `events version ${VERSION} is published: 1 segment in the embedded store ${embedded()}\n`,
      stderr: '',
    });
    expect((await usedIn(embedded())).length).toBe(1);
    expect(readdirSync(join(folder, 'work', 'events'))).toEqual([]);
    expect(await segmill(['publish', directory])).toEqual({
      code: 2,
      stdout: '',
      stderr: `segmill: ${directory} is no working directory of a job. segmill index --stage tells the one of its job.\n`,
    });
  });

  test('goes to the store that is named', async () => {
    const file = join(folder, 'mine.sqlite');
    await segmill(['publish', await stage(), '--metadata', `jdbc:sqlite:${file}`]);
    expect([(await usedIn(file)).length, (await usedIn(embedded())).length]).toEqual([1, 0]);
  });

  test('made for a store of its own goes to no other that is not named', async () => {
    const file = join(folder, 'mine.sqlite');
    const staged = await segmill(['index', spec, '--stage', '--json', '--metadata', `jdbc:sqlite:${file}`]);
    const { directory } = JSON.parse(staged.stdout).publication;
    expect(await segmill(['publish', directory])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        `segmill: The job of ${directory} was made for the embedded store ${file}. ` +
        'Name that store by --metadata, or another one.\n',
    });
    expect((await segmill(['publish', directory, '--metadata', `jdbc:sqlite:${file}`])).code).toBe(0);
    expect((await usedIn(file)).length).toBe(1);
  });

  test('stays staged where publishing fails', async () => {
    const directory = await stage();
    const { code } = await segmill(['publish', directory, '--metadata', 'jdbc:postgresql://127.0.0.1:1/d']);
    expect(code).toBe(1);
    expect((await segmill(['publish', directory])).code).toBe(0);
  });

  test('is discarded', async () => {
    const directory = await stage();
    expect(await segmill(['discard', directory])).toEqual({
      code: 0,
      stdout: `events version ${VERSION} is removed\n`,
      stderr: '',
    });
    expect(existsSync(directory)).toBe(false);
    expect(readdirSync(join(folder, 'out'))).toEqual(['.segmill']);
  });

  test.each([
    [
      'publish',
      `events version ${VERSION} is published: 1 segment in the embedded store OUT/.segmill/store.sqlite`,
      'SUCCESS',
    ],
    ['discard', `events version ${VERSION} is removed`, 'DISCARDED'],
  ])('is named by its number in the history (%s)', async (command, told, status) => {
    const out = join(folder, 'out');
    await stage();
    expect(await segmill([command, '1', '--of', out])).toEqual({
      code: 0,
      stdout: `${told.replace('OUT', out)}\n`,
      stderr: '',
    });
    const { jobs } = JSON.parse((await segmill(['jobs', out, '--json'])).stdout);
    expect(jobs).toMatchObject([{ id: 1, status }]);
    expect(await segmill([command, '1', '--of', out])).toEqual({
      code: 2,
      stdout: '',
      stderr: `segmill: job 1 is not staged: it is ${status}\n`,
    });
  });

  test.each([
    [['1'], 'job 1 is a number of a history: name its deep storage by --of, or write ./1 for a directory of that name'],
    [['7', '--of', 'OUT'], 'there is no job 7 in OUT; segmill jobs lists those that are'],
    [['1', '--of', '/none'], 'there is no job 1 in /none; segmill jobs lists those that are'],
    [['some/where', '--of', 'OUT'], 'option --of needs a number that segmill jobs lists, not "some/where"'],
  ])('is not found by %s', async (argv, message) => {
    await stage();
    const out = join(folder, 'out');
    expect(await segmill(['publish', ...argv.map((word) => word.replace('OUT', out))])).toEqual({
      code: 2,
      stdout: '',
      stderr: `segmill: ${message.replace('OUT', out)}\n`,
    });
  });

  test('is let alone by clean', async () => {
    const directory = await stage();
    expect(await segmill(['clean', spec])).toEqual({
      code: 0,
      stdout: `kept ${directory}: it waits for segmill publish\n`,
      stderr: '',
    });
  });
});

describe('jobs', () => {
  test('lists runs, the last one first', async () => {
    await segmill(['index', spec]);
    rmSync(join(folder, 'in.json'));
    await segmill(['index', spec]);
    const { code, stdout } = await segmill(['jobs', join(folder, 'out')]);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(
      /^job +started \(UTC\) +status +datasource +version +rows read +stored +segments +time +spec$/,
    );
    expect(lines[1]).toMatch(/^ +2 +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d +FAILED +events +[0-9a-f]{8}$/);
    expect(lines[2]).toMatch(
      /^ +1 +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d +SUCCESS +events +2026-01-01T00:00:00\.000Z +1 +1 +1 +\S+ m?s +[0-9a-f]{8}$/,
    );
    const { jobs } = JSON.parse((await segmill(['jobs', join(folder, 'out'), '--json'])).stdout);
    expect(jobs).toMatchObject([
      { status: 'FAILED', dataSource: 'events', version: null, details: { status: 'FAILED' } },
      { status: 'SUCCESS', version: VERSION, details: { inputFiles: 1, segments: [{ rows: 1, partitionNum: 0 }] } },
    ]);
    expect(jobs[0].specSha256).toBe(jobs[1].specSha256);
  });

  test('where there are none', async () => {
    expect(await segmill(['jobs', folder])).toEqual({
      code: 2,
      stdout: '',
      stderr: `segmill: no job has written to ${folder}: it has no .segmill/store.sqlite\n`,
    });
  });
});

describe('clean --retention', () => {
  test('removes what newer segments have hidden for long enough', async () => {
    await segmill(['index', spec]);
    const [old] = await usedIn(embedded());
    const newer = JSON.parse(readFileSync(spec, 'utf8'));
    newer.tuningConfig.version = '2026-02-01T00:00:00.000Z';
    writeFileSync(spec, JSON.stringify(newer));
    await segmill(['index', spec]);
    const told = async (...options: string[]) => (await segmill(['clean', spec, ...options])).stdout;
    expect(await told()).toBe('nothing is left of any job\n');
    expect(await told('--retention', 'PT0S', '--dry-run')).toMatch(
      new RegExp(`^would remove version ${VERSION}, 1 segment: hidden by newer ones, unused since \\S+Z\\n$`),
    );
    expect(await told('--retention', 'P30D')).toMatch(
      new RegExp(`^kept version ${VERSION}, 1 segment: hidden by newer ones, unused since \\S+Z, not for P30D yet\\n$`),
    );
    expect(await told('--retention', 'PT0S')).toMatch(/^removed version /);
    expect(await told('--retention', 'PT0S')).toBe(
      'nothing is left of any job, and no segment is hidden by newer ones\n',
    );
    expect((await usedIn(embedded())).map(({ id }) => id)).not.toContain(old.id);
    expect((await usedIn(embedded())).length).toBe(1);
  });

  test.each(['30', 'P', '-P1D', 'P-1D', 'thirty days'])('refuses %s', async (text) => {
    expect(await segmill(['clean', spec, `--retention=${text}`])).toEqual({
      code: 2,
      stdout: '',
      stderr: `segmill: option --retention is ${JSON.stringify(text)}, expected an ISO 8601 period such as P30D or PT12H\nSee: segmill clean --help\n`,
    });
  });

  test('is for deep storage on this machine', async () => {
    writeSpec({ segmentOutputPath: 'hdfs://nn:8020/out' });
    expect(await segmill(['clean', spec, '--retention', 'P1D'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "segmill: option --retention is for deep storage on this machine; what newer segments hide in HDFS is removed by Druid's kill tasks\n",
    });
  });
});

test('clean with nothing to do', async () => {
  expect(await segmill(['clean', spec, '--dry-run'])).toEqual({
    code: 0,
    stdout: 'nothing is left of any job\n',
    stderr: '',
  });
});
