/**
 * ISO 8601 periods (`P1Y2M3W4DT5H6M7.008S`) and their arithmetic in a time zone, as Joda-Time has them: from a day
 * upwards the local clock is moved, below it time itself.
 */

import { addMonths, MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND, MS_PER_WEEK } from './calendar.ts';
import type { Zone } from './zone.ts';

/** Amounts of each unit; they are not carried over, `PT60M` is not `PT1H`. */
export interface Period {
  readonly years: number;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly millis: number;
}

const PERIOD =
  /^P(?:([-+]?\d+)Y)?(?:([-+]?\d+)M)?(?:([-+]?\d+)W)?(?:([-+]?\d+)D)?(?:T(?=[-+.,\d])(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?)(\d*)(?:(?<=\d)|(?=[.,]\d))(?:[.,](\d{0,3})\d*)?S)?)?$/i;
const MAX_AMOUNT = 2_147_483_647;

/** The period of a text, null when it is none or says nothing (`P`). */
export function parsePeriod(text: string): Period | null {
  const match = PERIOD.exec(text);
  if (match === null || text.length < 3) return null;
  const [years, months, weeks, days, hours, minutes] = match.slice(1, 7).map((n) => Number(n ?? 0) + 0);
  const sign = match[7] === '-' ? -1 : 1;
  const seconds = sign * Number(match[8] ?? 0) + 0;
  const millis = sign * Number((match[9] ?? '').padEnd(3, '0')) + 0;
  const period = { years, months, weeks, days, hours, minutes, seconds, millis };
  return Object.values(period).some((n) => Math.abs(n) > MAX_AMOUNT) ? null : period;
}

/** As Joda prints it: units without amount are left out, milliseconds are a fraction of three digits. */
export function periodText(period: Period): string {
  const { years, months, weeks, days, hours, minutes, seconds, millis } = period;
  const part = (n: number, unit: string): string => (n === 0 ? '' : `${n}${unit}`);
  const date = part(years, 'Y') + part(months, 'M') + part(weeks, 'W') + part(days, 'D');
  let second = part(seconds, 'S');
  if (millis !== 0) {
    const total = seconds * MS_PER_SECOND + millis;
    const size = Math.abs(total);
    const whole = Math.floor(size / MS_PER_SECOND);
    second = `${total < 0 ? '-' : ''}${whole}.${String(size % MS_PER_SECOND).padStart(3, '0')}S`;
  }
  const time = part(hours, 'H') + part(minutes, 'M') + second;
  if (date === '' && time === '') return 'PT0S';
  return `P${date}${time === '' ? '' : `T${time}`}`;
}

/** Milliseconds of the units below a day. */
function timeMillis(period: Period): number {
  return period.hours * MS_PER_HOUR + period.minutes * MS_PER_MINUTE + period.seconds * MS_PER_SECOND + period.millis;
}

/** Length with days of 24 hours and weeks of 7 days, or null where years or months leave it open. */
export function standardMillis(period: Period): number | null {
  if (period.years !== 0 || period.months !== 0) return null;
  return period.weeks * MS_PER_WEEK + period.days * MS_PER_DAY + timeMillis(period);
}

/**
 * Moves the local clock by calendar months. Where the clock skips the time reached, it runs on with the offset before
 * the gap; where it shows it twice, the first is meant.
 */
export function addMonthsInZone(ms: number, months: number, zone: Zone): number {
  if (months === 0) return ms;
  const local = addMonths(zone.toLocal(ms), months);
  return local - zone.offsetFromLocal(local);
}

/** Moves the local clock by milliseconds, for days and weeks; gaps and overlaps as in {@link addMonthsInZone}. */
export function addLocalMillis(ms: number, millis: number, zone: Zone): number {
  if (millis === 0) return ms;
  const local = zone.toLocal(ms) + millis;
  return local - zone.offsetFromLocal(local);
}

/**
 * Adds a period `times` times (1 or -1) to an instant: unit by unit, years first, each on the result of the one before
 * (Joda: Chronology.add).
 */
export function addPeriod(period: Period, ms: number, times: number, zone: Zone): number {
  let result = addMonthsInZone(ms, period.years * 12 * times, zone);
  result = addMonthsInZone(result, period.months * times, zone);
  result = addLocalMillis(result, period.weeks * MS_PER_WEEK * times, zone);
  result = addLocalMillis(result, period.days * MS_PER_DAY * times, zone);
  return result + timeMillis(period) * times;
}
