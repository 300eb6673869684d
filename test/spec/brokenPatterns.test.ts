import { describe, expect, it } from 'vitest';
import { problemLine } from '../../src/spec/formatProblems.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { type Change, changed } from './specTexts.ts';

/** A parseSpec of the format "regex" in place of the JSON one. */
const regex =
  (pattern: string, more: object = {}): Change =>
  (s) => {
    const { timestampSpec, dimensionsSpec } = s.dataSchema.parser.parseSpec;
    s.dataSchema.parser.parseSpec = { format: 'regex', pattern, ...more, timestampSpec, dimensionsSpec };
  };
const filter =
  (pattern: string): Change =>
  (s) => {
    s.dataSchema.transformSpec = { filter: { type: 'not', field: { type: 'regex', dimension: 'page', pattern } } };
  };
const granularity =
  (value: object): Change =>
  (s) => {
    s.dataSchema.granularitySpec.queryGranularity = { type: 'period', ...value };
  };
const timestamp =
  (format: string): Change =>
  (s) => {
    s.dataSchema.parser.parseSpec.timestampSpec.format = format;
  };

const PARSE = 'spec.dataSchema.parser.parseSpec';
const FILTER = 'x.json:50:24 spec.dataSchema.transformSpec.filter.field.pattern';
const QUERY = 'spec.dataSchema.granularitySpec.queryGranularity';
const x60 = 'x'.repeat(60);

/** A change to a good spec, and every word said about it. */
const CASES: readonly (readonly [what: string, change: Change, lines: readonly string[]])[] = [
  [
    'a pattern that Java refuses',
    regex('(a'),
    [`x.json:10:22 ${PARSE}.pattern: the regex "(a" can't be used: a group lacks its ")" (at character 3)`],
  ],
  [
    'a pattern that was not filled in',
    regex('{{ pattern }}'),
    [
      `x.json:10:22 ${PARSE}.pattern: the regex "{{ pattern }}" can't be used: "{" has nothing to repeat (at character 1); this looks like a template placeholder that was not filled in`,
    ],
  ],
  [
    'a list delimiter that matches an empty text',
    regex('(.*)', { columns: ['ts', 'page', 'code'], listDelimiter: '|' }),
    [
      `x.json:16:28 ${PARSE}.listDelimiter: the listDelimiter "|" of the "regex" parseSpec is a regular expression, and this one matches an empty text: escape what is meant literally, as in "\\\\|"`,
    ],
  ],
  [
    'both',
    regex('[', { columns: ['ts', 'page', 'code'], listDelimiter: '(' }),
    [
      `x.json:10:22 ${PARSE}.pattern: the regex "[" can't be used: a character class lacks its "]" (at character 2)`,
      `x.json:16:28 ${PARSE}.listDelimiter: the regex "(" can't be used: a group lacks its ")" (at character 2)`,
    ],
  ],
  [
    'a pattern of half a megabyte',
    regex('x'.repeat(500_000)),
    [`x.json:10:22 ${PARSE}.pattern: the regex "${x60}"... has 500000 characters, and it may have 65536`],
  ],
  [
    'a pattern of 30,000 groups in each other',
    regex(`${'('.repeat(30_000)}${')'.repeat(30_000)}`),
    [`x.json:10:22 ${PARSE}.pattern: the regex "${'('.repeat(60)}"... is nested too deep`],
  ],
  [
    'a filter whose pattern Java refuses',
    filter('a{2,1}'),
    [`${FILTER}: the regex "a{2,1}" can't be used: numbers out of order in {} quantifier`],
  ],
  [
    'a timestamp format with a letter that means nothing',
    timestamp('yyyy-MM-ddTHH:mm'),
    [
      `x.json:12:23 ${PARSE}.timestampSpec.format: the timestamp format "yyyy-MM-ddTHH:mm" has "T", which is no field of a Joda pattern; put literal letters in quotes, as in yyyy-MM-dd'T'HH:mm`,
    ],
  ],
  [
    'a timestamp format that is empty',
    timestamp(''),
    [`x.json:12:23 ${PARSE}.timestampSpec.format: the timestamp format is empty; give "auto", "iso" or a Joda pattern`],
  ],
  [
    'a period that is none',
    granularity({ period: 'P1X' }),
    [
      `x.json:41:21 ${QUERY}.period: granularity period "P1X" is no ISO 8601 period; expected one such as P1D, P1M, PT6H`,
    ],
  ],
  [
    'a period of no time in a zone that is none',
    granularity({ period: 'P0D', timeZone: 'Nowhere' }),
    [
      `x.json:42:23 ${QUERY}.timeZone: time zone "Nowhere" is not known; give an IANA id such as "America/Los_Angeles", "UTC" or an offset such as "+05:30"`,
    ],
  ],
];

describe('specs with patterns, formats and periods that cannot be used', () => {
  it.each(CASES)('tells of %s', (_what, change, lines) => {
    const { job, problems } = readSpec(changed(change), 'x.json');
    expect(problems.map((problem) => problemLine(problem, 'x.json'))).toEqual(lines);
    expect(job).toBeNull();
  });

  it.each([
    ['a pattern', regex('(?<ts>\\S+) \\[([^\\]]*+)\\](?: "(.*)")?', { listDelimiter: '\\|' })],
    ['a filter', filter('^\\p{Lu}[a-z&&[^q]]++$')],
    ['a granularity', granularity({ period: 'PT6H', timeZone: 'Europe/Berlin' })],
    ['a format', timestamp("dd/MMM/yyyy:HH:mm:ss Z 'x'")],
  ])('takes %s that can', (_what, change) => {
    const { problems } = readSpec(changed(change), 'x.json');
    expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
  });
});
