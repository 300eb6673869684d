import { FieldKind } from '../record.ts';
import { BATCH_ROWS, type RecordBatch } from '../recordBatch.ts';
import type { Discovery } from '../recordScanner.ts';
import { JsonChecker } from './checker.ts';
import { KeyTable } from './keyTable.ts';
import { parseJsonValue } from './parseValue.ts';
import { decodeJsonString, invalidUtf8At } from './text.ts';
import { literalEnd, literalKind, skipSpace } from './tokens.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
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
  /** The keys met so far. */
  readonly keys: KeyTable;
  /** Key id seen at the n-th place of the last record. */
  readonly #predicted: number[] = [];
  readonly #checker = new JsonChecker();

  constructor(batch: RecordBatch, options: Discovery) {
    this.#batch = batch;
    if (options.discover) batch.keepOrder(false);
    this.keys = new KeyTable(batch, options);
  }

  /** Why the last `scan` returned false. */
  get problem(): string {
    return this.#checker.problem;
  }

  /** At which byte of the buffer it did. */
  get problemAt(): number {
    return this.#checker.problemAt;
  }

  /**
   * Scans the record between two places of the batch's block into row `batch.rows`, which it counts up.
   *
   * @param bytes the same bytes as `batch.bytes`, which may move when the batch grows
   * @returns false when the bytes are not a JSON object; the row is then left out
   */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    const batch = this.#batch;
    const { rows: row, order } = batch;
    const orderBefore = order?.count ?? 0;
    // The kernel may have begun with the line: what it left would look like the first of duplicate keys.
    if (order !== null) batch.clearRow(row);
    if (!this.#object(bytes, start, end, row)) {
      batch.clearRow(row);
      if (order !== null) order.count = orderBefore;
      return false;
    }
    batch.recordStarts[row] = start;
    batch.recordEnds[row] = end;
    batch.rows = row + 1;
    order?.close(row);
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
        const close = this.#checker.stringEnd(bytes, at, end);
        if (close < 0) return this.#fail('the end of a field name', end);
        key = keys.find(bytes, at, close, this.#checker.escaped);
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
      if (slot >= 0) this.#noteOrder(slot * BATCH_ROWS, row);
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

  /** Notes that the record has a field, which stands where it was first. */
  #noteOrder(column: number, row: number): void {
    const { order, kinds } = this.#batch;
    if (order !== null && kinds[column + row] === FieldKind.absent) order.push(column);
  }

  /** Scans a value into a field (-1: only checks it) and returns the place behind it, or -1. */
  #value(bytes: Uint8Array, at: number, end: number, field: number): number {
    if (at >= end) return this.#checker.failAt('a value', at);
    const batch = this.#batch;
    const first = bytes[at];
    if (first === QUOTE) {
      const close = this.#checker.stringEnd(bytes, at + 1, end);
      if (close < 0) return this.#checker.failAt('the end of a string', end);
      if (field >= 0) this.#keepString(bytes, at + 1, close, batch, field);
      return close + 1;
    }
    if (first === MINUS || (first >= 0x30 && first <= 0x39)) {
      const after = this.#checker.numberEnd(bytes, at, end);
      if (after >= 0 && field >= 0) {
        batch.kinds[field] = this.#checker.numberKind;
        batch.starts[field] = at;
        batch.ends[field] = after;
      }
      return after;
    }
    if (first === OPEN_BRACKET && field >= 0) return this.#list(bytes, at, end, field);
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      const after = this.#checker.nestedEnd(bytes, at, end, 1);
      if (after >= 0 && field >= 0) this.#keepNested(bytes, at, after, field);
      return after;
    }
    const after = literalEnd(bytes, at, end);
    if (after < 0) return this.#checker.failAt('a value', at);
    if (field >= 0) batch.kinds[field] = literalKind(first);
    return after;
  }

  #keepString(bytes: Uint8Array, start: number, close: number, target: Fields, index: number): void {
    if (this.#checker.escaped || (this.#checker.high && invalidUtf8At(bytes, start, close) >= 0)) {
      target.kinds[index] = FieldKind.text;
      target.starts[index] = this.#batch.texts.push(decodeJsonString(bytes, start, close, this.#checker.escaped)) - 1;
      return;
    }
    target.kinds[index] = FieldKind.string;
    target.starts[index] = start;
    target.ends[index] = close;
  }

  #keepNested(bytes: Uint8Array, start: number, end: number, field: number): void {
    const batch = this.#batch;
    batch.kinds[field] = FieldKind.nested;
    batch.starts[field] = field < batch.firstFound ? batch.values.push(parseJsonValue(bytes, start, end)) - 1 : -1;
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
        if (at >= end) return this.#checker.failAt('a value', at);
        const first = bytes[at];
        elements.ensure(count + 1);
        if (first === QUOTE) {
          const close = this.#checker.stringEnd(bytes, at + 1, end);
          if (close < 0) return this.#checker.failAt('the end of a string', end);
          this.#keepString(bytes, at + 1, close, elements, count);
          at = close + 1;
        } else if (first === MINUS || (first >= 0x30 && first <= 0x39)) {
          const after = this.#checker.numberEnd(bytes, at, end);
          if (after < 0) return -1;
          elements.kinds[count] = this.#checker.numberKind;
          elements.starts[count] = at;
          elements.ends[count] = after;
          at = after;
        } else if (first === OPEN_BRACE || first === OPEN_BRACKET) {
          const after = this.#checker.nestedEnd(bytes, open, end, 1);
          if (after >= 0) this.#keepNested(bytes, open, after, field);
          return after;
        } else {
          const after = literalEnd(bytes, at, end);
          if (after < 0) return this.#checker.failAt('a value', at);
          elements.kinds[count] = literalKind(first);
          at = after;
        }
        count++;
        at = skipSpace(bytes, at, end);
        if (at >= end) return this.#checker.failAt('"," or "]"', at);
        const next = bytes[at++];
        if (next === CLOSE_BRACKET) break;
        if (next !== COMMA) return this.#checker.failAt('"," or "]"', at - 1);
        at = skipSpace(bytes, at, end);
      }
    }
    batch.kinds[field] = FieldKind.list;
    batch.starts[field] = firstElement;
    batch.ends[field] = count;
    batch.elementCount = count;
    return at;
  }

  #fail(expected: string, at: number): false {
    this.#checker.failAt(expected, at);
    return false;
  }
}
