import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ParseSpec } from '../../../src/spec/jobSpec.ts';
import { type Cells, csv, scanLines, tsv } from './support.ts';

interface DruidCase {
  readonly format: 'csv' | 'tsv' | 'regex';
  readonly delimiter?: string;
  readonly listDelimiter: string;
  readonly pattern?: string;
  readonly columns: readonly string[];
  readonly lines: readonly { readonly text?: string; readonly hex?: string; readonly record: Cells | null }[];
}

const { cases } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/input/delimited/druid33.json'), 'utf8'),
) as { cases: DruidCase[] };

function parseSpec({ format, columns, delimiter, listDelimiter, pattern }: DruidCase): ParseSpec {
  if (format === 'csv') return csv(columns, listDelimiter);
  if (format === 'tsv') return tsv(columns, delimiter!, listDelimiter);
  return { format: 'regex', columns, pattern: pattern!, listDelimiter };
}

function bytesOf({ text, hex }: DruidCase['lines'][number]): Buffer {
  return text === undefined ? Buffer.from(hex!, 'hex') : Buffer.from(text);
}

describe("lines become the records of Druid's own parsers", () => {
  test.each(cases)('$format $delimiter $listDelimiter $pattern', (druid) => {
    for (const line of druid.lines) {
      const { records } = scanLines(parseSpec(druid), druid.columns, Buffer.concat([bytesOf(line), Buffer.from('\n')]));
      expect({ line, records }).toEqual({ line, records: line.record === null ? [] : [line.record] });
    }
  });

  test.each(cases)('all lines at once: $format $delimiter $listDelimiter $pattern', (druid) => {
    const lines = Buffer.concat(druid.lines.flatMap((line) => [bytesOf(line), Buffer.from('\r\n')]));
    for (const limit of [1, 3, 1000]) {
      const { records, malformed } = scanLines(parseSpec(druid), druid.columns, lines, limit);
      const good = druid.lines.filter(({ record }) => record !== null);
      expect(records).toEqual(good.map(({ record }) => record));
      expect(malformed.length).toBe(druid.lines.length - good.length);
    }
  });
});
