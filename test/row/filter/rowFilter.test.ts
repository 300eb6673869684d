import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterColumns } from '../../../src/row/filter/columns.ts';
import { fieldText } from '../../../src/row/filter/fieldText.ts';
import { compileFilter, OPAQUE_SLOT } from '../../../src/row/filter/rowFilter.ts';
import { javaDoubleText, javaDoubleTextJdk17 } from '../../../src/row/numbers/javaText.ts';
import type { FilterSpec } from '../../../src/spec/jobSpec.ts';
import { recordOf } from './recordOf.ts';

const selector = (dimension: string, value: string | null): FilterSpec => ({ type: 'selector', dimension, value });
const not = (field: FilterSpec): FilterSpec => ({ type: 'not', field });

function matches(spec: FilterSpec, source: string, rowTimeMs = 0): boolean {
  const fields = filterColumns(spec).filter((column) => column !== '__time');
  return compileFilter(spec, (column) => fields.indexOf(column)).matches(recordOf(source, fields), rowTimeMs);
}

describe('filterColumns', () => {
  it('names each column once, however deep', () => {
    const spec: FilterSpec = {
      type: 'and',
      fields: [
        selector('a', 'x'),
        not({
          type: 'or',
          fields: [selector('b', null), { type: 'equals', column: 'c', matchValueType: 'LONG', matchValue: 1 }],
        }),
        { type: 'columnComparison', dimensions: ['a', 'd'] },
        { type: 'interval', dimension: '__time', intervals: [] },
        { type: 'true' },
      ],
    };
    expect(filterColumns(spec)).toEqual(['a', 'b', 'c', 'd', '__time']);
  });
});

describe('fieldText', () => {
  const text = (value: string, doubleText = javaDoubleText) =>
    fieldText(recordOf(`{"d":${value}}`, ['d']), 0, doubleText);

  it.each([
    ['null', null],
    ['""', ''],
    ['"zwölf Zeichen und mehr"', 'zwölf Zeichen und mehr'],
    ['"é"', 'é'],
    ['"a\\nb"', 'a\nb'],
    ['-7', '-7'],
    ['-0', '0'],
    ['9007199254740993', '9007199254740993'],
    ['1e20', '1.0E20'],
    ['12345678901234567890', '1.2345678901234567E19'],
    ['true', 'true'],
    ['false', 'false'],
    ['[]', null],
    ['["a",null,1,2.50,true]', ['a', null, '1', '2.5', 'true']],
    ['{"k":1,"l":[1.0,2]}', '{k=1, l=[1.0, 2]}'],
    ['[[1],{"k":null},null]', ['[1]', '{k=null}', null]],
  ])('of %s', (value, expected) => {
    expect(text(value)).toEqual(expected);
  });

  it('is null for an absent field, and in the wanted notation of doubles', () => {
    expect(fieldText(recordOf('{}', ['d']), 0, javaDoubleText)).toBeNull();
    expect(text('1e23')).toBe('1.0E23');
    expect(text('[1e23,{"k":1e23}]', javaDoubleTextJdk17)).toEqual([
      '9.999999999999999E22',
      '{k=9.999999999999999E22}',
    ]);
  });
});

describe('compileFilter', () => {
  it('leaves a comparison with null unknown through and, or, not', () => {
    expect(matches(selector('d', 'a'), '{}')).toBe(false);
    expect(matches(not(selector('d', 'a')), '{}')).toBe(false);
    expect(matches(not(not(selector('d', 'a'))), '{}')).toBe(false);
    expect(matches({ type: 'or', fields: [not(selector('d', 'a')), selector('d', null)] }, '{}')).toBe(true);
    expect(matches(not({ type: 'and', fields: [selector('d', 'a'), { type: 'false' }] }), '{}')).toBe(true);
    expect(matches(not(selector('d', null)), '{}')).toBe(false);
  });

  it('writes doubles in the shortest form unless told otherwise', () => {
    const like: FilterSpec = { type: 'like', dimension: 'd', pattern: '9.99%', escape: null };
    const record = recordOf('{"d":1e23}', ['d']);
    expect(compileFilter(like, () => 0).matches(record, 0)).toBe(false);
    expect(compileFilter(like, () => 0, javaDoubleTextJdk17).matches(record, 0)).toBe(true);
  });

  it('takes __time from the row, not from a field of that name', () => {
    const spec = selector('__time', '1704067200000');
    expect(matches(spec, '{"__time":5}', 1704067200000)).toBe(true);
    expect(matches(spec, '{"__time":1704067200000}', 5)).toBe(false);
    const interval: FilterSpec = { type: 'interval', dimension: '__time', intervals: [{ start: -5, end: 5 }] };
    expect([-6, -5, 4, 5].map((time) => matches(interval, '{}', time))).toEqual([false, true, true, false]);
  });

  it('negates to the opposite wherever nothing is null', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
    );
    const spec = fc.oneof(
      fc.string({ maxLength: 3 }).map((text) => selector('d', text)),
      fc.array(fc.string({ maxLength: 3 })).map((values): FilterSpec => ({ type: 'in', dimension: 'd', values })),
      fc
        .tuple(
          fc.string({ maxLength: 3 }),
          fc.constantFrom('lexicographic', 'numeric', 'alphanumeric', 'strlen', 'version'),
        )
        .map(
          ([lower, ordering]): FilterSpec => ({
            type: 'bound',
            dimension: 'd',
            lower,
            upper: null,
            lowerStrict: false,
            upperStrict: false,
            ordering: ordering as 'numeric',
          }),
        ),
    );
    fc.assert(
      fc.property(spec, fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })), (filter, row) => {
        const source = JSON.stringify({ d: row });
        expect(matches(not(filter), source)).toBe(!matches(filter, source));
      }),
      { numRuns: 300 },
    );
  });

  it('cuts the fraction off a LONG to compare with, and refuses what is no number', () => {
    const equals = (matchValue: string | number): FilterSpec => ({
      type: 'equals',
      column: 'd',
      matchValueType: 'LONG',
      matchValue,
    });
    expect([7.5, '7.5', '+7', '0x1p3'].map((value) => matches(equals(value), '{"d":7}'))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(() => matches(equals('abc'), '{}')).toThrow(
      new RangeError(
        'the equals filter on column "d" has "abc" to compare with, which is no LONG: give a number, or matchValueType STRING',
      ),
    );
    const range: FilterSpec = {
      type: 'range',
      column: 'd',
      matchValueType: 'DOUBLE',
      lower: null,
      upper: 'x',
      lowerOpen: false,
      upperOpen: false,
    };
    expect(() => matches(range, '{}')).toThrow(
      new RangeError(
        'the range filter on column "d" has "x" to compare with, which is no DOUBLE: give a number, or matchValueType STRING',
      ),
    );
  });

  it('refuses a regex that Java would refuse', () => {
    const compile = (pattern: string) => () => compileFilter({ type: 'regex', dimension: 'd', pattern }, () => 0);
    expect(compile('(a')).toThrow(
      new SyntaxError(`the regex "(a" can't be used: a group lacks its ")" (at character 3)`),
    );
    expect(compile('a)')).toThrow(new SyntaxError(`the regex "a)" can't be used: a ")" has no "(" (at character 2)`));
    expect(compile('[a')).toThrow(
      new SyntaxError(`the regex "[a" can't be used: a character class lacks its "]" (at character 3)`),
    );
    expect(compile('a**')).toThrow(
      new SyntaxError(`the regex "a**" can't be used: "*" has nothing to repeat (at character 3)`),
    );
    expect(compile('\\p{Foo}')).toThrow(
      new SyntaxError(
        `the regex "\\\\p{Foo}" can't be used: the character property "Foo" isn't known (at character 8)`,
      ),
    );
    expect(compile('(?i)(a)\\1')).toThrow(
      new SyntaxError(
        `the regex "(?i)(a)\\\\1" can't be used: references to groups aren't supported with the flag i (at character 10)`,
      ),
    );
  });
});

describe('a column that no filter can read', () => {
  const answer = (spec: FilterSpec) => compileFilter(spec, () => OPAQUE_SLOT).matches(recordOf('{}', []), 0);

  it('is null to all filters but the null filter', () => {
    expect(answer(selector('d', null))).toBe(true);
    expect(answer(selector('d', 'a'))).toBe(false);
    expect(answer(not(selector('d', 'a')))).toBe(false);
    expect(answer({ type: 'null', column: 'd' })).toBe(false);
    expect(answer(not({ type: 'null', column: 'd' }))).toBe(true);
    expect(answer({ type: 'columnComparison', dimensions: ['d', 'e'] })).toBe(true);
  });
});
