import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMonths,
  dayOf,
  dayOfWeek,
  daysFromDate,
  monthOf,
  monthsBetween,
  packedDate,
  weekOf,
  weeksInWeekYear,
  weekYearOf,
  weekYearStart,
  withYear,
  yearOf,
} from '../../src/time/calendar.ts';
import { parsePeriod, periodText } from '../../src/time/period.ts';

const date = (y: number, m: number, d: number): number => daysFromDate(y, m, d) * 86_400_000;

describe('dates', () => {
  it('are those of JavaScript, where it has them', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (days) => {
        const js = new Date(days * 86_400_000);
        const packed = packedDate(days);
        expect([yearOf(packed), monthOf(packed), dayOf(packed)]).toEqual([
          js.getUTCFullYear(),
          js.getUTCMonth() + 1,
          js.getUTCDate(),
        ]);
        expect(daysFromDate(yearOf(packed), monthOf(packed), dayOf(packed))).toBe(days);
        expect(dayOfWeek(days) % 7).toBe(js.getUTCDay());
      }),
      { numRuns: 300 },
    );
  });

  it('have ISO weeks', () => {
    const first = daysFromDate(2021, 1, 1);
    expect([weekYearOf(first), weekOf(first), weeksInWeekYear(2020)]).toEqual([2020, 53, 53]);
    expect(weekYearStart(2024)).toBe(daysFromDate(2024, 1, 1));
    expect([weekYearOf(daysFromDate(2024, 12, 30)), weekOf(daysFromDate(2024, 12, 30))]).toEqual([2025, 1]);
  });

  it('clip the day when months or years are added', () => {
    expect(addMonths(date(2024, 1, 31), 1)).toBe(date(2024, 2, 29));
    expect(addMonths(date(2024, 3, 31), -1)).toBe(date(2024, 2, 29));
    expect(addMonths(date(2024, 1, 15), -13)).toBe(date(2022, 12, 15));
    expect(withYear(date(2024, 2, 29) + 5, 2023)).toBe(date(2023, 2, 28) + 5);
  });

  it('lie as many months apart as can be added without passing', () => {
    const time = fc.integer({ min: -3e12, max: 3e12 });
    fc.assert(
      fc.property(time, time, (a, b) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        const months = monthsBetween(from, to);
        expect(addMonths(from, months)).toBeLessThanOrEqual(to);
        expect(addMonths(from, months + 1)).toBeGreaterThan(to);
        expect(monthsBetween(to, from)).toBe(months === 0 ? 0 : -months);
      }),
      { numRuns: 200 },
    );
  });
});

describe('periods', () => {
  it('are printed as Joda-Time prints them', () => {
    const texts: [string, string | null][] = [
      ['p1y2m3w4dt5h6m7.008s', 'P1Y2M3W4DT5H6M7.008S'],
      ['P0Y1D', 'P1D'],
      ['P0D', 'PT0S'],
      ['PT-1.5S', 'PT-1.500S'],
      ['PT-0.5S', 'PT-0.500S'],
      ['PT.5S', 'PT0.500S'],
      ['PT1,25S', 'PT1.250S'],
      ['PT1.2345S', 'PT1.234S'],
      ['PT60M', 'PT60M'],
      ['P+01D', 'P1D'],
      ['P', null],
      ['PT', null],
      ['P1DT', null],
      ['PTS', null],
      ['PT.S', null],
      ['P1.5D', null],
      ['PT1S2M', null],
      ['P99999999999D', null],
    ];
    for (const [text, printed] of texts) {
      const period = parsePeriod(text);
      expect(period === null ? null : periodText(period), text).toBe(printed);
    }
  });
});
