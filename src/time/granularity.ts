/**
 * Granularities: how Druid cuts time into buckets, for segments (segmentGranularity) and for stored rows
 * (queryGranularity).
 */

import type { Granularity } from '../spec/jobSpec.ts';
import { ETERNITY_END, ETERNITY_START } from './calendar.ts';
import { isoText } from './isoText.ts';
import { addPeriod, type Period, parsePeriod, periodText } from './period.ts';
import { periodFloor } from './periodFloor.ts';
import { UTC, zoneOf } from './zone.ts';

/** A granularity ready for use. Times are epoch milliseconds. Calls on rows in time order cost a compare. */
export interface CompiledGranularity {
  /** True for `none`: every millisecond is its own bucket. */
  readonly isNone: boolean;
  /** True for `all`: one bucket, eternity. */
  readonly isAll: boolean;
  /** Zone that bucket starts are printed in; `UTC` for granularities without one. */
  readonly timeZone: string;
  /** First millisecond of the bucket that `ms` is in. */
  bucketStart(ms: number): number;
  /** First millisecond of the bucket after the one that `ms` is in. */
  bucketEnd(ms: number): number;
  /** As Druid writes it into segment metadata: a name where the granularity has one (`"HOUR"`), else an object. */
  toJson(): unknown;
}

/** The simple granularities (Druid: GranularityType) as periods in UTC. */
const NAMED: Readonly<Record<string, string>> = {
  SECOND: 'PT1S',
  MINUTE: 'PT1M',
  FIVE_MINUTE: 'PT5M',
  TEN_MINUTE: 'PT10M',
  FIFTEEN_MINUTE: 'PT15M',
  THIRTY_MINUTE: 'PT30M',
  HOUR: 'PT1H',
  SIX_HOUR: 'PT6H',
  EIGHT_HOUR: 'PT8H',
  DAY: 'P1D',
  WEEK: 'P1W',
  MONTH: 'P1M',
  QUARTER: 'P3M',
  YEAR: 'P1Y',
};
const NAMES_BY_PERIOD = new Map(Object.entries(NAMED).map(([name, period]) => [period, name]));

const NONE: CompiledGranularity = {
  isNone: true,
  isAll: false,
  timeZone: 'UTC',
  bucketStart: (ms) => ms,
  bucketEnd: (ms) => ms + 1,
  toJson: () => ({ type: 'none' }),
};

const ALL: CompiledGranularity = {
  isNone: false,
  isAll: true,
  timeZone: 'UTC',
  bucketStart: () => ETERNITY_START,
  bucketEnd: () => ETERNITY_END,
  toJson: () => ({ type: 'all' }),
};

/**
 * @throws Error with a sentence for an unknown name or zone, a text that is no period, a period that is zero or
 *   negative, a duration below 1 ms
 */
export function compileGranularity(granularity: Granularity): CompiledGranularity {
  switch (granularity.type) {
    case 'none':
      return NONE;
    case 'all':
      return ALL;
    case 'named':
      return compileNamed(granularity.name);
    case 'period':
      return compilePeriod(granularity.period, granularity.timeZone, granularity.origin);
    case 'duration':
      return compileDuration(granularity.durationMs, granularity.origin);
  }
}

function compileNamed(text: string): CompiledGranularity {
  const name = text.toUpperCase();
  if (name === 'NONE') return NONE;
  if (name === 'ALL') return ALL;
  const period = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (period === undefined) {
    throw new Error(
      `Granularity "${text}" is not known; the names are none, ${Object.keys(NAMED).join(', ').toLowerCase()}, all.`,
    );
  }
  return compilePeriod(period, 'UTC', null);
}

function compilePeriod(text: string, zoneId: string, origin: number | null): CompiledGranularity {
  const period = parsePeriod(text);
  if (period === null) {
    throw new Error(`Granularity period "${text}" is no ISO 8601 period; expected one such as P1D, P1M, PT6H.`);
  }
  const amounts = Object.values(period);
  if (amounts.some((n) => n < 0) || amounts.every((n) => n === 0)) {
    throw new Error(`Granularity period "${text}" must be longer than zero and have no negative part.`);
  }
  const zone = zoneOf(zoneId);
  const floor = periodFloor(period, zone, origin);
  const json = periodJson(period, zone.id, origin);
  return new CachedGranularity(floor, (start) => addPeriod(period, start, 1, zone), zone.id, json);
}

/** Druid writes the name of a period that is a simple granularity, in UTC and without origin, however it was given. */
function periodJson(period: Period, timeZone: string, origin: number | null): unknown {
  const text = periodText(period);
  const name = timeZone === UTC.id && origin === null ? NAMES_BY_PERIOD.get(text) : undefined;
  return name ?? { type: 'period', period: text, timeZone, origin: origin === null ? null : isoText(origin) };
}

function compileDuration(durationMs: number, origin: number): CompiledGranularity {
  if (!Number.isSafeInteger(durationMs) || durationMs < 1) {
    throw new Error(`Granularity duration ${durationMs} is not a number of milliseconds from 1.`);
  }
  const first = (origin % durationMs) + 0;
  return new CachedGranularity(
    (ms) => first + Math.floor((ms - first) / durationMs) * durationMs,
    (start) => start + durationMs,
    UTC.id,
    { type: 'duration', duration: durationMs, origin: isoText(first) },
  );
}

class CachedGranularity implements CompiledGranularity {
  readonly isNone = false;
  readonly isAll = false;
  readonly timeZone: string;
  private readonly floor: (ms: number) => number;
  private readonly increment: (start: number) => number;
  private readonly json: unknown;
  /** The bucket found last; empty at first. */
  private start = 0;
  private end = 0;

  constructor(floor: (ms: number) => number, increment: (start: number) => number, timeZone: string, json: unknown) {
    this.floor = floor;
    this.increment = increment;
    this.timeZone = timeZone;
    this.json = json;
  }

  bucketStart(ms: number): number {
    if (ms >= this.start && ms < this.end) return this.start;
    const start = this.floor(ms);
    this.remember(ms, start, this.nextStart(start));
    return start;
  }

  bucketEnd(ms: number): number {
    if (ms >= this.start && ms < this.end) return this.end;
    const start = this.floor(ms);
    const end = this.nextStart(start);
    this.remember(ms, start, end);
    return end;
  }

  toJson(): unknown {
    return this.json;
  }

  /**
   * Mostly the start plus the period. But a day that starts at 1:00, because the clock skips midnight, is followed by
   * one that starts at 0:00; and months with days (`P1M1D`), counted back from the origin, may be longer than counted
   * forward.
   */
  private nextStart(start: number): number {
    const next = this.increment(start);
    const nextStart = this.floor(next);
    if (nextStart > start) return this.floor(nextStart) === nextStart ? nextStart : next;
    let inside = next;
    let beyond = next;
    while (this.floor(beyond) <= start) {
      inside = beyond;
      beyond = this.increment(beyond);
    }
    while (beyond - inside > 1) {
      const middle = Math.floor((inside + beyond) / 2);
      if (this.floor(middle) <= start) inside = middle;
      else beyond = middle;
    }
    return beyond;
  }

  /** Keeps a bucket only if all its milliseconds say so: clock changes leave some with an odd start. */
  private remember(ms: number, start: number, end: number): void {
    if (start <= ms && ms < end && this.floor(start) === start && this.floor(end - 1) === start) {
      this.start = start;
      this.end = end;
    }
  }
}
