import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runIndexJob } from '../../src/mapreduce/index/indexJob.ts';
import type { PhaseOptions, TaskOutcome, Tasks } from '../../src/mapreduce/job.ts';
import { InlineEngine } from '../mapreduce/index/inlineEngine.ts';
import { GOOD_SPEC } from './specs.ts';
import { runCli, TestIo } from './testIo.ts';

const LINE = '{"t":"2024-01-01T00:00:00Z","page":"a"}\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-changing-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An engine that does something before its first task, or after its first phase. */
class MeddlingEngine extends InlineEngine {
  readonly #when: 'before' | 'after';
  #meddle: (() => void) | null;

  constructor(root: string, when: 'before' | 'after', meddle: () => void) {
    super(root);
    this.#when = when;
    this.#meddle = meddle;
  }

  override async run(tasks: Tasks, options: PhaseOptions): Promise<TaskOutcome[]> {
    const meddle = this.#meddle;
    this.#meddle = null;
    if (this.#when === 'before') meddle?.();
    const outcomes = await super.run(tasks, options);
    if (this.#when === 'after') meddle?.();
    return outcomes;
  }
}

/** Runs a job over one file that somebody changes between its listing and the end of its reading. */
async function indexWhile(file: string, content: string | Buffer, when: 'before' | 'after', change: () => void) {
  writeFileSync(file, content);
  const spec = JSON.parse(GOOD_SPEC);
  spec.ioConfig.inputSpec.paths = file;
  spec.ioConfig.segmentOutputPath = join(folder, 'out');
  spec.tuningConfig.workingPath = join(folder, 'work');
  spec.tuningConfig.partitionsSpec = { type: 'hashed', numShards: 1 };
  const outcome = await runCli(
    ['index', '-', '--quiet', '--resume', 'never'],
    new TestIo({ stdin: JSON.stringify(spec) }),
    (job, options) => runIndexJob(job, options, (root) => new MeddlingEngine(root, when, change)),
  );
  const left = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return {
    ...outcome,
    left: left.map((entry) => entry.name).filter((name) => !file.endsWith(name) && name !== 'store.sqlite'),
  };
}

const failed = (stderr: string) => ({ code: 1, stdout: '', stderr: `segmill: ${stderr}\n`, left: [] });

test('a file that is left alone', async () => {
  const { code, left } = await indexWhile(join(folder, 'a.json'), LINE, 'after', () => undefined);
  expect([code, left]).toEqual([0, ['index.zip']]);
});

test('a file cut off between listing and reading', async () => {
  const file = join(folder, 'a.json');
  expect(await indexWhile(file, LINE.repeat(10), 'before', () => truncateSync(file, 95))).toEqual(
    failed(
      `${file} ends at byte 95, but had 400 bytes when the job listed it. Input must not change while a job reads it; run the job again.`,
    ),
  );
});

test('a gzip file cut off', async () => {
  const file = join(folder, 'a.json.gz');
  const packed = gzipSync(LINE.repeat(10));
  expect(await indexWhile(file, packed, 'before', () => truncateSync(file, 30))).toEqual(
    failed(
      `${file} ends at byte 30, but had ${packed.length} bytes when the job listed it. Input must not change while a job reads it; run the job again.`,
    ),
  );
});

test('a file that vanishes', async () => {
  const file = join(folder, 'a.json');
  const { code, stderr, left } = await indexWhile(file, LINE, 'before', () => rmSync(file));
  expect([code, left]).toEqual([1, []]);
  expect(stderr).toMatch(
    `segmill: ${file} is gone, but had 40 bytes when the job listed it (reading from byte 0). Bring it back, or run the job again.\n`,
  );
});

test.each<[string, (file: string) => void, string]>([
  ['longer', (file) => appendFileSync(file, LINE), 'has 80 bytes in place of 40'],
  ['shorter', (file) => truncateSync(file, 10), 'has 10 bytes in place of 40'],
  ['newer', (file) => utimesSync(file, 1, 1), 'was written to'],
  ['gone', (file) => rmSync(file), 'is gone'],
])('a file that is %s after it was read', async (_how, change, what) => {
  const file = join(folder, 'a.json');
  expect(await indexWhile(file, LINE, 'after', () => change(file))).toEqual(
    failed(`${file} ${what} since the job listed it. Input must not change while a job reads it; run the job again.`),
  );
});
