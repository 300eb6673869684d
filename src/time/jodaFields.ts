/**
 * From parsed calendar fields to epoch milliseconds, as Joda-Time's DateTimeParserBucket computes them: fields are set
 * one after the other, longest first, on 1970-01-01, each cutting off what is shorter; then all of them once more, so
 * that fields which contradict each other end as they do in Joda.
 */

import {
  addMonths,
  dayOf,
  dayOfWeek,
  daysFromDate,
  daysInMonth,
  daysOf,
  floorTo,
  isLeapYear,
  MS_PER_DAY,
  MS_PER_HOUR,
  MS_PER_MINUTE,
  MS_PER_SECOND,
  monthOf,
  msOfDay,
  packedDate,
  weekOf,
  weeksInWeekYear,
  weekYearOf,
  weekYearStart,
  withYear,
  yearOf,
} from './calendar.ts';
import { Field } from './jodaPattern.ts';

const HALF_DAY = 12 * MS_PER_HOUR;
const MAX_YEAR = 292_278_993;
/** First year of the era before Christ, Joda's beginning of time: out of range unless a year follows. */
const MIN_YEAR = -292_275_054;

/**
 * Orders field numbers as Joda applies them. Fields of the same range and unit keep their order, and the last one wins.
 */
export function applyOrder(fields: readonly number[]): number[] {
  return fields.map((_, i) => i).sort((a, b) => rank(fields[a]) - rank(fields[b]) || a - b);
}

function rank(field: number): number {
  if (field === Field.yearOfEra || field === Field.weekYear) return Field.year;
  if (field === Field.clockHour) return Field.hour;
  if (field === Field.clockHourOfHalfDay) return Field.hourOfHalfDay;
  return field;
}

/** True for the fields that mean little without a year: Joda puts them into the year 2000. */
export function needsYear(firstField: number): boolean {
  return firstField >= Field.month && firstField <= Field.dayOfWeek;
}

/**
 * Milliseconds of local time for `values[order[i]]` of `fields[order[i]]`; NaN when a value is out of range.
 *
 * @param order see {@link applyOrder}
 */
export function computeMillis(fields: ArrayLike<number>, values: ArrayLike<number>, order: ArrayLike<number>): number {
  let ms = 0;
  for (let i = 0; i < order.length; i++) {
    ms = floorField(setField(ms, fields[order[i]], values[order[i]]), fields[order[i]]);
  }
  const last = order.length - 1;
  for (let i = 0; i <= last; i++) ms = setField(ms, fields[order[i]], values[order[i]]);
  return last < 0 ? ms : floorField(ms, fields[order[last]]);
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function setHours(ms: number, hours: number, range: number): number {
  const part = ms - floorTo(ms, range);
  return ms + (hours - Math.floor(part / MS_PER_HOUR)) * MS_PER_HOUR;
}

function setField(ms: number, field: number, value: number): number {
  switch (field) {
    case Field.era:
      return setEra(ms, value);
    case Field.centuryOfEra: {
      if (!within(value, 0, MAX_YEAR / 100)) return Number.NaN;
      const year = yearOf(packedDate(daysOf(ms)));
      return withYear(ms, (year < 0 ? -value : value) * 100 + (year % 100));
    }
    case Field.year:
      return within(value, -MAX_YEAR, MAX_YEAR) ? withYear(ms, value) : Number.NaN;
    case Field.yearOfEra: {
      if (!within(value, 1, MAX_YEAR)) return Number.NaN;
      return withYear(ms, yearOf(packedDate(daysOf(ms))) <= 0 ? 1 - value : value);
    }
    case Field.weekYear:
      return within(value, -MAX_YEAR, MAX_YEAR) ? withWeekYear(ms, value) : Number.NaN;
    case Field.month:
      if (!within(value, 1, 12)) return Number.NaN;
      return addMonths(ms, value - monthOf(packedDate(daysOf(ms))));
    case Field.week: {
      const days = daysOf(ms);
      if (!within(value, 1, weeksInWeekYear(weekYearOf(days)))) return Number.NaN;
      return ms + (value - weekOf(days)) * 7 * MS_PER_DAY;
    }
    case Field.dayOfYear: {
      const year = yearOf(packedDate(daysOf(ms)));
      if (!within(value, 1, isLeapYear(year) ? 366 : 365)) return Number.NaN;
      return daysFromDate(year, 1, value) * MS_PER_DAY + msOfDay(ms);
    }
    case Field.dayOfMonth: {
      const date = packedDate(daysOf(ms));
      if (!within(value, 1, daysInMonth(yearOf(date), monthOf(date)))) return Number.NaN;
      return ms + (value - dayOf(date)) * MS_PER_DAY;
    }
    case Field.dayOfWeek:
      if (!within(value, 1, 7)) return Number.NaN;
      return ms + (value - dayOfWeek(daysOf(ms))) * MS_PER_DAY;
    case Field.halfDay:
      return ms + (value - Math.floor(msOfDay(ms) / HALF_DAY)) * HALF_DAY;
    case Field.hour:
      return within(value, 0, 23) ? setHours(ms, value, MS_PER_DAY) : Number.NaN;
    case Field.clockHour:
      return within(value, 1, 24) ? setHours(ms, value % 24, MS_PER_DAY) : Number.NaN;
    case Field.hourOfHalfDay:
      return within(value, 0, 11) ? setHours(ms, value, HALF_DAY) : Number.NaN;
    case Field.clockHourOfHalfDay:
      return within(value, 1, 12) ? setHours(ms, value % 12, HALF_DAY) : Number.NaN;
    case Field.minute:
      if (!within(value, 0, 59)) return Number.NaN;
      return floorTo(ms, MS_PER_HOUR) + value * MS_PER_MINUTE + (ms - floorTo(ms, MS_PER_MINUTE));
    case Field.second:
      if (!within(value, 0, 59)) return Number.NaN;
      return floorTo(ms, MS_PER_MINUTE) + value * MS_PER_SECOND + (ms - floorTo(ms, MS_PER_SECOND));
    default:
      return floorTo(ms, MS_PER_SECOND) + value;
  }
}

/** Era 0 is before Christ. Joda turns the year's sign. */
function setEra(ms: number, era: number): number {
  const year = yearOf(packedDate(daysOf(ms)));
  return (year > 0 ? 1 : 0) === era ? ms : withYear(ms, -year);
}

function withWeekYear(ms: number, weekYear: number): number {
  const days = daysOf(ms);
  const week = Math.min(weekOf(days), weeksInWeekYear(weekYear));
  return (weekYearStart(weekYear) + (week - 1) * 7 + dayOfWeek(days) - 1) * MS_PER_DAY + msOfDay(ms);
}

function floorField(ms: number, field: number): number {
  switch (field) {
    case Field.era:
      return daysFromDate(yearOf(packedDate(daysOf(ms))) > 0 ? 1 : MIN_YEAR, 1, 1) * MS_PER_DAY;
    case Field.centuryOfEra: {
      const year = yearOf(packedDate(daysOf(ms)));
      return daysFromDate(year - (year % 100), 1, 1) * MS_PER_DAY;
    }
    case Field.year:
    case Field.yearOfEra:
      return daysFromDate(yearOf(packedDate(daysOf(ms))), 1, 1) * MS_PER_DAY;
    case Field.weekYear:
      return weekYearStart(weekYearOf(daysOf(ms))) * MS_PER_DAY;
    case Field.month: {
      const days = daysOf(ms);
      return (days - dayOf(packedDate(days)) + 1) * MS_PER_DAY;
    }
    case Field.week: {
      const days = daysOf(ms);
      return (days - dayOfWeek(days) + 1) * MS_PER_DAY;
    }
    case Field.dayOfYear:
    case Field.dayOfMonth:
    case Field.dayOfWeek:
      return floorTo(ms, MS_PER_DAY);
    case Field.halfDay:
      return floorTo(ms, HALF_DAY);
    case Field.hour:
    case Field.clockHour:
    case Field.hourOfHalfDay:
    case Field.clockHourOfHalfDay:
      return floorTo(ms, MS_PER_HOUR);
    case Field.minute:
      return floorTo(ms, MS_PER_MINUTE);
    case Field.second:
      return floorTo(ms, MS_PER_SECOND);
    default:
      return ms;
  }
}
