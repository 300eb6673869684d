/** The Wikipedia job between folders of HDFS, by whoever has a ticket or token, or has none. */

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readFile } from '../../storage/webhdfs/clients.ts';
import { scratchFolder, segmillIndex } from '../druid/segmill.ts';
import { put } from '../hadoop/cluster.ts';
import { INSTALLED } from './prepare.ts';
import { aliceHdfs, type Environment, ROOT, run } from './realm.ts';

const DATA = join(ROOT, 'jobs/wikipedia/wikiticker-2015-09-12-sampled.json.gz');
/** The program with the package `kerberos` beside it. */
const PROGRAM = join(INSTALLED, 'node_modules/segmill/dist/cli/main.js');

/** Puts the input where jobs look for it. */
export async function putInput(): Promise<void> {
  await put(await aliceHdfs(), '/in/w.json.gz', readFileSync(DATA));
}

interface Job {
  readonly env: Environment;
  /** Folder of HDFS. */
  readonly output: string;
  /** Of jobs/wikipedia. */
  readonly spec?: string;
  readonly options?: readonly string[];
  readonly program?: string;
}

/** Runs it. */
export function index({ env, output, spec = SPEC, options = [], program = PROGRAM }: Job): ReturnType<typeof run> {
  const path = join(scratchFolder(), 'spec.json');
  writeFileSync(path, specOf(spec, 'hdfs:///in/w.json.gz', `hdfs:///${output}`, `hdfs:///tmp/${output}`));
  return run(process.execPath, [program, 'index', path, '--json', '--quiet', ...options], env);
}

const SPEC = 'index_hadoop.json';

function specOf(name: string, paths: string, segmentOutputPath: string, workingPath: string): string {
  const task = JSON.parse(readFileSync(join(ROOT, 'jobs/wikipedia', name), 'utf8'));
  task.spec.ioConfig.inputSpec.paths = paths;
  task.spec.ioConfig.segmentOutputPath = segmentOutputPath;
  Object.assign(task.spec.tuningConfig, { workingPath, version: '2026-01-01T00:00:00.000Z' });
  return JSON.stringify(task);
}

/** The segments of a job have the bytes that the same job makes of local files. */
export async function expectSame(ended: ReturnType<typeof run>, spec = SPEC): Promise<void> {
  expect(ended.status, ended.stderr).toBe(0);
  const out = scratchFolder();
  const local = segmillIndex(specOf(spec, DATA, join(out, 'segments'), join(out, 'work')));
  expect(local.exit, local.stderr).toBe(0);
  const { segments } = JSON.parse(ended.stdout) as { segments: readonly { id: string; path: string }[] };
  expect(segments.map(({ id }) => id)).toEqual(local.segments.map(({ id }) => id));
  const hdfs = await aliceHdfs();
  for (const [i, { path }] of segments.entries()) {
    expect(sha256(await readFile(hdfs, path))).toBe(sha256(readFileSync(local.segments[i].path)));
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
