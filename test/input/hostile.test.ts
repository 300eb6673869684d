import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { line, runChild, runChildJob } from './childJob.ts';

/** The most that any input may cost, in MiB. */
const PEAK_MAX = 512;
const MIB = 1024 * 1024;

/** Records, how many of them become rows with errors, and how many are malformed. */
type Part = readonly [lines: readonly (string | Buffer)[], bad?: 'withErrors' | 'malformed' | 'timestamp'];

const deepList = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const deepMap = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const withBytes = (before: string, bytes: readonly number[], after: string) =>
  Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);

const PARTS: Readonly<Record<string, Part>> = {
  'plain rows': [[line(), line('"code":7')]],
  'nesting that is still taken': [[line(`"page":${deepList(900)}`), line(`"x":${deepMap(900)}`)]],
  'nesting 100,000 deep, wanted or not, closed or not': [
    [
      line(`"page":${deepList(100_000)}`),
      line(`"page":${deepMap(100_000)}`),
      line(`"x":${deepList(100_000)}`),
      line(`"x":${deepMap(100_000)}`),
      line(`"page":${'['.repeat(100_000)}`),
      line(`"x":${'{"a":'.repeat(100_000)}`),
    ],
    'malformed',
  ],
  'numbers of 10,000 digits': [
    [
      line(`"code":${'1'.repeat(10_000)}`),
      line(`"x":-0.${'1'.repeat(10_000)}`),
      line(`"page":[1e${'1'.repeat(10_000)}]`),
    ],
    'malformed',
  ],
  'texts of 10,000 digits where a long belongs': [
    [line(`"code":"${'1'.repeat(10_000)}"`), line('"code":"0x7"'), line(`"code":"-${'9'.repeat(19)}"`)],
    'withErrors',
  ],
  'NUL bytes outside of texts, and inside without an escape': [
    ['\0\0\0\n', `${'\0'.repeat(MIB)}\n`, line('"page":"\0"'), `\0${line()}`],
    'malformed',
  ],
  'NUL bytes as escapes, or behind the record': [[line('"page":"\\u0000"'), `${line().trimEnd()}\0\0\n`]],
  'invalid UTF-8 in values, names and behind the record': [
    [
      withBytes('{"t":"2024-01-01T00:00:00Z","page":"', [0xff, 0xc0, 0xed, 0xa0, 0x80], '"}\n'),
      withBytes('{"t":"2024-01-01T00:00:00Z","', [0xe5, 0xb1], '":1,"page":"\\n"}\n'),
      withBytes('{"t":"2024-01-01T00:00:00Z","page":["', [0xf8, 0x80], '"]} '.concat('\u00e9\n')),
    ],
  ],
  'invalid UTF-8 between values': [
    [withBytes('{"t":"2024-01-01T00:00:00Z",', [0xff], '"page":1}\n'), withBytes('', [0xef, 0xbb, 0xbf], line())],
    'malformed',
  ],
  'invalid UTF-8 in the time': [[withBytes('{"t":"2024-01-01T00:00:0', [0xff], 'Z"}\n')], 'timestamp'],
  'a value, a name and blanks of 1 MiB': [
    [line(`"page":"${'é'.repeat(MIB / 2)}"`), line(`"${'n'.repeat(MIB)}":1`), line(`"page":1${' '.repeat(MIB)}`)],
  ],
  '100,000 distinct names': [
    Array.from({ length: 1000 }, (_, i) =>
      line(Array.from({ length: 100 }, (_, j) => `"name ${i * 100 + j}":${j}`).join(',')),
    ),
  ],
  'a record of 5,000 fields': [[line(Array.from({ length: 5000 }, (_, i) => `"f${i}":"${i}"`).join(','))]],
};

test('bad rows among good ones are counted, with their places', () => {
  const parts = Object.values(PARTS);
  const count = (kind: Part[1]) =>
    parts.filter(([, bad]) => bad === kind).reduce((sum, [lines]) => sum + lines.length, 0);
  const outcome = runChildJob({ input: parts.flatMap(([lines]) => lines) });
  expect(outcome.stderr).toBe('');
  expect(outcome.code).toBe(0);
  expect(outcome.counts).toEqual({
    processed: count(undefined),
    processedWithErrors: count('withErrors'),
    unparseable: { malformed: count('malformed'), timestamp: count('timestamp') },
    thrownAway: { outsideIntervals: 0, filtered: 0 },
  });
  expect(outcome.peakMiB).toBeLessThan(PEAK_MAX);
  const first = PARTS['plain rows'][0].concat(PARTS['nesting that is still taken'][0]).join('').length;
  const [malformed] = outcome.samples.filter(({ reason }) => reason === 'malformed');
  expect(malformed).toMatchObject({
    path: 'in.json',
    offset: first,
    message: 'not valid JSON: expected at most 1000 levels of nesting',
  });
  // Samples are cut: the longest line has megabytes.
  expect(Math.max(...outcome.samples.map(({ text }) => text.length))).toBeLessThan(500);
});

describe('lines that never end', () => {
  test('100 MB in one line are a bad row, passed over', () => {
    const x = 'x'.repeat(MIB);
    const start = '{"t":"2024-01-01T00:00:00Z","page":"';
    const input = [line(), start, ...Array.from({ length: 100 }, () => x), '"}\n', line()];
    const { code, counts, samples, rowsStored, peakMiB } = runChildJob({ input });
    expect([code, counts?.processed, counts?.unparseable.malformed, rowsStored]).toEqual([0, 2, 1, 1]);
    expect(samples).toMatchObject([
      {
        line: 2,
        offset: 40,
        message: `the line has ${start.length + 100 * MIB + 2} bytes, more than a record may have`,
      },
    ]);
    expect(peakMiB).toBeLessThan(PEAK_MAX);
  });

  test('a gzip bomb of blanks', () => {
    const bomb = gzipSync(Buffer.alloc(100 * MIB, ' '), { level: 9 });
    expect((100 * MIB) / bomb.length).toBeGreaterThan(1000);
    const { code, error, published, peakMiB } = runChildJob({ input: [bomb], name: 'in.json.gz' });
    expect([code, published]).toEqual([1, []]);
    expect(error).toMatch(/^There is no data to index: of 1 record, 1 malformed\./);
    expect(peakMiB).toBeLessThan(PEAK_MAX);
  });

  test('15 MiB are still a row', () => {
    const x = 'x'.repeat(15 * MIB);
    const { counts, rowsStored, peakMiB } = runChildJob({ input: [line(), line(`"page":"${x}"`), line(`"x":"${x}"`)] });
    expect([counts?.processed, rowsStored]).toEqual([3, 3]);
    expect(peakMiB).toBeLessThan(PEAK_MAX);
  });

  test('a pattern with too many ways to match a line', () => {
    const { counts, samples, peakMiB } = runChildJob({
      input: ['2024-01-01T00:00:00Z,a\n', `2024-01-01T00:00:00Z,${'x|'.repeat(7 * MIB)}\n`],
      parse: { format: 'regex', pattern: '([^,]*),(.*)', columns: ['t', 'page'] },
      dimensions: ['page'],
    });
    expect([counts?.processed, counts?.unparseable.malformed]).toEqual([1, 1]);
    expect(samples[0]).toMatchObject({
      offset: 23,
      message: 'the pattern of the parseSpec has too many ways to match a line this long',
    });
    expect(peakMiB).toBeLessThan(PEAK_MAX);
  });
});

test('a gzip bomb of rows streams through', () => {
  const bomb = gzipSync(Buffer.alloc(200 * MIB, line()), { level: 9 });
  const { code, counts, rowsStored, peakMiB } = runChildJob({ input: [bomb], name: 'in.json.gz' });
  const rows = Math.floor((200 * MIB) / line().length);
  expect([code, counts?.processed, rowsStored]).toEqual([0, rows, 1]);
  expect(peakMiB).toBeLessThan(PEAK_MAX);
});

describe('files with nothing in them', () => {
  const NONE = 'There is no data to index: the input files hold no records. Check ioConfig.inputSpec.paths.';
  const WANTED = 'The spec wants 2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z.';

  test.each<[string, string | Buffer, string]>([
    ['no byte', '', NONE],
    ['a byte order mark', '\ufeff', NONE],
    ['line feeds', '\n'.repeat(100_000), `There is no data to index: of 100000 records, 100000 malformed. ${WANTED}`],
    [
      'carriage returns',
      '\r'.repeat(100_000),
      `There is no data to index: of 100000 records, 100000 malformed. ${WANTED}`,
    ],
  ])('%s', (_what, input, error) => {
    expect(runChildJob({ input: [input] })).toMatchObject({ code: 1, error, published: [] });
  });
});

describe('specs', () => {
  function validate(text: string) {
    const folder = mkdtempSync(join(tmpdir(), 'segmill-spec-'));
    try {
      const file = join(folder, 'spec.json');
      writeFileSync(file, text);
      const { code, stdout, stderr, peakMiB } = runChild(['validate', file]);
      expect(peakMiB).toBeLessThan(PEAK_MAX);
      return [code, `${stdout}${stderr}`.replaceAll(`${folder}/`, '')];
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test('of 50 MB', () => {
    expect(validate(`[${' '.repeat(52_000_000)}]`)).toEqual([
      2,
      'segmill: spec.json has 52.0 MB, and a spec may have 50.3 MB; is this a data file?\n',
    ]);
  });

  test('with an array of 1,000,000 elements', () => {
    const [code, text] = validate(`{"spec":{"dataSchema":{"metricsSpec":[${'0,'.repeat(999_000)}0]}}}`);
    expect(code).toBe(2);
    expect(text).toContain('more than 200 problems; the rest is not shown');
  });

  test('nested 1,000,000 deep', () => {
    const [code, text] = validate('['.repeat(1_000_000));
    expect(code).toBe(2);
    expect(text).toContain('brackets are nested more than 200 deep');
  });
});
