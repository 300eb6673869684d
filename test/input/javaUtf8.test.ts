import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeJavaUtf8 } from '../../src/input/javaUtf8.ts';
import { JsonBlockScanner } from '../../src/input/json/blockScanner.ts';
import { decodeJsonString } from '../../src/input/json/text.ts';
import { BATCH_ROWS, RecordBatch } from '../../src/input/recordBatch.ts';
import { createKernel } from '../../src/kernel/kernel.ts';
import { rowsOf } from './json/batchRows.ts';

/** Bytes and the UTF-16 units that Java 17's CharsetDecoder makes of them, both hexadecimal. */
const VECTORS = gunzipSync(readFileSync(join(import.meta.dirname, '../fixtures/input/javaUtf8.txt.gz')))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => line.split(' ') as [bytes: string, units: string]);

function unitsOf(text: string): string {
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, '0')).join('');
}

test(`decodes ${VECTORS.length} valid and invalid texts as Java does`, () => {
  const wrong = VECTORS.filter(([bytes, units]) => unitsOf(decodeJavaUtf8(Buffer.from(bytes, 'hex'))) !== units);
  expect(wrong).toEqual([]);
  // Else Node's own decoder would do.
  const differ = VECTORS.filter(([bytes, units]) => unitsOf(Buffer.from(bytes, 'hex').toString()) !== units);
  expect(differ.length).toBeGreaterThan(100);
});

test('JSON strings are decoded alike, escapes or not', () => {
  const inner = VECTORS.filter(([bytes]) => !bytes.includes('22'));
  const wrong = inner.filter(([bytes, units]) => {
    const plain = Buffer.from(`ff${bytes}`, 'hex');
    const escaped = Buffer.concat([plain, Buffer.from('\\n')]);
    return (
      unitsOf(decodeJsonString(plain, 1, plain.length, false)) !== units ||
      unitsOf(decodeJsonString(escaped, 1, escaped.length, true)) !== `${units}000a`
    );
  });
  expect(wrong).toEqual([]);
});

test('strings that the kernel leaves to be decoded are too', () => {
  const inner = VECTORS.filter(([bytes]) => !bytes.includes('22'));
  const batch = new RecordBatch(createKernel(), ['a']);
  const scanner = new JsonBlockScanner(batch, {
    discover: false,
    onMalformed: (_, __, problem) => expect.fail(problem),
  });
  // The name is new in the first line only, and others go through the kernel.
  const lines = ['', ...inner.map(([bytes]) => bytes)].map(
    (bytes) => `{"a":"${Buffer.from(bytes, 'hex').toString('latin1')}"}\n`,
  );
  const bytes = Buffer.from(lines.join(''), 'latin1');
  scanner.begin({
    inputIndex: 0,
    path: 'test.json',
    bytes,
    start: 0,
    end: bytes.length,
    firstOffset: 0,
    isFileStart: true,
    hasLoneCarriageReturns: false,
  });
  expect(scanner.next(BATCH_ROWS)).toBe(lines.length);
  const wrong = rowsOf(batch)
    .slice(1)
    .filter(({ a }, i) => {
      const text = a[0] === 'text' ? (a[1] as string) : batch.bytes.toString('utf8', a[1] as number, a[2] as number);
      return unitsOf(text) !== inner[i][1];
    });
  expect(wrong).toEqual([]);
});

test('long texts with surrogates here and there', () => {
  const part = 'é山😀x'.repeat(1000);
  const surrogate = Buffer.from('eda080', 'hex');
  const bytes = Buffer.concat([surrogate, Buffer.from(part), surrogate, surrogate, Buffer.from(part), surrogate]);
  expect(decodeJavaUtf8(bytes)).toBe(`\ufffd${part}\ufffd\ufffd${part}\ufffd`);
  expect(decodeJavaUtf8(Buffer.from('\ufeffa'))).toBe('\ufeffa');
  expect(decodeJavaUtf8(Buffer.alloc(0))).toBe('');
});
