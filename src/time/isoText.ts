/**
 * Times and intervals as Druid prints and reads them in specs, segment ids and paths: Joda-Time's ISODateTimeFormat and
 * Interval texts.
 */

import type { Interval } from '../spec/jobSpec.ts';
import {
  dayOf,
  daysOf,
  ETERNITY_END,
  ETERNITY_START,
  MAX_TIME_MS,
  MS_PER_HOUR,
  MS_PER_MINUTE,
  MS_PER_SECOND,
  monthOf,
  msOfDay,
  packedDate,
  yearOf,
} from './calendar.ts';
import { parseIsoBytes } from './isoBytes.ts';
import { parseLongBytes } from './numberBytes.ts';
import { addPeriod, type Period, parsePeriod } from './period.ts';
import { offsetText, UTC, zoneOf } from './zone.ts';

const ETERNITY_START_TEXT = '-146136543-09-08T08:23:32.096Z';
const ETERNITY_END_TEXT = '146140482-04-24T15:36:27.903Z';

const encoder = new TextEncoder();

function padded(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width, '0')}` : String(value).padStart(width, '0');
}

/** Local time without an offset, with the given marks between the fields of date and time. */
function localText(ms: number, dash: string, colon: string): string {
  const date = packedDate(daysOf(ms));
  const time = msOfDay(ms);
  const hour = padded(Math.floor(time / MS_PER_HOUR), 2);
  const minute = padded(Math.floor(time / MS_PER_MINUTE) % 60, 2);
  const second = padded(Math.floor(time / MS_PER_SECOND) % 60, 2);
  const day = padded(yearOf(date), 4) + dash + padded(monthOf(date), 2) + dash + padded(dayOf(date), 2);
  return `${day}T${hour}${colon}${minute}${colon}${second}.${padded(time % MS_PER_SECOND, 3)}`;
}

/**
 * `2024-01-01T00:00:00.000Z`. Years have at least four digits, a minus before year 0, and no plus. The ends of Druid's
 * eternity are printed as Druid does.
 *
 * @param ms whole epoch milliseconds
 */
export function isoText(ms: number): string {
  return ms === ETERNITY_END ? ETERNITY_END_TEXT : `${localText(ms, '-', ':')}Z`;
}

/** `20240101T000000.000Z`: the form in names of intermediate folders and HDFS paths. */
export function basicText(ms: number): string {
  return ms === ETERNITY_END ? ETERNITY_END_TEXT.replace(/-|:/g, '') : `${localText(ms, '', '')}Z`;
}

/**
 * `2024-03-01T00:00:00.000-08:00`, or with Z where the zone's offset is zero: bucket starts as Druid prints them where a
 * segment granularity has a time zone.
 *
 * @throws Error when the zone is not known
 */
export function isoTextInZone(ms: number, zoneId: string): string {
  if (Math.abs(ms) === ETERNITY_END) return isoText(ms);
  const offset = zoneOf(zoneId).offsetAt(ms);
  return localText(ms + offset, '-', ':') + offsetText(offset, 'Z');
}

/** `20240301T000000.000-0800`, or with Z: the same without separators. @throws Error when the zone is not known */
export function basicTextInZone(ms: number, zoneId: string): string {
  if (Math.abs(ms) === ETERNITY_END) return basicText(ms);
  const offset = zoneOf(zoneId).offsetAt(ms);
  return localText(ms + offset, '', '') + offsetText(offset, 'Z').replace(':', '');
}

/** `start/end` in UTC. */
export function intervalText(interval: Interval): string {
  return `${isoText(interval.start)}/${isoText(interval.end)}`;
}

const RANGE_TEXT = `${isoText(-MAX_TIME_MS)} to ${isoText(MAX_TIME_MS)}`;

function isInRange(ms: number): boolean {
  return Math.abs(ms) <= MAX_TIME_MS || ms === ETERNITY_START || ms === ETERNITY_END;
}

/** Epoch milliseconds of an ISO 8601 text, NaN when it is none, infinite when it lies outside our range. */
function readInstant(text: string): number {
  const bytes = encoder.encode(text);
  const ms = parseIsoBytes(bytes, 0, bytes.length, false);
  if (Number.isNaN(ms) || Math.abs(ms) <= MAX_TIME_MS) return ms;
  if (text === ETERNITY_START_TEXT) return ETERNITY_START;
  return text === ETERNITY_END_TEXT ? ETERNITY_END : Number.POSITIVE_INFINITY;
}

/**
 * An instant of a spec (Druid: DateTimes.of): ISO 8601 in any of the short forms, UTC where no offset is given; digits
 * that are no date are epoch milliseconds.
 *
 * @throws Error with a sentence when the text is neither
 */
export function parseInstant(text: string): number {
  let ms = readInstant(text);
  if (Number.isNaN(ms)) {
    const bytes = encoder.encode(text);
    ms = parseLongBytes(bytes, 0, bytes.length, 0);
  }
  if (isInRange(ms)) return ms;
  throw new Error(
    `"${text}" is not a time; expected ISO 8601 such as 2024-01-31T10:00:00Z, 2024-01-31 or 2024-W05, or epoch milliseconds.`,
  );
}

/**
 * An interval `start/end`, `start/period` or `period/end` (Joda-Time: Interval). Times are ISO 8601 in any short form,
 * UTC where no offset is given; periods are calendar periods such as `P1M` or `PT6H`, counted in UTC.
 *
 * @throws Error with a sentence when the text is no interval, or ends before it starts
 */
export function parseInterval(text: string): Interval {
  const slash = text.indexOf('/');
  const left = text.slice(0, Math.max(slash, 0));
  const right = text.slice(slash + 1);
  if (left === '' || right === '') {
    throw new Error(
      `"${text}" is not an interval; expected a start and an end with a slash between, as 2024-01-01/2024-02-01 or 2024-01-01/P1M.`,
    );
  }
  const leftPeriod = periodAt(left, text);
  const rightPeriod = periodAt(right, text);
  if (leftPeriod !== null && rightPeriod !== null) {
    throw new Error(`The interval "${text}" has two periods; one side must be a time, as in 2024-01-01/P1M.`);
  }
  const start = leftPeriod === null ? instantAt(left, text) : addPeriod(leftPeriod, instantAt(right, text), -1, UTC);
  const end = rightPeriod === null ? instantAt(right, text) : addPeriod(rightPeriod, start, 1, UTC);
  if (!isInRange(start) || !isInRange(end)) {
    throw new Error(`The interval "${text}" reaches beyond the times that rows can have, ${RANGE_TEXT}.`);
  }
  if (end < start) throw new Error(`The interval "${text}" ends before it starts.`);
  return { start, end };
}

function periodAt(side: string, text: string): Period | null {
  if (side[0] !== 'P' && side[0] !== 'p') return null;
  const period = parsePeriod(side);
  if (period !== null) return period;
  throw new Error(`The interval "${text}" has "${side}", which is no ISO 8601 period such as P1D, P1M or PT6H.`);
}

function instantAt(side: string, text: string): number {
  const ms = readInstant(side);
  if (isInRange(ms)) return ms;
  throw new Error(
    `The interval "${text}" has "${side}", which is no ISO 8601 time; write 2024-01-31, 2024-01-31T10:00 or 2024-01-31T10:00:00+02:00.`,
  );
}
