import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { type RowReason, type RowSample, rowKind, SAMPLES_PER_REASON } from '../../row/rowCounts.ts';
import { withoutSecrets } from '../../spec/secrets.ts';
import { type DeadLetter, LetterBox } from './deadLetters.ts';
import type { MapLetters } from './indexPayload.ts';

/** Characters of a record that a sample shows. */
const SAMPLE_TEXT_MAX = 400;

/** A file of dead letters, as a job tells of it. */
export interface DeadLetterReport {
  readonly path: string;
  /** Records in it: the first ones of each reason. */
  readonly rows: number;
}

/** Where a job's dead letters go. */
export interface DeadLetterPlace {
  readonly path: string;
  /** The file was asked for: it is there after every job, though empty. */
  readonly always: boolean;
}

/**
 * The first records of each reason over the tasks of a job, in the order of the input and with their lines in the files.
 *
 * @param tasks in split order, all of them up to some split
 */
export function collectLetters(tasks: readonly MapLetters[]): DeadLetter[] {
  const box = new LetterBox();
  const linesBefore = new Map<number, number>();
  for (const { split, lines, letters } of tasks) {
    for (const letter of wantedLetters(letters, box)) {
      box.add({ ...letter, line: (linesBefore.get(letter.input) ?? 0) + letter.line });
    }
    for (const [i, { index }] of split.inputs.entries()) {
      linesBefore.set(index, (linesBefore.get(index) ?? 0) + (lines[i] ?? 0));
    }
  }
  return box.sorted();
}

/** None when there is no room left for any of their reasons: their file need not be read. */
function wantedLetters(letters: MapLetters['letters'], box: LetterBox): readonly DeadLetter[] {
  if (letters === null) return [];
  if (!('path' in letters)) return letters;
  if (!letters.reasons.some((reason) => box.wants(reason))) return [];
  return JSON.parse(readFileSync(letters.path, 'utf8')) as DeadLetter[];
}

/** A few letters of each reason, cut to a readable length. */
export function samplesOfLetters(letters: readonly DeadLetter[]): RowSample[] {
  const seen = new Map<RowReason, number>();
  return letters
    .filter(({ reason }) => {
      const count = seen.get(reason) ?? 0;
      seen.set(reason, count + 1);
      return count < SAMPLES_PER_REASON;
    })
    .map(({ reason, path, line, offset, message, text }) => ({
      reason,
      path,
      line,
      offset,
      message,
      text: text.length > SAMPLE_TEXT_MAX ? `${text.slice(0, SAMPLE_TEXT_MAX)}...` : text,
    }));
}

/**
 * Writes a job's dead letters, a JSON object a line; records may be private, so only their owner may read them.
 *
 * @returns null when there are none and the file was not asked for; one of an earlier job at that place is removed then
 * @throws Error in words
 */
export async function writeDeadLetters(
  letters: readonly DeadLetter[],
  { path, always }: DeadLetterPlace,
): Promise<DeadLetterReport | null> {
  try {
    if (letters.length === 0 && !always) {
      await rm(path, { force: true });
      return null;
    }
    await writeFile(path, letters.map(letterLine).join(''), { mode: 0o600 });
    return { path, rows: letters.length };
  } catch (error) {
    throw new Error(
      `The bad rows can't be written to ${path}: ${(error as Error).message}. Give another place with --dead-letters.`,
    );
  }
}

function letterLine({ reason, path, line, offset, message, text, bytes, base64 }: DeadLetter): string {
  const isCut = bytes > (base64 === null ? Buffer.byteLength(text) : Buffer.from(base64, 'base64').length);
  const letter = {
    kind: rowKind(reason),
    reason,
    path: withoutSecrets(path),
    line,
    offset,
    message,
    text,
    ...(base64 === null ? {} : { base64 }),
    ...(isCut ? { bytes } : {}),
  };
  return `${escaped(JSON.stringify(letter))}\n`;
}

/** What a terminal would obey, and JSON lets stand: as JSON's escapes. */
function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
