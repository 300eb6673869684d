/** Character classes and escapes of Java patterns, as members of a JavaScript class with the flag `v`. */

import type { RegexCursor } from './regexCursor.ts';

/** Translates `[...]`; the cursor stands behind the opening bracket. */
export function characterClass(cursor: RegexCursor): string {
  const negated = cursor.take('^') ? '^' : '';
  const operands: string[] = [];
  let members = '';
  for (let first = true; ; first = false) {
    cursor.skipComments();
    if (cursor.done) throw cursor.error('a character class lacks its "]"');
    if (!first && cursor.take(']')) break;
    if (cursor.take('&&')) {
      if (members === '' || cursor.peek() === '&') throw cursor.error('an intersection (&&) needs a set on both sides');
      operands.push(`[${members}]`);
      members = '';
    } else if (cursor.take('[')) members += characterClass(cursor);
    else members += quotedMembers(cursor) ?? member(cursor);
  }
  if (operands.length === 0) return `[${negated}${members}]`;
  if (members === '') throw cursor.error('an intersection (&&) needs a set on both sides');
  return `[${negated}${[...operands, `[${members}]`].join('&&')}]`;
}

/** A character, a range or a class escape. */
function member(cursor: RegexCursor): string {
  const low = characterOrSet(cursor);
  if (typeof low === 'string') return low;
  if (cursor.peek() !== '-' || /^-(?:\]|\[|&&|$)/.test(cursor.pattern.slice(cursor.at, cursor.at + 3))) {
    return classCharacter(low, cursor.flags.ignoreCase);
  }
  cursor.take('-');
  const high = characterOrSet(cursor);
  if (typeof high === 'string' || high < low) throw cursor.error('a range of characters goes backwards or to a class');
  const range = `${classEscape(low)}-${classEscape(high)}`;
  if (!cursor.flags.ignoreCase) return range;
  return range + shiftedRange(low, high, LOWER_A, -CASE_STEP) + shiftedRange(low, high, UPPER_A, CASE_STEP);
}

function characterOrSet(cursor: RegexCursor): number | string {
  if (!cursor.take('\\')) return cursor.codePoint();
  return setEscape(cursor) ?? characterEscape(cursor);
}

/** `\Q...\E` inside a class. */
function quotedMembers(cursor: RegexCursor): string | null {
  const quoted = cursor.match(/\\Q([\s\S]*?)(?:\\E|$)/y);
  if (quoted === null) return null;
  return Array.from(quoted[1], (char) => classCharacter(char.codePointAt(0) as number, cursor.flags.ignoreCase)).join(
    '',
  );
}

/**
 * A class escape (`\d`, `\p{L}`) as member of a class, or null if the escape is another; the cursor stands behind the
 * backslash.
 */
export function setEscape(cursor: RegexCursor): string | null {
  const letter = cursor.match(/[dDwWsShHvV]/y);
  if (letter !== null) {
    const set = LETTER_SETS[letter[0].toLowerCase()];
    return letter[0] === letter[0].toLowerCase() ? `[${set}]` : `[^${set}]`;
  }
  const property = cursor.match(/([pP])(?:\{(\^?)([^}]*)\}|([A-Z]))/y);
  if (property === null) return null;
  const set = propertySet(cursor, property[3] ?? property[4]);
  return (property[1] === 'P') !== (property[2] === '^') ? `[^${set}]` : `[${set}]`;
}

/** The character that an escape stands for; the cursor stands behind the backslash. */
export function characterEscape(cursor: RegexCursor): number {
  const start = cursor.at;
  const control = cursor.match(/c([\s\S])/y);
  if (control !== null) return control[1].charCodeAt(0) ^ 0x40;
  const octal = cursor.match(/0([0-3]?[0-7]{1,2})/y);
  if (octal !== null) return Number.parseInt(octal[1], 8);
  const hex = cursor.match(/x([\da-fA-F]{2})|x\{([\da-fA-F]{1,6})\}/y);
  if (hex !== null) return Number.parseInt(hex[1] ?? hex[2], 16);
  const pair = cursor.match(/u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})/iy);
  if (pair !== null) {
    return String.fromCharCode(Number.parseInt(pair[1], 16), Number.parseInt(pair[2], 16)).codePointAt(0) as number;
  }
  const unit = cursor.match(/u([\da-fA-F]{4})/y);
  if (unit !== null) return Number.parseInt(unit[1], 16);
  const named = cursor.match(/[tnrfae]/y);
  if (named !== null) return NAMED_CHARACTERS[named[0]];
  if (cursor.match(/[A-Za-z0-9]/y) !== null) {
    cursor.at = start;
    throw cursor.error(`"\\${cursor.peek()}" is no escape known here`);
  }
  return cursor.codePoint();
}

/** One character as member of a class. */
export function classCharacter(code: number, ignoreCase: boolean): string {
  const other = ignoreCase ? otherCase(code) : code;
  return other === code ? classEscape(code) : classEscape(code) + classEscape(other);
}

/** The ASCII letter in the other case; anything else as it is. */
export function otherCase(code: number): number {
  if (code >= LOWER_A && code < LOWER_A + LETTERS) return code - CASE_STEP;
  if (code >= UPPER_A && code < UPPER_A + LETTERS) return code + CASE_STEP;
  return code;
}

function classEscape(code: number): string {
  if (code < 0x20 || (code > 0x7e && code < 0xa1) || (code >= 0xd800 && code < 0xe000)) {
    return `\\u{${code.toString(16)}}`;
  }
  const char = String.fromCodePoint(code);
  return CLASS_PUNCTUATION.includes(char) ? `\\${char}` : char;
}

/** The letters of one case in a range, shifted to the other. */
function shiftedRange(low: number, high: number, first: number, step: number): string {
  const from = Math.max(low, first);
  const to = Math.min(high, first + LETTERS - 1);
  return from > to ? '' : `${classEscape(from + step)}-${classEscape(to + step)}`;
}

function propertySet(cursor: RegexCursor, name: string): string {
  const { ignoreCase } = cursor.flags;
  if (ignoreCase && CASED.has(name)) return name.length === 2 ? '\\p{Lu}\\p{Ll}\\p{Lt}' : 'A-Za-z';
  const known = PROPERTY_SETS.get(name);
  if (known !== undefined) return known;
  const [, key, value] = /^(?:(\w+)=)?(\w+)$/.exec(name) ?? [];
  const bare = (value ?? '').replace(/^Is/, '');
  const script = bare.toLowerCase().replace(/(?:^|_)[a-z]/g, (start) => start.toUpperCase());
  const candidates: string[] = [];
  if (key === undefined || /^(?:gc|general_category)$/i.test(key)) candidates.push(`gc=${bare}`);
  if (key === undefined && bare !== value) candidates.push(bare);
  if ((key === undefined && bare !== value) || /^(?:sc|script)$/i.test(key ?? '')) candidates.push(`sc=${script}`);
  for (const candidate of candidates) {
    const property = `\\p{${candidate}}`;
    try {
      new RegExp(property, 'v');
      return property;
    } catch {
      // The next spelling may be known.
    }
  }
  throw cursor.error(`the character property "${name}" isn't known`);
}

const LETTER_SETS: Readonly<Record<string, string>> = {
  d: '0-9',
  w: 'A-Za-z0-9_',
  s: ' \\t\\n\\v\\f\\r',
  h: ' \\t\\u{a0}\\u{1680}\\u{180e}\\u{2000}-\\u{200a}\\u{202f}\\u{205f}\\u{3000}',
  v: '\\n\\v\\f\\r\\u{85}\\u{2028}\\u{2029}',
};
const NAMED_CHARACTERS: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 };
const PUNCTUATION = '!-\\/:-@\\[-`\\{-~';
const PROPERTY_SETS = new Map([
  ['Lower', 'a-z'],
  ['Upper', 'A-Z'],
  ['ASCII', '\\u{0}-\\u{7f}'],
  ['Alpha', 'A-Za-z'],
  ['Digit', '0-9'],
  ['Alnum', 'A-Za-z0-9'],
  ['Punct', PUNCTUATION],
  ['Graph', '!-~'],
  ['Print', ' -~'],
  ['Blank', ' \\t'],
  ['Cntrl', '\\u{0}-\\u{1f}\\u{7f}'],
  ['XDigit', '0-9A-Fa-f'],
  ['Space', ' \\t\\n\\v\\f\\r'],
  ['L1', '\\u{0}-\\u{ff}'],
  ['LC', '\\p{Lu}\\p{Ll}\\p{Lt}'],
  ['IsDigit', '\\p{Nd}'],
  ['IsLetter', '\\p{L}'],
  ['IsPunctuation', '\\p{P}'],
  ['IsControl', '\\p{Cc}'],
  ['IsTitlecase', '\\p{Lt}'],
  ['javaLowerCase', '\\p{Lowercase}'],
  ['javaUpperCase', '\\p{Uppercase}'],
  ['javaAlphabetic', '\\p{Alphabetic}'],
  ['javaDigit', '\\p{Nd}'],
  ['javaLetter', '\\p{L}'],
  ['javaLetterOrDigit', '\\p{L}\\p{Nd}'],
]);
/** Properties that lose their case where case doesn't count. */
const CASED = new Set(['Lower', 'Upper', 'Lu', 'Ll', 'Lt']);
/** ASCII punctuation that a class with the flag `v` takes with a backslash. */
const CLASS_PUNCTUATION = '^$\\.*+?()[]{}|/-&!#%,:;<=>@`~';
const LOWER_A = 97;
const UPPER_A = 65;
const LETTERS = 26;
const CASE_STEP = 32;
