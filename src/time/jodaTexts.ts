/**
 * The words of Joda-Time's text fields in English (what Druid's JVMs run with), matched in bytes: a word counts as it
 * is usually written, all small or all large; short and long forms are alike, and the longest that fits is taken.
 */

import { Field } from './jodaPattern.ts';

interface Word {
  readonly bytes: Uint8Array;
  readonly value: number;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Candidates by their first byte, longest first. */
type Words = readonly (readonly Word[])[];

function words(texts: readonly (readonly [text: string, value: number])[]): Words {
  const encoder = new TextEncoder();
  const table: Word[][] = Array.from({ length: 128 }, () => []);
  for (const [text, value] of texts) {
    for (const form of new Set([text, text.toLowerCase(), text.toUpperCase()])) {
      const bytes = encoder.encode(form);
      table[bytes[0]].push({ bytes, value });
    }
  }
  for (const list of table) list.sort((a, b) => b.bytes.length - a.bytes.length);
  return table;
}

function named(names: readonly string[]): Words {
  return words(
    names.flatMap((name, i) => [
      [name, i + 1],
      [name.slice(0, 3), i + 1],
    ]),
  );
}

const TABLES: ReadonlyMap<number, Words> = new Map([
  [Field.month, named(MONTHS)],
  [Field.dayOfWeek, named(WEEKDAYS)],
  [
    Field.halfDay,
    words([
      ['AM', 0],
      ['PM', 1],
    ]),
  ],
  [
    Field.era,
    words([
      ['BC', 0],
      ['AD', 1],
      ['BCE', 0],
      ['CE', 1],
    ]),
  ],
] as const);

let wordEnd = 0;

/** Position behind the word that {@link matchWord} found last. */
export function endOfWord(): number {
  return wordEnd;
}

/** The value of the word at `at` (months and weekdays from 1, AM and BC 0), or -1 when none stands there. */
export function matchWord(field: number, text: Uint8Array, at: number, end: number): number {
  if (at >= end || text[at] > 127) return -1;
  for (const word of (TABLES.get(field) as Words)[text[at]]) {
    const { bytes } = word;
    if (at + bytes.length > end) continue;
    let i = 1;
    while (i < bytes.length && bytes[i] === text[at + i]) i++;
    if (i === bytes.length) {
      wordEnd = at + i;
      return word.value;
    }
  }
  return -1;
}
