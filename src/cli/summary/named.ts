import { wrapWords } from '../text/layout.ts';
import { printableLine } from '../text/printable.ts';
import type { Paint } from './formatSummary.ts';

/** Width of what stands before a line's text. */
export const NAMES_WIDTH = 13;
export const TEXT_COLUMN = NAMES_WIDTH + 2;

/** Sentences, each wrapped behind its name. */
export function noteLines(notes: readonly string[], paint: Paint, columns: number): string[] {
  return notes.flatMap((note) => named('note', wrapWords(printableLine(note), columns - TEXT_COLUMN), paint));
}

/** Lines behind a name. */
export function named(name: string, lines: readonly string[], paint: Paint): string[] {
  const [first = '', ...more] = lines;
  return [`${paint.dim(name.padEnd(TEXT_COLUMN))}${first}`, ...more.map((line) => ' '.repeat(TEXT_COLUMN) + line)];
}
