import { cellOf } from './cells.ts';
import { describeSegment } from './describe.ts';
import { jsonText } from './jsonText.ts';
import type { Segment } from './segment.ts';

/** What a dump contains beside the description. */
export interface DumpOptions {
  /** Whether a line for each row follows. */
  readonly rows: boolean;
  /** Whether the description lists the rows of each value of the string columns; default no. */
  readonly bitmaps?: boolean;
  /** Whether sketches show their bytes (base64) beside what is decoded of them; default no. */
  readonly raw?: boolean;
}

/**
 * The content of a segment as JSON lines, without line ends: first its description, then, if asked for, one object a row with all
 * columns in the order `__time`, dimensions, metrics. Lines are made as they are taken.
 *
 * Numbers are exact (longs are written in full, so read them with a parser that keeps 64 bits), doubles and floats in Java's form; NaN
 * and infinities are strings. A multi-value row is an array unless it has one value.
 *
 * @throws SegmentFormatError while iterating, at the first corrupt column, or before the first row for a column that cannot be shown
 */
export function* dumpSegment(segment: Segment, options: DumpOptions): Generator<string, void, undefined> {
  yield jsonText(describeSegment(segment, options.bitmaps ?? false));
  if (!options.rows) return;
  const raw = options.raw ?? false;
  const names = segment.columnNames;
  const cells = names.map((name) => cellOf(segment, name, raw));
  const keys = names.map((name, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  for (let row = 0; row < segment.rowCount; row++) {
    let line = '';
    for (let i = 0; i < cells.length; i++) line += keys[i] + cells[i](row);
    yield `${line}}`;
  }
}
