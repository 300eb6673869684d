import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shortInterval } from '../../src/cli/text/intervals.ts';
import { plain, tableLines, wrapWords } from '../../src/cli/text/layout.ts';
import { bytesText, countOf, countText, ratioText, remainingText, secondsText } from '../../src/cli/text/numbers.ts';
import { cutTo, printableLine, printableText } from '../../src/cli/text/printable.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [2_147_483_648, '2,147,483,648'],
  [17062.6, '17,063'],
])('countText(%d) is %s', (count, text) => {
  expect(countText(count)).toBe(text);
});

test('countOf has a plural', () => {
  expect([0, 1, 2000].map((count) => countOf(count, 'row'))).toEqual(['0 rows', '1 row', '2,000 rows']);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [9_994, '9.99 kB'],
  [9_995, '10.0 kB'],
  [99_949, '99.9 kB'],
  [99_950, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.00 MB'],
  [48_211_903_112, '48.2 GB'],
  [1e18, '1000 PB'],
])('bytesText(%d) is %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test.each([
  [0, '0 ms'],
  [0.0041, '4 ms'],
  [0.0995, '0.10 s'],
  [9.99, '9.99 s'],
  [9.996, '10.0 s'],
  [99.4, '99.4 s'],
  [99.6, '1 min 40 s'],
  [3599.4, '59 min 59 s'],
  [3600, '1 h 00 min'],
  [7199, '2 h 00 min'],
])('secondsText(%d) is %s', (seconds, text) => {
  expect(secondsText(seconds)).toBe(text);
});

test.each([
  [0.2, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [3599.6, '1 h 00 min'],
])('remainingText(%d) is %s', (seconds, text) => {
  expect(remainingText(seconds)).toBe(text);
});

test.each([
  [1, '1.00'],
  [22.46, '22.5'],
  [1234.4, '1,234'],
])('ratioText(%d) is %s', (ratio, text) => {
  expect(ratioText(ratio)).toBe(text);
});

describe('shortInterval', () => {
  test.each([
    ['2015-01-01T00:00:00.000Z/2016-01-01T00:00:00.000Z', '2015'],
    ['2015-01-01T00:00:00.000Z/2015-02-01T00:00:00.000Z', '2015-01'],
    ['2015-12-01T00:00:00.000Z/2016-01-01T00:00:00.000Z', '2015-12'],
    ['2016-02-29T00:00:00.000Z/2016-03-01T00:00:00.000Z', '2016-02-29'],
    ['2015-09-12T00:00:00.000Z/2015-09-12T01:00:00.000Z', '2015-09-12T00'],
    ['2015-09-12T23:00:00.000Z/2015-09-13T00:00:00.000Z', '2015-09-12T23'],
    ['2015-09-07T00:00:00.000Z/2015-09-14T00:00:00.000Z', '2015-09-07/2015-09-14'],
    ['2015-01-01T00:00:00.000Z/2017-01-01T00:00:00.000Z', '2015-01-01/2017-01-01'],
    ['2015-09-11T22:00:00.000Z/2015-09-12T22:00:00.000Z', '2015-09-11T22/2015-09-12T22'],
    ['2015-09-12T23:45:00.000Z/2015-09-13T00:00:00.000Z', '2015-09-12T23:45/2015-09-13T00:00'],
    ['2015-09-12T00:00:00.000Z/2015-09-12T00:00:01.000Z', '2015-09-12T00:00:00/2015-09-12T00:00:01'],
    ['2015-09-12T00:00:00.000Z/2015-09-12T00:00:00.001Z', '2015-09-12T00:00:00.000Z/2015-09-12T00:00:00.001Z'],
    ['-146136543-09-08T08:23:32.096Z/146140482-04-24T15:36:27.903Z', 'eternity'],
    ['P1D/now', 'P1D/now'],
  ])('%s is %s', (interval, short) => {
    expect(shortInterval(interval)).toBe(short);
  });
});

describe('printable', () => {
  test('control characters, lone surrogates and direction marks become escapes', () => {
    expect(printableLine('a\u001b[2J\tb\r\n\u202ec\ud800\u009b1mä😀')).toBe(
      'a\\u001b[2J\\tb\\r\\n\\u202ec\\ud800\\u009b1mä😀',
    );
  });

  test('a text keeps its line ends', () => {
    expect(printableText('a\n\tb\r\u0007')).toBe('a\n\tb\\r\\u0007');
  });

  test('cut texts end in dots and split no character', () => {
    expect(cutTo('abcdef', 6)).toBe('abcdef');
    expect(cutTo('abcdefg', 6)).toBe('abc...');
    expect(cutTo('😀😀😀😀😀', 5)).toBe('😀😀😀😀😀');
    expect(cutTo('😀😀😀😀😀', 4)).toBe('😀...');
  });
});

describe('layout', () => {
  test('tables pad between columns, not at line ends', () => {
    const rows = [[plain('a'), plain('1'), plain('x')].map((cell) => cell), [plain('bcd'), plain('22'), plain('')]];
    expect(tableLines(rows, ['left', 'right', 'left'])).toEqual(['a     1  x', 'bcd  22']);
  });

  test('color codes do not count', () => {
    const rows = [
      [{ text: 'a', paint: (text: string) => `<${text}>` }, plain('1')],
      [plain('bc'), plain('1')],
    ];
    expect(tableLines(rows, ['left', 'right'])).toEqual(['<a>   1', 'bc  1']);
  });

  test('wrapped words are all there, in lines as long as they may be', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 5, max: 40 }), (list, width) => {
        const lines = wrapWords(list.join(' '), width);
        expect(lines.flatMap((line) => line.split(' '))).toEqual(list);
        lines.forEach((line, i) => {
          if (line.includes(' ')) expect(line.length).toBeLessThanOrEqual(width);
          const next = lines[i + 1]?.split(' ')[0];
          if (next !== undefined) expect(line.length + 1 + next.length).toBeGreaterThan(width);
        });
      }),
      { numRuns: 100 },
    );
  });
});
