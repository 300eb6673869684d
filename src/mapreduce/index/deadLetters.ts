import { isUtf8 } from 'node:buffer';
import type { RowReason } from '../../row/rowCounts.ts';

/** A record that is in no row, or in one with nulls for values of its, kept to be looked at, mended and read again. */
export interface DeadLetter {
  readonly reason: RowReason;
  /** Number of the input file. */
  readonly input: number;
  readonly path: string;
  /** Number of the line, from 1: of those that the task reads of the file, then of the whole file. */
  readonly line: number;
  /** Byte offset in the file, unpacked for gzip. */
  readonly offset: number;
  readonly message: string;
  /** The record, cut to `LETTER_BYTES_MAX`. */
  readonly text: string;
  /** Bytes of the whole record. */
  readonly bytes: number;
  /** The bytes that `text` shows, where they are no valid UTF-8; else null. */
  readonly base64: string | null;
}

/** Kept of each reason, in a task and in a job. */
const LETTERS_MAX = 1000;
/** Bytes of records kept of each reason, in a task and in a job. */
const REASON_BYTES_MAX = 4 * 1024 * 1024;
/** Kept of one record. */
const LETTER_BYTES_MAX = 64 * 1024;

/**
 * Takes the first records of each reason, up to a number and a size. Both limits are those of the whole job: what it takes of all
 * records in order, it takes of what boxes of parts of them took, whatever the parts.
 */
export class LetterBox {
  readonly letters: DeadLetter[] = [];
  readonly #taken = new Map<RowReason, { count: number; bytes: number }>();

  /** Whether there is room for more of a reason. */
  wants(reason: RowReason): boolean {
    const taken = this.#taken.get(reason);
    return taken === undefined || (taken.count < LETTERS_MAX && taken.bytes < REASON_BYTES_MAX);
  }

  add(letter: DeadLetter): void {
    if (!this.wants(letter.reason)) return;
    const taken = this.#taken.get(letter.reason) ?? { count: 0, bytes: 0 };
    this.#taken.set(letter.reason, taken);
    taken.count++;
    taken.bytes += Math.min(letter.bytes, LETTER_BYTES_MAX);
    this.letters.push(letter);
  }

  /** In the order of the input. */
  sorted(): DeadLetter[] {
    return this.letters.sort((a, b) => a.input - b.input || a.offset - b.offset);
  }
}

/** What a letter shows of a record's bytes, cut between two characters. */
export function letterText(record: Buffer): Pick<DeadLetter, 'text' | 'base64'> {
  let end = Math.min(record.length, LETTER_BYTES_MAX);
  if (end < record.length) for (let back = 0; back < 3 && isContinuation(record[end]); back++) end--;
  const shown = record.subarray(0, end);
  return { text: shown.toString('utf8'), base64: isUtf8(shown) ? null : shown.toString('base64') };
}

/** Whether a byte is one of a UTF-8 character, but not its first. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
