import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatSummary } from '../../src/cli/summary/formatSummary.ts';
import { BadRowsError } from '../../src/mapreduce/index/errors.ts';
import type { IndexOptions } from '../../src/mapreduce/index/indexJob.ts';
import type { JobSpec } from '../../src/spec/jobSpec.ts';
import { wikipediaReport } from './reports.ts';
import { BAD_SPEC, DOUBTFUL_SPEC, GOOD_SPEC } from './specs.ts';
import { type RunIndexJob, runCli, TestIo } from './testIo.ts';

let folder: string;
let good: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-cli-'));
  good = join(folder, 'good.json');
  writeFileSync(good, GOOD_SPEC);
});
afterAll(() => rmSync(folder, { recursive: true }));

const succeed: RunIndexJob = () => Promise.resolve(wikipediaReport());
const SUMMARY = formatSummary(wikipediaReport(), { color: false, columns: 100 });

/** A job that keeps what it was called with. */
function spy(): { readonly calls: [JobSpec, IndexOptions][]; readonly job: RunIndexJob } {
  const calls: [JobSpec, IndexOptions][] = [];
  return {
    calls,
    job: (job, options) => {
      calls.push([job, options]);
      return succeed(job, options);
    },
  };
}

describe('a job that succeeds', () => {
  test('the summary is all there is', async () => {
    expect(await runCli(['index', good], new TestIo(), succeed)).toEqual({ code: 0, stdout: SUMMARY, stderr: '' });
  });

  test('spec and options reach the job', async () => {
    const { calls, job } = spy();
    await runCli(['index', good, '--workers', '3', '--quirks', 'druid', '--keep-runs', 'never'], new TestIo(), job);
    await runCli(['index', good], new TestIo(), job);
    expect(calls[0][0]).toMatchObject({ dataSource: 'events', segmentOutputPath: 'out' });
    expect(calls.map(([, { workers, quirks, keepRuns }]) => [workers, quirks, keepRuns])).toEqual([
      [3, 'druid', 'never'],
      [availableParallelism(), 'none', 'auto'],
    ]);
    expect(calls[0][1].signal.aborted).toBe(false);
  });

  test("the Java command line's form", async () => {
    const { calls, job } = spy();
    const argv = [
      'index',
      'hadoop',
      good,
      '--coordinate',
      'a:b:1',
      '-c',
      'c:d:2',
      '--no-default-hadoop',
      '--workers=1',
    ];
    expect(await runCli(argv, new TestIo(), job)).toEqual({ code: 0, stdout: SUMMARY, stderr: '' });
    expect(calls[0][1].workers).toBe(1);
  });

  test('a spec from stdin, or as the argument', async () => {
    const { calls, job } = spy();
    expect((await runCli(['index', '-'], new TestIo({ stdin: GOOD_SPEC }), job)).code).toBe(0);
    expect((await runCli(['index', GOOD_SPEC], new TestIo(), job)).code).toBe(0);
    expect(calls.map(([{ dataSource }]) => dataSource)).toEqual(['events', 'events']);
  });

  test('--json is one document on stdout', async () => {
    const { code, stdout, stderr } = await runCli(['index', good, '--json'], new TestIo(), succeed);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ status: 'SUCCESS', ...wikipediaReport() });
  });

  test('--quiet says nothing, --report writes it down', async () => {
    const report = join(folder, 'report.json');
    writeFileSync(report, 'an old and longer report '.repeat(1000));
    const argv = ['index', '-', '--quiet', '--report', report];
    expect(await runCli(argv, new TestIo({ stdin: DOUBTFUL_SPEC }), succeed)).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const written = JSON.parse(readFileSync(report, 'utf8'));
    expect(Object.keys(written)).toEqual(['ingestionStatsAndErrors', 'taskContext']);
    expect(written.ingestionStatsAndErrors).toMatchObject({
      type: 'ingestionStatsAndErrors',
      taskId: 'index_hadoop_events_2024-01-31T12:00:00.000Z',
      payload: { ingestionState: 'COMPLETED', errorMsg: null, segmentsPublished: 1 },
    });
  });

  test('warnings about the spec go to stderr', async () => {
    expect(await runCli(['index', '-'], new TestIo({ stdin: DOUBTFUL_SPEC }), succeed)).toEqual({
      code: 0,
      stdout: SUMMARY,
      stderr:
        '(stdin):43:5 warning: tuningConfig: unknown field "maxRowInMemory"; did you mean "maxRowsInMemory"?\n' +
        '    43 |     "maxRowInMemory": 5\n' +
        '       |     ^^^^^^^^^^^^^^^^\n',
    });
  });

  test('progress goes to stderr', async () => {
    const io = new TestIo();
    const job: RunIndexJob = (_job, { onProgress }) => {
      io.time = 10_000;
      onProgress?.({ phase: 'merge', bytes: 5, bytesTotal: 5, rows: 7, tasksDone: 1, tasksTotal: 2 });
      return Promise.resolve(wikipediaReport());
    };
    expect(await runCli(['index', good], io, job)).toEqual({
      code: 0,
      stdout: SUMMARY,
      stderr: 'merging: 50%, 1 of 2 segments, 7 rows\n',
    });
  });

  test('a terminal gets colors, unless NO_COLOR is set', async () => {
    const terminal = { columns: 100 };
    const colored = await runCli(['index', good], new TestIo({ terminal }), succeed);
    expect(colored.stdout).toBe(formatSummary(wikipediaReport(), { color: true, columns: 100 }));
    const bare = await runCli(
      ['index', good],
      new TestIo({ terminal, env: { NO_COLOR: '1', FORCE_COLOR: '1' } }),
      succeed,
    );
    expect(bare.stdout).toBe(SUMMARY);
    const forced = await runCli(['index', good], new TestIo({ env: { FORCE_COLOR: '1' } }), succeed);
    expect(forced.stdout).toBe(colored.stdout);
  });
});

describe('a spec that is not valid', () => {
  const PROBLEM =
    '(stdin):3:19 dataSchema.dataSource: the name of the datasource is empty; expected a name\n' +
    '     3 |     "dataSource": "",\n' +
    '       |                   ^^\n';
  const ERROR = '(stdin) is not valid: 1 error; nothing was run';

  test('no job, exit code 2', async () => {
    expect(await runCli(['index', '-'], new TestIo({ stdin: BAD_SPEC }))).toEqual({
      code: 2,
      stdout: '',
      stderr: `${PROBLEM}segmill: ${ERROR}\n`,
    });
  });

  test('--quiet does not hide errors', async () => {
    const { stderr } = await runCli(['index', '-', '--quiet'], new TestIo({ stdin: BAD_SPEC }));
    expect(stderr).toBe(`${PROBLEM}segmill: ${ERROR}\n`);
  });

  test('--json has the problems', async () => {
    const { code, stdout } = await runCli(['index', '-', '--json'], new TestIo({ stdin: BAD_SPEC }));
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      status: 'FAILED',
      error: ERROR,
      problems: [
        {
          severity: 'error',
          path: 'dataSchema.dataSource',
          line: 3,
          column: 19,
          length: 2,
          message: 'the name of the datasource is empty',
          expected: 'a name',
          hint: null,
        },
      ],
    });
  });

  test('a file that is not there', async () => {
    expect(await runCli(['index', 'nowhere.json', '--json'])).toEqual({
      code: 2,
      stdout: '{\n  "status": "FAILED",\n  "error": "cannot read nowhere.json: no such file"\n}\n',
      stderr: 'segmill: cannot read nowhere.json: no such file\n',
    });
  });
});

describe('a job that fails', () => {
  const fail: RunIndexJob = () => Promise.reject(new Error('no data', { cause: new Error('the folder is empty') }));

  test('message and causes, exit code 1', async () => {
    expect(await runCli(['index', good], new TestIo(), fail)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'segmill: no data\n  because: the folder is empty\n',
    });
  });

  test('--json and --report tell it too', async () => {
    const report = join(folder, 'failed.json');
    const job: RunIndexJob = (spec, options) => {
      options.onProgress?.({ phase: 'merge', bytes: 0, bytesTotal: 0, rows: 0, tasksDone: 0, tasksTotal: 2 });
      return fail(spec, options);
    };
    const { code, stdout } = await runCli(['index', good, '--json', '--report', report], new TestIo(), job);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ status: 'FAILED', error: 'no data', causes: ['the folder is empty'] });
    expect(JSON.parse(readFileSync(report, 'utf8')).ingestionStatsAndErrors.payload).toMatchObject({
      ingestionState: 'BUILD_SEGMENTS',
      errorMsg: 'no data\nthe folder is empty',
      rowStats: { determinePartitions: null, buildSegments: null },
      segmentsPublished: 0,
    });
  });

  test('so does a spec that cannot be read', async () => {
    const report = join(folder, 'bad-spec.json');
    const { code } = await runCli(['index', '-', '--quiet', '--report', report], new TestIo({ stdin: BAD_SPEC }));
    expect(code).toBe(2);
    const { taskId, payload } = JSON.parse(readFileSync(report, 'utf8')).ingestionStatsAndErrors;
    expect(taskId).toMatch(/^index_hadoop_\d{4}-\d\d-\d\dT/);
    expect(payload).toMatchObject({
      ingestionState: 'NOT_STARTED',
      errorMsg: '(stdin) is not valid: 1 error; nothing was run',
    });
  });

  test('bad rows are shown', async () => {
    const samples = [
      { reason: 'malformed' as const, path: 'a.json', line: 2, offset: 7, message: 'no object', text: '[1]' },
    ];
    const job: RunIndexJob = () => Promise.reject(new BadRowsError(2, 0, samples));
    const { stdout, stderr } = await runCli(['index', good, '--json'], new TestIo(), job);
    expect(stderr).toBe(
      `rows malformed, for example
  a.json line 2 (byte 7): no object
  [1]
segmill: 2 bad rows, but tuningConfig.maxParseExceptions allows 0. First seen: a.json line 2 (byte 7): no object: [1]
Mend the input, or raise maxParseExceptions: bad rows are then counted and left out.
`,
    );
    expect(JSON.parse(stdout)).toMatchObject({ status: 'FAILED', samples });
  });

  test('bad rows of a dead-letter file are printed when the spec asks for it', async () => {
    const path = join(folder, 'letters.jsonl');
    const letter = (kind: string, line: number, text: string) =>
      `${JSON.stringify({ kind, path: 'a.json', line, offset: line * 10, message: 'no good', text })}\n`;
    writeFileSync(
      path,
      [
        letter('unparseable', 1, '[1\u001b]'),
        letter('thrownAway', 2, '{}'),
        letter('processedWithErrors', 3, 'x'),
      ].join(''),
    );
    const spec = JSON.parse(readFileSync(good, 'utf8'));
    const tuningConfig = { type: 'hadoop', logParseExceptions: true };
    const asking = join(folder, 'asking.json');
    writeFileSync(
      asking,
      JSON.stringify(
        spec.spec === undefined ? { ...spec, tuningConfig } : { ...spec, spec: { ...spec.spec, tuningConfig } },
      ),
    );
    const job: RunIndexJob = () => Promise.reject(new BadRowsError(2, 0, [], null, { path, rows: 3 }));
    const { stdout, stderr } = await runCli(['index', asking, '--json'], new TestIo(), job);
    const log = 'a.json line 1 (byte 10): no good: [1\\u001b]\na.json line 3 (byte 30): no good: x\n';
    expect(stderr).toContain(`${log}dead letters   ${path}  3 rows\nsegmill: 2 bad rows`);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'FAILED', deadLetters: { path, rows: 3 } });
    expect((await runCli(['index', good], new TestIo(), job)).stderr).not.toContain('no good');
    expect((await runCli(['index', asking, '--quiet'], new TestIo(), job)).stderr).not.toContain('no good');
  });

  test('a place for bad rows that is none is told before the job', async () => {
    const path = join(folder, 'nowhere', 'bad.jsonl');
    expect(await runCli(['index', good, '--dead-letters', path])).toEqual({
      code: 2,
      stdout: '',
      stderr: `segmill: cannot write bad rows to ${path}: ENOENT: no such file or directory, open '${path}'\n`,
    });
  });

  test('a report without a place is told before the job', async () => {
    const path = join(folder, 'nowhere', 'report.json');
    expect(await runCli(['index', good, '--report', path])).toEqual({
      code: 2,
      stdout: '',
      stderr: `segmill: cannot write the report to ${path}: ENOENT: no such file or directory, open '${path}'\n`,
    });
  });

  test('--debug shows where', async () => {
    const { stderr } = await runCli(['index', good, '--debug'], new TestIo(), fail);
    expect(stderr).toMatch(/^segmill: no data\n {2}because: the folder is empty\nError: no data\n {4}at /);
  });
});

describe('interrupts', () => {
  /** A job that ends when it is told to, like the real one. */
  const untilAborted =
    (error?: unknown): RunIndexJob =>
    (_job, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => setImmediate(() => reject(error ?? signal.reason)));
      });

  async function interrupted(io: TestIo, job: RunIndexJob, signals: readonly ('SIGINT' | 'SIGTERM')[]) {
    const outcome = runCli(['index', good, '--json'], io, job);
    while (io.handlers.size === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    for (const signal of signals) io.interrupt(signal);
    return await outcome;
  }

  test('the first Ctrl-C stops the job and says so', async () => {
    const io = new TestIo();
    expect(await interrupted(io, untilAborted(), ['SIGINT'])).toEqual({
      code: 130,
      stdout: '{\n  "status": "FAILED",\n  "error": "interrupted by SIGINT; no segments were stored"\n}\n',
      stderr:
        'segmill: SIGINT: stopping and cleaning up; Ctrl-C again ends at once\n' +
        'segmill: interrupted by SIGINT; no segments were stored\n',
    });
    expect(io.exits).toEqual([]);
    expect(io.handlers.size).toBe(0);
  });

  test('the second one does not wait', async () => {
    const io = new TestIo();
    await interrupted(io, untilAborted(), ['SIGINT', 'SIGINT']);
    expect(io.exits).toEqual([130]);
  });

  test('SIGTERM stops it as well', async () => {
    const { code, stderr } = await interrupted(new TestIo(), untilAborted(), ['SIGTERM']);
    expect(code).toBe(130);
    expect(stderr).toBe(
      'segmill: SIGTERM: stopping and cleaning up; a second signal ends at once\n' +
        'segmill: interrupted by SIGTERM; no segments were stored\n',
    );
  });

  test('what goes wrong while stopping is told', async () => {
    const { code, stderr } = await interrupted(new TestIo(), untilAborted(new Error('cannot remove x')), ['SIGINT']);
    expect(code).toBe(130);
    expect(stderr).toContain('segmill: interrupted by SIGINT; no segments were stored\n  because: cannot remove x\n');
  });

  test('a job that was done in spite of it is done', async () => {
    const job: RunIndexJob = (_job, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(wikipediaReport()));
      });
    const { code, stdout } = await interrupted(new TestIo(), job, ['SIGINT']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'SUCCESS' });
  });
});
