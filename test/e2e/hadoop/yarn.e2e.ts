/** Jobs on a real YARN, HDFS to HDFS: the same bytes as on this machine, whatever happens to the driver. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { sqliteStore } from '../../../src/publish/metadata/sqlite/sqliteStore.ts';
import { scratchFolder } from '../druid/segmill.ts';
import { clusterHdfs, put } from './cluster.ts';
import { hadoop, PORT_OFFSET } from './prepare.ts';
import {
  driver,
  ended,
  expectSame,
  finished,
  JOB_MS,
  leftJobs,
  madeLocally,
  plainDriver,
  ROOT,
  ROWS_SPEC,
  rows,
  type Spec,
  specFile,
  stateOf,
  submitted,
  tagsOf,
  WORK,
  withPlaces,
} from './yarnJobs.ts';

const WIKIPEDIA = join(ROOT, 'jobs/wikipedia/wikiticker-2015-09-12-sampled.json.gz');

beforeAll(() => hadoop('up', 'yarn', '--port-offset', String(PORT_OFFSET)), JOB_MS);

it.each(['index_hadoop.json', 'single_dim.json'])(
  'wikipedia by %s, with no java on the PATH of the driver',
  async (name) => {
    const spec = JSON.parse(readFileSync(join(ROOT, 'jobs/wikipedia', name), 'utf8')) as Spec;
    await put(await clusterHdfs(), '/yarn/wikipedia/w.json.gz', readFileSync(WIKIPEDIA));
    const local = madeLocally(spec, WIKIPEDIA);
    const remote = withPlaces(spec, 'hdfs:///yarn/wikipedia/*.gz', 'hdfs:///yarn/segments', WORK);
    const running = driver('index', specFile(remote), '--engine', 'yarn', '--tags', 'wiki');
    expect(await tagsOf(await submitted(running))).toBe('segmill,wiki');
    await expectSame(await finished(running), local);
    expect(await leftJobs('wikipedia')).toEqual([]);
  },
  JOB_MS,
);

it(
  'one large gzip file, whose parts are read by one task here and by several on one machine',
  async () => {
    const file = join(scratchFolder(), 'rows.json.gz');
    writeFileSync(file, gzipSync(rows(200_000), { level: 1 }));
    await put(await clusterHdfs(), '/yarn/gzip/rows.json.gz', readFileSync(file));
    const spec = structuredClone(ROWS_SPEC);
    // One run for each part: sums of doubles depend on where runs end.
    Object.assign(spec.spec.tuningConfig, {
      maxRowsInMemory: 1_000_000,
      partitionsSpec: { type: 'hashed', targetRowsPerSegment: 100_000 },
    });
    const remote = specFile(withPlaces(spec, 'hdfs:///yarn/gzip', 'hdfs:///yarn/segments-gzip', WORK));
    await expectSame(await finished(driver('index', remote, '--engine', 'yarn')), madeLocally(spec, file));
  },
  JOB_MS,
);

it(
  'published to a metadata store; staged, published later, and removed',
  async () => {
    const hdfs = await clusterHdfs();
    await put(hdfs, '/yarn/told/rows.json', Buffer.from(rows(1000)));
    const spec = specFile(withPlaces(ROWS_SPEC, 'hdfs:///yarn/told', 'hdfs:///yarn/told-segments', WORK));
    const store = join(scratchFolder(), 'store.sqlite');
    const metadata = ['--metadata', `jdbc:sqlite:${store}`];
    const days = [{ start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 0, 4) }];
    const used = async () => (await sqliteStore(store).usedSegments('rows', days)).length;
    const staged = await finished(driver('index', spec, '--engine', 'yarn', '--stage', ...metadata));
    expect([staged.publication?.status, await used()]).toEqual(['staged', 0]);
    expect(await ended(plainDriver('publish', staged.publication?.directory as string, ...metadata))).toBe(0);
    expect(await used()).toBe(6);
    for (const { path, zipBytes } of staged.segments) expect((await hdfs.status(path))?.length).toBe(zipBytes);
    const newer = withPlaces(ROWS_SPEC, 'hdfs:///yarn/told', 'hdfs:///yarn/told-segments', WORK).replace(
      '2026-01-01',
      '2026-01-02',
    );
    const again = await finished(driver('index', specFile(newer), '--engine', 'yarn', '--stage', ...metadata));
    expect(await ended(plainDriver('discard', again.publication?.directory as string, ...metadata))).toBe(0);
    for (const { path } of again.segments) {
      expect(await hdfs.list(path.slice(0, path.lastIndexOf('/')))).toEqual([]);
    }
    expect(await used()).toBe(6);
  },
  JOB_MS,
);

it(
  '200,000 rows in several splits; the driver is killed, and another one takes the job over',
  async () => {
    const file = join(scratchFolder(), 'rows.json');
    writeFileSync(file, rows(200_000));
    await put(await clusterHdfs(), '/yarn/rows/rows.json', readFileSync(file));
    const local = madeLocally(ROWS_SPEC, file);
    const spec = specFile(withPlaces(ROWS_SPEC, 'hdfs:///yarn/rows', 'hdfs:///yarn/segments', WORK));
    const first = driver('index', spec, '--engine', 'yarn');
    const application = await submitted(first);
    first.child.kill('SIGKILL');
    await ended(first);
    const report = await finished(driver('attach', application));
    expect(report.segments.length).toBe(6);
    await expectSame(report, local);
    expect(await leftJobs('rows')).toEqual([]);
  },
  JOB_MS,
);

it(
  'an interrupted driver leaves no application, no folder and no segment',
  async () => {
    const hdfs = await clusterHdfs();
    await put(hdfs, '/yarn/few/rows.json', Buffer.from(rows(1000)));
    const spec = specFile(withPlaces(ROWS_SPEC, 'hdfs:///yarn/few', 'hdfs:///yarn/interrupted', WORK));
    const running = driver('index', spec, '--engine', 'yarn');
    const application = await submitted(running);
    running.child.kill('SIGINT');
    const code = await ended(running);
    expect(code, running.output.err).toBe(130);
    expect(await stateOf(application)).toBe('KILLED');
    expect(await leftJobs('rows')).toEqual([]);
    expect(await hdfs.list('hdfs:///yarn/interrupted')).toEqual([]);
  },
  JOB_MS,
);

it(
  'bad rows beyond what is allowed end the job at once, in the words of the local engine',
  async () => {
    const hdfs = await clusterHdfs();
    await put(hdfs, '/yarn/bad/rows.json', Buffer.from(`${rows(10)}{"timestamp": "never"}\n`));
    const strict = structuredClone(ROWS_SPEC);
    strict.spec.tuningConfig.maxParseExceptions = 0;
    const spec = specFile(withPlaces(strict, 'hdfs:///yarn/bad', 'hdfs:///yarn/refused', WORK));
    const running = driver('index', spec, '--engine', 'yarn');
    const code = await ended(running);
    expect(code).toBe(1);
    expect(running.output.err).toMatch(
      /\nsegmill: 1 bad row, but tuningConfig\.maxParseExceptions allows 0\. First seen: /,
    );
    expect(await leftJobs('rows')).toEqual([]);
  },
  JOB_MS,
);
