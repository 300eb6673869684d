/**
 * timestampSpec formats (Druid: TimestampParser): from a field's text or number to the row's time.
 */

import { MAX_TIME_MS } from './calendar.ts';
import { parseIsoBytes } from './isoBytes.ts';
import { JodaParser } from './jodaParser.ts';
import { isAllDigits, javaDoubleText, javaNumberText, parseLongBytes } from './numberBytes.ts';
import { isDroppedZoneWord } from './zone.ts';

/**
 * A timestamp format ready for use. All methods return epoch milliseconds, or NaN where Druid has a row without a
 * readable time: the text is not of the format, or the time is beyond 2^53 ms around the epoch. (Druid reaches 2^62;
 * no such row would fit an interval.) A parser keeps scratch memory: it may be shared by calls, not by threads.
 */
export interface TimestampParser {
  parseText(text: string): number;
  /** `bytes[start, end)` is UTF-8; it is only read. */
  parseBytes(bytes: Uint8Array, start: number, end: number): number;
  /** A JSON number. Whole numbers count as Java Longs, all others as Doubles. */
  parseNumber(value: number): number;
  /**
   * A JSON number as it stands in the input. Unlike {@link parseNumber} this is exact beyond 2^53, where nanoseconds
   * are.
   */
  parseNumberBytes(bytes: Uint8Array, start: number, end: number): number;
}

type ParseBytes = (bytes: Uint8Array, start: number, end: number) => number;

const DASH = 0x2d;
const QUOTE = 0x22;
const SPACE = 0x20;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function inRange(ms: number): number {
  return ms >= -MAX_TIME_MS && ms <= MAX_TIME_MS ? ms : Number.NaN;
}

/**
 * Compiles `timestampSpec.format`: `auto`, `iso`, `millis`, `posix`, `micro`, `nano`, `ruby` in any case, or a Joda-Time
 * pattern in UTC.
 *
 * @param thisYear the year that two-digit years of a pattern are near to
 * @throws Error with a sentence when a pattern cannot be read
 */
export function compileTimestampParser(
  format: string,
  thisYear: number = new Date().getUTCFullYear(),
): TimestampParser {
  switch (format.toLowerCase()) {
    case 'auto':
      return numericParser(parseAuto, 0, 1);
    case 'iso':
      return textParser(stripped(parseIso));
    case 'millis':
      return numericParser(stripped(longParser(0, 1)), 0, 1);
    case 'posix':
      return numericParser(stripped(longParser(0, 1000)), 0, 1000);
    case 'micro':
      return numericParser(stripped(longParser(3, 1)), 3, 1);
    case 'nano':
      return numericParser(stripped(longParser(6, 1)), 6, 1);
    case 'ruby':
      return rubyParser();
    default:
      return textParser(stripped(patternParser(new JodaParser(format, thisYear))));
  }
}

/** Druid's stripQuotes: white space around goes, then a pair of double quotes, then white space inside it. */
function stripped(parse: ParseBytes): ParseBytes {
  return (bytes, start, end) => {
    let from = start;
    let to = end;
    if (to > from && (bytes[from] <= SPACE || bytes[to - 1] <= SPACE || bytes[from] === QUOTE)) {
      for (let pass = 0; pass < 2; pass++) {
        while (from < to && bytes[from] <= SPACE) from++;
        while (from < to && bytes[to - 1] <= SPACE) to--;
        if (pass === 1 || to - from < 2 || bytes[from] !== QUOTE || bytes[to - 1] !== QUOTE) break;
        from++;
        to--;
      }
    }
    return from === to ? Number.NaN : parse(bytes, from, to);
  };
}

/** All digits are milliseconds; else ISO with T or space, where a zone's name at the end is dropped without effect. */
const parseAuto: ParseBytes = (bytes, start, end) => {
  if (end - start > 4 && bytes[start + 4] === DASH) {
    const ms = parseIsoBytes(bytes, start, end, true);
    if (!Number.isNaN(ms)) return inRange(ms);
  }
  if (isAllDigits(bytes, start, end)) return inRange(parseLongBytes(bytes, start, end, 0));
  return parseAutoIso(bytes, start, end);
};

const parseAutoIso = stripped((bytes, start, end) => {
  let space = end - 1;
  while (space > start && bytes[space] !== SPACE) space--;
  const stop = space > start && isDroppedZoneWord(decoder.decode(bytes.subarray(space + 1, end))) ? space : end;
  return inRange(parseIsoBytes(bytes, start, stop, true));
});

/** ISO with T only; where that fails, a long is milliseconds. So `2024` is a year and `1704164645` is not. */
const parseIso: ParseBytes = (bytes, start, end) => {
  const ms = parseIsoBytes(bytes, start, end, false);
  return inRange(!Number.isNaN(ms) ? ms : parseLongBytes(bytes, start, end, 0));
};

function longParser(droppedDigits: number, factor: number): ParseBytes {
  return (bytes, start, end) => inRange(parseLongBytes(bytes, start, end, droppedDigits) * factor);
}

/** Logs repeat their second-exact timestamps, and patterns are the slow way: the text before is worth a compare. */
function patternParser(parser: JodaParser): ParseBytes {
  const last = new Uint8Array(64);
  let lastLength = -1;
  let lastMs = Number.NaN;
  return (bytes, start, end) => {
    const length = end - start;
    if (length === lastLength) {
      let i = 0;
      while (i < length && bytes[start + i] === last[i]) i++;
      if (i === length) return lastMs;
    }
    const ms = inRange(parser.parse(bytes, start, end));
    if (length <= last.length) {
      for (let i = 0; i < length; i++) last[i] = bytes[start + i];
      lastLength = length;
      lastMs = ms;
    }
    return ms;
  };
}

/** Adds parseText: the text as bytes in scratch memory, so that both ways are the same by construction. */
function withText(parseBytes: ParseBytes): (text: string) => number {
  let scratch = new Uint8Array(128);
  return (text) => {
    if (scratch.length < text.length * 3) scratch = new Uint8Array(text.length * 3);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) return parseBytes(scratch, 0, encoder.encodeInto(text, scratch).written);
      scratch[i] = unit;
    }
    return parseBytes(scratch, 0, text.length);
  };
}

/** Formats that read text only: a number counts as the text that Java would write, of a Double where JSON does not have a long. */
function textParser(parseBytes: ParseBytes): TimestampParser {
  const parseText = withText(parseBytes);
  return {
    parseText,
    parseBytes,
    parseNumber: (value) => parseText(javaNumberText(value)),
    parseNumberBytes: (bytes, start, end) =>
      isLong(bytes, start, end)
        ? parseBytes(bytes, start, end)
        : parseText(javaDoubleText(Number(decoder.decode(bytes.subarray(start, end))))),
  };
}

function isLong(bytes: Uint8Array, start: number, end: number): boolean {
  const ms = parseLongBytes(bytes, start, end, 0);
  return !Number.isNaN(ms);
}

/** Formats in which a number is a count of `factor` ms, or of ms with `droppedDigits` digits too many. */
function numericParser(parseBytes: ParseBytes, droppedDigits: number, factor: number): TimestampParser {
  const divisor = 10 ** droppedDigits;
  const parseNumber = (value: number): number => inRange(Math.trunc(Math.trunc(value) / divisor) * factor + 0);
  return {
    parseText: withText(parseBytes),
    parseBytes,
    parseNumber,
    parseNumberBytes: (bytes, start, end) => {
      const long = parseLongBytes(bytes, start, end, droppedDigits);
      if (!Number.isNaN(long)) return inRange(long * factor);
      return parseNumber(Number(decoder.decode(bytes.subarray(start, end))));
    },
  };
}

const JAVA_DOUBLE = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?$/;

/** Seconds as a double. Java would read NaN as 1970 and hexadecimal doubles: no timestamps, so both are refused. */
function rubyParser(): TimestampParser {
  const parseNumber = (value: number): number => inRange(Math.trunc(value * 1000) + 0);
  const parseBytes = stripped((bytes, start, end) => {
    const text = decoder.decode(bytes.subarray(start, end));
    return JAVA_DOUBLE.test(text) ? parseNumber(Number(text.replace(/[fFdD]$/, ''))) : Number.NaN;
  });
  return {
    parseText: withText(parseBytes),
    parseBytes,
    parseNumber,
    parseNumberBytes: (bytes, start, end) => parseNumber(Number(decoder.decode(bytes.subarray(start, end)))),
  };
}
