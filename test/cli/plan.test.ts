import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runIndexJob } from '../../src/mapreduce/index/indexJob.ts';
import { planIndexJob } from '../../src/mapreduce/index/plan/planIndexJob.ts';
import { InlineEngine } from '../mapreduce/index/inlineEngine.ts';
import { type Outcome, type PlanIndexJob, type RunIndexJob, runCli, TestIo } from './testIo.ts';

const index: RunIndexJob = (job, options) => runIndexJob(job, options, (root) => new InlineEngine(root));
const plan: PlanIndexJob = (job, options) => planIndexJob(job, options, (root) => new InlineEngine(root));
const WRITTEN = new Date('2024-02-03T04:05:06.000Z');

let directory = '';
let input = '';
let planFile = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-plan-'));
  input = join(directory, 'rows.json');
  planFile = join(directory, 'plan.json');
  // 40 rows of "big", one each of ten others.
  const users = [...Array<string>(40).fill('big'), ...Array.from({ length: 10 }, (_, i) => `u${i}`)];
  writeInput(users.map((user, i) => JSON.stringify({ t: '2024-01-01T00:00:00Z', user, n: i })));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function writeInput(lines: readonly string[], at = WRITTEN): void {
  writeFileSync(input, `${lines.join('\n')}\n`);
  utimesSync(input, at, at);
}

function spec(partitionsSpec: object, metric = 'rows'): string {
  const path = join(directory, 'spec.json');
  const body = {
    type: 'index_hadoop',
    spec: {
      dataSchema: {
        dataSource: 'users',
        parser: {
          type: 'hadoopyString',
          parseSpec: {
            format: 'json',
            timestampSpec: { column: 't', format: 'iso' },
            dimensionsSpec: { dimensions: ['user', { name: 'n', type: 'long' }] },
          },
        },
        metricsSpec: [{ type: 'count', name: metric }],
        granularitySpec: { segmentGranularity: 'DAY', queryGranularity: 'NONE', intervals: ['2024-01-01/2024-01-02'] },
      },
      ioConfig: {
        type: 'hadoop',
        inputSpec: { type: 'static', paths: input },
        segmentOutputPath: join(directory, 'segments'),
      },
      tuningConfig: { type: 'hadoop', workingPath: join(directory, 'work'), partitionsSpec },
    },
  };
  writeFileSync(path, JSON.stringify(body));
  return path;
}

const SINGLE = { type: 'single_dim', partitionDimension: 'user', targetRowsPerSegment: 30 };
const cli = (argv: readonly string[]): Promise<Outcome> => runCli(argv, new TestIo(), index, plan);

describe('segmill plan', () => {
  test('tells of segments, bounds, frequent keys and of a value that is too large for its segment', async () => {
    const { code, stdout } = await cli(['plan', spec(SINGLE), '--workers', '1']);
    expect(code).toBe(0);
    const told = stdout.replace(/expected[\s\S]*?measured now/, 'expected ...');
    expect(told).toBe(`users  plan; nothing is stored

rows read      50  from 1 file, 2.43 kB
indexed        50
stored         50  rollup 1.00 to 1

interval (UTC)  records  rows  distinct keys  rollup  segments     size
2024-01-01           50    50             50    1.00         2  3.51 kB

interval (UTC)  part  bounds                  rows     size
2024-01-01         0  user up to before "u0"    40  1.65 kB
2024-01-01         1  user from "u0"            10  1.86 kB

interval (UTC)  rows   share  hottest keys
2024-01-01        40  80.0 %  user = "big"
2024-01-01         1   2.0 %  user = "u0"
2024-01-01         1   2.0 %  user = "u1"
2024-01-01         1   2.0 %  user = "u2"
2024-01-01         1   2.0 %  user = "u3"

runs           kept on disk: the input is read once
expected ...

note           In the time chunk 2024-01-01T00:00:00.000Z the value "big" of user alone has 40 rows:
               one segment gets them all, though targetRowsPerSegment is 30.
`);
  });

  test('a value that has more rows than any segment may have is named, with its rows', async () => {
    const { code, stderr } = await cli(['plan', spec({ ...SINGLE, targetRowsPerSegment: 20 }), '--quiet']);
    expect([code, stderr]).toEqual([
      1,
      'segmill: The rows of the time chunk that starts at 2024-01-01T00:00:00.000Z cannot be cut into ranges.\n' +
        '  user: the value "big" alone has 40 rows, and maxRowsPerSegment allows 30\n' +
        'Name another partitionDimension, raise maxRowsPerSegment or targetRowsPerSegment, or use hashed partitioning.\n',
    ]);
  });

  test('its document is a plan that index runs', async () => {
    const path = spec(SINGLE);
    const { code, stdout } = await cli(['plan', path, '--json', '--out', planFile]);
    expect(code).toBe(0);
    expect(readFileSync(planFile, 'utf8')).toBe(stdout);
    const planned = JSON.parse(stdout).chunks[0].segments.map(({ rows }: { rows: number }) => rows);
    const made = await cli(['index', path, '--plan', planFile, '--json']);
    expect(made.code).toBe(0);
    expect(JSON.parse(made.stdout).segments.map(({ rows }: { rows: number }) => rows)).toEqual(planned);
    expect(planned).toEqual([40, 10]);
  });

  test('a hot value of the hashed dimensions is warned of', async () => {
    const hashed = { type: 'hashed', targetRowsPerSegment: 10, partitionDimensions: ['user'] };
    const { stdout } = await cli(['plan', spec(hashed), '--json']);
    const { notes, chunks } = JSON.parse(stdout);
    const largest = Math.max(...chunks[0].segments.map(({ rows }: { rows: number }) => rows));
    expect(chunks[0].hottest[0]).toEqual({ time: null, dimensions: ['user'], values: ['big'], rows: 40 });
    expect(notes).toContain(
      `In the time chunk 2024-01-01T00:00:00.000Z user = "big" has 40 rows: its segment gets ${largest}, where 10 are wanted.`,
    );
  });
});

describe('index --plan refuses, with exit code 2, when something has changed since', () => {
  const refused = (lines: string) =>
    `segmill: The plan does not hold any more:\n${lines}\nMake it anew with segmill plan.\n`;

  test('length and time of the input', async () => {
    const path = spec(SINGLE);
    await cli(['plan', path, '--out', planFile, '--quiet']);
    const text = readFileSync(input, 'utf8').trimEnd().split('\n');
    writeInput(text, new Date('2024-02-03T05:00:00.000Z'));
    const later = await cli(['index', path, '--plan', planFile]);
    expect([later.code, later.stdout, later.stderr]).toEqual([
      2,
      '',
      refused(`  ${input} was written to at 2024-02-03T05:00:00.000Z, after 2024-02-03T04:05:06.000Z`),
    ]);
    writeInput(text.slice(1));
    const shorter = await cli(['index', path, '--plan', planFile]);
    expect(shorter.code).toBe(2);
    expect(shorter.stderr).toMatch(/rows\.json has \d+ bytes in place of \d+\nMake it anew with segmill plan\.\n$/);
  });

  test('spec and quirks', async () => {
    await cli(['plan', spec(SINGLE), '--out', planFile, '--quiet']);
    const changed = spec({ ...SINGLE, targetRowsPerSegment: 35 }, 'events');
    const { code, stderr } = await cli(['index', changed, '--plan', planFile, '--quirks', 'druid']);
    expect([code, stderr]).toEqual([
      2,
      refused(
        '  the spec has changed: dimensions, metrics, tuning\n  it was made with --quirks none, and the job has --quirks druid',
      ),
    ]);
  });

  test('a plan that was edited, and what is no plan', async () => {
    const path = spec(SINGLE);
    await cli(['plan', path, '--out', planFile, '--quiet']);
    writeFileSync(planFile, readFileSync(planFile, 'utf8').replace('"program": "', '"program": "9.'));
    const edited = await cli(['index', path, '--plan', planFile]);
    expect([edited.code, edited.stderr]).toEqual([
      2,
      `segmill: ${planFile} is not as segmill plan has written it; change the spec in place of the plan, and make it anew\n`,
    ]);
    writeFileSync(planFile, '{}');
    const none = await cli(['index', path, '--plan', planFile]);
    expect([none.code, none.stderr]).toEqual([
      2,
      `segmill: ${planFile} is no plan; segmill plan SPEC --out FILE writes one\n`,
    ]);
  });

  test('--keep-runs has nothing to decide then', async () => {
    const { code, stderr } = await cli(['index', spec(SINGLE), '--plan', planFile, '--keep-runs', 'never']);
    expect([code, stderr]).toEqual([
      2,
      'segmill: options --plan and --keep-runs exclude each other: with a plan the input is read once, and no runs are kept\n' +
        'See: segmill index --help\n',
    ]);
  });
});
