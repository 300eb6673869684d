/** Jobs on a real YARN, HDFS to HDFS: the same bytes as on this machine, whatever happens to the driver. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { IndexReport } from '../../../src/mapreduce/index/indexReport.ts';
import { readFile } from '../../storage/webhdfs/clients.ts';
import { scratchFolder, segmillIndex } from '../druid/segmill.ts';
import { CONF_DIR, clusterHdfs, put } from './cluster.ts';
import { hadoop, PORT_OFFSET } from './prepare.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const WIKIPEDIA = join(ROOT, 'jobs/wikipedia/wikiticker-2015-09-12-sampled.json.gz');
const RESOURCE_MANAGER = `http://127.0.0.1:${8088 + PORT_OFFSET}`;
const WORK = 'hdfs:///tmp/yarn-work';
/** A job starts three JVMs one after the other. */
const JOB_MS = 900_000;

let noJava = '';

beforeAll(() => {
  hadoop('up', 'yarn', '--port-offset', String(PORT_OFFSET));
  // A PATH on which there is Node and nothing else.
  noJava = join(scratchFolder(), 'bin');
  mkdirSync(noJava);
  symlinkSync(process.execPath, join(noJava, 'node'));
  expect(spawnSync('java', ['-version'], { env: { PATH: noJava } }).error).toMatchObject({ code: 'ENOENT' });
}, JOB_MS);

interface Spec {
  readonly spec: {
    readonly ioConfig: { inputSpec: { paths: string }; segmentOutputPath: string };
    readonly tuningConfig: Record<string, unknown>;
  };
}

function withPlaces(spec: Spec, paths: string, segmentOutputPath: string, workingPath: string): string {
  const placed = structuredClone(spec);
  placed.spec.ioConfig.inputSpec.paths = paths;
  placed.spec.ioConfig.segmentOutputPath = segmentOutputPath;
  Object.assign(placed.spec.tuningConfig, { workingPath, version: '2026-01-01T00:00:00.000Z' });
  return JSON.stringify(placed);
}

function driver(...args: readonly string[]): {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
} {
  const env = { PATH: noJava, HADOOP_CONF_DIR: CONF_DIR, HOME: process.env.HOME };
  const child = spawn(join(noJava, 'node'), ['dist/cli/main.js', ...args, '--json'], { cwd: ROOT, env });
  const output = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    output.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.err += chunk;
  });
  return { child, output };
}

/** @returns its document */
async function finished({ child, output }: ReturnType<typeof driver>, expected: number): Promise<IndexReport> {
  const [code] = await once(child, 'close');
  expect(code, output.err).toBe(expected);
  return JSON.parse(output.out);
}

/** Waits until the driver has submitted its index pass. @returns the application */
async function submitted({ child, output }: ReturnType<typeof driver>): Promise<string> {
  for (;;) {
    const found = /indexing as (application_\d+_\d+)/.exec(output.err);
    if (found !== null) return found[1];
    expect(child.exitCode, output.err).toBeNull();
    await new Promise((next) => setTimeout(next, 200));
  }
}

async function stateOf(application: string): Promise<string> {
  const reply = await fetch(`${RESOURCE_MANAGER}/ws/v1/cluster/apps/${application}/state`);
  return ((await reply.json()) as { state: string }).state;
}

/** Folders of jobs that are left. */
async function leftJobs(dataSource: string): Promise<string[]> {
  return (await (await clusterHdfs()).list(`${WORK}/${dataSource}`)).map(({ path }) => path);
}

/** Compares with segments of the local engine, whose files lie on this machine. */
async function expectSame(
  remote: IndexReport,
  local: { readonly segments: readonly { readonly id: string; readonly path: string }[] },
): Promise<void> {
  const hdfs = await clusterHdfs();
  expect(remote.segments.map(({ id }) => id)).toEqual(local.segments.map(({ id }) => id));
  for (const [i, { path, zipSha256 }] of remote.segments.entries()) {
    expect(zipSha256).toBe(sha256(readFileSync(local.segments[i].path)));
    expect(sha256(await readFile(hdfs, path))).toBe(zipSha256);
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function specFile(text: string): string {
  const path = join(scratchFolder(), 'spec.json');
  writeFileSync(path, text);
  return path;
}

it.each(['index_hadoop.json', 'single_dim.json'])(
  'wikipedia by %s, with no java on the PATH of the driver',
  async (name) => {
    const spec = JSON.parse(readFileSync(join(ROOT, 'jobs/wikipedia', name), 'utf8')) as Spec;
    await put(await clusterHdfs(), '/yarn/wikipedia/w.json.gz', readFileSync(WIKIPEDIA));
    const out = scratchFolder();
    const local = segmillIndex(withPlaces(spec, WIKIPEDIA, join(out, 'segments'), join(out, 'work')));
    const remote = withPlaces(spec, 'hdfs:///yarn/wikipedia/*.gz', 'hdfs:///yarn/segments', WORK);
    await expectSame(await finished(driver('index', specFile(remote), '--engine', 'yarn'), 0), local);
    expect(await leftJobs('wikipedia')).toEqual([]);
  },
  JOB_MS,
);

/** Rows of three days in a fixed order, with lists, nulls and numbers. */
function rows(count: number): string {
  let state = 7;
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  const lines = Array.from({ length: count }, () =>
    JSON.stringify({
      timestamp: new Date(Date.UTC(2024, 0, 1 + next(3), next(24), next(60))).toISOString(),
      country: `c${next(200)}`,
      page: `page ${next(60_000)}`,
      tags: [`t${next(9)}`, `t${next(9)}`],
      n: next(5) === 0 ? null : next(1000),
      added: next(1000) / 8,
      note: 'x'.repeat(150),
    }),
  );
  return `${lines.join('\n')}\n`;
}

const ROWS_SPEC = {
  type: 'index_hadoop',
  spec: {
    dataSchema: {
      dataSource: 'rows',
      parser: {
        type: 'hadoopyString',
        parseSpec: {
          format: 'json',
          timestampSpec: { column: 'timestamp', format: 'iso' },
          dimensionsSpec: { dimensions: ['country', 'page', 'tags', { type: 'long', name: 'n' }] },
        },
      },
      metricsSpec: [
        { type: 'count', name: 'rows' },
        { type: 'doubleSum', name: 'added', fieldName: 'added' },
      ],
      granularitySpec: {
        type: 'uniform',
        segmentGranularity: 'DAY',
        queryGranularity: 'DAY',
        rollup: true,
        intervals: ['2024-01-01/2024-01-04'],
      },
    },
    ioConfig: { type: 'hadoop', inputSpec: { type: 'static', paths: '' }, segmentOutputPath: '' },
    tuningConfig: {
      type: 'hadoop',
      maxRowsInMemory: 20_000,
      partitionsSpec: { type: 'hashed', numShards: 2 },
    } as Record<string, unknown>,
  },
};

it(
  '200,000 rows in several splits; the driver is killed, and another one takes the job over',
  async () => {
    const out = scratchFolder();
    const file = join(out, 'rows.json');
    writeFileSync(file, rows(200_000));
    await put(await clusterHdfs(), '/yarn/rows/rows.json', readFileSync(file));
    const local = segmillIndex(withPlaces(ROWS_SPEC, file, join(out, 'segments'), join(out, 'work')));
    const spec = specFile(withPlaces(ROWS_SPEC, 'hdfs:///yarn/rows', 'hdfs:///yarn/segments', WORK));
    const first = driver('index', spec, '--engine', 'yarn');
    const application = await submitted(first);
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    const report = await finished(driver('attach', application), 0);
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
    const [code] = await once(running.child, 'close');
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
    const [code] = await once(running.child, 'close');
    expect(code).toBe(1);
    expect(running.output.err).toMatch(
      /\nsegmill: 1 bad row, but tuningConfig\.maxParseExceptions allows 0\. First seen: /,
    );
    expect(await leftJobs('rows')).toEqual([]);
  },
  JOB_MS,
);
