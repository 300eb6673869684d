import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../src/row/filter/rowFilter.ts';
import { javaDoubleTextJdk17 } from '../../../src/row/numbers/javaText.ts';
import type { FilterSpec } from '../../../src/spec/jobSpec.ts';
import { recordOf } from './recordOf.ts';

/** Rows (time and JSON), and filters with the rows that Druid 33's Transformer lets through: one bit a row, the first highest. */
const DRUID = JSON.parse(readFileSync(new URL('../../fixtures/row/filters.json', import.meta.url), 'utf8')) as {
  rows: [time: number, source: string][];
  filters: [spec: FilterSpec, matches: string, negationMatches: string][];
};

const FIELDS = ['d', 'e', 'missing'];
const ROWS = DRUID.rows.map(([time, source]) => ({ time, source, record: recordOf(source, FIELDS) }));

function passing(spec: FilterSpec): string[] {
  const filter = compileFilter(
    spec,
    (column) => (column === '__time' ? -1 : FIELDS.indexOf(column)),
    javaDoubleTextJdk17,
  );
  return ROWS.filter(({ record, time }) => filter.matches(record, time)).map(
    ({ source, time }) => `${source} @${time}`,
  );
}

function druids(bits: string): string[] {
  const passes = BigInt(`0x${bits}`).toString(2).padStart(ROWS.length, '0');
  return ROWS.filter((_, i) => passes[i] === '1').map(({ source, time }) => `${source} @${time}`);
}

/** What our answer has too much (+) and too little (-). */
function difference(ours: string[], druid: string[]): string[] {
  return [
    ...ours.filter((row) => !druid.includes(row)).map((row) => `+ ${row}`),
    ...druid.filter((row) => !ours.includes(row)).map((row) => `- ${row}`),
  ];
}

const types = [...new Set(DRUID.filters.map(([spec]) => spec.type))].filter((type) => type !== 'regex');

describe.each(types)('filter %s', (type) => {
  const cases = DRUID.filters.filter(([spec]) => spec.type === type);

  it(`passes the rows that Druid passes (${cases.length} specs)`, () => {
    const wrong = cases.flatMap(([spec, matches]) => {
      const rows = difference(passing(spec), druids(matches));
      return rows.length === 0 ? [] : [`${JSON.stringify(spec)} ${rows.join(' ')}`];
    });
    expect(wrong).toEqual([]);
  });

  it('negates as Druid does', () => {
    const wrong = cases.flatMap(([spec, , negation]) => {
      const rows = difference(passing({ type: 'not', field: spec }), druids(negation));
      return rows.length === 0 ? [] : [`${JSON.stringify(spec)} ${rows.join(' ')}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe('filter regex', () => {
  const cases = DRUID.filters.filter(([spec]) => spec.type === 'regex');

  it(`finds what java.util.regex finds, or refuses the pattern (${cases.length} patterns)`, () => {
    const refused: string[] = [];
    const wrong = cases.flatMap(([spec, matches]) => {
      let ours: string[];
      try {
        ours = passing(spec);
      } catch (error) {
        if (matches !== 'error') refused.push((error as Error).message);
        return [];
      }
      if (matches === 'error') return [`${JSON.stringify(spec)} Java refuses it`];
      const rows = difference(ours, druids(matches));
      return rows.length === 0 ? [] : [`${JSON.stringify(spec)} ${rows.join(' ')}`];
    });
    expect(wrong).toEqual([]);
    expect(refused).toEqual([
      'the regex "\\\\2(a)(b)" can\'t be used: it refers to a group that does not stand before it (at character 3)',
      'the regex "(a)(b)?\\\\2" can\'t be used: it refers to group 2, which may not have taken part (at character 10)',
      'the regex "\\\\X" can\'t be used: "\\X" is no escape known here (at character 2)',
      'the regex "(?u)a" can\'t be used: the flag "u" isn\'t supported (at character 4)',
      'the regex "(?U)\\\\w" can\'t be used: the flag "U" isn\'t supported (at character 4)',
      'the regex "(?iu)Α" can\'t be used: the flag "u" isn\'t supported (at character 5)',
      'the regex "[a&&&b]" can\'t be used: an intersection (&&) needs a set on both sides (at character 5)',
    ]);
  });
});
