import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IndexOptions, runIndexJob } from '../../../src/mapreduce/index/indexJob.ts';
import type { IndexReport } from '../../../src/mapreduce/index/indexReport.ts';
import type { EngineFactory } from '../../../src/mapreduce/index/jobEngine.ts';
import type { Engine, PhaseOptions, Task, TaskOutcome, Tasks } from '../../../src/mapreduce/job.ts';
import { LocalEngine } from '../../../src/mapreduce/local/LocalEngine.ts';
import { jobOf } from './checkJob.ts';

const ROWS = 10_000;
/** Of the file, unpacked. */
const PART_BYTES = 32 * 1024 * 1024;

let directory = '';
let unpackedBytes = 0;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-large-gzip-'));
  const noise = 'x'.repeat(3600);
  const rows = Array.from({ length: ROWS }, (_, i) => {
    return `{"ts":${i % 5000 === 2500 ? '"bad"' : i},"key":"k${i % 100}","x":${i / 7},"noise":"${noise}"}`;
  });
  const text = `${rows.join('\n')}\n`;
  unpackedBytes = text.length;
  const half = text.length >> 1;
  // Two members, cut within a line; stored, so that the file is large.
  writeFileSync(
    join(directory, 'in.json.gz'),
    Buffer.concat([text.slice(0, half), text.slice(half)].map((part) => gzipSync(part, { level: 0 }))),
  );
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Keeps what the map tasks were. */
class WatchedEngine implements Engine {
  readonly labels: string[] = [];
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  run(tasks: Tasks, options: PhaseOptions): Promise<TaskOutcome[]> {
    return this.#engine.run(tasks, {
      ...options,
      onOutcome: (task, outcome) => {
        options.onOutcome?.(task, outcome);
        if (task.kind === 'mapIndex') this.labels.push(task.label);
      },
    });
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

function run(
  newEngine: EngineFactory,
  file = 'in.json.gz',
  resume: IndexOptions['resume'] & string = 'never',
): Promise<IndexReport> {
  const spec = {
    dataSchema: {
      dataSource: 'large',
      parser: {
        type: 'hadoopyString',
        parseSpec: {
          format: 'json',
          timestampSpec: { column: 'ts', format: 'millis' },
          dimensionsSpec: { dimensions: ['key'] },
        },
      },
      metricsSpec: [
        { type: 'count', name: 'count' },
        { type: 'doubleSum', name: 'x', fieldName: 'x' },
      ],
      granularitySpec: { segmentGranularity: 'DAY', queryGranularity: 'DAY', intervals: ['1970-01-01/P1D'] },
    },
    ioConfig: {
      type: 'hadoop',
      inputSpec: { type: 'static', paths: join(directory, file) },
      segmentOutputPath: join(directory, 'segments'),
    },
    tuningConfig: {
      type: 'hadoop',
      partitionsSpec: { type: 'hashed', numShards: 1 },
      workingPath: join(directory, 'work'),
      version: '2026-01-01T00:00:00.000Z',
      maxParseExceptions: 100,
    },
  };
  const options = { workers: 2, quirks: 'none' as const, resume, signal: new AbortController().signal };
  return runIndexJob(jobOf(JSON.stringify(spec)), options, newEngine);
}

test('a large gzip file is read by several tasks, with the same segment and dead letters for any number of workers', async () => {
  const outcomes = new Set<string>();
  for (const workers of [1, 3]) {
    const engines: WatchedEngine[] = [];
    const report = await run((attemptRoot) => {
      const engine = new WatchedEngine(new LocalEngine({ workers, attemptRoot }));
      engines.push(engine);
      return engine;
    });
    const ends = [...engines[0].labels].map((label) => Number(/unpacked bytes \d+-(\d+)$/.exec(label)?.[1]));
    expect(ends.length).toBe(Math.ceil(unpackedBytes / PART_BYTES));
    expect(Math.max(...ends)).toBe(unpackedBytes);
    expect([report.counts.processed, report.counts.unparseable.timestamp]).toEqual([ROWS - 2, 2]);
    const letters = readFileSync(report.deadLetters?.path ?? '', 'utf8');
    expect(letters.match(/"line":\d+/g)).toEqual(['"line":2501', '"line":7501']);
    outcomes.add(`${report.segments[0].zipSha256}\n${letters}`);
    expect(readdirSync(join(directory, 'work/large')).filter((name) => !name.endsWith('.jsonl'))).toEqual([]);
  }
  expect(outcomes.size).toBe(1);
});

test('one that is cut off fails the job with its name and offset, and leaves nothing', async () => {
  const whole = readFileSync(join(directory, 'in.json.gz'));
  writeFileSync(join(directory, 'cut.json.gz'), whole.subarray(0, whole.length - 10_000));
  rmSync(join(directory, 'segments'), { recursive: true, force: true });
  await expect(run((attemptRoot) => new LocalEngine({ workers: 2, attemptRoot }), 'cut.json.gz')).rejects.toThrow(
    /^\S*cut\.json\.gz is cut off: its gzip data end in the middle, after \d{8} unpacked bytes\. Fetch or pack the file again\.$/,
  );
  expect(existsSync(join(directory, 'segments'))).toBe(false);
  expect(readdirSync(join(directory, 'work/large')).filter((name) => !name.endsWith('.jsonl'))).toEqual([]);
});

test('a job over one that fails goes on: the file is unpacked again, and only its missing parts are read', async () => {
  const threads: EngineFactory = (attemptRoot) => new LocalEngine({ workers: 1, attemptRoot });
  const whole = await run(threads);
  const stopping: EngineFactory = (attemptRoot) => {
    const engine = threads(attemptRoot);
    const run = (tasks: Tasks, options: PhaseOptions) => engine.run(firstOf(tasks), options);
    return { run, close: () => engine.close() };
  };
  await expect(run(stopping, 'in.json.gz', 'auto')).rejects.toThrow('enough');
  const report = await run(threads, 'in.json.gz', 'auto');
  expect(report.units?.map).toEqual({ reused: 1, made: 1 });
  expect(report.counts).toEqual(whole.counts);
  expect(report.segments).toEqual(whole.segments);
  expect(readdirSync(join(directory, 'work/large')).filter((name) => !name.endsWith('.jsonl'))).toEqual([]);
});

async function* firstOf(tasks: Tasks): AsyncGenerator<Task> {
  for await (const task of tasks) {
    yield task;
    throw new Error('enough');
  }
}
