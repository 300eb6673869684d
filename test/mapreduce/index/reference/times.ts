import { DateTime, type DurationLike } from 'luxon';
import type { Granularity } from '../../../../src/spec/jobSpec.ts';
import type { Value } from './values.ts';

const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{3})?)?(Z|[+-]\d\d:\d\d)?)?$/;
/** Milliseconds of a unit, or units of a millisecond. */
const UNITS: Readonly<Record<string, (count: bigint) => bigint>> = {
  millis: (count) => count,
  posix: (count) => count * 1000n,
  micro: (count) => count / 1000n,
  nano: (count) => count / 1_000_000n,
};

/** @returns epoch milliseconds; null where a row has no readable time */
export function timeOf(format: string, value: Value): number | null {
  if (typeof value === 'boolean' || typeof value === 'object' || value === '') return null;
  if (format === 'auto') {
    if (typeof value !== 'string') return Math.trunc(Number(value));
    return /^\d+$/.test(value) ? Number(value) : isoTime(value);
  }
  if (format === 'iso') return isoTime(`${value}`.replace(' ', '?'));
  if (format === 'ruby') return numberOrNull(Math.trunc(Number(value) * 1000));
  const unit = UNITS[format];
  if (unit !== undefined) {
    if (typeof value === 'number') return Number(unit(BigInt(Math.trunc(value))));
    return /^-?\d+$/.test(`${value}`) ? Number(unit(BigInt(value))) : null;
  }
  const parsed = DateTime.fromFormat(`${value}`, format, { zone: 'utc' });
  return parsed.isValid ? parsed.toMillis() : null;
}

function isoTime(text: string): number | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const zone = match[1] === undefined && text.length > 10 ? 'Z' : '';
  return numberOrNull(Date.parse(text.replace(' ', 'T') + zone));
}

function numberOrNull(ms: number): number | null {
  return Number.isNaN(ms) ? null : ms;
}

type Unit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

const PERIODS: Readonly<Record<string, Unit>> = { PT1H: 'hour', P1D: 'day', P1W: 'week', P1M: 'month' };
const HOURS: Readonly<Record<string, number>> = { FIFTEEN_MINUTE: 0.25, SIX_HOUR: 6 };

const SIX_HOURS = 6 * 3_600_000;

/** The bucket of a time: from `start` up to, not including, `end`. */
export function bucketOf(granularity: Granularity, ms: number): { start: number; end: number } {
  switch (granularity.type) {
    case 'none':
      return { start: ms, end: ms + 1 };
    case 'all':
      return { start: -(2 ** 62), end: 2 ** 62 };
    case 'duration':
      return steps(ms, granularity.durationMs, granularity.origin);
    case 'period':
      return calendar(ms, PERIODS[granularity.period], granularity.timeZone);
    case 'named': {
      const hours = HOURS[granularity.name];
      // Before 1970 Druid's blocks of six hours round towards it.
      if (hours === 6 && ms < 0) return { start: Math.trunc(ms / SIX_HOURS) * SIX_HOURS, end: 0 };
      if (hours !== undefined) return steps(ms, hours * 3_600_000, 0);
      return calendar(ms, granularity.name.toLowerCase() as Unit, 'utc');
    }
  }
}

function steps(ms: number, length: number, origin: number): { start: number; end: number } {
  const start = origin + Math.floor((ms - origin) / length) * length;
  return { start, end: start + length };
}

function calendar(ms: number, unit: Unit, zone: string): { start: number; end: number } {
  const start = DateTime.fromMillis(ms, { zone }).startOf(unit);
  const one: DurationLike = { [unit]: 1 };
  return { start: start.toMillis(), end: start.plus(one).toMillis() };
}
