import type { ParseSpec } from '../../../src/spec/jobSpec.ts';
import type { Cells } from './support.ts';

/** An opened field up to a quote of odd number with a comma behind it, or to the end; or a plain one. */
const CSV_FIELD = /"[^"]*"(?:[^"]*"[^"]*")*?(?=,)|".*|[^,]*/suy;

/** A line as Druid's CSVParser or DelimitedParser takes it apart, the plain way. */
export function referenceRecord(line: string, parse: Extract<ParseSpec, { format: 'delimited' }>): Cells {
  const fields = parse.quotes ? csvFields(line) : line.split(parse.delimiter).map((text) => text || null);
  const cells: Cells = {};
  for (const [i, name] of (parse.columns ?? []).entries()) {
    if (i >= fields.length) break;
    const value = fields[i];
    cells[name] = value?.includes(parse.listDelimiter) ? value.split(parse.listDelimiter) : value;
  }
  return cells;
}

export function csvFields(line: string): (string | null)[] {
  const fields: (string | null)[] = [];
  for (let at = 0; ; at++) {
    CSV_FIELD.lastIndex = at;
    const [raw] = CSV_FIELD.exec(line)!;
    fields.push(raw === '' ? null : unquoted(raw));
    at += raw.length;
    if (at < line.length) continue;
    if (raw.startsWith('"') && raw.endsWith(',')) fields.push(null);
    return fields;
  }
}

function unquoted(raw: string): string {
  const isQuoted = raw.startsWith('"') && raw.indexOf('"', 1) >= 0;
  return (isQuoted ? raw.slice(1).replace(/"$/, '') : raw).replaceAll('""', '"');
}
