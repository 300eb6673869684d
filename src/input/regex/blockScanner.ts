import { isUtf8 } from 'node:buffer';
import { columnFields, defaultColumnName, noteColumns, UNWANTED } from '../delimited/columns.ts';
import { decodeJavaUtf8 } from '../javaUtf8.ts';
import type { LineBlock } from '../lines/lineBlocks.ts';
import { LineWalk } from '../lines/lineWalk.ts';
import { FieldKind } from '../record.ts';
import type { RecordBatch } from '../recordBatch.ts';
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
  readonly #lines: LineWalk;
  #hasInvalidUtf8 = false;

  /**
   * @param batch filled by this scanner only
   * @throws SyntaxError where Java would refuse the pattern or the list delimiter, or JavaScript has no equal of it
   */
  constructor(batch: RecordBatch, format: RegexFormat, options: ScannerOptions) {
    this.#batch = batch;
    this.#lines = new LineWalk(batch);
    this.#pattern = linePattern(format.pattern);
    this.#listDelimiter = listPattern(format.listDelimiter);
    this.#columns =
      format.columns ?? Array.from({ length: this.#pattern.groupCount }, (_, group) => defaultColumnName(group));
    if (options.discover) batch.keepOrder(true);
    this.#fields = columnFields(this.#columns, batch, options);
    this.#onMalformed = options.onMalformed;
  }

  begin(block: LineBlock): void {
    this.#lines.begin(block);
    this.#hasInvalidUtf8 = !isUtf8(this.#lines.bytes);
  }

  next(limit: number): number {
    this.#batch.clear();
    const lines = this.#lines.next(limit, this.#scan);
    noteColumns(this.#batch, this.#fields);
    return lines;
  }

  readonly #scan = (start: number, end: number): void => {
    const line = this.#hasInvalidUtf8
      ? decodeJavaUtf8(this.#lines.bytes.subarray(start, end))
      : this.#lines.bytes.toString('utf8', start, end);
    const match = execute(this.#pattern.regExp, line);
    const problem = typeof match === 'string' ? match : this.#missing(match);
    if (typeof match === 'string' || problem !== null) {
      this.#onMalformed(start, end, problem as string);
      return;
    }
    const batch = this.#batch;
    const row = batch.rows;
    const fields = this.#fields;
    const { positions } = this.#pattern;
    // In ASCII a place in the line is a place in the bytes.
    const isAscii = !this.#hasInvalidUtf8 && line.length === end - start;
    let from = 0;
    for (let column = 0; column < positions.length && column < fields.length; column++) {
      if (fields[column] === UNWANTED) continue;
      const field = fields[column] + row;
      const value = match[positions[column]];
      if (value === '') batch.kinds[field] = FieldKind.null;
      else if (this.#isList(value)) this.#keepList(splitList(value, this.#listDelimiter), field);
      else if (isAscii) {
        // Any place with the same bytes will do; behind the last value it is found at once.
        let at = line.indexOf(value, from);
        if (at < 0) at = line.indexOf(value);
        from = at + value.length;
        batch.kinds[field] = FieldKind.string;
        batch.starts[field] = start + at;
        batch.ends[field] = start + from;
      } else this.#keepText(value, field);
    }
    batch.recordStarts[row] = start;
    batch.recordEnds[row] = end;
    batch.rows = row + 1;
  };

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

  #isList(value: string): boolean {
    this.#listDelimiter.lastIndex = 0;
    return this.#listDelimiter.test(value);
  }

  #keepText(value: string, field: number): void {
    const batch = this.#batch;
    batch.kinds[field] = FieldKind.text;
    batch.starts[field] = batch.texts.push(value) - 1;
  }

  #keepList(parts: readonly string[], field: number): void {
    // A delimiter that matches no character may leave the value whole.
    if (parts.length === 1) {
      this.#keepText(parts[0], field);
      return;
    }
    const batch = this.#batch;
    const { elements, texts } = batch;
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

/** The match of a pattern, or why there is none. */
function execute(pattern: RegExp, line: string): RegExpExecArray | string {
  try {
    return pattern.exec(line) ?? 'the pattern of the parseSpec does not match the whole line';
  } catch (error) {
    // V8's stack of places to go back to is bounded, as Java's is.
    if (error instanceof RangeError) return 'the pattern of the parseSpec has too many ways to match a line this long';
    throw error;
  }
}
