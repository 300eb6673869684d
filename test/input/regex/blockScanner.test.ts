import { describe, expect, test } from 'vitest';
import { listPattern, splitList } from '../../../src/input/regex/pattern.ts';
import type { ParseSpec } from '../../../src/spec/jobSpec.ts';
import { type Scanned, scanLines } from '../delimited/support.ts';

function scan(pattern: string, lines: string, columns: readonly string[] | null, listDelimiter = '\u0001'): Scanned {
  const parse: ParseSpec = { format: 'regex', pattern, columns, listDelimiter };
  return scanLines(parse, columns, Buffer.from(lines));
}

describe('regex', () => {
  test('groups are columns; an empty one is null, the pattern matches whole lines only', () => {
    const { records, malformed } = scan('(\\w+) (\\w*)', 'a b\na \na b c\n x y\n', ['p', 'q']);
    expect(records).toEqual([
      { p: 'a', q: 'b' },
      { p: 'a', q: null },
    ]);
    const problem = 'the pattern of the parseSpec does not match the whole line';
    expect(malformed).toEqual([
      { text: 'a b c', problem },
      { text: ' x y', problem },
    ]);
  });

  test('goes back for a match of the whole line, and takes an alternative that is as long', () => {
    expect(scan('(a|ab)(c?)', 'abc\n', ['p', 'q']).records).toEqual([{ p: 'ab', q: 'c' }]);
    expect(scan('(a)|(ab)', 'ab\n', ['p', 'q']).records).toEqual([]);
  });

  test('a group that takes no part spoils the line, wanted or not', () => {
    const advice = 'Druid refuses such lines: let the group match an empty text, as in ((?:...)?)';
    expect(scan('(\\w+)( \\w+)?', 'a\n', ['p', 'q']).malformed).toEqual([
      { text: 'a', problem: `group 2 ("q") of the pattern takes no part in the match; ${advice}` },
    ]);
    expect(scan('(\\w+)( \\w+)?', 'a\n', ['p']).malformed).toEqual([
      { text: 'a', problem: `group 2 of the pattern takes no part in the match; ${advice}` },
    ]);
  });

  test('columns without names are numbered; groups beyond the columns are dropped', () => {
    expect(scan('(a)(?<name>b)(?:c)(d)', 'abcd\n', null).records).toEqual([
      { column_1: 'a', column_2: 'b', column_3: 'd' },
    ]);
    expect(scan('(a)(b)', 'ab\n', ['p']).records).toEqual([{ p: 'a' }]);
    expect(scan('(a)', 'a\n', ['p', 'q']).records).toEqual([{ p: 'a' }]);
  });

  test("groups of the translation are not the pattern's", () => {
    expect(scan('(?>x+)(a++)(b)\\2', 'xxaabb\n', ['p', 'q']).records).toEqual([{ p: 'aa', q: 'b' }]);
    expect(scan('[(?<g1>]+(b)\\(\\?<g1>(c)', '(?<g1>b(?<g1>c\n', ['p', 'q']).records).toEqual([{ p: 'b', q: 'c' }]);
  });

  test('comments and line feeds of the flag x end with the pattern', () => {
    expect(scan('(?x) (a+) # one', 'aa\n', ['p']).records).toEqual([{ p: 'aa' }]);
  });

  test('the list delimiter is a pattern, and what is empty is null', () => {
    expect(scan('(.*)', 'a;b,,c\n,\n', ['p'], '[,;]').records).toEqual([
      { p: ['a', 'b', null, 'c'] },
      { p: [null, null] },
    ]);
  });

  test('lines end in LF, CRLF or CR, and invalid UTF-8 is replaced', () => {
    const parse: ParseSpec = { format: 'regex', pattern: '(.)(.*)', columns: ['p', 'q'], listDelimiter: '\u0001' };
    const lines = Buffer.concat([
      Buffer.from('ab\r\ncé\r'),
      Buffer.from([0xff, 0xed, 0xa0, 0x80, 0x0a]),
      Buffer.from('😀x'),
    ]);
    expect(scanLines(parse, ['p', 'q'], lines, 2).records).toEqual([
      { p: 'a', q: 'b' },
      { p: 'c', q: 'é' },
      { p: '\ufffd', q: '\ufffd' },
      { p: '😀', q: 'x' },
    ]);
  });

  test('a pattern that Java refuses', () => {
    expect(() => scan('(a', 'a\n', ['p'])).toThrow(SyntaxError);
    expect(() => scan('(a)', 'a\n', ['p'], '|')).toThrow(
      new SyntaxError(
        'the listDelimiter "|" of the "regex" parseSpec is a regular expression, and this one matches an empty text: escape what is ' +
          'meant literally, as in "\\\\|"',
      ),
    );
  });
});

test('splitList divides as Guava does', () => {
  expect(splitList('a,b', listPattern('(,)'))).toEqual(['a', 'b']);
  expect(splitList(',', listPattern(','))).toEqual(['', '']);
  expect(splitList('abcb', listPattern('(?=b)'))).toEqual(['a', 'bc', 'b']);
  expect(splitList('abcb', listPattern('(?=b)|c'))).toEqual(['a', 'b', 'b']);
  expect(splitList('ba', listPattern('(?=b)'))).toEqual(['ba']);
  expect(splitList('cbc', listPattern('(?=b)|c'))).toEqual(['', 'b', '']);
  expect(splitList('ccb', listPattern('(?=b)|c'))).toEqual(['', '', 'b']);
  expect(splitList('x', listPattern(','))).toEqual(['x']);
});
