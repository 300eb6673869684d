import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cellText, type Field, type InputRecord, jsonLine, wordsWithout } from './fields.ts';
import type { Randomness } from './randomness.ts';

/** Text formats of the input. */
export type Format = 'json' | 'csv' | 'tsv' | 'regex';

const LIST_DELIMITER = '|';
const REGEX_SEPARATOR = ';';

/** Words that fields of the format can hold. */
export function wordsOf(format: Format): readonly string[] {
  if (format === 'tsv') return wordsWithout(/[\t|]/);
  return wordsWithout(format === 'regex' ? /[;|]/ : /\|/);
}

/** The part of `parseSpec` that tells the format; `columns` are the fields in their order. */
export function formatSpec(format: Format, columns: readonly string[]): object {
  switch (format) {
    case 'json':
      return { format };
    case 'regex': {
      const pattern = columns.map(() => `([^${REGEX_SEPARATOR}]*)`).join(REGEX_SEPARATOR);
      return { format, pattern, columns, listDelimiter: '\\|' };
    }
    default:
      return { format, columns, listDelimiter: LIST_DELIMITER };
  }
}

/**
 * Writes records as one file, gzipped or not, with either line end; now and then a line is none of the format.
 * @param strange whether lines of JSON that are no objects are wanted, too: to Druid they are rows without any field
 */
export function writeRecords(
  random: Randomness,
  folder: string,
  name: string,
  format: Format,
  records: readonly InputRecord[],
  strange: boolean,
): string {
  const columns = Object.keys(records[0]);
  const lines = records.map((record) => lineOf(format, columns, record));
  if (format === 'json' && random.chance(0.5)) {
    for (const bad of ['not json', '{"ts":', '', ...(strange ? ['[1,2]', 'null'] : [])])
      lines.splice(random.below(lines.length), 0, bad);
  }
  const text = lines.join(random.chance(0.25) ? '\r\n' : '\n') + (random.chance(0.3) ? '' : '\n');
  const zipped = random.chance(0.3);
  const path = join(folder, `${name}.${format}${zipped ? '.gz' : ''}`);
  writeFileSync(path, zipped ? gzipSync(text) : text);
  return path;
}

function lineOf(format: Format, columns: readonly string[], record: InputRecord): string {
  if (format === 'json') return jsonLine(record);
  const cells = columns.map((column) => cell(format, record[column]));
  return cells.join(format === 'csv' ? ',' : format === 'tsv' ? '\t' : REGEX_SEPARATOR);
}

function cell(format: Format, field: Field): string {
  const text = cellText(field, LIST_DELIMITER);
  if (format !== 'csv') return text;
  // An empty text is a null unless it is quoted.
  const quoted = field === '' || /[",]|^\s|\s$/.test(text);
  return quoted ? `"${text.replaceAll('"', '""')}"` : text;
}
