/**
 * Parses bytes by a Joda-Time pattern: the steps of {@link parseJodaPattern} one after the other, then the calendar.
 * The default zone is UTC; an offset or zone in the text moves the instant.
 */

import { dayOfWeek, daysFromDate, daysInMonth, MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from './calendar.ts';
import { offsetRead, skipOffset } from './isoBytes.ts';
import { applyOrder, computeMillis, needsYear } from './jodaFields.ts';
import { Field, Kind, parseJodaPattern, type Step } from './jodaPattern.ts';
import { endOfWord, matchWord } from './jodaTexts.ts';
import { type Zone, zoneOf } from './zone.ts';
import { ZONE_IDS } from './zoneIds.ts';

const DASH = 0x2d;
const PLUS = 0x2b;
const SLASH = 0x2f;
const MAX_INT = 2_147_483_647;
/** Joda's year for patterns that have a month or day but no year: a leap year, so that 29 February can be read. */
const DEFAULT_YEAR = 2000;
/** Zone ids are searched for a slash no further than the longest region reaches (`Antarctica/`). */
const MAX_REGION = 11;

/** Joda's default names for the pattern letter z. */
const ZONE_NAMES: readonly (readonly [name: string, zone: string])[] = [
  ['UTC', 'UTC'],
  ['UT', 'UTC'],
  ['GMT', 'UTC'],
  ['EST', 'America/New_York'],
  ['EDT', 'America/New_York'],
  ['CST', 'America/Chicago'],
  ['CDT', 'America/Chicago'],
  ['MST', 'America/Denver'],
  ['MDT', 'America/Denver'],
  ['PST', 'America/Los_Angeles'],
  ['PDT', 'America/Los_Angeles'],
];

const encoder = new TextEncoder();
const zoneNames = ZONE_NAMES.map(([name, zone]) => ({ bytes: encoder.encode(name), zone }));
const zoneIds = [...ZONE_IDS.keys()]
  .sort((a, b) => b.length - a.length)
  .map((id) => ({ bytes: encoder.encode(id), zone: id, region: id.indexOf('/') + 1 }));

function startsWith(text: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (at + word.length > end) return false;
  for (let i = 0; i < word.length; i++) {
    if (text[at + i] !== word[i]) return false;
  }
  return true;
}

function startsWithIgnoringCase(text: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (at + word.length > end) return false;
  for (let i = 0; i < word.length; i++) {
    const a = text[at + i];
    const b = word[i];
    if (a === b) continue;
    const small = a | 0x20;
    if (small !== (b | 0x20) || small < 0x61 || small > 0x7a) return false;
  }
  return true;
}

export class JodaParser {
  private readonly steps: readonly Step[];
  private readonly literals: readonly Uint8Array[];
  /** First year that a two-digit year can mean. */
  private readonly firstYear: number;
  /** Fields and their values; step i fills `values[slots[i]]`. */
  private readonly slots: readonly number[];
  private readonly fields: Uint8Array;
  private readonly values: Float64Array;
  private readonly order: Uint8Array;
  /** Where {@link computePlain} finds a field, or -1; empty when the pattern needs the long way. */
  private readonly plain: Int8Array;
  private offset: number | null = null;
  private zone: Zone | null = null;

  /**
   * @param thisYear what two-digit years are near to: from 80 years before it to 19 after (as SimpleDateFormat)
   * @throws Error with a sentence when the pattern is none
   */
  constructor(pattern: string, thisYear: number) {
    this.steps = parseJodaPattern(pattern);
    this.literals = this.steps.map((step) => encoder.encode(step.literal));
    this.firstYear = thisYear - 80;
    const fields: number[] = [];
    this.slots = this.steps.map((step) => (step.field < 0 ? -1 : fields.push(step.field) - 1));
    const first = fields[applyOrder(fields)[0]];
    const withoutYear = fields.length > 0 && needsYear(first);
    if (withoutYear) fields.push(Field.year);
    this.fields = Uint8Array.from(fields);
    this.values = new Float64Array(fields.length);
    if (withoutYear) this.values[fields.length - 1] = DEFAULT_YEAR;
    this.order = Uint8Array.from(applyOrder(fields));
    this.plain = plainSlots(fields);
  }

  /** Epoch milliseconds of `text[start, end)`, NaN when it doesn't fit the pattern or names no time. */
  parse(text: Uint8Array, start: number, end: number): number {
    this.offset = null;
    this.zone = null;
    let at = start;
    for (let i = 0; i < this.steps.length; i++) {
      at = this.parseStep(i, text, at, end);
      if (at < 0) return Number.NaN;
    }
    if (at !== end) return Number.NaN;
    const local = this.plain.length > 0 ? this.computePlain() : computeMillis(this.fields, this.values, this.order);
    return this.toInstant(local);
  }

  private toInstant(local: number): number {
    if (this.offset !== null) return local - this.offset;
    const { zone } = this;
    if (zone === null || Number.isNaN(local)) return local;
    const offset = zone.offsetFromLocal(local);
    // A time that the zone's clock skips is an error in Joda, too.
    return zone.offsetAt(local - offset) === offset ? local - offset : Number.NaN;
  }

  /** The position behind the step's text, -1 when it isn't there. */
  private parseStep(i: number, text: Uint8Array, at: number, end: number): number {
    const step = this.steps[i];
    switch (step.kind) {
      case Kind.number:
        return this.parseNumber(i, step.max, step.signed, text, at, end);
      case Kind.literal:
        return startsWithIgnoringCase(text, at, end, this.literals[i]) ? at + this.literals[i].length : -1;
      case Kind.fraction:
        return this.parseFraction(i, step.max, text, at, end);
      case Kind.text: {
        const value = matchWord(step.field, text, at, end);
        this.values[this.slots[i]] = value;
        return value < 0 ? -1 : endOfWord();
      }
      case Kind.twoDigitYear:
        return this.parseTwoDigitYear(i, step.lenient, text, at, end);
      case Kind.offset: {
        const next = skipOffset(text, at, end);
        if (next >= 0) this.offset = offsetRead();
        return next;
      }
      case Kind.zoneName:
        for (const name of zoneNames) {
          if (startsWith(text, at, end, name.bytes)) {
            this.zone = zoneOf(name.zone);
            return at + name.bytes.length;
          }
        }
        return -1;
      default:
        return this.parseZoneId(text, at, end);
    }
  }

  private parseNumber(i: number, max: number, signed: boolean, text: Uint8Array, start: number, end: number): number {
    let at = start;
    let negative = false;
    if (signed && max > 1 && at < end && (text[at] === DASH || text[at] === PLUS)) {
      negative = text[at] === DASH;
      at++;
    }
    const first = at;
    const limit = Math.min(end, at + max);
    let value = 0;
    while (at < limit) {
      const digit = text[at] - 48;
      if (digit >>> 0 > 9) break;
      value = value * 10 + digit;
      at++;
    }
    if (at === first || value > MAX_INT) return -1;
    this.values[this.slots[i]] = negative ? -value : value;
    return at;
  }

  private parseFraction(i: number, max: number, text: Uint8Array, start: number, end: number): number {
    let at = start;
    const limit = Math.min(end, at + max);
    let value = 0;
    let unit = 100;
    while (at < limit) {
      const digit = text[at] - 48;
      if (digit >>> 0 > 9) break;
      value += digit * unit;
      unit = (unit / 10) | 0;
      at++;
    }
    this.values[this.slots[i]] = value;
    return at === start ? -1 : at;
  }

  /** Exactly two digits are a year near now; where the pattern allows it, any other count is the year itself. */
  private parseTwoDigitYear(i: number, lenient: boolean, text: Uint8Array, at: number, end: number): number {
    if (lenient) {
      const next = this.parseNumber(i, 10, true, text, at, end);
      const signed = next > at && (text[at] === DASH || text[at] === PLUS);
      if (next < 0 || signed || next - at !== 2) return next;
    }
    if (at + 2 > end) return -1;
    const tens = text[at] - 48;
    const ones = text[at + 1] - 48;
    if (tens >>> 0 > 9 || ones >>> 0 > 9) return -1;
    const ahead = (tens * 10 + ones - this.firstYear) % 100;
    this.values[this.slots[i]] = this.firstYear + (ahead < 0 ? ahead + 100 : ahead);
    return at + 2;
  }

  /** The longest id that fits. Joda decides by the first slash nearby whether an id has a region. */
  private parseZoneId(text: Uint8Array, at: number, end: number): number {
    let region = 0;
    const limit = Math.min(end, at + MAX_REGION);
    for (let i = at; i < limit && region === 0; i++) {
      if (text[i] === SLASH) region = i + 1 - at;
    }
    for (const id of zoneIds) {
      if (id.region === region && startsWith(text, at, end, id.bytes)) {
        this.zone = zoneOf(id.zone);
        return at + id.bytes.length;
      }
    }
    return -1;
  }

  private valueOf(field: number, missing: number): number {
    const slot = this.plain[field];
    return slot < 0 ? missing : this.values[slot];
  }

  /** What {@link computeMillis} gives for fields that cannot contradict each other, in one go. */
  private computePlain(): number {
    const year = this.valueOf(Field.year, 1970);
    const month = this.valueOf(Field.month, 1);
    const day = this.valueOf(Field.dayOfMonth, 1);
    const minute = this.valueOf(Field.minute, 0);
    const second = this.valueOf(Field.second, 0);
    const halfDay = this.valueOf(Field.halfDay, -1);
    let hour = this.valueOf(Field.hour, 0);
    if (halfDay >= 0) {
      const clockHour = this.valueOf(Field.clockHourOfHalfDay, 12);
      if (clockHour < 1 || clockHour > 12) return Number.NaN;
      hour = halfDay * 12 + (clockHour % 12);
    }
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN;
    if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
    const days = daysFromDate(year, month, day);
    const weekday = this.valueOf(Field.dayOfWeek, 0);
    if (weekday !== 0 && weekday !== dayOfWeek(days)) return computeMillis(this.fields, this.values, this.order);
    return (
      days * MS_PER_DAY + hour * MS_PER_HOUR + minute * MS_PER_MINUTE + second * 1000 + this.valueOf(Field.fraction, 0)
    );
  }
}

/** Slots by field when every field comes once and no two say the same thing; empty otherwise. */
function plainSlots(fields: readonly number[]): Int8Array {
  const allowed: number[] = [
    Field.year,
    Field.month,
    Field.dayOfMonth,
    Field.dayOfWeek,
    Field.minute,
    Field.second,
    Field.fraction,
  ];
  const halves = fields.includes(Field.halfDay) && fields.includes(Field.clockHourOfHalfDay);
  allowed.push(...(halves ? [Field.halfDay, Field.clockHourOfHalfDay] : [Field.hour]));
  const dated = !fields.some((field) => needsYear(field)) || fields.includes(Field.year);
  if (!dated || new Set(fields).size !== fields.length || !fields.every((f) => allowed.includes(f))) {
    return new Int8Array(0);
  }
  const slots = new Int8Array(Field.fraction + 1).fill(-1);
  fields.forEach((field, slot) => {
    slots[field] = slot;
  });
  return slots;
}
