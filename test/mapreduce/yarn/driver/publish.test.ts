/** Whole jobs by the driver of the cluster engine, from HDFS to HDFS, with stand-ins for HDFS and YARN. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ownServices } from '../../../../src/cli/context.ts';
import { run } from '../../../../src/cli/run.ts';
import { readTokenFile } from '../../../../src/hadoop/tokenFile.ts';
import type { IndexReport } from '../../../../src/mapreduce/index/indexReport.ts';
import { textString } from '../../../../src/mapreduce/yarn/submit/writable.ts';
import { sqliteStore } from '../../../../src/publish/metadata/sqlite/sqliteStore.ts';
import { type Outcome, TestIo } from '../../../cli/testIo.ts';
import { clientOf, fakeHdfs } from '../../../storage/webhdfs/clients.ts';
import type { FakeHdfs } from '../../../storage/webhdfs/fakeHdfs.ts';
import { FakeYarn } from '../fakeYarn.ts';

const VERSION = '2026-01-01T00:00:00.000Z';
const DAY = [{ start: 0, end: 86_400_000 }];

/** Each job looks at its applications once a second. */
vi.setConfig({ testTimeout: 180_000 });

const systemTmp = tmpdir();
let folder = '';
let hdfs: FakeHdfs;
let yarn: FakeYarn;
/** HADOOP_TOKEN_FILE_LOCATION. */
let tokenFile = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-yarn-publish-'));
  mkdirSync(join(folder, 'tmp'));
  // Journals are there.
  process.env.TMPDIR = join(folder, 'tmp');
  hdfs = await fakeHdfs();
  yarn = await FakeYarn.start(() => clientOf());
  tokenFile = '';
  mkdirSync(join(folder, 'conf'));
  const property = (name: string, value: string) => `<property><name>${name}</name><value>${value}</value></property>`;
  writeFileSync(
    join(folder, 'conf/yarn-site.xml'),
    `<configuration>${property('yarn.resourcemanager.webapp.address', yarn.address)}</configuration>`,
  );
  // Sent as the Node binary of the nodes.
  writeFileSync(join(folder, 'node'), 'node');
  const rows = Array.from({ length: 600 }, (_, i) => JSON.stringify({ ts: i * 20_000, key: `k${i % 70}`, x: i / 7 }));
  hdfs.files.set('/in/a.json', Buffer.from(`${rows.join('\n')}\n`));
});
afterEach(async () => {
  await yarn.close();
  process.env.TMPDIR = systemTmp;
  rmSync(folder, { recursive: true, force: true });
});

/** @returns the path of a spec */
function spec(io: Record<string, unknown> = {}, tuning: Record<string, unknown> = {}): string {
  const parseSpec = {
    format: 'json',
    timestampSpec: { column: 'ts', format: 'millis' },
    dimensionsSpec: { dimensions: ['key'] },
  };
  const content = {
    type: 'index_hadoop',
    spec: {
      dataSchema: {
        dataSource: 'rows',
        parser: { type: 'hadoopyString', parseSpec },
        metricsSpec: [{ type: 'doubleSum', name: 'x', fieldName: 'x' }],
        granularitySpec: { segmentGranularity: 'HOUR', queryGranularity: 'HOUR', intervals: ['1970-01-01/P1D'] },
      },
      ioConfig: {
        type: 'hadoop',
        inputSpec: { type: 'static', paths: hdfs.uri('/in/*') },
        segmentOutputPath: hdfs.uri('/druid/segments'),
        ...io,
      },
      tuningConfig: {
        type: 'hadoop',
        workingPath: hdfs.uri('/scratch'),
        version: VERSION,
        partitionsSpec: { type: 'hashed', targetRowsPerSegment: 100 },
        ...tuning,
      },
    },
  };
  const path = join(folder, 'spec.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

async function segmill(...argv: readonly string[]): Promise<Outcome> {
  const io = new TestIo({ env: { HADOOP_CONF_DIR: join(folder, 'conf'), HADOOP_TOKEN_FILE_LOCATION: tokenFile } });
  const code = await run(argv, io, ownServices);
  return { code, stdout: io.stdout.text, stderr: io.stderr.text };
}

async function index(...argv: readonly string[]): Promise<IndexReport> {
  const options = ['--engine', 'yarn', '--node-runtime', join(folder, 'node'), '--json'];
  const { code, stdout, stderr } = await segmill('index', ...argv, ...options);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

/** Applications but for those that try the Node binary. */
const passes = () => yarn.applications.filter(({ name }) => / in webhdfs:/.test(name));
const store = () => join(folder, 'store.sqlite');
const metadata = () => ['--metadata', `jdbc:sqlite:${store()}`];
const used = async () => (await sqliteStore(store()).usedSegments('rows', DAY)).map(({ version }) => version);
/** Files of deep storage. */
const zips = () => [...hdfs.files.keys()].filter((path) => path.startsWith('/druid/')).sort();
/** What is left in the working path, beside the archives that all jobs share. */
const left = () =>
  [...hdfs.files.keys()].filter((path) => path.startsWith('/scratch/') && !path.startsWith('/scratch/cache/'));
const journals = () => {
  const path = join(folder, 'tmp/druid-indexing/rows');
  return existsSync(path) ? readdirSync(path) : [];
};

test('segments are published to a metadata store, with the bytes of the local engine', async () => {
  const report = await index(spec(), ...metadata());
  expect(report.publication).toMatchObject({ status: 'published', store: `the embedded store ${store()}` });
  expect(await used()).toEqual(report.segments.map(() => VERSION));
  expect(zips()).toEqual(report.segments.map(({ path }) => path.replace(hdfs.uri(''), '')).sort());
  expect(left()).toEqual([]);
  const local = await segmill('index', spec({ segmentOutputPath: join(folder, 'out') }), '--json');
  expect((JSON.parse(local.stdout) as IndexReport).segments.map(({ zipSha256 }) => zipSha256)).toEqual(
    report.segments.map(({ zipSha256 }) => zipSha256),
  );
});

test('staged segments are published later, or removed', async () => {
  const staged = await index(spec(), ...metadata(), '--stage');
  const { directory } = staged.publication as NonNullable<IndexReport['publication']>;
  expect(await used()).toEqual([]);
  const paths = staged.segments.map(({ path }) => path.replace(hdfs.uri(''), ''));
  expect(zips().map((zip) => zip.replace(/\.[0-9a-f]{8}$/, ''))).toEqual(paths.sort());
  const toNobody = await segmill('publish', directory as string);
  expect([toNobody.code, toNobody.stderr.split('\n')[0]]).toEqual([
    2,
    `segmill: the segments lie in HDFS (${hdfs.uri('/druid/segments')}), where no embedded store can be: name the metadata store by --metadata`,
  ]);
  const published = await segmill('publish', directory as string, ...metadata());
  expect(published.stderr).toBe('');
  expect(await used()).toEqual(staged.segments.map(() => VERSION));
  expect(zips()).toEqual(staged.segments.map(({ path }) => path.replace(hdfs.uri(''), '')).sort());
  const again = await index(spec({}, { version: '2026-01-02T00:00:00.000Z' }), ...metadata(), '--stage');
  const discarded = await segmill('discard', again.publication?.directory as string, ...metadata());
  expect(discarded.stdout).toBe('rows version 2026-01-02T00:00:00.000Z is removed\n');
  expect(zips()).toEqual(staged.segments.map(({ path }) => path.replace(hdfs.uri(''), '')).sort());
  expect(journals()).toEqual([]);
});

test('time chunks without rows are emptied with --drop-existing', async () => {
  await index(spec(), ...metadata());
  const rows = Array.from({ length: 10 }, (_, i) => JSON.stringify({ ts: i * 20_000, key: 'k', x: 1 }));
  hdfs.files.set('/in/a.json', Buffer.from(`${rows.join('\n')}\n`));
  const report = await index(spec({}, { version: '2026-01-02T00:00:00.000Z' }), ...metadata(), '--drop-existing');
  expect(report.publication?.tombstones).toEqual([
    '1970-01-01T01:00:00.000Z/1970-01-01T02:00:00.000Z',
    '1970-01-01T02:00:00.000Z/1970-01-01T03:00:00.000Z',
    '1970-01-01T03:00:00.000Z/1970-01-01T04:00:00.000Z',
  ]);
});

test('a plan is run in one pass, and makes what it said', async () => {
  const plan = join(folder, 'plan.json');
  expect((await segmill('plan', spec(), '--out', plan, '--quiet')).code).toBe(0);
  const report = await index(spec(), ...metadata(), '--plan', plan);
  expect(passes().map(({ name }) => name.split(' ')[1])).toEqual(['index']);
  const { chunks } = JSON.parse(readFileSync(plan, 'utf8')) as { chunks: { segments: { rows: number }[] }[] };
  expect(report.segments.map(({ rows }) => rows)).toEqual(
    chunks.flatMap(({ segments }) => segments.map(({ rows }) => rows)),
  );
});

test('what needs a metadata store says so', async () => {
  for (const option of ['--stage', '--drop-existing']) {
    const { code, stderr } = await segmill('index', spec(), '--engine', 'yarn', option);
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      `segmill: ${option === '--stage' ? option : 'dropExisting'} needs a metadata store, and deep storage in HDFS has none of its own: ` +
        'name that of your Druid by metadataUpdateSpec or --metadata',
    ]);
  }
});

test('a driver that takes over publishes where it is told the same', async () => {
  let go: () => void = () => undefined;
  const mayRun = new Promise<void>((resolve) => {
    go = resolve;
  });
  yarn.onSubmit = () => mayRun;
  const first = index(spec(), ...metadata());
  while (!passes().some(({ state }) => state === 'RUNNING')) await new Promise((next) => setTimeout(next, 20));
  const [{ id }] = passes();
  const attached = await segmill('attach', id, '--json');
  expect([attached.code, attached.stderr.split('\n')[0]]).toEqual([
    2,
    `segmill: the job of ${id} publishes to the embedded store ${store()}, and this command names nobody: give the command that began ` +
      'the job once more, or name the same by --metadata or --overlord',
  ]);
  go();
  await first;
});

test('a driver that dies before the end is taken over from; what it had stored is kept', async () => {
  const kept = { leaveIntermediate: true };
  const first = await index(spec({}, kept), ...metadata());
  const second = await index(spec({}, kept), ...metadata());
  expect(second.segments).toEqual(first.segments);
  expect(passes().length).toBe(2);
  // Segments that somebody took back are made again, and only they.
  for (const path of zips()) hdfs.files.delete(path);
  rmSync(store());
  const third = await index(spec({}, kept), ...metadata());
  expect(third.segments).toEqual(first.segments);
  expect(zips().length).toBe(first.segments.length);
  expect(passes().map(({ name }) => name.split(' ')[1])).toEqual(['determine', 'index', 'index']);
});

test('no secret of the metadata store lies on HDFS, and no token', async () => {
  tokenFile = join(folder, 'tokens');
  const parts = ['', 'alice', 'a password', 'HDFS_DELEGATION_TOKEN', 'nn:8020'].map(textString);
  writeFileSync(tokenFile, Buffer.concat([Buffer.from('HDTS\0\x01'), ...parts]));
  const [token] = await readTokenFile(tokenFile);
  const secret = { type: 'db', connectURI: `jdbc:sqlite:${store()}`, user: 'ann', password: 'hush-hush' };
  await index(spec({ metadataUpdateSpec: secret }, { leaveIntermediate: true }));
  expect(await used()).not.toEqual([]);
  const texts = [...hdfs.files].filter(([path]) => path.endsWith('.json')).map(([, bytes]) => bytes.toString());
  expect(texts.length).toBeGreaterThan(3);
  expect(texts.filter((text) => text.includes('hush-hush') || text.includes(token.text))).toEqual([]);
});
