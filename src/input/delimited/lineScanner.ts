import { decodeJavaUtf8 } from '../javaUtf8.ts';
import { invalidUtf8At } from '../json/text.ts';
import { FieldKind } from '../record.ts';
import type { RecordBatch } from '../recordBatch.ts';
import type { SpanColumns } from '../spanColumns.ts';
import { UNWANTED } from './columns.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;

/** The part of a `delimited` ParseSpec that tells how a line is taken apart. */
export interface Delimiters {
  readonly delimiter: string;
  readonly listDelimiter: string;
  /** Values may be quoted, as in CSV; the delimiter is then a comma. */
  readonly quotes: boolean;
}

/**
 * Takes one line at a time apart, by exactly Druid's rules: for CSV those of its `CSVParser` (opencsv's RFC4180Parser,
 * `CSVReaderNullFieldIndicator.EMPTY_SEPARATORS`), else of its `DelimitedParser`. There are no malformed lines:
 *
 * - A quote that begins a field opens it; it ends at the first following quote of odd number that has a comma behind it, or with
 *   the line. Quotes elsewhere are text, and commas in a field that is never closed do not divide it.
 * - Of a field with more than one quote that begins with one, that one is dropped, and a quote in last place too.
 * - Then, in any field, two quotes are one.
 * - A comma at the very end of a line is followed by one more field, even inside a field that is never closed.
 * - An empty field is null, an empty one in quotes is an empty text; nothing is trimmed.
 * - What then holds the list delimiter is a list, whose empty elements are empty texts.
 */
export class DelimitedLineScanner {
  readonly #batch: RecordBatch;
  readonly #quotes: boolean;
  readonly #delimiter: Buffer;
  readonly #listDelimiter: Buffer;
  readonly #listDelimiterText: string;

  /** @param batch whose next row each line fills */
  constructor(batch: RecordBatch, { delimiter, listDelimiter, quotes }: Delimiters) {
    this.#batch = batch;
    this.#quotes = quotes;
    this.#delimiter = Buffer.from(delimiter);
    this.#listDelimiter = Buffer.from(listDelimiter);
    this.#listDelimiterText = listDelimiter;
  }

  /**
   * Scans the line between two places of the batch's block into row `batch.rows`, which it counts up.
   *
   * @param bytes the same bytes as `batch.bytes`, at a place that stays
   * @param fields what the columns fill, see `columnFields`
   */
  scan(bytes: Buffer, start: number, end: number, fields: Int32Array): void {
    const batch = this.#batch;
    const row = batch.rows;
    batch.clearRow(row);
    forEachField(bytes, start, end, this.#delimiter, this.#quotes, (column, from, to) => {
      if (column < fields.length && fields[column] !== UNWANTED) this.#keep(bytes, from, to, fields[column] + row);
    });
    batch.recordStarts[row] = start;
    batch.recordEnds[row] = end;
    batch.rows = row + 1;
  }

  #keep(bytes: Buffer, fieldStart: number, fieldEnd: number, field: number): void {
    const batch = this.#batch;
    if (fieldStart === fieldEnd) {
      batch.kinds[field] = FieldKind.null;
      return;
    }
    let start = fieldStart;
    let end = fieldEnd;
    if (this.#quotes && isQuoted(bytes, start, end)) {
      start++;
      if (bytes[end - 1] === QUOTE) end--;
    }
    const value = bytes.subarray(start, end);
    if ((this.#quotes && value.includes('""')) || invalidUtf8At(bytes, start, end) >= 0) {
      this.keepText(decodeField(value, this.#quotes), field);
    } else if (value.includes(this.#listDelimiter)) this.#keepList(bytes, start, end, field);
    else put(batch, field, FieldKind.string, start, end);
  }

  /** Keeps a decoded value: as text, or as a list where it holds the list delimiter. */
  keepText(text: string, field: number): void {
    const batch = this.#batch;
    const { elements, texts } = batch;
    if (!text.includes(this.#listDelimiterText)) {
      batch.kinds[field] = FieldKind.text;
      batch.starts[field] = texts.push(text) - 1;
      return;
    }
    const parts = text.split(this.#listDelimiterText);
    const first = batch.elementCount;
    elements.ensure(first + parts.length);
    for (const [i, part] of parts.entries()) {
      elements.kinds[first + i] = FieldKind.text;
      elements.starts[first + i] = texts.push(part) - 1;
    }
    this.#closeList(field, first, first + parts.length);
  }

  #keepList(bytes: Buffer, start: number, end: number, field: number): void {
    const { elements } = this.#batch;
    const first = this.#batch.elementCount;
    let element = first;
    forEachField(bytes, start, end, this.#listDelimiter, false, (_, from, to) => {
      elements.ensure(element + 1);
      put(elements, element++, FieldKind.string, from, to);
    });
    this.#closeList(field, first, element);
  }

  #closeList(field: number, first: number, end: number): void {
    put(this.#batch, field, FieldKind.list, first, end);
    this.#batch.elementCount = end;
  }
}

/**
 * Decodes the bytes of a value.
 *
 * @param quotes whether two quotes are one
 */
export function decodeField(value: Buffer, quotes: boolean): string {
  const text = decodeJavaUtf8(value);
  return quotes ? text.replaceAll('""', '"') : text;
}

/** The texts of all fields of a line, null for empty ones; lists are not taken apart. */
export function fieldTexts(line: Buffer, delimiter: string, quotes: boolean): (string | null)[] {
  const texts: (string | null)[] = [];
  forEachField(line, 0, line.length, Buffer.from(delimiter), quotes, (_, from, to) => {
    const quoted = quotes && isQuoted(line, from, to);
    const start = quoted ? from + 1 : from;
    const end = quoted && line[to - 1] === QUOTE ? to - 1 : to;
    texts.push(from === to ? null : decodeField(line.subarray(start, end), quotes));
  });
  return texts;
}

/** Calls `visit` for each field with its number and its bytes, quotes included. */
function forEachField(
  bytes: Buffer,
  start: number,
  end: number,
  delimiter: Buffer,
  quotes: boolean,
  visit: (column: number, from: number, to: number) => void,
): void {
  const line = bytes.subarray(start, end);
  for (let column = 0, from = 0; ; column++) {
    const isOpened = quotes && line[from] === QUOTE;
    const found = isOpened ? closingComma(line, from) : line.indexOf(delimiter, from);
    const to = found < 0 ? line.length : found;
    visit(column, start + from, start + to);
    if (found < 0) {
      if (isOpened && line[line.length - 1] === COMMA) visit(column + 1, end, end);
      return;
    }
    from = to + delimiter.length;
  }
}

/** The comma behind the first quote of odd number after the one at `open`, or -1. */
function closingComma(line: Buffer, open: number): number {
  let isOdd = true;
  for (let at = line.indexOf(QUOTE, open + 1); at >= 0; at = line.indexOf(QUOTE, at + 1)) {
    if (isOdd && line[at + 1] === COMMA) return at + 1;
    isOdd = !isOdd;
  }
  return -1;
}

/** Whether the field begins with a quote that is not its only one. */
function isQuoted(bytes: Buffer, start: number, end: number): boolean {
  return bytes[start] === QUOTE && bytes.subarray(start + 1, end).includes(QUOTE);
}

function put(target: RecordBatch | SpanColumns, index: number, kind: number, start: number, end: number): void {
  target.kinds[index] = kind;
  target.starts[index] = start;
  target.ends[index] = end;
}
