import { isUtf8 } from 'node:buffer';
import { columnFields, defaultColumnName, UNWANTED } from '../delimited/columns.ts';
import { decodeJavaUtf8 } from '../delimited/javaUtf8.ts';
import type { LineBlock } from '../lines/lineBlocks.ts';
import { nextLineEnd, nextLineStart } from '../lines/lineEnds.ts';
import { FieldKind } from '../record.ts';
import { BATCH_ROWS, type RecordBatch } from '../recordBatch.ts';
import type { RecordScanner, ScannerOptions } from '../recordScanner.ts';
import { type LinePattern, linePattern, listPattern, splitList } from './pattern.ts';

/** The part of a `regex` ParseSpec that a scanner needs. */
export interface RegexFormat {
  readonly pattern: string;
  /** Names of the groups in order; null: `column_1`, `column_2`, ... */
  readonly columns: readonly string[] | null;
  readonly listDelimiter: string;
}

/**
 * Takes lines apart by a Java regular expression, by the rules of Druid's `RegexParser`: the pattern must match the whole
 * line, and each of its groups must take part; group `n` is column `n`. Empty values are null, in lists too. The list
 * delimiter is a regular expression as well.
 */
export class RegexBlockScanner implements RecordScanner {
  readonly #batch: RecordBatch;
  readonly #pattern: LinePattern;
  readonly #listDelimiter: RegExp;
  readonly #columns: readonly string[];
  readonly #fields: Int32Array;
  readonly #onMalformed: ScannerOptions['onMalformed'];
  #bytes: Buffer = Buffer.alloc(0);
  #hasLoneCarriageReturns = false;
  #hasInvalidUtf8 = false;
  #at = 0;

  /**
   * @param batch filled by this scanner only
   * @throws SyntaxError where Java would refuse the pattern or the list delimiter, or JavaScript has no equal of it
   */
  constructor(batch: RecordBatch, format: RegexFormat, options: ScannerOptions) {
    this.#batch = batch;
    this.#pattern = linePattern(format.pattern);
    this.#listDelimiter = listPattern(format.listDelimiter);
    this.#columns =
      format.columns ?? Array.from({ length: this.#pattern.groupCount }, (_, group) => defaultColumnName(group));
    this.#fields = columnFields(this.#columns, batch, options.discover);
    this.#onMalformed = options.onMalformed;
  }

  begin(block: LineBlock): void {
    this.#bytes = block.bytes.subarray(block.start, block.end);
    this.#hasLoneCarriageReturns = block.hasLoneCarriageReturns;
    this.#hasInvalidUtf8 = !isUtf8(this.#bytes);
    this.#at = 0;
    this.#batch.begin(this.#bytes);
  }

  next(limit: number): number {
    const batch = this.#batch;
    const bytes = this.#bytes;
    batch.clear();
    let lines = 0;
    while (lines < limit && batch.rows < BATCH_ROWS && this.#at < bytes.length) {
      const start = this.#at;
      const end = nextLineEnd(bytes, start, bytes.length, this.#hasLoneCarriageReturns);
      this.#at = nextLineStart(bytes, end, bytes.length);
      lines++;
      this.#scan(start, end);
    }
    return lines;
  }

  #text(start: number, end: number): string {
    return this.#hasInvalidUtf8
      ? decodeJavaUtf8(this.#bytes.subarray(start, end))
      : this.#bytes.toString('utf8', start, end);
  }

  #scan(start: number, end: number): void {
    const match = this.#pattern.regExp.exec(this.#text(start, end));
    const problem =
      match === null ? 'the pattern of the parseSpec does not match the whole line' : this.#missing(match);
    if (match === null || problem !== null) {
      this.#onMalformed(start, end, problem as string);
      return;
    }
    const batch = this.#batch;
    const row = batch.rows;
    const { positions } = this.#pattern;
    const count = Math.min(positions.length, this.#fields.length);
    for (let column = 0; column < count; column++) {
      if (this.#fields[column] !== UNWANTED) this.#keep(match[positions[column]], this.#fields[column] + row);
    }
    batch.recordStarts[row] = start;
    batch.recordEnds[row] = end;
    batch.rows = row + 1;
  }

  /** What is wrong with a match one of whose groups took no part, or null. */
  #missing(match: RegExpExecArray): string | null {
    const { positions } = this.#pattern;
    for (let group = 0; group < positions.length; group++) {
      if (match[positions[group]] !== undefined) continue;
      const name = group < this.#columns.length ? ` ("${this.#columns[group]}")` : '';
      return (
        `group ${group + 1}${name} of the pattern takes no part in the match; Druid refuses such lines: ` +
        `let the group match an empty text, as in ((?:...)?)`
      );
    }
    return null;
  }

  #keep(value: string, field: number): void {
    const batch = this.#batch;
    const { elements, texts } = batch;
    if (value === '') {
      batch.kinds[field] = FieldKind.null;
      return;
    }
    this.#listDelimiter.lastIndex = 0;
    const parts = this.#listDelimiter.test(value) ? splitList(value, this.#listDelimiter) : [value];
    if (parts.length === 1) {
      batch.kinds[field] = FieldKind.text;
      batch.starts[field] = texts.push(parts[0]) - 1;
      return;
    }
    const first = batch.elementCount;
    batch.elementCount = first + parts.length;
    elements.ensure(batch.elementCount);
    for (const [i, part] of parts.entries()) {
      elements.kinds[first + i] = part === '' ? FieldKind.null : FieldKind.text;
      if (part !== '') elements.starts[first + i] = texts.push(part) - 1;
    }
    batch.kinds[field] = FieldKind.list;
    batch.starts[field] = first;
    batch.ends[field] = batch.elementCount;
  }
}
