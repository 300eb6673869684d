import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BadRowsError } from '../../../src/mapreduce/index/errors.ts';
import { runIndexJob } from '../../../src/mapreduce/index/indexJob.ts';
import type { IndexReport } from '../../../src/mapreduce/index/indexReport.ts';
import type { EngineFactory } from '../../../src/mapreduce/index/jobEngine.ts';
import type { Engine, PhaseOptions, Task, TaskOutcome, Tasks } from '../../../src/mapreduce/job.ts';
import { LocalEngine } from '../../../src/mapreduce/local/LocalEngine.ts';
import { openSegment } from '../../../src/segment/reader/openSegment.ts';
import { jobOf } from './checkJob.ts';
import { hourSpec } from './hourSpec.ts';
import { InlineEngine } from './inlineEngine.ts';
import { RecutEngine } from './recutEngine.ts';
import { storedRows } from './storedRows.ts';

const HOUR = 3_600_000;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-files-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Rows of some hours, one text each. */
function writeInput(name: string, lines: number, prefix = 'k'): string {
  const path = join(directory, name);
  const text = Array.from({ length: lines }, (_, i) => JSON.stringify({ ts: i * 1000, key: `${prefix}${i % 700}` }));
  writeFileSync(path, `${text.join('\n')}\n`);
  return path;
}

function specOf(paths: string, tuning: Record<string, unknown> = {}): string {
  const shards = { partitionsSpec: { type: 'hashed', numShards: 2 }, version: '2026-01-01T00:00:00.000Z' };
  return hourSpec(directory, { dataSource: 'files', paths, tuning: { ...shards, ...tuning } });
}

const inline: EngineFactory = (root) => new InlineEngine(root);

/** Such that nothing is kept for another run. */
function run(specText: string, newEngine: EngineFactory = inline, signal?: AbortSignal): Promise<IndexReport> {
  const resume = newEngine === inline ? 'auto' : 'never';
  const options = {
    workers: 2,
    quirks: 'none' as const,
    resume,
    signal: signal ?? new AbortController().signal,
  } as const;
  return runIndexJob(jobOf(specText), options, newEngine);
}

/** Paths of all files below a folder, empty where there is none. */
function filesBelow(name: string): string[] {
  const root = join(directory, name);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

/** Working directories of jobs that are still there. */
function workingDirectories(): string[] {
  const path = join(directory, 'work', 'files');
  return existsSync(path) ? readdirSync(path).filter((name) => !name.endsWith('.jsonl')) : [];
}

/** Runs tasks with another engine, but fails a phase, or aborts at it, when half of it is done. */
class BreakingEngine implements Engine {
  readonly #engine: Engine;
  readonly #kind: string;
  readonly #onBreak: () => void;

  constructor(engine: Engine, kind: string, onBreak: () => void) {
    this.#engine = engine;
    this.#kind = kind;
    this.#onBreak = onBreak;
  }

  async run(given: Tasks, options: PhaseOptions): Promise<TaskOutcome[]> {
    const tasks: Task[] = [];
    for await (const task of given) tasks.push(task);
    if (tasks[0].kind !== this.#kind) return this.#engine.run(tasks, options);
    await this.#engine.run(tasks.slice(0, tasks.length / 2), options);
    this.#onBreak();
    return this.#engine.run(tasks.slice(tasks.length / 2), options);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

describe('a job that works', () => {
  test('leaves segments and nothing else', async () => {
    const report = await run(specOf(writeInput('in.json', 9000)));
    expect(report.segments.length).toBe(6);
    expect(filesBelow('segments')).toEqual(
      report.segments.map(({ path }) => path.slice(`${directory}/segments/`.length)).sort(),
    );
    expect(workingDirectories()).toEqual([]);
  });

  test('keeps its intermediate files with leaveIntermediate', async () => {
    await run(specOf(writeInput('in.json', 100), { leaveIntermediate: true }));
    expect(workingDirectories()).toEqual([expect.stringMatching(/^2026-01-01T000000\.000Z_[0-9a-f]{32}$/)]);
    expect(filesBelow('work').some((path) => /\/attempts\/map-000000-[0-9a-f]{32}\/run-00000$/.test(path))).toBe(true);
  });

  test('overwrites the segments of its version', async () => {
    const first = await run(specOf(writeInput('in.json', 100)));
    const second = await run(specOf(writeInput('in.json', 100, 'other')));
    expect(second.segments.map(({ path }) => path)).toEqual(first.segments.map(({ path }) => path));
    expect(filesBelow('segments').length).toBe(second.segments.length);
    const job = jobOf(specOf('in.json'));
    for (const { path, rows } of second.segments) {
      const stored = storedRows(await openSegment(path), job);
      expect(stored.length).toBe(rows);
      for (const row of stored) expect(row.cells[0]).toMatch(/^other/);
    }
  });

  test('does not disturb another of the same data source at the same time', async () => {
    const specs = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'].map((version, i) =>
      specOf(writeInput(`in-${i}.json`, 5000, `v${i}_`), { version }),
    );
    const threads: EngineFactory = (attemptRoot) => new LocalEngine({ workers: 2, attemptRoot });
    const reports = await Promise.all(specs.map((spec) => run(spec, threads)));
    for (const [i, report] of reports.entries()) {
      const alone = await run(specs[i]);
      expect(report.segments.map(({ id, zipSha256 }) => [id, zipSha256])).toEqual(
        alone.segments.map(({ id, zipSha256 }) => [id, zipSha256]),
      );
    }
    expect(workingDirectories()).toEqual([]);
    expect(filesBelow('segments').length).toBe(reports[0].segments.length + reports[1].segments.length);
  });
});

describe('a job that fails', () => {
  const failing = (kind: string, error: Error): EngineFactory => {
    const fail = () => {
      throw error;
    };
    return (root) => new BreakingEngine(new RecutEngine(new InlineEngine(root), 20_000), kind, fail);
  };

  test.each(['mapIndex', 'reduceIndex'])('in %s leaves no file', async (kind) => {
    const error = new Error('the disk is full');
    await expect(run(specOf(writeInput('in.json', 9000)), failing(kind, error))).rejects.toBe(error);
    expect(filesBelow('segments')).toEqual([]);
    expect(existsSync(join(directory, 'segments', 'files'))).toBe(false);
    expect(workingDirectories()).toEqual([]);
  });

  test('leaves segments of an earlier run as they were', async () => {
    const spec = specOf(writeInput('in.json', 9000));
    const before = await run(spec);
    const bytes = before.segments.map(({ path }) => readFileSync(path));
    await expect(run(spec, failing('reduceIndex', new Error('no')))).rejects.toThrow('no');
    expect(before.segments.map(({ path }) => readFileSync(path))).toEqual(bytes);
    expect(filesBelow('segments').length).toBe(before.segments.length);
  });

  test('keeps its working directory with cleanupOnFailure false', async () => {
    const spec = specOf(writeInput('in.json', 100), { cleanupOnFailure: false });
    await expect(run(spec, failing('reduceIndex', new Error('no')))).rejects.toThrow('no');
    expect(filesBelow('segments')).toEqual([]);
    expect(workingDirectories().length).toBe(1);
  });

  test('by a bad row in a worker thread tells it as this thread would', async () => {
    const path = writeInput('in.json', 10);
    writeFileSync(path, '{"ts":1,"key":"a"}\n{"ts":"no"}\n');
    const threads: EngineFactory = (attemptRoot) => new LocalEngine({ workers: 1, attemptRoot });
    const text =
      '1 bad row, but tuningConfig.maxParseExceptions allows 0. ' +
      `First seen: ${path} line 2 (byte 19): no readable timestamp: {"ts":"no"}\n` +
      'Mend the input, or raise maxParseExceptions: bad rows are then counted and left out.';
    await expect(run(specOf(path))).rejects.toThrow(
      new BadRowsError(
        1,
        0,
        [{ reason: 'timestamp', path, line: 2, offset: 19, message: 'no readable timestamp', text: '{"ts":"no"}' }],
        null,
        { path: join(directory, 'work/files/2026-01-01T000000.000Z_dead-letters.jsonl'), rows: 1 },
      ),
    );
    await expect(run(specOf(path), threads)).rejects.toThrow(text);
    expect(filesBelow('segments')).toEqual([]);
    expect(workingDirectories()).toEqual([]);
  });
});

describe('a job that is aborted', () => {
  test.each(['mapIndex', 'reduceIndex'])('in %s, with worker threads, leaves no file', async (kind) => {
    const controller = new AbortController();
    const reason = new Error('stopped by the test');
    const newEngine: EngineFactory = (attemptRoot) => {
      const threads = new RecutEngine(new LocalEngine({ workers: 2, attemptRoot }), 20_000);
      return new BreakingEngine(threads, kind, () => setTimeout(() => controller.abort(reason), 5));
    };
    await expect(run(specOf(writeInput('in.json', 20_000)), newEngine, controller.signal)).rejects.toBe(reason);
    expect(filesBelow('segments')).toEqual([]);
    expect(workingDirectories()).toEqual([]);
  });

  test('before it starts does nothing', async () => {
    const reason = new Error('stopped before');
    const threads: EngineFactory = (attemptRoot) => new LocalEngine({ workers: 1, attemptRoot });
    mkdirSync(join(directory, 'segments'));
    await expect(run(specOf(writeInput('in.json', 10)), threads, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(filesBelow('segments')).toEqual([]);
    expect(workingDirectories()).toEqual([]);
  });
});

test('hours of rows lie in the chunks of their hours', async () => {
  const report = await run(specOf(writeInput('in.json', 9000)));
  for (const { path } of report.segments) {
    const segment = await openSegment(path);
    for (const row of storedRows(segment, jobOf(specOf('in.json')))) expect(row.time).toBe(Number(segment.startMillis));
    expect(Number(segment.endMillis - segment.startMillis)).toBe(HOUR);
  }
});
