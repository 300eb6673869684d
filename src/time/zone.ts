/**
 * Time zones by the ids that Druid's specs use, with offsets as cheap as a compare for rows that lie near each other.
 *
 * The rules come from Intl (ICU's copy of tzdata); what happens in gaps and overlaps of the clock follows Joda-Time's
 * DateTimeZone, which is what Druid buckets by. Ids: `UTC`, everything in {@link ZONE_IDS}, offsets such as `+05:30` or
 * `UTC-03:00`, and the three-letter ids of old Java. Druid turns an id it cannot read into UTC without a word; here
 * that is an error.
 */

import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND } from './calendar.ts';
import { OLD_ZONE_IDS, ZONE_IDS } from './zoneIds.ts';

/** Transitions are searched for in blocks of this length, sampled once a day. */
const DAYS_PER_BLOCK = 32;
const BLOCK_MS = DAYS_PER_BLOCK * MS_PER_DAY;
/** The range of JavaScript's Date, hence of Intl; zone rules don't change near its ends. */
const MAX_INTL_MS = 8.64e15;

/** Stretches of one offset inside a block: `from[i] <= ms < from[i + 1]` has `offset[i]`. */
interface Block {
  readonly from: number[];
  readonly offset: number[];
}

export class Zone {
  /** As Joda prints it: `America/Los_Angeles`, `+05:30`, `UTC`. */
  readonly id: string;
  /** True for UTC and plain offsets, which have no transitions. */
  readonly isFixed: boolean;
  private readonly format: Intl.DateTimeFormat | null;
  private readonly blocks = new Map<number, Block>();
  /** The stretch found last. */
  private from: number;
  private to: number;
  private offset: number;

  /** @param fixedOffset milliseconds east of Greenwich, or null for a zone with rules, which Intl must know by `id` */
  constructor(id: string, fixedOffset: number | null) {
    this.id = id;
    this.isFixed = fixedOffset !== null;
    this.offset = fixedOffset ?? 0;
    this.from = fixedOffset === null ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    this.to = Number.POSITIVE_INFINITY;
    this.format =
      fixedOffset === null ? new Intl.DateTimeFormat('en-US', { timeZone: id, timeZoneName: 'longOffset' }) : null;
  }

  /** Milliseconds to add to a UTC instant for local time. */
  offsetAt(ms: number): number {
    if (ms >= this.from && ms < this.to) return this.offset;
    return this.search(ms);
  }

  /** Local milliseconds of an instant: the clock read as if it were UTC. */
  toLocal(ms: number): number {
    return ms + this.offsetAt(ms);
  }

  /**
   * The instant of a local time, preferring the offset that `near` has (Joda: convertLocalToUTC with an original
   * instant). In a gap the clock is taken to run on with the offset before it.
   */
  toUtc(local: number, near: number): number {
    if (this.isFixed) return local - this.offset;
    const nearOffset = this.offsetAt(near);
    if (this.offsetAt(local - nearOffset) === nearOffset) return local - nearOffset;
    const guess = this.offsetAt(local);
    const offset = this.offsetAt(local - guess);
    if (guess === offset || guess >= 0) return local - offset;
    // West of Greenwich the second look is wrong inside a gap: both instants lie on different sides of a transition.
    return this.offsetAt(local - offset) === offset ? local - offset : local - guess;
  }

  /**
   * The offset of a local time with no instant to go by (Joda: getOffsetFromLocal): the one before a gap's end, so that
   * time moves on, and the earlier of the two instants of an overlap.
   */
  offsetFromLocal(local: number): number {
    if (this.isFixed) return this.offset;
    const guess = this.offsetAt(local);
    const instant = local - guess;
    const offset = this.offsetAt(instant);
    if (guess !== offset) {
      return guess < offset && this.offsetAt(local - offset) !== offset ? guess : offset;
    }
    if (guess >= 0) {
      // East of Greenwich the guess has already passed the transition of an overlap.
      const start = this.stretchStart(instant);
      const before = this.offsetAt(start - 1);
      if (instant - start < before - guess) return before;
    }
    return offset;
  }

  /** First millisecond of the stretch of one offset around `ms`, looked for no further back than the block before. */
  private stretchStart(ms: number): number {
    const offset = this.offsetAt(ms);
    const start = this.from;
    return this.offsetAt(start - 1) === offset ? this.from : start;
  }

  private search(ms: number): number {
    const index = Math.floor(ms / BLOCK_MS);
    let block = this.blocks.get(index);
    if (block === undefined) {
      block = this.readBlock(index * BLOCK_MS);
      this.blocks.set(index, block);
    }
    let i = block.from.length - 1;
    while (i > 0 && block.from[i] > ms) i--;
    this.from = block.from[i];
    this.to = i + 1 < block.from.length ? block.from[i + 1] : (index + 1) * BLOCK_MS;
    this.offset = block.offset[i];
    return this.offset;
  }

  private readBlock(start: number): Block {
    const block: Block = { from: [start], offset: [this.read(start)] };
    let offset = block.offset[0];
    for (let day = 1; day <= DAYS_PER_BLOCK; day++) {
      const next = this.read(start + day * MS_PER_DAY);
      if (next === offset) continue;
      let before = start + (day - 1) * MS_PER_DAY;
      let after = before + MS_PER_DAY;
      while (after - before > 1) {
        const middle = Math.floor((before + after) / 2);
        if (this.read(middle) === offset) before = middle;
        else after = middle;
      }
      if (after < start + BLOCK_MS) {
        block.from.push(after);
        block.offset.push(next);
      }
      offset = next;
    }
    return block;
  }

  /** Asks Intl: the text ends in `GMT`, or `GMT-07:52:58`. */
  private read(ms: number): number {
    const text = (this.format as Intl.DateTimeFormat).format(Math.max(-MAX_INTL_MS, Math.min(MAX_INTL_MS, ms)));
    return offsetOf(text.slice(text.lastIndexOf('GMT') + 3)) ?? 0;
  }
}

export const UTC = new Zone('UTC', 0);

const OFFSET = /^([+-])(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]?(\d{1,3}))?)?)?$/;

/** Milliseconds of `+05:30`, `-0800` or `+01:02:03.004`; null when it is none, or out of range. */
function offsetOf(text: string): number | null {
  const match = OFFSET.exec(text);
  if (match === null) return null;
  const [, sign, h, m = '0', s = '0', fraction = '0'] = match as unknown as [string, string, string, ...string[]];
  if (Number(h) > 23 || Number(m) > 59 || Number(s) > 59) return null;
  const offset =
    Number(h) * MS_PER_HOUR +
    Number(m) * MS_PER_MINUTE +
    Number(s) * MS_PER_SECOND +
    Math.floor(Number(`0.${fraction}`) * MS_PER_SECOND + 0.5);
  return sign === '-' ? -offset + 0 : offset;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `+05:30`, `-07:52:58`, `+01:02:03.004`, and `zero` for 0: Joda's form of an offset. */
export function offsetText(offset: number, zero: string): string {
  if (offset === 0) return zero;
  const n = Math.abs(offset);
  const ms = n % MS_PER_SECOND;
  const seconds = Math.floor(n / MS_PER_SECOND) % 60;
  let text = `${offset < 0 ? '-' : '+'}${two(Math.floor(n / MS_PER_HOUR))}:${two(Math.floor(n / MS_PER_MINUTE) % 60)}`;
  if (seconds !== 0 || ms !== 0) text += `:${two(seconds)}`;
  if (ms !== 0) text += `.${String(ms).padStart(3, '0')}`;
  return text;
}

const known = new Map<string, Zone>([['UTC', UTC]]);

/**
 * The zone of an id. Zones are shared, so their caches are too.
 *
 * @throws Error for an id that Joda-Time does not have
 */
export function zoneOf(id: string): Zone {
  let zone = known.get(id);
  if (zone === undefined) {
    zone = makeZone(id);
    known.set(id, zone);
  }
  return zone;
}

function makeZone(id: string): Zone {
  const zoneId = ZONE_IDS.get(id);
  if (zoneId !== undefined && zoneId !== id) return zoneOf(zoneId);
  if (zoneId !== undefined) return new Zone(id, fixedOffsetOf(id));
  if (id === 'Z' || id === 'UT') return UTC;
  const offset = offsetOf(id.replace(/^(UTC|GMT|UT)(?=[+-])/, ''));
  if (offset !== null) return offset === 0 ? UTC : new Zone(offsetText(offset, 'UTC'), offset);
  const newId = OLD_ZONE_IDS.get(id);
  if (newId !== undefined) return zoneOf(newId);
  throw new Error(
    `Time zone "${id}" is not known; give an IANA id such as "America/Los_Angeles", "UTC" or an offset such as "+05:30".`,
  );
}

/** Zones of {@link ZONE_IDS} that are offsets by another name; the sign of `Etc/GMT+5` is turned, by POSIX. */
function fixedOffsetOf(id: string): number | null {
  if (id === 'EST') return -5 * MS_PER_HOUR;
  if (id === 'MST') return -7 * MS_PER_HOUR;
  if (id === 'HST') return -10 * MS_PER_HOUR;
  if (!id.startsWith('Etc/')) return null;
  const hours = /^Etc\/GMT([+-]\d+)$/.exec(id);
  return hours === null ? 0 : -Number(hours[1]) * MS_PER_HOUR + 0;
}

/**
 * Whether Druid's `auto` timestamps drop this word at the end of a text: Java's zone ids, less the three that only Joda
 * knows. (Java's SystemV ids are not among Joda's.)
 */
export function isDroppedZoneWord(word: string): boolean {
  if (ZONE_IDS.has(word)) return word !== 'GMT+0' && word !== 'GMT-0' && word !== 'ROC';
  return OLD_ZONE_IDS.has(word);
}
