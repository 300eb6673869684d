/**
 * Joda-Time's DateTimeFormat patterns (`yyyy-MM-dd HH:mm:ss Z`) as a list of parsing steps.
 *
 * A run of one letter is a field, its length says how it is written; anything else is literal text, `'...'` quotes
 * letters and `''` is a quote. How a field reads its text is Joda's (DateTimeFormatterBuilder): digit counts are upper
 * limits, and a year with a numeric field right behind it takes no more digits than it has letters.
 */

/** Calendar fields in the order in which Joda applies them: longest range first, then longest unit. */
export const Field = {
  era: 0,
  centuryOfEra: 1,
  year: 2,
  yearOfEra: 3,
  weekYear: 4,
  month: 5,
  week: 6,
  dayOfYear: 7,
  dayOfMonth: 8,
  dayOfWeek: 9,
  halfDay: 10,
  hour: 11,
  clockHour: 12,
  hourOfHalfDay: 13,
  clockHourOfHalfDay: 14,
  minute: 15,
  second: 16,
  fraction: 17,
} as const;

export const Kind = {
  /** Digits; `max` of them at most; `signed` for years. */
  number: 0,
  /** A year of two digits near the current one, or, where lenient, any year. */
  twoDigitYear: 1,
  /** Digits of a decimal fraction of a second. */
  fraction: 2,
  /** English name of a month or weekday, AM/PM, or era. */
  text: 3,
  literal: 4,
  /** `Z`, `+HH:mm`, ... */
  offset: 5,
  /** `PST`, `GMT`, ... */
  zoneName: 6,
  /** `America/Los_Angeles`, ... */
  zoneId: 7,
} as const;

export interface Step {
  readonly kind: (typeof Kind)[keyof typeof Kind];
  /** A {@link Field}, or -1 for literals and zones. */
  readonly field: number;
  readonly max: number;
  readonly signed: boolean;
  /** Two-digit years: any number of digits may come. */
  readonly lenient: boolean;
  readonly literal: string;
}

const NUMERIC = new Set('CxyYdhHmsSeDwkK');
const WIDTHS: Readonly<Record<string, readonly [field: number, width: number]>> = {
  d: [Field.dayOfMonth, 2],
  h: [Field.clockHourOfHalfDay, 2],
  H: [Field.hour, 2],
  k: [Field.clockHour, 2],
  K: [Field.hourOfHalfDay, 2],
  m: [Field.minute, 2],
  s: [Field.second, 2],
  e: [Field.dayOfWeek, 1],
  D: [Field.dayOfYear, 3],
  w: [Field.week, 2],
};

const isAsciiLetter = (c: string): boolean => /^[A-Za-z]$/.test(c);

/** Splits a pattern: fields as they stand, literal text behind a quote. */
function tokens(pattern: string): string[] {
  const list: string[] = [];
  let i = 0;
  while (i < pattern.length) {
    const c = pattern[i];
    let token = '';
    if (isAsciiLetter(c)) {
      while (i < pattern.length && pattern[i] === c) {
        token += c;
        i++;
      }
    } else {
      token = "'";
      let quoted = false;
      for (; i < pattern.length && (quoted || !isAsciiLetter(pattern[i])); i++) {
        if (pattern[i] !== "'") token += pattern[i];
        else if (pattern[i + 1] === "'") {
          token += "'";
          i++;
        } else quoted = !quoted;
      }
    }
    list.push(token);
  }
  return list;
}

function isNumeric(token: string | undefined): boolean {
  if (token === undefined) return false;
  return NUMERIC.has(token[0]) || (token[0] === 'M' && token.length <= 2);
}

function step(kind: Step['kind'], field: number, max = 0, signed = false, lenient = false, literal = ''): Step {
  return { kind, field, max, signed, lenient, literal };
}

/**
 * @throws Error with a sentence when the pattern is empty or has a letter that means nothing
 */
export function parseJodaPattern(pattern: string): readonly Step[] {
  if (pattern.length === 0) throw new Error('The timestamp format is empty; give "auto", "iso" or a Joda pattern.');
  const parts = tokens(pattern);
  return parts.flatMap((token, i) => stepsOf(token, parts[i + 1], pattern));
}

function stepsOf(token: string, next: string | undefined, pattern: string): Step[] {
  const letter = token[0];
  const length = token.length;
  const width = WIDTHS[letter];
  if (width !== undefined) return [step(Kind.number, width[0], Math.max(width[1], length))];
  switch (letter) {
    case "'":
      return length === 1 ? [] : [step(Kind.literal, -1, 0, false, false, token.slice(1))];
    case 'x':
    case 'y':
    case 'Y': {
      if (length === 2) {
        const field = letter === 'x' ? Field.weekYear : Field.year;
        return [step(Kind.twoDigitYear, field, 2, true, !isNumeric(next))];
      }
      const field = letter === 'x' ? Field.weekYear : letter === 'y' ? Field.year : Field.yearOfEra;
      return [step(Kind.number, field, isNumeric(next) ? length : Math.max(9, length), letter !== 'Y')];
    }
    case 'M':
      return [length >= 3 ? step(Kind.text, Field.month) : step(Kind.number, Field.month, 2)];
    case 'E':
      return [step(Kind.text, Field.dayOfWeek)];
    case 'a':
      return [step(Kind.text, Field.halfDay)];
    case 'G':
      return [step(Kind.text, Field.era)];
    case 'C':
      return [step(Kind.number, Field.centuryOfEra, length, true)];
    case 'S':
      return [step(Kind.fraction, Field.fraction, length)];
    case 'z':
      if (length < 4) return [step(Kind.zoneName, -1)];
      throw new Error(
        `The timestamp format "${pattern}" has "${token}": full names of time zones cannot be read; use z, Z or ZZZ.`,
      );
    case 'Z':
      return [step(length >= 3 ? Kind.zoneId : Kind.offset, -1)];
    default:
      throw new Error(
        `The timestamp format "${pattern}" has "${token}", which is no field of a Joda pattern; ` +
          "put literal letters in quotes, as in yyyy-MM-dd'T'HH:mm.",
      );
  }
}
