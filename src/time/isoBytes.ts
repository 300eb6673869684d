/**
 * ISO 8601 texts as bytes to epoch milliseconds: the grammar of Joda-Time's ISODateTimeFormat.dateTimeParser() and of
 * the parser that Druid builds for timestamp format `auto` (a space may stand for the T).
 *
 *     date    year | year-M | year-M-d | year-DDD | weekyear-Www | weekyear-Www-e
 *     time    HH | HH.fff | HH:mm | HH:mm.fff | HH:mm:ss | HH:mm:ss.fff        (fraction: . or , and 1 to 9 digits)
 *     offset  Z | +HH | +HHmm | +HHmmss | +HHmmssSSS | +HH:mm | +HH:mm:ss | +HH:mm:ss.SSS
 *     text    date | date T | date T time | date T offset | date T time offset | T time | T time offset
 *
 * Joda is lenient about digits: a year has 1 to 9 and may have a sign, other fields have 1 up to their width, T, W and Z
 * may be small letters. It is strict about values: no hour 24, no second 60. Fractions are cut to milliseconds.
 */

import {
  daysFromDate,
  daysInMonth,
  isLeapYear,
  MS_PER_DAY,
  MS_PER_HOUR,
  MS_PER_MINUTE,
  MS_PER_SECOND,
  weeksInWeekYear,
  weekYearStart,
} from './calendar.ts';

/** Years that Joda's arithmetic reaches; our range ends long before. */
const MIN_YEAR = -292_275_055;
const MAX_YEAR = 292_278_994;

const DASH = 0x2d;
const PLUS = 0x2b;
const COLON = 0x3a;
const DOT = 0x2e;
const COMMA = 0x2c;
const SPACE = 0x20;
const T = 0x54;

// The general parser's state. Texts are parsed one at a time, so it lives here rather than in an object per row.
let bytes: Uint8Array = new Uint8Array(0);
let at = 0;
let end = 0;
/** How many digits {@link readNumber} took. */
let digits = 0;

// The date that came last: rows near each other mostly share it.
let lastDateKey = -1;
let lastDateMs = 0;

function isDigit(position: number): boolean {
  return position < end && bytes[position] >= 0x30 && bytes[position] <= 0x39;
}

/** Digits at the cursor, at most `max`; -1 when there is none. */
function readNumber(max: number): number {
  let value = 0;
  const limit = Math.min(end, at + max);
  const start = at;
  while (at < limit) {
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    at++;
  }
  digits = at - start;
  return digits === 0 ? -1 : value;
}

/** A letter, given large, in either case. */
function isLetter(position: number, letter: number): boolean {
  return position < end && (bytes[position] & 0xdf) === letter;
}

/**
 * Epoch milliseconds of `text[start, stop)`, NaN when it is no such text or names no date.
 *
 * @param spaceAllowed true for Druid's `auto`: a space may stand for the T, and a time alone is refused
 */
export function parseIsoBytes(text: Uint8Array, start: number, stop: number, spaceAllowed: boolean): number {
  const ms = parseUsual(text, start, stop, spaceAllowed);
  if (!Number.isNaN(ms)) return ms;
  bytes = text;
  at = start;
  end = stop;
  if (!spaceAllowed && isLetter(at, T)) {
    at++;
    const time = readTime();
    return !Number.isNaN(time) ? readEnd(time) : Number.NaN;
  }
  const date = readDate();
  if (Number.isNaN(date)) return date;
  if (at === end) return date;
  if (!isLetter(at, T) && !(spaceAllowed && bytes[at] === SPACE)) return Number.NaN;
  at++;
  const beforeTime = at;
  const time = readTime();
  if (!Number.isNaN(time)) return readEnd(date + time);
  // A time that cannot be read is no time, and then an offset may stand here; bad values fail in the end.
  if (at !== beforeTime) return Number.NaN;
  return readEnd(date);
}

/** The form that nearly all rows have: `yyyy-MM-ddTHH:mm:ss`, maybe a fraction, maybe an offset. NaN: look closer. */
function parseUsual(b: Uint8Array, i: number, stop: number, spaceAllowed: boolean): number {
  const length = stop - i;
  if (length < 19) return Number.NaN;
  const separator = b[i + 10];
  if (
    b[i + 4] !== DASH ||
    b[i + 7] !== DASH ||
    b[i + 13] !== COLON ||
    b[i + 16] !== COLON ||
    !(separator === T || (spaceAllowed && separator === SPACE))
  ) {
    return Number.NaN;
  }
  const y1 = b[i] - 48;
  const y2 = b[i + 1] - 48;
  const y3 = b[i + 2] - 48;
  const y4 = b[i + 3] - 48;
  const o1 = b[i + 5] - 48;
  const o2 = b[i + 6] - 48;
  const d1 = b[i + 8] - 48;
  const d2 = b[i + 9] - 48;
  const h1 = b[i + 11] - 48;
  const h2 = b[i + 12] - 48;
  const m1 = b[i + 14] - 48;
  const m2 = b[i + 15] - 48;
  const s1 = b[i + 17] - 48;
  const s2 = b[i + 18] - 48;
  // Negative numbers turn into huge ones, so one compare per digit says that it is one.
  if (
    y1 >>> 0 > 9 ||
    y2 >>> 0 > 9 ||
    y3 >>> 0 > 9 ||
    y4 >>> 0 > 9 ||
    o1 >>> 0 > 1 ||
    o2 >>> 0 > 9 ||
    d1 >>> 0 > 3 ||
    d2 >>> 0 > 9 ||
    h1 >>> 0 > 2 ||
    h2 >>> 0 > 9 ||
    m1 >>> 0 > 5 ||
    m2 >>> 0 > 9 ||
    s1 >>> 0 > 5 ||
    s2 >>> 0 > 9
  ) {
    return Number.NaN;
  }
  const hour = h1 * 10 + h2;
  if (hour > 23) return Number.NaN;
  const dateKey = (((y1 * 10 + y2) * 10 + y3) * 10 + y4) * 10_000 + (o1 * 10 + o2) * 100 + d1 * 10 + d2;
  if (dateKey !== lastDateKey) {
    const year = (dateKey / 10_000) | 0;
    const month = o1 * 10 + o2;
    const day = d1 * 10 + d2;
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN;
    lastDateMs = daysFromDate(year, month, day) * MS_PER_DAY;
    lastDateKey = dateKey;
  }
  let ms = lastDateMs + ((hour * 60 + m1 * 10 + m2) * 60 + s1 * 10 + s2) * 1000;
  if (length === 19) return ms;
  let p = i + 19;
  if (b[p] === DOT) {
    const first = ++p;
    let unit = 100;
    while (p < stop) {
      const digit = b[p] - 48;
      if (digit >>> 0 > 9) break;
      ms += digit * unit;
      unit = (unit / 10) | 0;
      p++;
    }
    if (p === first || p - first > 9) return Number.NaN;
    if (p === stop) return ms;
  }
  if (p + 1 === stop && b[p] === 0x5a) return ms;
  return skipOffset(b, p, stop) === stop ? ms - lastOffset : Number.NaN;
}

/** Milliseconds of the date at the cursor, which moves behind the longest form that fits; NaN when the date is none. */
function readDate(): number {
  let sign = 1;
  if (bytes[at] === DASH || bytes[at] === PLUS) {
    if (!isDigit(at + 1)) return Number.NaN;
    if (bytes[at] === DASH) sign = -1;
    at++;
  }
  const number = readNumber(9);
  if (number < 0) return Number.NaN;
  const year = sign * number;
  if (year < MIN_YEAR || year > MAX_YEAR) return Number.NaN;
  if (at >= end || bytes[at] !== DASH) return daysFromDate(year, 1, 1) * MS_PER_DAY;
  if (isLetter(at + 1, 0x57) && isDigit(at + 2)) {
    at += 2;
    return readWeek(year);
  }
  if (!isDigit(at + 1)) return daysFromDate(year, 1, 1) * MS_PER_DAY;
  at++;
  const beforeField = at;
  const ordinal = readNumber(3);
  if (digits === 3) {
    if (ordinal < 1 || ordinal > (isLeapYear(year) ? 366 : 365)) return Number.NaN;
    return daysFromDate(year, 1, ordinal) * MS_PER_DAY;
  }
  at = beforeField;
  const month = readNumber(2);
  if (month < 1 || month > 12) return Number.NaN;
  let day = 1;
  if (at < end && bytes[at] === DASH && isDigit(at + 1)) {
    at++;
    day = readNumber(2);
    if (day < 1 || day > daysInMonth(year, month)) return Number.NaN;
  }
  return daysFromDate(year, month, day) * MS_PER_DAY;
}

function readWeek(weekYear: number): number {
  const week = readNumber(2);
  if (week < 1 || week > weeksInWeekYear(weekYear)) return Number.NaN;
  let day = 1;
  if (at < end && bytes[at] === DASH && isDigit(at + 1)) {
    at++;
    day = readNumber(1);
    if (day < 1 || day > 7) return Number.NaN;
  }
  return (weekYearStart(weekYear) + (week - 1) * 7 + day - 1) * MS_PER_DAY;
}

/** Milliseconds of the time at the cursor; NaN with the cursor unmoved when no digit stands there. */
function readTime(): number {
  const hour = readNumber(2);
  if (hour < 0 || hour > 23) return Number.NaN;
  let ms = hour * MS_PER_HOUR;
  if (at < end && bytes[at] === COLON && isDigit(at + 1)) {
    at++;
    const minute = readNumber(2);
    if (minute > 59) return Number.NaN;
    ms += minute * MS_PER_MINUTE;
    if (at < end && bytes[at] === COLON && isDigit(at + 1)) {
      at++;
      const second = readNumber(2);
      if (second > 59) return Number.NaN;
      return ms + second * MS_PER_SECOND + readFraction(MS_PER_SECOND);
    }
    return ms + readFraction(MS_PER_MINUTE);
  }
  return ms + readFraction(MS_PER_HOUR);
}

/** A decimal fraction of `unit` milliseconds; Joda cuts every digit's share to whole tenths of a millisecond. */
function readFraction(unit: number): number {
  if (!(at < end && (bytes[at] === DOT || bytes[at] === COMMA) && isDigit(at + 1))) return 0;
  at++;
  let share = unit * 10;
  let tenths = 0;
  for (let n = 0; n < 9 && isDigit(at); n++) {
    share = Math.floor(share / 10);
    tenths += (bytes[at] - 0x30) * share;
    at++;
  }
  return Math.floor(tenths / 10);
}

/** What is left must be an offset, or nothing. */
function readEnd(local: number): number {
  if (at === end) return local;
  const next = skipOffset(bytes, at, end);
  return next === end ? local - lastOffset : Number.NaN;
}

let lastOffset = 0;

/** Milliseconds of the offset that {@link skipOffset} read last. */
export function offsetRead(): number {
  return lastOffset;
}

function twoDigits(b: Uint8Array, i: number, stop: number): number {
  if (i + 2 > stop) return -1;
  const tens = b[i] - 48;
  const ones = b[i + 1] - 48;
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? -1 : tens * 10 + ones;
}

/**
 * Reads `Z`, `+HH`, `+HHmm`, `+HH:mm` and the longer forms with seconds and fraction.
 *
 * @returns the position behind, or -1 when no offset stands there; see {@link offsetRead}
 */
export function skipOffset(b: Uint8Array, i: number, stop: number): number {
  if (i >= stop) return -1;
  if (b[i] === 0x5a || b[i] === 0x7a) {
    lastOffset = 0;
    return i + 1;
  }
  if (b[i] !== DASH && b[i] !== PLUS) return -1;
  const sign = b[i] === DASH ? -1 : 1;
  let p = i + 1;
  const hours = twoDigits(b, p, stop);
  if (hours < 0 || hours > 23) return -1;
  let offset = hours * MS_PER_HOUR;
  p += 2;
  const separated = p < stop && b[p] === COLON;
  // Minutes and seconds: two digits each, behind colons if the first had one. One digit alone is a mistake.
  for (let unit = MS_PER_MINUTE; unit >= MS_PER_SECOND; unit /= 60) {
    if (p === stop || (separated ? b[p] !== COLON : (b[p] - 48) >>> 0 > 9)) return finishOffset(sign * offset, p);
    if (separated) p++;
    const value = twoDigits(b, p, stop);
    if (value < 0 || value > 59) return -1;
    offset += value * unit;
    p += 2;
  }
  if (p === stop) return finishOffset(sign * offset, p);
  if (separated) {
    if (b[p] !== DOT && b[p] !== COMMA) return finishOffset(sign * offset, p);
    p++;
  }
  let unit = 100;
  const first = p;
  while (p < stop && p - first < 3 && (b[p] - 48) >>> 0 <= 9) {
    offset += (b[p] - 48) * unit;
    unit /= 10;
    p++;
  }
  if (p === first && separated) return -1;
  return finishOffset(sign * offset, p);
}

function finishOffset(offset: number, position: number): number {
  lastOffset = offset;
  return position;
}
