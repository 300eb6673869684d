/**
 * The ISO calendar as Joda-Time's ISOChronology in UTC has it: Gregorian rules without a start (so year 0 is 1 BCE),
 * weeks from Monday, week 1 is the one with the year's first Thursday.
 *
 * Everything here is plain arithmetic on doubles: JavaScript's Date ends 10,000 years before our range does and
 * costs an object per call. Days are counted from 1970-01-01; `ms` are epoch milliseconds.
 */

export const MS_PER_SECOND = 1000;
export const MS_PER_MINUTE = 60_000;
export const MS_PER_HOUR = 3_600_000;
export const MS_PER_DAY = 86_400_000;
export const MS_PER_WEEK = 604_800_000;

/** The largest time a row may have, and with the sign turned the smallest: beyond it doubles skip milliseconds. */
export const MAX_TIME_MS = Number.MAX_SAFE_INTEGER;

/** Start of Druid's eternity (Long.MIN_VALUE / 2), exact as a double; also the one bucket start of granularity `all`. */
export const ETERNITY_START = -(2 ** 62);
/** End of Druid's eternity: Long.MAX_VALUE / 2 is 1 ms less, which no double can say. Nothing else has this value. */
export const ETERNITY_END = 2 ** 62;

const DAYS_PER_400_YEARS = 146_097;
/** From 0000-03-01, where the 400-year cycle is counted from, to 1970-01-01. */
const DAYS_TO_EPOCH = 719_468;

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Month is 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from the epoch to a date; the month is 1 to 12, the day may run over. */
export function daysFromDate(year: number, month: number, day: number): number {
  // Years counted from March put the leap day last, so month lengths follow one line.
  const y = month <= 2 ? year - 1 : year;
  const cycle = Math.floor(y / 400);
  const yearOfCycle = y - cycle * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfCycle = yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100) + dayOfYear;
  return cycle * DAYS_PER_400_YEARS + dayOfCycle - DAYS_TO_EPOCH;
}

/** A day's year times 10,000 plus month times 100 plus day, the sign of year kept by flooring: see {@link yearOf}. */
export function packedDate(days: number): number {
  const z = days + DAYS_TO_EPOCH;
  const cycle = Math.floor(z / DAYS_PER_400_YEARS);
  const dayOfCycle = z - cycle * DAYS_PER_400_YEARS;
  const yearOfCycle = Math.floor(
    (dayOfCycle - Math.floor(dayOfCycle / 1460) + Math.floor(dayOfCycle / 36_524) - Math.floor(dayOfCycle / 146_096)) /
      365,
  );
  const dayOfYear = dayOfCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * m + 2) / 5) + 1;
  const month = m < 10 ? m + 3 : m - 9;
  const year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0);
  return year * 10_000 + month * 100 + day;
}

/** Year of a {@link packedDate}. */
export function yearOf(packed: number): number {
  return Math.floor(packed / 10_000);
}

/** Month (1 to 12) of a {@link packedDate}. */
export function monthOf(packed: number): number {
  return Math.floor((packed - yearOf(packed) * 10_000) / 100);
}

/** Day of month of a {@link packedDate}. */
export function dayOf(packed: number): number {
  return packed - Math.floor(packed / 100) * 100;
}

export function daysOf(ms: number): number {
  return Math.floor(ms / MS_PER_DAY);
}

/** Milliseconds since midnight, 0 to 86,399,999 also before the epoch. */
export function msOfDay(ms: number): number {
  return ms - Math.floor(ms / MS_PER_DAY) * MS_PER_DAY;
}

/** `ms` rounded down to a multiple of `unit`, towards minus infinity. */
export function floorTo(ms: number, unit: number): number {
  return Math.floor(ms / unit) * unit;
}

/** Monday is 1, Sunday 7. */
export function dayOfWeek(days: number): number {
  const shifted = days + 3;
  return shifted - Math.floor(shifted / 7) * 7 + 1;
}

/** Day number of the Monday that week 1 of a week year starts with. */
export function weekYearStart(weekYear: number): number {
  // 4 January is always in week 1.
  const fourth = daysFromDate(weekYear, 1, 4);
  return fourth - dayOfWeek(fourth) + 1;
}

/** Week year of a day: the calendar year of its week's Thursday. */
export function weekYearOf(days: number): number {
  return yearOf(packedDate(days - dayOfWeek(days) + 4));
}

/** Week of week year, 1 to 53. */
export function weekOf(days: number): number {
  return Math.floor((days - weekYearStart(weekYearOf(days))) / 7) + 1;
}

/** 52 or 53. */
export function weeksInWeekYear(weekYear: number): number {
  return (weekYearStart(weekYear + 1) - weekYearStart(weekYear)) / 7;
}

/** The same month, day and time in another year; 29 February becomes the 28th where there is none. */
export function withYear(ms: number, year: number): number {
  const date = packedDate(daysOf(ms));
  const month = monthOf(date);
  const day = Math.min(dayOf(date), daysInMonth(year, month));
  return daysFromDate(year, month, day) * MS_PER_DAY + msOfDay(ms);
}

/** Adds calendar months (negative: takes them away); a day that the target month lacks becomes its last. */
export function addMonths(ms: number, months: number): number {
  const date = packedDate(daysOf(ms));
  const monthCount = yearOf(date) * 12 + monthOf(date) - 1 + months;
  const year = Math.floor(monthCount / 12);
  const month = monthCount - year * 12 + 1;
  const day = Math.min(dayOf(date), daysInMonth(year, month));
  return daysFromDate(year, month, day) * MS_PER_DAY + msOfDay(ms);
}

/** Whole calendar months from `from` to `to`, cut towards zero, with the month lengths of {@link addMonths}. */
export function monthsBetween(from: number, to: number): number {
  if (to < from) return -monthsBetween(to, from) + 0;
  const a = packedDate(daysOf(from));
  const b = packedDate(daysOf(to));
  const months = (yearOf(b) - yearOf(a)) * 12 + monthOf(b) - monthOf(a);
  return addMonths(from, months) > to ? months - 1 : months;
}
