import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { LowercaseJsonScanner } from '../../../src/input/json/lowercaseScanner.ts';
import { hasLoneCarriageReturn } from '../../../src/input/lines/lineEnds.ts';
import { RecordBatch } from '../../../src/input/recordBatch.ts';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { type Cell, rowOf, rowsOf, spanText } from './batchRows.ts';

const kernel = createKernel();

/** What `JSONToLowerParser` of Druid 33 made of a line, hexadecimal: values as [type, text] or ["list", values]; null where it threw. */
interface Vector {
  readonly line: string;
  readonly row: Readonly<Record<string, unknown>> | null;
}

const VECTORS = gunzipSync(readFileSync(join(import.meta.dirname, '../../fixtures/input/json/jsonLowercase.jsonl.gz')))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

function scannerOf(names: readonly string[], discover = false) {
  const batch = new RecordBatch(kernel, names);
  const problems: [start: number, end: number, problem: string][] = [];
  const scanner = new LowercaseJsonScanner(batch, {
    discover,
    onMalformed: (...problem) => problems.push(problem),
  });
  const begin = (bytes: Buffer, start = 0) =>
    scanner.begin({
      inputIndex: 0,
      path: 'test.json',
      bytes,
      start,
      end: bytes.length,
      firstOffset: start,
      isFileStart: start === 0,
      hasLoneCarriageReturns: hasLoneCarriageReturn(bytes, start, bytes.length),
    });
  return { batch, scanner, begin, problems };
}

/** A cell as Java's value, doubles as numbers. */
function javaValue(batch: RecordBatch, cell: Cell): unknown {
  switch (cell[0]) {
    case 'list':
      return ['list', (cell[1] as Cell[]).map((element) => javaValue(batch, element))];
    case 'integer':
      return ['long', String(BigInt(spanText(batch, cell)))];
    case 'decimal':
      return ['double', Number(spanText(batch, cell))];
    case 'text':
      return ['string', cell[1]];
    default:
      return [cell[0], spanText(batch, cell)];
  }
}

/** A value of the fixture with doubles as numbers. */
function withNumbers(value: unknown): unknown {
  const [type, content] = value as [string, unknown];
  if (type === 'list') return [type, (content as unknown[]).map(withNumbers)];
  return type === 'double' ? [type, Number(content)] : [type, content];
}

test(`does what JSONToLowerParser does with ${VECTORS.length} lines`, () => {
  let malformed = 0;
  for (const { line, row } of VECTORS) {
    const { batch, scanner, begin, problems } = scannerOf([], true);
    // An empty line is a line too.
    begin(Buffer.concat([Buffer.from(line, 'hex'), Buffer.from('\n')]));
    expect(scanner.next(10), line).toBe(1);
    if (row === null) {
      malformed++;
      expect([batch.rows, problems.length], Buffer.from(line, 'hex').toString()).toEqual([0, 1]);
      continue;
    }
    expect(problems, Buffer.from(line, 'hex').toString()).toEqual([]);
    const cells = Object.entries(rowOf(batch, 0)).map(([name, cell]) => [name, javaValue(batch, cell)]);
    const expected = Object.entries(row).map(([name, value]) => [name, withNumbers(value)]);
    expect(Object.fromEntries(cells), Buffer.from(line, 'hex').toString()).toEqual(Object.fromEntries(expected));
  }
  expect(malformed).toBeGreaterThan(200);
});

describe('blocks', () => {
  test('CRLF, CR, empty lines, places of rows and of malformed lines', () => {
    const { batch, scanner, begin, problems } = scannerOf(['a']);
    begin(Buffer.from('xx{"A":1}\r\n\r\n{"a":2}\r{"a":\r\n["x"]\n{"A":true}'), 2);
    expect([scanner.next(2), batch.rows]).toEqual([2, 2]);
    expect(rowsOf(batch)).toEqual([{ a: ['integer', 5, 6] }, {}]);
    expect(scanner.next(99)).toBe(4);
    expect(rowsOf(batch)).toEqual([{ a: ['integer', 16, 17] }, {}, { a: ['string', 37, 41] }]);
    expect([...batch.recordStarts.subarray(0, 3)]).toEqual([11, 26, 32]);
    expect([...batch.recordEnds.subarray(0, 3)]).toEqual([18, 31, 42]);
    expect(problems).toEqual([[19, 24, 'not valid JSON: expected a value']]);
    expect([scanner.next(99), scanner.next(0)]).toEqual([0, 0]);
  });

  test('rows do not show the fields of rows that were there before', () => {
    const { batch, scanner, begin } = scannerOf(['a', 'b']);
    begin(Buffer.from('{"A":[1,2],"B":"\\n"}\n{"b":1,"B":null}'));
    expect([scanner.next(1), scanner.next(1)]).toEqual([1, 1]);
    expect(rowsOf(batch)).toEqual([{ b: ['integer', 26, 27] }]);
  });

  test.each([
    [`{"a":${'['.repeat(999)}${']'.repeat(999)}}`, null],
    [`{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`, 'not valid JSON: expected at most 1000 levels of nesting'],
    [`${'['.repeat(1000)}${']'.repeat(1000)}`, null],
    [`${'['.repeat(1001)}${']'.repeat(1001)}`, 'not valid JSON: expected at most 1000 levels of nesting'],
    [`{"x":${'['.repeat(100_000)}`, 'not valid JSON: expected at most 1000 levels of nesting'],
    [`{"a":${'1'.repeat(1000)}}`, null],
    [`{"a":${'1'.repeat(1001)}}`, 'not valid JSON: expected a number of at most 1000 characters'],
  ])('limits (%#)', (line, problem) => {
    const { scanner, begin, problems } = scannerOf(['a']);
    begin(Buffer.from(line));
    expect(scanner.next(9)).toBe(1);
    expect(problems.map(([, , text]) => text)).toEqual(problem === null ? [] : [problem]);
  });
});
