import { describe, expect, it } from 'vitest';
import { ETERNITY_END, ETERNITY_START, MAX_TIME_MS } from '../../src/time/calendar.ts';
import {
  basicText,
  intervalText,
  isoText,
  isoTextInZone,
  parseInstant,
  parseInterval,
} from '../../src/time/isoText.ts';
import { readRows } from './fixtures.ts';

describe('printed times', () => {
  it('are those of Joda-Time, in UTC and in zones', () => {
    for (const [ms, zone, text] of readRows('isoTexts.tsv') as [string, string, string][]) {
      expect(zone === '' ? isoText(Number(ms)) : isoTextInZone(Number(ms), zone), `${ms} ${zone}`).toBe(text);
    }
  });

  it('have the forms of Druid paths', () => {
    const ms = parseInstant('2024-03-01T08:00Z');
    expect(isoTextInZone(ms, 'America/Los_Angeles')).toBe('2024-03-01T00:00:00.000-08:00');
    expect(isoTextInZone(ms, 'UTC')).toBe('2024-03-01T08:00:00.000Z');
    expect(basicText(ms)).toBe('20240301T080000.000Z');
  });

  it('reach from eternity to eternity', () => {
    const eternity = '-146136543-09-08T08:23:32.096Z/146140482-04-24T15:36:27.903Z';
    expect(parseInterval(eternity)).toEqual({ start: ETERNITY_START, end: ETERNITY_END });
    expect(intervalText({ start: ETERNITY_START, end: ETERNITY_END })).toBe(eternity);
    expect(isoTextInZone(ETERNITY_END, 'Asia/Tokyo')).toBe('146140482-04-24T15:36:27.903Z');
    expect(basicText(ETERNITY_END)).toBe('1461404820424T153627.903Z');
    expect(basicText(ETERNITY_START)).toBe('-1461365430908T082332.096Z');
    expect(isoText(MAX_TIME_MS)).toBe('287396-10-12T08:59:00.991Z');
  });
});

describe('intervals', () => {
  it('are those of Druid', () => {
    for (const [text, expected] of readRows('intervals.tsv') as [string, string][]) {
      let found = 'invalid';
      try {
        const { start, end } = parseInterval(text);
        found = `${start} ${end}`;
      } catch {
        // Invalid: the sentences are tested below.
      }
      expect(found, text).toBe(expected);
    }
  });

  it('are refused with sentences', () => {
    const sentences: [string, string][] = [
      [
        '2024',
        '"2024" is not an interval; expected a start and an end with a slash between, as 2024-01-01/2024-02-01 or 2024-01-01/P1M.',
      ],
      [
        '2024-13-01/P1D',
        'The interval "2024-13-01/P1D" has "2024-13-01", which is no ISO 8601 time; write 2024-01-31, 2024-01-31T10:00 or 2024-01-31T10:00:00+02:00.',
      ],
      ['2024/P1X', 'The interval "2024/P1X" has "P1X", which is no ISO 8601 period such as P1D, P1M or PT6H.'],
      ['P1D/P1D', 'The interval "P1D/P1D" has two periods; one side must be a time, as in 2024-01-01/P1M.'],
      ['2024/2023', 'The interval "2024/2023" ends before it starts.'],
      [
        '2024/P300000Y',
        'The interval "2024/P300000Y" reaches beyond the times that rows can have, -283457-03-21T15:00:59.009Z to 287396-10-12T08:59:00.991Z.',
      ],
    ];
    for (const [text, sentence] of sentences) expect(() => parseInterval(text)).toThrow(sentence);
  });
});

describe('instants', () => {
  it('are ISO or milliseconds', () => {
    expect(parseInstant('2024')).toBe(1_704_067_200_000);
    expect(parseInstant('1704164645678')).toBe(1_704_164_645_678);
    expect(() => parseInstant('yesterday')).toThrow(
      '"yesterday" is not a time; expected ISO 8601 such as 2024-01-31T10:00:00Z, 2024-01-31 or 2024-W05, or epoch milliseconds.',
    );
    expect(() => parseInstant('20240102')).toThrow('is not a time');
  });
});
