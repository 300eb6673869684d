/**
 * Bucket starts of calendar periods (Druid: PeriodGranularity.truncate).
 *
 * A period of one unit with amount 1 and no origin starts where its calendar unit does; weeks start on Monday. Larger
 * amounts count from the origin, by default 1970-01-01T00:00 of the zone. Periods of several units (`P1DT12H`) are
 * steps from the origin. Two oddities of Druid are kept, as they decide which segment a row is in: periods of several
 * hours round up before the origin 1970 in UTC, and those of an origin before 1970 start at minute 0. One is not: with
 * an origin before 1970 Druid puts times into the step before their own where a period has several units.
 */

import {
  dayOf,
  dayOfWeek,
  daysFromDate,
  daysOf,
  floorTo,
  MS_PER_DAY,
  MS_PER_HOUR,
  MS_PER_MINUTE,
  MS_PER_SECOND,
  MS_PER_WEEK,
  monthsBetween,
  packedDate,
  yearOf,
} from './calendar.ts';
import { addLocalMillis, addMonthsInZone, addPeriod, type Period, standardMillis } from './period.ts';
import type { Zone } from './zone.ts';

type Floor = (ms: number) => number;

/**
 * The function from an instant to the start of its bucket.
 *
 * @param period no amount is negative, one at least is positive
 * @param origin epoch milliseconds, or null
 */
export function periodFloor(period: Period, zone: Zone, origin: number | null): Floor {
  const amounts = Object.values(period);
  const from = origin ?? zone.toUtc(0, 0);
  if (amounts.filter((n) => n > 0).length > 1) return compoundFloor(period, zone, from);
  const aligned = origin === null && amounts.includes(1);
  const { years, months, weeks, days, hours, minutes, seconds, millis } = period;
  if (years > 0) return aligned ? dateFloor(zone, yearStart) : monthsFloor(years * 12, zone, from);
  if (months > 0) return aligned ? dateFloor(zone, monthStart) : monthsFloor(months, zone, from);
  if (weeks > 0) return aligned ? dateFloor(zone, weekStart) : localFloor(weeks * MS_PER_WEEK, zone, from);
  if (days > 0) return aligned ? dateFloor(zone, (day) => day) : localFloor(days * MS_PER_DAY, zone, from);
  if (hours > 0) return aligned ? clockFloor(MS_PER_HOUR, zone) : hoursFloor(hours, zone, from);
  if (minutes > 0) return aligned ? clockFloor(MS_PER_MINUTE, zone) : stepFloor(minutes * MS_PER_MINUTE, from);
  if (seconds > 0) return aligned ? clockFloor(MS_PER_SECOND, zone) : stepFloor(seconds * MS_PER_SECOND, from);
  return stepFloor(millis, from);
}

const yearStart = (day: number): number => daysFromDate(yearOf(packedDate(day)), 1, 1);
const monthStart = (day: number): number => day - dayOf(packedDate(day)) + 1;
const weekStart = (day: number): number => day - dayOfWeek(day) + 1;

/** Start of a calendar unit, by its first local day. */
function dateFloor(zone: Zone, firstDay: (day: number) => number): Floor {
  return (ms) => zone.toUtc(firstDay(daysOf(zone.toLocal(ms))) * MS_PER_DAY, ms);
}

/** Start of the local clock's hour, minute or second, at the offset that the instant has. */
function clockFloor(unit: number, zone: Zone): Floor {
  return (ms) => {
    const offset = zone.offsetAt(ms);
    return floorTo(ms + offset, unit) - offset;
  };
}

function stepFloor(step: number, origin: number): Floor {
  return (ms) => origin + floorTo(ms - origin, step);
}

/** Steps of whole months (years are 12) from the origin. */
function monthsFloor(months: number, zone: Zone, origin: number): Floor {
  const localOrigin = zone.toLocal(origin);
  return (ms) => {
    const count = monthsBetween(localOrigin, zone.toLocal(ms));
    const whole = count - (count % months);
    const start = addMonthsInZone(origin, whole, zone);
    return ms < start ? addMonthsInZone(origin, whole - months, zone) : start;
  };
}

/** Steps of whole days or weeks of the local clock from the origin. */
function localFloor(step: number, zone: Zone, origin: number): Floor {
  const localOrigin = zone.toLocal(origin);
  return (ms) => {
    const whole = Math.trunc((zone.toLocal(ms) - localOrigin) / step) * step;
    const start = addLocalMillis(origin, whole, zone);
    return ms < start ? addLocalMillis(origin, whole - step, zone) : start;
  };
}

/** Steps of several hours from the origin, with Druid's way before it. */
function hoursFloor(hours: number, zone: Zone, origin: number): Floor {
  const step = hours * MS_PER_HOUR;
  const hourStart = clockFloor(MS_PER_HOUR, zone);
  return (ms) => {
    const start = origin + Math.trunc((ms - origin) / step) * step;
    if (ms < start && origin > 0) return start - step;
    return ms > start && origin < 0 ? hourStart(start) : start;
  };
}

/** How many bucket starts lie between two that are remembered. */
const STARTS_PER_MARK = 256;

/** Periods of several units. */
function compoundFloor(period: Period, zone: Zone, origin: number): Floor {
  const length = standardMillis(period);
  const dated = period.years + period.months + period.weeks + period.days > 0;
  // In zones whose days vary Druid walks from the origin; steps without days are of one length there, too.
  if (length !== null && (zone.isFixed || !dated)) return stepFloor(length, origin);
  const later = [origin];
  const earlier = [origin];
  return (ms) => {
    const sign = ms >= origin ? 1 : -1;
    const marks = sign > 0 ? later : earlier;
    let i = marks.length - 1;
    while (i > 0 && sign * marks[i] > sign * ms) i--;
    let start = marks[i];
    for (let n = 1; ; n++) {
      if (sign < 0 && start <= ms) return start;
      const next = addPeriod(period, start, sign, zone);
      if (sign > 0 && next > ms) return start;
      start = next;
      if (n % STARTS_PER_MARK === 0) {
        i++;
        if (i === marks.length) marks.push(start);
      }
    }
  };
}
