import type { LineBlock } from '../lines/lineBlocks.ts';
import { LineWalk } from '../lines/lineWalk.ts';
import { FieldKind } from '../record.ts';
import { BATCH_ROWS, type RecordBatch } from '../recordBatch.ts';
import { type Discovery, isDiscovered, type RecordScanner, type ScannerOptions } from '../recordScanner.ts';
import { JsonChecker } from './checker.ts';
import { decodeJsonString, invalidUtf8At } from './text.ts';
import { isDigit, skipSpace } from './tokens.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;

/** Java writes them as `?`; only escapes can make them. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** The arrays of a batch or of its list elements. */
type Fields = Pick<RecordBatch, 'kinds' | 'starts' | 'ends'>;

/**
 * Scans blocks of lines for the parseSpec `jsonLowercase`, by the rules of Druid's `JSONToLowerParser`, which differ from those of
 * its other JSON parsers in more than the case of names:
 *
 * - Booleans are texts, and maps are empty texts. Lists lose their nulls; lists and maps in them are empty texts.
 * - A null is no value: the field is absent, or keeps the value it had by another spelling of its name. Otherwise of names that
 *   become alike the last one counts, in the order in which the exact names came first.
 * - A line need not be an object: other values, and no value at all, are records without fields.
 *
 * It is rarely used, so it is made to be simple: one line at a time, without the kernel.
 */
export class LowercaseJsonScanner implements RecordScanner {
  readonly #batch: RecordBatch;
  readonly #discovery: Discovery;
  readonly #onMalformed: ScannerOptions['onMalformed'];
  readonly #slots: Map<string, number>;
  readonly #checker = new JsonChecker();
  /** Of the line: where the value of each exact name stands. */
  readonly #members = new Map<string, number>();
  readonly #lines: LineWalk;

  /** @param batch filled by this scanner only */
  constructor(batch: RecordBatch, options: ScannerOptions) {
    this.#batch = batch;
    this.#lines = new LineWalk(batch);
    this.#discovery = options;
    // Nulls are left out of records.
    if (options.discover) batch.keepOrder(false);
    this.#onMalformed = options.onMalformed;
    this.#slots = new Map(batch.fieldNames.map((name, slot) => [name, slot]));
  }

  begin(block: LineBlock): void {
    this.#lines.begin(block);
  }

  next(limit: number): number {
    this.#batch.clear();
    return this.#lines.next(limit, this.#scan);
  }

  readonly #scan = (start: number, end: number): void => {
    this.#members.clear();
    if (!this.#check(skipSpace(this.#lines.bytes, start, end), end)) {
      this.#onMalformed(start, end, this.#checker.problem);
      return;
    }
    const batch = this.#batch;
    for (const [name, at] of this.#members) {
      const slot = this.#lines.bytes[at] === LETTER_N ? -1 : this.#slotOf(name.toLowerCase());
      if (slot < 0) continue;
      const field = slot * BATCH_ROWS + batch.rows;
      if (batch.kinds[field] === FieldKind.absent) batch.order?.push(slot * BATCH_ROWS);
      this.#keep(at, end, field);
    }
    batch.order?.close(batch.rows);
    batch.recordStarts[batch.rows] = start;
    batch.recordEnds[batch.rows] = end;
    batch.rows++;
  };

  #slotOf(name: string): number {
    const slot = this.#slots.get(name);
    if (slot !== undefined) return slot;
    if (!isDiscovered(name, this.#discovery)) return -1;
    const added = this.#batch.addField(name);
    this.#slots.set(name, added);
    return added;
  }

  /** Whether a line is a JSON value; of an object the members are noted. What follows the value is ignored, as Jackson does. */
  #check(at: number, end: number): boolean {
    if (at >= end) return true;
    const bytes = this.#lines.bytes;
    if (bytes[at] === OPEN_BRACE) return this.#checkMembers(at + 1, end);
    const after = this.#checker.valueEnd(bytes, at, end, 0);
    const isNumber = bytes[at] === 0x2d || isDigit(bytes[at]);
    if (after >= 0 && isNumber && after < end && bytes[after] > 0x20) return this.#fail('the end of a number', after);
    return after >= 0;
  }

  #checkMembers(start: number, end: number): boolean {
    const bytes = this.#lines.bytes;
    const checker = this.#checker;
    let at = skipSpace(bytes, start, end);
    if (at < end && bytes[at] === CLOSE_BRACE) return true;
    for (;;) {
      if (at >= end || bytes[at] !== QUOTE) return this.#fail('a field name', at);
      const close = checker.stringEnd(bytes, at + 1, end);
      if (close < 0) return this.#fail('the end of a field name', end);
      const name = decodeJsonString(bytes, at + 1, close, checker.escaped);
      at = skipSpace(bytes, close + 1, end);
      if (at >= end || bytes[at] !== COLON) return this.#fail('":"', at);
      at = skipSpace(bytes, at + 1, end);
      this.#members.set(name, at);
      const after = checker.valueEnd(bytes, at, end, 1);
      if (after < 0) return false;
      at = skipSpace(bytes, after, end);
      if (at < end && bytes[at] === CLOSE_BRACE) return true;
      if (at >= end || bytes[at] !== COMMA) return this.#fail('"," or "}"', at);
      at = skipSpace(bytes, at + 1, end);
    }
  }

  #fail(expected: string, at: number): false {
    this.#checker.failAt(expected, at);
    return false;
  }

  /** Puts a value that is not null, and was checked, into a field. */
  #keep(at: number, end: number, field: number): void {
    const batch = this.#batch;
    if (this.#lines.bytes[at] === OPEN_BRACKET) this.#keepList(at, end, field);
    else this.#keepScalar(at, end, batch, field);
  }

  #keepList(open: number, end: number, field: number): void {
    const bytes = this.#lines.bytes;
    const batch = this.#batch;
    const { elements } = batch;
    const first = batch.elementCount;
    let at = skipSpace(bytes, open + 1, end);
    while (bytes[at] !== CLOSE_BRACKET) {
      if (bytes[at] !== LETTER_N) {
        elements.ensure(batch.elementCount + 1);
        this.#keepScalar(at, end, elements, batch.elementCount++);
      }
      at = skipSpace(bytes, this.#checker.valueEnd(bytes, at, end, 2), end);
      if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1, end);
    }
    batch.kinds[field] = FieldKind.list;
    batch.starts[field] = first;
    batch.ends[field] = batch.elementCount;
  }

  #keepScalar(at: number, end: number, target: Fields, index: number): void {
    const bytes = this.#lines.bytes;
    switch (bytes[at]) {
      case QUOTE:
        this.#keepString(at + 1, this.#checker.stringEnd(bytes, at + 1, end), target, index);
        return;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        put(target, index, FieldKind.string, at, at);
        return;
      case LETTER_T:
        put(target, index, FieldKind.string, at, at + 4);
        return;
      case LETTER_F:
        put(target, index, FieldKind.string, at, at + 5);
        return;
      default: {
        const after = this.#checker.numberEnd(bytes, at, end);
        put(target, index, this.#checker.numberKind, at, after);
      }
    }
  }

  #keepString(start: number, close: number, target: Fields, index: number): void {
    const bytes = this.#lines.bytes;
    const { escaped, high } = this.#checker;
    if (!escaped && !(high && invalidUtf8At(bytes, start, close) >= 0)) {
      put(target, index, FieldKind.string, start, close);
      return;
    }
    const text = decodeJsonString(bytes, start, close, escaped).replace(LONE_SURROGATES, '?');
    put(target, index, FieldKind.text, this.#batch.texts.push(text) - 1, 0);
  }
}

function put(target: Fields, index: number, kind: FieldKind, start: number, end: number): void {
  target.kinds[index] = kind;
  target.starts[index] = start;
  target.ends[index] = end;
}
