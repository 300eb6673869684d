import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatSummary } from '../../src/cli/summary/formatSummary.ts';
import { newRowCounts } from '../../src/row/rowCounts.ts';
import { eventfulReport, segment, wikipediaReport } from './reports.ts';

describe('formatSummary', () => {
  test('a job without events is short', () => {
    expect(formatSummary(wikipediaReport(), { color: false, columns: 80 })).toBe(
      `wikipedia  version 2024-01-31T12:00:00.000Z

rows read      39,244  from 1 file, 2.37 MB
indexed        39,244
stored         39,244  rollup 1.00 to 1

interval (UTC)  part    rows     size   zipped
2015-09-12         0  39,244  5.14 MB  2.24 MB

time           2.30 s with 2 workers, 17,063 rows/s: read 0.81 s, merge 1.42 s,
               store 4 ms

segments in    out/segments
`,
    );
  });

  test('a job with everything at 100 columns', () => {
    expect(formatSummary(eventfulReport(), { color: false, columns: 100 })).toBe(
      `wikipedia  version 2024-01-31T12:00:00.000Z

rows read      47,341,413  from 1,284 files, 48.2 GB
indexed        45,000,000
with errors         1,204  indexed too, with nulls for bad values
thrown away     2,340,189  2,340,112 outside the intervals, 77 filtered out
unparseable            20  17 malformed, 3 without a readable time
stored         15,843,385  rollup 2.84 to 1

interval (UTC)  part        rows     size   zipped
2015-09-12         0       1,000   131 kB  57.0 kB
2015-09-13         0       1,007   132 kB  57.4 kB
2015-09-14         0       1,014   133 kB  57.8 kB
2015-09-15         0       1,021   134 kB  58.2 kB
2015-09-16         0       1,028   135 kB  58.6 kB
2015-09-17         0       1,035   136 kB  59.0 kB
... 1,978 more
2021-02-16         0      14,888  1.95 MB   849 kB
2021-02-17         0      14,895  1.95 MB   849 kB
2021-02-18         0      14,902  1.95 MB   849 kB
2021-02-19         0      14,909  1.95 MB   850 kB
2021-02-20         0      14,916  1.95 MB   850 kB
2021-02-21         0      14,923  1.95 MB   851 kB
1,990 segments        15,843,385  2.08 GB   903 MB
rows in a segment: 1,000 to 14,923, median 7,965

time           6 min 53 s with 16 workers, 114,656 rows/s: read 5 min 01 s, merge 98.2 s,
               store 12.0 s

rows malformed, for example
  data/2015/09/12/part-00017.json.gz line 2345 (byte 1234567):
  expected "," or "}" after a value of an object, found the end of the line
  {"time":"2015-09-12T00:46:58.771Z","channel":"#en.wikipedia","cityName":null,"comment":"added \\...
rows without a readable time, for example
  data/a.json line 1 (byte 0): the time is "yesterday"
  {"time":"yesterday"}

note           the day 2015-09-14 got no rows: segments that it had before stay visible;
               ioConfig.dropExisting would empty it

segments in    /deep/storage/druid/segments
`,
    );
  });

  test('colors mark what needs attention, and change no character', () => {
    const colored = formatSummary(eventfulReport(), { color: true, columns: 100 });
    expect(colored).toContain('\u001b[31m20\u001b[39m  17 malformed');
    expect(colored).toContain('\u001b[33m2,340,189\u001b[39m  2,340,112 outside');
    expect(stripVTControlCharacters(colored)).toBe(formatSummary(eventfulReport(), { color: false, columns: 100 }));
  });

  test('with one reason only, its name is enough', () => {
    const counts = { ...newRowCounts(), processed: 1, thrownAway: { outsideIntervals: 0, filtered: 12 } };
    const text = formatSummary({ ...wikipediaReport(), counts }, { color: false, columns: 80 });
    expect(text).toContain('\nthrown away        12  filtered out\n');
  });

  test('16 segments are all shown, of 17 the middle is cut', () => {
    const of = (count: number) => {
      const hour = (index: number) => new Date(Date.UTC(2024, 0, 1, index)).toISOString();
      const segments = Array.from({ length: count }, (_, i) => segment(`${hour(i)}/${hour(i + 1)}`, i % 2, i + 1));
      return formatSummary({ ...wikipediaReport(), segments }, { color: false, columns: 80 }).split('\n');
    };
    expect(of(16).filter((line) => line.startsWith('2024-'))).toHaveLength(16);
    const cut = of(17);
    expect(cut.filter((line) => line.startsWith('2024-'))).toHaveLength(12);
    expect(cut).toContain('2024-01-01T05      1     6    786 B    342 B');
    expect(cut).toContain('... 5 more');
    expect(cut).toContain('2024-01-01T11      1    12  1.57 kB    684 B');
    expect(cut).toContain('17 segments            153  20.0 kB  8.72 kB');
    expect(cut).toContain('rows in a segment: 1 to 17, median 9');
  });

  test('no segments, no place where they lie', () => {
    const text = formatSummary(
      { ...wikipediaReport(), segments: [], rowsStored: 0, counts: newRowCounts() },
      { color: false, columns: 80 },
    );
    expect(text).toContain('\nstored         0\n\nno segments\n\n');
    expect(text).not.toContain('segments in');
  });

  test('three samples of a reason, however many there are', () => {
    const sample = (offset: number) => ({
      reason: 'badValue' as const,
      path: 'a',
      line: 1,
      offset,
      message: 'm',
      text: 't',
    });
    const text = formatSummary(
      { ...wikipediaReport(), samples: [0, 1, 2, 3, 4].map(sample) },
      { color: false, columns: 80 },
    );
    expect(text).toContain(
      '\nrows with a bad value, for example\n  a line 1 (byte 0): m\n  t\n  a line 1 (byte 1): m\n  t\n  a line 1 (byte 2): m\n  t\n\n',
    );
  });

  test('where the rows are kept', () => {
    const deadLetters = { path: '/spool/wikipedia/v_dead-letters.jsonl', rows: 1_204 };
    expect(formatSummary({ ...wikipediaReport(), deadLetters }, { color: false, columns: 80 })).toContain(
      '\ndead letters   /spool/wikipedia/v_dead-letters.jsonl  1,204 rows\nsegments in    out/segments\n',
    );
  });

  test('data cannot steer the terminal, and lines fit unless one word is longer', () => {
    const word = fc.string({ unit: 'binary', maxLength: 30 });
    const sample = fc.record({
      reason: fc.constantFrom('malformed', 'timestamp', 'outsideIntervals', 'filtered', 'badValue'),
      path: fc.constant('data/a.json'),
      line: fc.nat(),
      offset: fc.nat(),
      message: fc.array(word, { maxLength: 9 }).map((words) => words.join(' ')),
      text: fc.string({ unit: 'binary', maxLength: 300 }),
    });
    const report = fc.record({ samples: fc.array(sample, { maxLength: 4 }), notes: fc.array(word, { maxLength: 3 }) });
    fc.assert(
      fc.property(report, fc.integer({ min: 80, max: 120 }), ({ samples, notes }, columns) => {
        const text = formatSummary(
          { ...eventfulReport(), samples: samples as never, notes },
          { color: false, columns },
        );
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        for (const line of text.split('\n')) {
          if (line.trim().includes(' ') && !/\\u|[^ -~]/.test(line)) expect(line.length).toBeLessThanOrEqual(columns);
        }
      }),
      { numRuns: 60 },
    );
  });
});
