import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/input/json/parseValue.ts';
import { JsonScanner } from '../../../src/input/json/scanner.ts';
import { RecordBatch } from '../../../src/input/recordBatch.ts';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { type Cell, rowOf, spanText } from './batchRows.ts';
import { jsonRecord, mutated, WANTED } from './jsonTexts.ts';

/** The object that a text begins with, ignoring what follows it; null when there is none. */
function parseLeniently(text: string): object | null {
  for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}', end + 1)) {
    try {
      const value: unknown = JSON.parse(text.slice(0, end + 1));
      return typeof value === 'object' && !Array.isArray(value) ? value : null;
    } catch {
      // Not the whole object yet, or none at all.
    }
  }
  return null;
}

const LONG_MAX = 2n ** 63n - 1n;

/** The value of a cell as JSON.parse gives it; the kinds of numbers are checked against their literals. */
function plainCell(batch: RecordBatch, cell: Cell): unknown {
  switch (cell[0]) {
    case 'null':
      return null;
    case 'true':
      return true;
    case 'false':
      return false;
    case 'string':
      return spanText(batch, cell);
    case 'text':
      return cell[1];
    case 'integer':
    case 'decimal': {
      const literal = spanText(batch, cell);
      const exact = /^-?\d+$/.test(literal) ? BigInt(literal) : null;
      const fits = exact !== null && exact <= LONG_MAX && exact >= -LONG_MAX - 1n;
      expect(cell[0]).toBe(fits ? 'integer' : 'decimal');
      return Number(literal);
    }
    case 'list':
      return (cell[1] as Cell[]).map((element) => plainCell(batch, element));
    default:
      return plainValue(cell[1] as JsonValue);
  }
}

function plainValue(value: JsonValue): unknown {
  // BigInt has no -0; Druid's Long has none either.
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, field]) => [name, plainValue(field)]));
  return value;
}

/** -0 inside nested values is lost on purpose. */
function withoutMinusZero(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withoutMinusZero(field)]));
  return value === 0 ? 0 : value;
}

const kernel = createKernel();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

test('the scanner reads what JSON.parse reads', () => {
  let records = 0;
  let malformed = 0;
  const batch = new RecordBatch(kernel, WANTED);
  const scanner = new JsonScanner(batch, { discover: false });
  fc.assert(
    fc.property(mutated(jsonRecord), (bytes) => {
      batch.begin(bytes);
      const expected = parseLeniently(decoder.decode(bytes));
      expect(scanner.scan(bytes, 0, bytes.length)).toBe(expected !== null);
      expect(batch.rows).toBe(expected === null ? 0 : 1);
      if (expected === null) {
        malformed++;
        expect(rowOf(batch, 0)).toEqual({});
        return;
      }
      records++;
      const cells = Object.entries(rowOf(batch, 0));
      const actual = Object.fromEntries(cells.map(([name, cell]) => [name, plainCell(batch, cell)]));
      const wanted = Object.entries(expected).filter(([name]) => WANTED.includes(name));
      expect(withoutMinusZero(actual)).toEqual(withoutMinusZero(Object.fromEntries(wanted)));
    }),
    { numRuns: 1000 },
  );
  expect(records).toBeGreaterThan(200);
  expect(malformed).toBeGreaterThan(200);
});
