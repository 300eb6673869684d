import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BadRowsError } from '../../../src/mapreduce/index/errors.ts';
import { runIndexJob } from '../../../src/mapreduce/index/indexJob.ts';
import type { IndexReport } from '../../../src/mapreduce/index/indexReport.ts';
import type { EngineFactory } from '../../../src/mapreduce/index/jobEngine.ts';
import { LocalEngine } from '../../../src/mapreduce/local/LocalEngine.ts';
import { jobOf } from './checkJob.ts';
import { InlineEngine } from './inlineEngine.ts';
import { RecutEngine } from './recutEngine.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-letters-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface JobOptions {
  readonly tuning?: Record<string, unknown>;
  readonly parse?: Record<string, unknown>;
  readonly filter?: Record<string, unknown>;
  readonly deadLetters?: string;
  readonly newEngine?: EngineFactory;
}

function run(
  names: readonly string[],
  { tuning, parse, filter, deadLetters, newEngine }: JobOptions = {},
): Promise<IndexReport> {
  const spec = {
    dataSchema: {
      dataSource: 'letters',
      parser: {
        type: 'hadoopyString',
        parseSpec: {
          ...(parse ?? { format: 'json' }),
          timestampSpec: { column: 'ts', format: 'millis' },
          dimensionsSpec: { dimensions: ['key', { type: 'long', name: 'n' }] },
        },
      },
      metricsSpec: [{ type: 'count', name: 'count' }],
      granularitySpec: { segmentGranularity: 'DAY', queryGranularity: 'NONE', intervals: ['1970-01-01/P1D'] },
      transformSpec: { filter: filter ?? null },
    },
    ioConfig: {
      type: 'hadoop',
      inputSpec: { type: 'static', paths: names.map((name) => join(directory, name)).join(',') },
      segmentOutputPath: join(directory, 'segments'),
    },
    tuningConfig: {
      type: 'hadoop',
      partitionsSpec: { type: 'hashed', numShards: 1 },
      workingPath: join(directory, 'work'),
      version: '2026-01-01T00:00:00.000Z',
      maxParseExceptions: 1_000_000,
      ...tuning,
    },
  };
  const options = {
    workers: 2,
    quirks: 'none' as const,
    signal: new AbortController().signal,
    ...(deadLetters === undefined ? {} : { deadLetters }),
  };
  return runIndexJob(jobOf(JSON.stringify(spec)), options, newEngine ?? ((root) => new InlineEngine(root)));
}

const write = (name: string, content: string | Buffer) => writeFileSync(join(directory, name), content);
const defaultPath = () => join(directory, 'work/letters/2026-01-01T000000.000Z_dead-letters.jsonl');
/** The lines of a file, folders left out. */
const lettersIn = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const letter = JSON.parse(line);
      return { ...letter, path: letter.path.slice(directory.length + 1) };
    });

const MESSAGES = {
  timestamp: 'no readable timestamp',
  outsideIntervals: 'outside the intervals of the granularitySpec',
  filtered: 'dropped by the filter of the transformSpec',
  badValue: 'a dimension or metric value is not of its type; it is stored as null',
};

test('every kind is there with its place, in the order of the input', async () => {
  write(
    'a.json',
    '\ufeff{"ts":1,"key":"a"}\r\n\r\n{"ts":"x"}\r\n{"ts":2,"key":"no"}\n{"ts":3,"key":"a","n":"7up\u202e"}\n',
  );
  write(
    'b.json.gz',
    gzipSync(
      Buffer.concat([Buffer.from('{"ts":1,"key":"a"}\n{"ts":99999999999,"key":"a"}\n[\u001b'), Buffer.of(0xff, 0x0a)]),
    ),
  );
  const report = await run(['a.json', 'b.json.gz'], {
    filter: { type: 'not', field: { type: 'selector', dimension: 'key', value: 'no' } },
  });
  expect(report.deadLetters).toEqual({ path: defaultPath(), rows: 6 });
  const text = readFileSync(defaultPath(), 'utf8');
  expect(lettersIn(defaultPath())).toEqual([
    {
      kind: 'unparseable',
      reason: 'malformed',
      path: 'a.json',
      line: 2,
      offset: 23,
      message: expect.stringMatching(/^not valid JSON/),
      text: '',
    },
    letter('unparseable', 'timestamp', 'a.json', 3, 25, '{"ts":"x"}'),
    letter('thrownAway', 'filtered', 'a.json', 4, 37, '{"ts":2,"key":"no"}'),
    letter('processedWithErrors', 'badValue', 'a.json', 5, 57, '{"ts":3,"key":"a","n":"7up\u202e"}'),
    letter('thrownAway', 'outsideIntervals', 'b.json.gz', 2, 19, '{"ts":99999999999,"key":"a"}'),
    {
      kind: 'unparseable',
      reason: 'malformed',
      path: 'b.json.gz',
      line: 3,
      offset: 48,
      message: expect.stringMatching(/^not valid JSON/),
      text: '[\u001b\ufffd',
      base64: Buffer.of(0x5b, 0x1b, 0xff).toString('base64'),
    },
  ]);
  // Nothing that a terminal would obey.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  expect(text).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]*$/u);
  expect(report.samples.map(({ reason, line }) => [reason, line])).toEqual([
    ['malformed', 2],
    ['timestamp', 3],
    ['filtered', 4],
    ['badValue', 5],
    ['outsideIntervals', 2],
    ['malformed', 3],
  ]);
  expect(statSync(defaultPath()).mode & 0o777).toBe(0o600);
});

function letter(kind: string, reason: keyof typeof MESSAGES, path: string, line: number, offset: number, text: string) {
  return { kind, reason, path, line, offset, message: MESSAGES[reason], text };
}

/** Good rows, and now and then a bad one. */
function mixedLines(count: number, seed: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const at = (i * 7919 + seed) % 97;
    if (at === 0) return '{"ts":"never"}';
    if (at === 1) return '{broken';
    if (at === 2) return `{"ts":${i},"n":"x${i}"}`;
    if (at === 3) return `{"ts":99999999999${i},"key":"é"}`;
    return `{"ts":${i},"key":"k${i % 50}"}`;
  });
}

describe('the file is the same', () => {
  const LINES = 3000;
  beforeEach(() => {
    write('a.json', `${mixedLines(LINES, 0).join('\n')}\n`);
    write('b.json', mixedLines(LINES, 5).join('\r\n'));
  });

  test('wherever the input is cut, for any number of workers', async () => {
    await run(['a.json', 'b.json']);
    const expected = readFileSync(defaultPath(), 'utf8');
    const all = lettersIn(defaultPath());
    const offsetOfLine = mixedLines(LINES, 0).reduce<number[]>((offsets, line) => {
      offsets.push((offsets.at(-1) ?? 0) + Buffer.byteLength(line) + 1);
      return offsets;
    }, []);
    for (const { path, line, offset } of all) {
      if (path === 'a.json' && line > 1) expect(offset).toBe(offsetOfLine[line - 2]);
    }
    expect(all.length).toBeGreaterThan(200);
    for (const bytes of [5_000, 33_333]) {
      await run(['a.json', 'b.json'], { newEngine: (root) => new RecutEngine(new InlineEngine(root), bytes) });
      expect(readFileSync(defaultPath(), 'utf8')).toBe(expected);
    }
    const threads: EngineFactory = (root) =>
      new RecutEngine(new LocalEngine({ workers: 3, attemptRoot: root }), 20_000);
    await run(['a.json', 'b.json'], { newEngine: threads });
    expect(readFileSync(defaultPath(), 'utf8')).toBe(expected);
  });

  test('when bad rows fail the job: those up to where its first task stopped', async () => {
    const outcomes = new Set<string>();
    for (const workers of [0, 1, 3]) {
      const newEngine: EngineFactory = (attemptRoot) =>
        new RecutEngine(
          workers === 0 ? new InlineEngine(attemptRoot) : new LocalEngine({ workers, attemptRoot }),
          20_000,
        );
      const failed = run(['a.json', 'b.json'], { newEngine, tuning: { maxParseExceptions: 30 } });
      const error = (await failed.catch((thrown) => thrown)) as BadRowsError;
      expect([error.name, error.details.deadLetters?.path]).toEqual(['BadRowsError', defaultPath()]);
      outcomes.add(`${error.message}\n${readFileSync(defaultPath(), 'utf8')}`);
    }
    expect(outcomes.size).toBe(1);
    const bad = lettersIn(defaultPath()).filter(({ kind }) => kind !== 'thrownAway').length;
    expect([...outcomes][0]).toContain(`${bad} bad rows, but tuningConfig.maxParseExceptions allows 30. First seen: `);
  });
});

test('the first bad row fails the job by default, and is kept', async () => {
  write('a.json', '{"ts":1}\n{"ts":2,"n":"x"}\n[]\n');
  await expect(run(['a.json'], { tuning: { maxParseExceptions: 0 } })).rejects.toThrow(
    `1 bad row, but tuningConfig.maxParseExceptions allows 0. First seen: ${directory}/a.json line 3 (byte 26): `,
  );
  expect(lettersIn(defaultPath()).map(({ reason, line }) => [reason, line])).toEqual([['malformed', 3]]);
});

test('header rows are counted as lines', async () => {
  write('a.csv', 'a comment\nts,key,n\n1,a,1\n1,b,x\nnever,c,1\n');
  const parse = { format: 'csv', hasHeaderRow: true, skipHeaderRows: 1 };
  await run(['a.csv'], { parse });
  expect(lettersIn(defaultPath()).map(({ line, offset, text }) => [line, offset, text])).toEqual([
    [4, 25, '1,b,x'],
    [5, 31, 'never,c,1'],
  ]);
});

test('many small files share a task, whatever their names; hidden ones are passed over', async () => {
  const names = [
    'a b.json',
    'a,b.json',
    '{x}.json',
    '[1-2]*?.json',
    'ü #%41.json',
    ...Array.from({ length: 500 }, (_, i) => `${i}.json`),
  ];
  mkdirSync(join(directory, 'in'));
  for (const name of names) write(`in/${name}`, `{"ts":1}\n\r\n{"ts":2}`);
  for (const name of ['_SUCCESS', '.a.json.crc', '_x.json']) write(`in/${name}`, 'none of the input');
  let tasks = 0;
  const report = await run(['in'], {
    newEngine: (root) => {
      const engine = new InlineEngine(root);
      return {
        run: (given, options) => {
          const onOutcome: typeof options.onOutcome = (task, outcome) => {
            options.onOutcome?.(task, outcome);
            if (task.kind === 'mapIndex') tasks++;
          };
          return engine.run(given, { ...options, onOutcome });
        },
        close: () => engine.close(),
      };
    },
  });
  expect([report.inputFiles, report.counts.processed, tasks]).toEqual([names.length, 2 * names.length, 1]);
  const letters = lettersIn(defaultPath());
  expect(letters.map(({ path }) => path)).toEqual(names.map((name) => `in/${name}`).sort());
  expect(letters.every(({ line, offset }) => line === 2 && offset === 9)).toBe(true);
});

describe('its place', () => {
  test('is made only for a job with such rows, and cleared by one without', async () => {
    write('a.json', '{"ts":1}\n[]\n');
    await run(['a.json']);
    expect(existsSync(defaultPath())).toBe(true);
    write('a.json', '{"ts":1}\n');
    expect((await run(['a.json'])).deadLetters).toBe(null);
    expect(existsSync(defaultPath())).toBe(false);
  });

  test('may be chosen; the file is there then, though empty', async () => {
    write('a.json', '{"ts":1}\n');
    const path = join(directory, 'letters.jsonl');
    expect((await run(['a.json'], { deadLetters: path })).deadLetters).toEqual({ path, rows: 0 });
    expect(readFileSync(path, 'utf8')).toBe('');
    await expect(run(['a.json'], { deadLetters: join(directory, 'none/letters.jsonl') })).rejects.toThrow(
      /^The bad rows can't be written to .*none\/letters\.jsonl: ENOENT.* Give another place with --dead-letters\.$/,
    );
  });
});

describe('its size is bounded', () => {
  test('by rows of each reason', async () => {
    const lines = [...new Array(1500).fill('[]'), ...new Array(1500).fill('{"ts":"x"}'), '{"ts":1}'];
    write('a.json', `${lines.join('\n')}\n`);
    await run(['a.json']);
    const letters = lettersIn(defaultPath());
    expect(letters.map(({ line }) => line)).toEqual(
      Array.from({ length: 2000 }, (_, i) => (i < 1000 ? i + 1 : i + 501)),
    );
  });

  test('by bytes of a row and of each reason, wherever the input is cut', async () => {
    const long = `{"ts":"x","éx":"${'é'.repeat(40_000)}"}`;
    write('a.json', `{"ts":1}\n${new Array(100).fill(long).join('\n')}\n`);
    const sizes = new Set<string>();
    for (const bytes of [1 << 25, 1_000_000]) {
      await run(['a.json'], { newEngine: (root) => new RecutEngine(new InlineEngine(root), bytes) });
      sizes.add(readFileSync(defaultPath(), 'utf8'));
    }
    expect(sizes.size).toBe(1);
    const letters = lettersIn(defaultPath());
    expect(letters.length).toBe(64);
    expect(letters[0].bytes).toBe(Buffer.byteLength(long));
    expect([letters[0].text, letters[0].base64]).toEqual([Buffer.from(long).subarray(0, 65_535).toString(), undefined]);
  });
});
