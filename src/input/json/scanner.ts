import { FieldKind } from '../record.ts';
import { BATCH_ROWS, type RecordBatch } from '../recordBatch.ts';
import { KeyTable } from './keyTable.ts';
import { parseJsonValue } from './parseValue.ts';
import { decodeJsonString, invalidUtf8At } from './text.ts';
import { endsValue, escapeEnd, fitsLong, isDigit, literalEnd, literalKind, skipSpace } from './tokens.ts';

/** Jackson's StreamReadConstraints, which Druid leaves at their defaults. */
const NESTING_MAX = 1000;
const NUMBER_LENGTH_MAX = 1000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The arrays of a batch or of its list elements. */
type Fields = Pick<RecordBatch, 'kinds' | 'starts' | 'ends'>;

/**
 * Scans one JSON object per call, straight over the bytes of a line, into the next row of a RecordBatch. The fields of the last
 * record are the prediction for the next one, so a key normally costs one comparison of its bytes. Unwanted values are
 * checked for well-formedness like the others, since Jackson would refuse the row too.
 *
 * As Jackson's `readValue` does, it takes the last of duplicate keys and ignores what follows the object.
 */
export class JsonScanner {
  readonly #batch: RecordBatch;
  /** Why the last `scan` returned false, and at which byte of the buffer. */
  problem = '';
  problemAt = 0;

  /** The keys met so far. */
  readonly keys: KeyTable;
  /** Key id seen at the n-th place of the last record. */
  readonly #predicted: number[] = [];
  readonly #nesting = new Uint8Array(NESTING_MAX + 1);
  /** Of the string scanned last. */
  #escaped = false;

  constructor(batch: RecordBatch, options: { readonly lowercaseKeys: boolean; readonly discover: boolean }) {
    this.#batch = batch;
    this.keys = new KeyTable(batch, options);
  }

  /**
   * Scans the record between two places of the batch's block into row `batch.rows`, which it counts up.
   *
   * @param bytes the same bytes as `batch.bytes`, which may move when the batch grows
   * @returns false when the bytes are not a JSON object; the row is then left out
   */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    const batch = this.#batch;
    const row = batch.rows;
    if (!this.#object(bytes, start, end, row)) {
      batch.clearRow(row);
      return false;
    }
    batch.recordStarts[row] = start;
    batch.recordEnds[row] = end;
    batch.rows = row + 1;
    return true;
  }

  #object(bytes: Uint8Array, start: number, end: number, row: number): boolean {
    const { keys } = this;
    let at = skipSpace(bytes, start, end);
    if (at >= end || bytes[at] !== OPEN_BRACE) return this.#fail('an object', at);
    at = skipSpace(bytes, at + 1, end);
    if (at < end && bytes[at] === CLOSE_BRACE) return true;
    for (let place = 0; ; place++) {
      if (at >= end || bytes[at] !== QUOTE) return this.#fail('a field name', at);
      at++;
      let key = place < this.#predicted.length ? this.#predicted[place] : -1;
      if (key >= 0 && keys.matchesAt(key, bytes, at, end)) {
        at += keys.lengthOf(key);
      } else {
        const close = this.#stringEnd(bytes, at, end);
        if (close < 0) return this.#fail('the end of a field name', end);
        key = keys.find(bytes, at, close, this.#escaped);
        this.#predicted[place] = key;
        at = close;
      }
      at++;
      if (at < end && bytes[at] === COLON) at++;
      else {
        at = skipSpace(bytes, at, end);
        if (at >= end || bytes[at] !== COLON) return this.#fail('":"', at);
        at++;
      }
      at = skipSpace(bytes, at, end);
      const slot = keys.slotOf(key);
      at = this.#value(bytes, at, end, slot < 0 ? -1 : slot * BATCH_ROWS + row);
      if (at < 0) return false;
      if (at < end && bytes[at] === COMMA) {
        at = skipSpace(bytes, at + 1, end);
        continue;
      }
      at = skipSpace(bytes, at, end);
      if (at >= end) return this.#fail('"," or "}"', at);
      if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1, end);
      else if (bytes[at] === CLOSE_BRACE) return true;
      else return this.#fail('"," or "}"', at);
    }
  }

  /** Scans a value into a field (-1: only checks it) and returns the place behind it, or -1. */
  #value(bytes: Uint8Array, at: number, end: number, field: number): number {
    if (at >= end) return this.#failAt('a value', at);
    const batch = this.#batch;
    const first = bytes[at];
    if (first === QUOTE) {
      const close = this.#stringEnd(bytes, at + 1, end);
      if (close < 0) return this.#failAt('the end of a string', end);
      if (field >= 0) this.#keepString(bytes, at + 1, close, batch, field);
      return close + 1;
    }
    if (first === MINUS || (first >= 0x30 && first <= 0x39)) {
      const after = this.#number(bytes, at, end);
      if (after >= 0 && field >= 0) {
        batch.kinds[field] = this.#numberKind;
        batch.starts[field] = at;
        batch.ends[field] = after;
      }
      return after;
    }
    if (first === OPEN_BRACKET && field >= 0) return this.#list(bytes, at, end, field);
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      const after = this.#skipNested(bytes, at, end);
      if (after >= 0 && field >= 0) this.#keepNested(bytes, at, after, field);
      return after;
    }
    const after = literalEnd(bytes, at, end);
    if (after < 0) return this.#failAt('a value', at);
    if (field >= 0) batch.kinds[field] = literalKind(first);
    return after;
  }

  #keepString(bytes: Uint8Array, start: number, close: number, target: Fields, index: number): void {
    if (this.#escaped || (this.#high && invalidUtf8At(bytes, start, close) >= 0)) {
      target.kinds[index] = FieldKind.text;
      target.starts[index] = this.#batch.texts.push(decodeJsonString(bytes, start, close, this.#escaped)) - 1;
      return;
    }
    target.kinds[index] = FieldKind.string;
    target.starts[index] = start;
    target.ends[index] = close;
  }

  #keepNested(bytes: Uint8Array, start: number, end: number, field: number): void {
    const batch = this.#batch;
    batch.kinds[field] = FieldKind.nested;
    batch.starts[field] = batch.values.push(parseJsonValue(bytes, start, end)) - 1;
  }

  /** A list: flat ones become elements, others a nested value. */
  #list(bytes: Uint8Array, open: number, end: number, field: number): number {
    const batch = this.#batch;
    const elements = batch.elements;
    const firstElement = batch.elementCount;
    let count = firstElement;
    let at = skipSpace(bytes, open + 1, end);
    if (at < end && bytes[at] === CLOSE_BRACKET) at++;
    else {
      for (;;) {
        if (at >= end) return this.#failAt('a value', at);
        const first = bytes[at];
        elements.ensure(count + 1);
        if (first === QUOTE) {
          const close = this.#stringEnd(bytes, at + 1, end);
          if (close < 0) return this.#failAt('the end of a string', end);
          this.#keepString(bytes, at + 1, close, elements, count);
          at = close + 1;
        } else if (first === MINUS || (first >= 0x30 && first <= 0x39)) {
          const after = this.#number(bytes, at, end);
          if (after < 0) return -1;
          elements.kinds[count] = this.#numberKind;
          elements.starts[count] = at;
          elements.ends[count] = after;
          at = after;
        } else if (first === OPEN_BRACE || first === OPEN_BRACKET) {
          const after = this.#skipNested(bytes, open, end);
          if (after >= 0) this.#keepNested(bytes, open, after, field);
          return after;
        } else {
          const after = literalEnd(bytes, at, end);
          if (after < 0) return this.#failAt('a value', at);
          elements.kinds[count] = literalKind(first);
          at = after;
        }
        count++;
        at = skipSpace(bytes, at, end);
        if (at >= end) return this.#failAt('"," or "]"', at);
        const next = bytes[at++];
        if (next === CLOSE_BRACKET) break;
        if (next !== COMMA) return this.#failAt('"," or "]"', at - 1);
        at = skipSpace(bytes, at, end);
      }
    }
    batch.kinds[field] = FieldKind.list;
    batch.starts[field] = firstElement;
    batch.ends[field] = count;
    batch.elementCount = count;
    return at;
  }

  /** Checks a map or list of any depth without recursion. */
  #skipNested(bytes: Uint8Array, open: number, end: number): number {
    const nesting = this.#nesting;
    let depth = 0;
    let at = open;
    for (;;) {
      // At a value.
      if (at >= end) return this.#failAt('a value', at);
      const first = bytes[at];
      let closed = false;
      if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        // The record itself is the first level.
        if (depth + 1 >= NESTING_MAX) return this.#failAt(`at most ${NESTING_MAX} levels of nesting`, at);
        nesting[depth++] = first;
        at = skipSpace(bytes, at + 1, end);
        if (at < end && bytes[at] === (first === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET)) {
          closed = true;
        } else if (first === OPEN_BRACE) {
          at = this.#keyInNested(bytes, at, end);
          if (at < 0) return -1;
          continue;
        } else continue;
      } else if (first === QUOTE) {
        const close = this.#stringEnd(bytes, at + 1, end);
        if (close < 0) return this.#failAt('the end of a string', end);
        at = close + 1;
      } else if (first === MINUS || (first >= 0x30 && first <= 0x39)) {
        at = this.#number(bytes, at, end);
        if (at < 0) return -1;
      } else {
        const after = literalEnd(bytes, at, end);
        if (after < 0) return this.#failAt('a value', at);
        at = after;
      }
      // Behind a value: close what ends here.
      for (;;) {
        if (closed) {
          depth--;
          at++;
          if (depth === 0) return at;
          closed = false;
        }
        at = skipSpace(bytes, at, end);
        if (at >= end) return this.#failAt('the end of a list or map', at);
        const next = bytes[at];
        const inMap = nesting[depth - 1] === OPEN_BRACE;
        if (next === COMMA) {
          at = skipSpace(bytes, at + 1, end);
          if (inMap) {
            at = this.#keyInNested(bytes, at, end);
            if (at < 0) return -1;
          }
          break;
        }
        if (next !== (inMap ? CLOSE_BRACE : CLOSE_BRACKET))
          return this.#failAt(inMap ? '"," or "}"' : '"," or "]"', at);
        closed = true;
      }
    }
  }

  #keyInNested(bytes: Uint8Array, at: number, end: number): number {
    if (at >= end || bytes[at] !== QUOTE) return this.#failAt('a field name', at);
    const close = this.#stringEnd(bytes, at + 1, end);
    if (close < 0) return this.#failAt('the end of a field name', end);
    const colon = skipSpace(bytes, close + 1, end);
    if (colon >= end || bytes[colon] !== COLON) return this.#failAt('":"', colon);
    return skipSpace(bytes, colon + 1, end);
  }

  #high = false;

  /** @returns the place of the closing quote, or -1; notes whether escapes and bytes beyond ASCII were seen */
  #stringEnd(bytes: Uint8Array, start: number, end: number): number {
    let seen = 0;
    this.#escaped = false;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.#high = seen >= 0x80;
        return at;
      }
      if (byte === BACKSLASH) {
        at = escapeEnd(bytes, at + 1, end);
        if (at < 0) return -1;
        this.#escaped = true;
      } else if (byte < 0x20) return -1;
      seen |= byte;
    }
    return -1;
  }

  #numberKind: FieldKind = FieldKind.integer;

  #number(bytes: Uint8Array, start: number, end: number): number {
    let at = bytes[start] === MINUS ? start + 1 : start;
    const digitsFrom = at;
    if (at < end && bytes[at] === 0x30) at++;
    else while (at < end && isDigit(bytes[at])) at++;
    if (at === digitsFrom) return this.#failAt('a digit', at);
    const digits = at - digitsFrom;
    let integer = true;
    if (at < end && bytes[at] === 0x2e) {
      integer = false;
      const from = ++at;
      while (at < end && isDigit(bytes[at])) at++;
      if (at === from) return this.#failAt('a digit', at);
    }
    if (at < end && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
      integer = false;
      at++;
      if (at < end && (bytes[at] === 0x2b || bytes[at] === MINUS)) at++;
      const from = at;
      while (at < end && isDigit(bytes[at])) at++;
      if (at === from) return this.#failAt('a digit', at);
    }
    if (at < end && !endsValue(bytes[at])) return this.#failAt('the end of a number', at);
    if (at - start > NUMBER_LENGTH_MAX)
      return this.#failAt(`a number of at most ${NUMBER_LENGTH_MAX} characters`, start);
    this.#numberKind =
      integer && (digits < 19 || (digits === 19 && fitsLong(bytes, digitsFrom, at, digitsFrom > start)))
        ? FieldKind.integer
        : FieldKind.decimal;
    return at;
  }

  #failAt(expected: string, at: number): -1 {
    this.problem = `not valid JSON: expected ${expected}`;
    this.problemAt = at;
    return -1;
  }

  #fail(expected: string, at: number): false {
    this.#failAt(expected, at);
    return false;
  }
}
