import type { DeadLetterReport } from '../mapreduce/index/deadLetterFile.ts';
import type { RowCounts, RowSample } from '../row/rowCounts.ts';
import { withoutSecrets } from '../spec/secrets.ts';
import { printableText } from './text/printable.ts';

/** More messages than this help nobody. */
const CAUSES_MAX = 8;

/** The messages of an error and of what caused it, outermost first: for people, with no secrets and nothing a terminal would obey. */
export function errorMessages(thrown: unknown): string[] {
  const messages: string[] = [];
  collect(thrown, null, messages, new Set());
  return messages;
}

/** @param seen causes may go in a circle */
function collect(thrown: unknown, parent: unknown, messages: string[], seen: Set<unknown>): void {
  if (messages.length >= CAUSES_MAX || seen.has(thrown)) return;
  seen.add(thrown);
  const message = safe(ownMessage(thrown));
  // An error that has put its cause into its own words makes the cause's superfluous.
  if (!isTranslated(thrown, parent) && !messages.some((known) => known.includes(message))) messages.push(message);
  if (!(thrown instanceof Error)) return;
  if (thrown instanceof AggregateError) for (const error of thrown.errors) collect(error, thrown, messages, seen);
  if (thrown.cause !== undefined && thrown.cause !== null) collect(thrown.cause, thrown, messages, seen);
}

function ownMessage(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.message === '' ? thrown.name : thrown.message;
}

/** Whether `parent` tells a system error in its own words; such errors take over its code. */
function isTranslated(thrown: unknown, parent: unknown): boolean {
  if (!(thrown instanceof Error) || !(parent instanceof Error)) return false;
  const { code, syscall } = thrown as NodeJS.ErrnoException;
  return syscall !== undefined && code !== undefined && (parent as NodeJS.ErrnoException).code === code;
}

function safe(text: string): string {
  return printableText(withoutSecrets(text));
}

/**
 * An error as it is printed: its message after `segmill: `, causes below it. Ends with a line end.
 * @param debug adds the stack traces
 */
export function errorText(thrown: unknown, debug: boolean): string {
  const [message, ...causes] = errorMessages(thrown);
  const lines = [`segmill: ${message}`, ...causes.map((cause) => `  because: ${cause}`)];
  if (debug) lines.push(...stacks(thrown));
  else if (isDefect(thrown)) {
    lines.push('This looks like a defect of segmill: run it again with --debug and report what it prints, please.');
  }
  return `${lines.join('\n')}\n`;
}

function stacks(thrown: unknown): string[] {
  const texts: string[] = [];
  for (let error = thrown; error instanceof Error && texts.length < CAUSES_MAX; error = error.cause) {
    texts.push(safe(error.stack ?? error.message));
  }
  return texts;
}

/** Errors that the language throws, and no one words for people. */
const DEFECTS: ReadonlySet<string> = new Set([
  'TypeError',
  'ReferenceError',
  'RangeError',
  'SyntaxError',
  'AssertionError',
]);

function isDefect(thrown: unknown): boolean {
  return !(thrown instanceof Error) || DEFECTS.has(thrown.name);
}

/** The bad rows that an error brings with it, if it does: BadRowsError, in this thread or from a task. */
export function samplesOf(thrown: unknown): readonly RowSample[] {
  const { samples } = detailsOf(thrown);
  return Array.isArray(samples) ? (samples as RowSample[]) : [];
}

/** The rows that an error has counted, if it has counted all: NoDataError. */
export function countsOf(thrown: unknown): RowCounts | null {
  return (detailsOf(thrown).counts as RowCounts | undefined) ?? null;
}

/** The file of bad rows that a failed job left, if it did. */
export function deadLettersOf(thrown: unknown): DeadLetterReport | null {
  return (detailsOf(thrown).deadLetters as DeadLetterReport | undefined) ?? null;
}

function detailsOf(thrown: unknown): {
  readonly samples?: unknown;
  readonly counts?: unknown;
  readonly deadLetters?: unknown;
} {
  const details: unknown = thrown instanceof Error && 'details' in thrown ? thrown.details : null;
  return typeof details === 'object' && details !== null ? details : {};
}
