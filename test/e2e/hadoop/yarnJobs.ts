/** Jobs of the built program on the suite's YARN, by drivers that have Node on their PATH and nothing else. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { IndexReport } from '../../../src/mapreduce/index/indexReport.ts';
import { readFile } from '../../storage/webhdfs/clients.ts';
import { scratchFolder, segmillIndex } from '../druid/segmill.ts';
import { CONF_DIR, clusterHdfs } from './cluster.ts';
import { CLUSTER, PORT_OFFSET } from './prepare.ts';

export const ROOT = resolve(import.meta.dirname, '../../..');
const RESOURCE_MANAGER = `http://127.0.0.1:${8088 + PORT_OFFSET}`;
export const WORK = 'hdfs:///tmp/yarn-work';
/** A job starts three JVMs one after the other. */
export const JOB_MS = 900_000;

/** A PATH on which there is Node and nothing else. */
function pathWithoutJava(): string {
  const folder = join(CLUSTER, 'no-java');
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  symlinkSync(process.execPath, join(folder, 'node'));
  expect(spawnSync('java', ['-version'], { env: { PATH: folder } }).error).toMatchObject({ code: 'ENOENT' });
  return folder;
}

export interface Spec {
  readonly spec: {
    readonly ioConfig: { inputSpec: { paths: string }; segmentOutputPath: string };
    readonly tuningConfig: Record<string, unknown>;
  };
}

export function withPlaces(spec: Spec, paths: string, segmentOutputPath: string, workingPath: string): string {
  const placed = structuredClone(spec);
  placed.spec.ioConfig.inputSpec.paths = paths;
  placed.spec.ioConfig.segmentOutputPath = segmentOutputPath;
  Object.assign(placed.spec.tuningConfig, { workingPath, version: '2026-01-01T00:00:00.000Z' });
  return JSON.stringify(placed);
}

/** The same with jobProperties. */
export function withProperties(spec: Spec, jobProperties: Readonly<Record<string, string>>): Spec {
  const changed = structuredClone(spec);
  changed.spec.tuningConfig.jobProperties = jobProperties;
  return changed;
}

/** A driver that runs. */
export interface Driver {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  /** Its exit code, once all it wrote has been read. */
  readonly closed: Promise<number | null>;
}

/** Runs a command that prints a document. */
export function driver(...args: readonly string[]): Driver {
  return plainDriver(...args, '--json');
}

export function plainDriver(...args: readonly string[]): Driver {
  return started(args, {});
}

/** The same as another user, whom a cluster without Kerberos takes at his word. */
export function driverAs(user: string, ...args: readonly string[]): Driver {
  return started([...args, '--json'], { HADOOP_USER_NAME: user });
}

function started(args: readonly string[], more: Readonly<Record<string, string>>): Driver {
  const path = pathWithoutJava();
  const env = { PATH: path, HADOOP_CONF_DIR: CONF_DIR, HOME: process.env.HOME, ...more };
  const child = spawn(join(path, 'node'), ['dist/cli/main.js', ...args], { cwd: ROOT, env });
  const output = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    output.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.err += chunk;
  });
  const closed = once(child, 'close').then(([code]) => code as number | null);
  return { child, output, closed };
}

/** @returns its exit code */
export async function ended({ closed }: Driver): Promise<number | null> {
  return closed;
}

/** @returns its document */
export async function finished(running: Driver, expected = 0): Promise<IndexReport> {
  expect(await ended(running), running.output.err).toBe(expected);
  return JSON.parse(running.output.out);
}

/** Waits until the driver has submitted a pass. @returns the application */
export async function submitted(
  running: Driver,
  pass: 'determining partitions' | 'indexing' = 'indexing',
): Promise<string> {
  const pattern = new RegExp(`${pass} as (application_\\d+_\\d+)`);
  return until(() => pattern.exec(running.output.err)?.[1], running);
}

/** Waits until something is found; fails when the driver ends before. */
export async function until<Found>(
  find: () => Promise<Found | undefined> | Found | undefined,
  { child, output }: Driver,
  pauseMs = 100,
): Promise<Found> {
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    expect(child.exitCode, output.err).toBeNull();
    await sleep(pauseMs);
  }
}

export async function stateOf(application: string): Promise<string> {
  const reply = await fetch(`${RESOURCE_MANAGER}/ws/v1/cluster/apps/${application}/state`);
  return ((await reply.json()) as { state: string }).state;
}

/** Tags of an application, in the ResourceManager's order. */
export async function tagsOf(application: string): Promise<string> {
  const reply = await fetch(`${RESOURCE_MANAGER}/ws/v1/cluster/apps/${application}`);
  return ((await reply.json()) as { app: { applicationTags: string } }).app.applicationTags;
}

/** All applications that a driver told of have ended, and their job's folder is gone. */
export async function expectNothingLeft({ output }: Driver): Promise<void> {
  const hdfs = await clusterHdfs();
  for (const id of new Set(output.err.match(/application_\d+_\d+/g))) {
    const reply = await fetch(`${RESOURCE_MANAGER}/ws/v1/cluster/apps/${id}`);
    const { app } = (await reply.json()) as { app: { name: string; state: string } };
    expect(app.state).toMatch(/FINISHED|FAILED|KILLED/);
    const [, folder] = app.name.split(' in ');
    if (folder !== undefined) expect(await hdfs.status(folder.replace(/\/(?:determine|index)$/, ''))).toBeNull();
  }
}

/** Folders of jobs that are left. */
export async function leftJobs(dataSource: string): Promise<string[]> {
  return (await (await clusterHdfs()).list(`${WORK}/${dataSource}`)).map(({ path }) => path);
}

/** Compares with segments of the local engine, whose files lie on this machine. */
export async function expectSame(remote: IndexReport, local: ReturnType<typeof segmillIndex>): Promise<void> {
  expect(local.exit, local.stderr).toBe(0);
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

export function specFile(text: string): string {
  const path = join(scratchFolder(), 'spec.json');
  writeFileSync(path, text);
  return path;
}

/** What the local engine makes of a file of this machine. */
export function madeLocally(spec: Spec, file: string): ReturnType<typeof segmillIndex> {
  const out = scratchFolder();
  return segmillIndex(withPlaces(spec, file, join(out, 'segments'), join(out, 'work')));
}

/** Rows of three days in a fixed order, with lists, nulls and numbers. */
export function rows(count: number): string {
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

export const ROWS_SPEC = {
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
