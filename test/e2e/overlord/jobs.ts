import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const CLI = join(ROOT, 'dist/cli/main.js');

const folder = mkdtempSync(join(tmpdir(), 'segmill-overlord-e2e-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How a run of the built program ended. */
export interface Ended {
  readonly exit: number | null;
  readonly stderr: string;
  /** Of the segments; empty where it failed. */
  readonly version: string;
  /** In the segments; 0 where it failed. */
  readonly rows: number;
  /** What it printed, empty where it failed. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it looks for
  readonly document: any;
}

let specs = 0;

/** What tests change in the task of jobs/wikipedia. */
interface Changes {
  /** Segments of the day, default 1. */
  readonly shards?: number;
  /** Milliseconds that the job waits for a lock, and again for a slot; default a minute. */
  readonly waitMs?: number;
  /** Druid's filter of rows. */
  readonly filter?: object;
  /** Of segments, default `day`. */
  readonly segmentGranularity?: string;
  readonly dropExisting?: boolean;
  /** Folder of deep storage; by default the spec names none. */
  readonly output?: string;
  readonly metadataUpdateSpec?: object;
  /** How often the data is read, for a job that takes its time; default once. */
  readonly copies?: number;
  /** Of the segments, in place of the lock's or the time. */
  readonly version?: string;
  readonly useExplicitVersion?: boolean;
}

/** The task of jobs/wikipedia for another data source, without a place for its segments: Druid's configuration says it. */
export function wikipediaTask(dataSource: string, changes: Changes = {}): string {
  const { shards = 1, waitMs = 60_000, filter, segmentGranularity, dropExisting, output, metadataUpdateSpec } = changes;
  const { copies = 1, version, useExplicitVersion } = changes;
  const task = JSON.parse(readFileSync(join(ROOT, 'jobs/wikipedia/index_hadoop.json'), 'utf8'));
  const { dataSchema, ioConfig, tuningConfig } = task.spec;
  dataSchema.dataSource = dataSource;
  if (filter !== undefined) dataSchema.transformSpec = { filter };
  if (segmentGranularity !== undefined) dataSchema.granularitySpec.segmentGranularity = segmentGranularity;
  // JSON has no undefined: what is not given is not there.
  Object.assign(ioConfig, { segmentOutputPath: output, dropExisting, metadataUpdateSpec });
  ioConfig.inputSpec.paths = copiesOf(join(ROOT, ioConfig.inputSpec.paths), copies);
  tuningConfig.workingPath = join(folder, 'work');
  Object.assign(tuningConfig, { version, useExplicitVersion });
  tuningConfig.partitionsSpec = { type: 'hashed', numShards: shards };
  task.context = { taskLockTimeout: waitMs };
  return writeSpec(task);
}

/** Writes a spec to a file of its own. */
export function writeSpec(spec: object): string {
  const path = join(folder, `spec-${specs++}.json`);
  writeFileSync(path, JSON.stringify(spec));
  return path;
}

/** Paths of as many files of the same content. */
function copiesOf(file: string, count: number): string {
  const paths = [file];
  for (let i = 1; i < count; i++) {
    const copy = join(folder, `copy-${i}.json.gz`);
    if (!existsSync(copy)) cpSync(file, copy);
    paths.push(copy);
  }
  return paths.join(',');
}

/** How a program ended, and what it printed. */
interface Printed {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built program. @param env variables beside those of this process */
export function startSegmill(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; ended: Promise<Printed> } {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: ROOT, env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Printed>((done) => {
    child.on('close', (exit) => done({ exit, stdout, stderr }));
  });
  return { child, ended };
}

/** Starts `segmill index`. @param env variables beside those of this process */
export function startIndex(
  spec: string,
  options: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const { child, ended } = startSegmill(['index', spec, '--json', ...options], env);
  return {
    child,
    ended: ended.then(({ exit, stdout, stderr }) => {
      const document = exit === 0 ? JSON.parse(stdout) : { version: '', rowsStored: 0 };
      return { exit, stderr, version: document.version, rows: document.rowsStored, document };
    }),
  };
}
