import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
}

/** The task of jobs/wikipedia for another data source, without a place for its segments: Druid's configuration says it. */
export function wikipediaTask(dataSource: string, { shards = 1, waitMs = 60_000, filter }: Changes = {}): string {
  const task = JSON.parse(readFileSync(join(ROOT, 'jobs/wikipedia/index_hadoop.json'), 'utf8'));
  const { dataSchema, ioConfig, tuningConfig } = task.spec;
  dataSchema.dataSource = dataSource;
  if (filter !== undefined) dataSchema.transformSpec = { filter };
  delete ioConfig.segmentOutputPath;
  ioConfig.inputSpec.paths = join(ROOT, ioConfig.inputSpec.paths);
  tuningConfig.workingPath = join(folder, 'work');
  tuningConfig.partitionsSpec = { type: 'hashed', numShards: shards };
  task.context = { taskLockTimeout: waitMs };
  const path = join(folder, `spec-${specs++}.json`);
  writeFileSync(path, JSON.stringify(task));
  return path;
}

/** Starts `segmill index`. */
export function startIndex(spec: string, options: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [CLI, 'index', spec, '--json', ...options], { cwd: ROOT });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((done) => {
    child.on('close', (exit) => {
      const { version, rowsStored } = exit === 0 ? JSON.parse(stdout) : { version: '', rowsStored: 0 };
      done({ exit, stderr, version, rows: rowsStored });
    });
  });
  return { child, ended };
}
