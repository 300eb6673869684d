import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonBlockScanner } from '../../../src/input/json/blockScanner.ts';
import { JsonScanner } from '../../../src/input/json/scanner.ts';
import type { LineBlock } from '../../../src/input/lines/lineBlocks.ts';
import { hasLoneCarriageReturn, nextLineEnd, nextLineStart } from '../../../src/input/lines/lineEnds.ts';
import { RecordBatch } from '../../../src/input/recordBatch.ts';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { rowOf, rowsOf } from './batchRows.ts';
import { jsonRecord, mutated, WANTED } from './jsonTexts.ts';

const kernel = createKernel();

/** What scanning a block gave, line by line: the row with its place, or the problem. */
type Outcome = readonly [start: number, end: number, row: Record<string, unknown> | string];

interface Options {
  readonly discover: boolean;
}
const PLAIN: Options = { discover: false };

function blockOf(bytes: Buffer, start = 0): LineBlock {
  return {
    inputIndex: 0,
    path: 'test.json',
    bytes,
    start,
    end: bytes.length,
    firstOffset: start,
    isFileStart: start === 0,
    hasLoneCarriageReturns: hasLoneCarriageReturn(bytes, start, bytes.length),
  };
}

/** Scans blocks line by line with a JsonScanner. */
function scannerByLine(names: readonly string[], options: Options): (bytes: Buffer) => Outcome[] {
  const batch = new RecordBatch(kernel, names);
  const scanner = new JsonScanner(batch, options);
  return (bytes) => {
    const outcomes: Outcome[] = [];
    batch.begin(bytes);
    for (let start = 0; start < bytes.length; ) {
      const end = nextLineEnd(bytes, start, bytes.length, true);
      const isRecord = scanner.scan(bytes, start, end);
      outcomes.push([start, end, isRecord ? rowOf(batch, batch.rows - 1) : scanner.problem]);
      batch.clear();
      start = nextLineStart(bytes, end, bytes.length);
    }
    return outcomes;
  };
}

/** Scans blocks with a JsonBlockScanner, `limit` lines a time; also gives the number of lines of each time. */
function scannerByBlock(names: readonly string[], options: Options) {
  const batch = new RecordBatch(kernel, names);
  const problems: Outcome[] = [];
  const scanner = new JsonBlockScanner(batch, {
    ...options,
    onMalformed: (start, end, problem) => problems.push([start, end, problem]),
  });
  return (block: LineBlock, limit: number) => {
    const outcomes: Outcome[] = [];
    const counts: number[] = [];
    scanner.begin(block);
    for (let lines = scanner.next(limit); lines > 0; lines = scanner.next(limit)) {
      counts.push(lines);
      const rows = rowsOf(batch).map((row, i): Outcome => [batch.recordStarts[i], batch.recordEnds[i], row]);
      expect(rows.length + problems.length).toBe(lines);
      // Problems were told in the order of the lines.
      expect(problems.map(([start]) => start)).toEqual(problems.map(([start]) => start).sort((a, b) => a - b));
      outcomes.push(...[...rows, ...problems].sort((a, b) => a[0] - b[0]));
      problems.length = 0;
    }
    return { outcomes, counts };
  };
}

const lineEnds = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '\n\n');
const line = fc.oneof(
  { arbitrary: jsonRecord.map((text) => Buffer.from(text)), weight: 3 },
  { arbitrary: mutated(jsonRecord), weight: 2 },
);
const lines = fc
  .tuple(fc.array(fc.tuple(line, lineEnds), { maxLength: 12 }), fc.option(line, { nil: Buffer.alloc(0) }))
  .map(([ended, last]) => Buffer.concat([...ended.flatMap(([bytes, end]) => [bytes, Buffer.from(end)]), last]));

describe('agrees with JsonScanner', () => {
  test.each([PLAIN, { discover: true }])('on any lines: %j', (options) => {
    // Both keep what they have learned from one block to the next, as they do in a task.
    const byLine = scannerByLine(WANTED, options);
    const byBlock = scannerByBlock(WANTED, options);
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 8 }), fc.nat(20), (bytes, limit, start) => {
        const expected = byLine(bytes);
        const shifted = Buffer.concat([Buffer.alloc(start, '"'), bytes]);
        const { outcomes, counts } = byBlock(blockOf(shifted, start), limit);
        expect(outcomes).toEqual(expected);
        const last = expected.length % limit;
        const full = Array.from({ length: Math.floor(expected.length / limit) }, () => limit);
        expect(counts).toEqual(last === 0 ? full : [...full, last]);
      }),
      { numRuns: 200 },
    );
  });

  test('on every byte at every place of a record', () => {
    const record = Buffer.from('{"a":"x\\u00e9","b":[12,"y",null],"z":"v","y":[1,{"k":-0.5e1}], "q" : true}');
    const bytes = [...Array.from({ length: 128 }, (_, byte) => byte), 0x80, 0xc3, 0xe5, 0xff];
    const all: Buffer[] = [record, LF];
    for (let at = 0; at <= record.length; at++) {
      for (const byte of bytes) {
        // In place of a byte, and before it.
        const head = record.subarray(0, at);
        all.push(head, Buffer.of(byte), record.subarray(at + 1), LF, head, Buffer.of(byte), record.subarray(at), LF);
      }
    }
    const block = Buffer.concat(all);
    const expected = scannerByLine(['a', 'b', 'q'], PLAIN)(block);
    const { outcomes } = scannerByBlock(['a', 'b', 'q'], PLAIN)(blockOf(block), 4096);
    // No expect() for each: there are some 20,000.
    expect(outcomes.length).toBe(expected.length);
    const different = outcomes.findIndex((outcome, i) => !isDeepStrictEqual(outcome, expected[i]));
    expect(outcomes[different]).toEqual(expected[different]);
    expect(different).toBe(-1);
  });

  test('on every form of UTF-8 sequence', () => {
    const texts: number[][] = [];
    const sample = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff].slice(2);
    for (let lead = 0x80; lead <= 0xff; lead++) {
      texts.push([lead]);
      for (let second = 0x7f; second <= 0xff; second++) {
        texts.push([lead, second]);
        for (const third of sample) texts.push([lead, second, third]);
      }
      if (lead < 0xec) continue;
      for (const second of sample) {
        for (const third of sample) for (const fourth of sample) texts.push([lead, second, third, fourth]);
      }
    }
    const quoted = texts.map((bytes, i) =>
      Buffer.from([...Buffer.from('{"a":"'), ...PADS[i % 17], ...bytes, 0x22, 0x7d, 0x0a]),
    );
    const batch = new RecordBatch(kernel, ['a']);
    const scanner = new JsonBlockScanner(batch, { ...PLAIN, onMalformed: (_, __, problem) => expect.fail(problem) });
    scanner.begin(blockOf(Buffer.concat(quoted)));
    const fatal = new TextDecoder('utf-8', { fatal: true });
    const wrong: string[] = [];
    let seen = 0;
    while (scanner.next(10_000) > 0) {
      const { kinds } = batch;
      for (let row = 0; row < batch.rows; row++) {
        const bytes = texts[seen++];
        if ((kinds[row] === KIND_STRING) !== isWellFormed(fatal, bytes)) wrong.push(Buffer.from(bytes).toString('hex'));
      }
    }
    expect(seen).toBe(texts.length);
    expect(wrong).toEqual([]);
  });

  test('on numbers and nesting around the limits', () => {
    const text = ['{"a":1,"x":1,"b":[1]}'];
    for (let length = 998; length <= 1002; length++) {
      const digits = '1'.repeat(length - 3);
      text.push(`{"a":1.2${digits}}`, `{"x":-12${digits}}`, `{"b":[1e+${digits}]}`);
    }
    for (const levels of [62, 63, 64, 65, 66, 997, 998, 999, 1000, 1001]) {
      for (const name of ['a', 'x']) {
        text.push(`{"${name}":${'['.repeat(levels)}1${']'.repeat(levels)}}`);
        text.push(`{"${name}":${'{"k":'.repeat(levels)}[]${'}'.repeat(levels)}}`);
        text.push(`{"${name}":${'[{"k":'.repeat(levels)}null${']}'.repeat(levels)}}`);
      }
    }
    const bytes = Buffer.from(text.join('\n'));
    const expected = scannerByLine(['a', 'b'], PLAIN)(bytes);
    expect(scannerByBlock(['a', 'b'], PLAIN)(blockOf(bytes), 4096).outcomes).toEqual(expected);
    expect(expected.filter(([, , row]) => typeof row === 'string').length).toBeGreaterThan(20);
  });

  test('on strings, names and numbers of any length up to three vectors, at any place in a vector', () => {
    const text: string[] = [];
    for (let shift = 0; shift < 16; shift++) {
      for (let length = 0; length < 50; length++) {
        const x = 'x'.repeat(length);
        text.push(
          `{${' '.repeat(shift)}"a":"${x}","k${x}":"${x}é","b":"${x}\\n","c":1${'0'.repeat(length)},"${x}":[]}`,
        );
      }
    }
    const bytes = Buffer.from(text.join('\n'));
    const names = ['a', 'b', 'c', ...Array.from({ length: 40 }, (_, i) => `k${'x'.repeat(i)}`)];
    expect(scannerByBlock(names, PLAIN)(blockOf(bytes), 100).outcomes).toEqual(scannerByLine(names, PLAIN)(bytes));
  });
});

const LF = Buffer.from('\n');
const PADS = Array.from({ length: 17 }, (_, length) => Buffer.alloc(length, 'x'));
const KIND_STRING = 2;

function isWellFormed(decoder: InstanceType<typeof TextDecoder>, bytes: number[]): boolean {
  try {
    decoder.decode(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}

describe('blocks and batches', () => {
  test('CRLF, CR, empty lines and what onMalformed is told', () => {
    const bytes = Buffer.from('{"a":1}\r\n\r\n{"a":2}\r{"a":\r\n{"a":3} x\n{"a":4}');
    const { outcomes, counts } = scannerByBlock(['a'], PLAIN)(blockOf(bytes), 4096);
    expect(counts).toEqual([6]);
    expect(outcomes).toEqual([
      [0, 7, { a: ['integer', 5, 6] }],
      [9, 9, 'not valid JSON: expected an object'],
      [11, 18, { a: ['integer', 16, 17] }],
      [19, 24, 'not valid JSON: expected a value'],
      [26, 35, { a: ['integer', 31, 32] }],
      [36, 43, { a: ['integer', 41, 42] }],
    ]);
  });

  test('what onMalformed throws comes out of next', () => {
    const batch = new RecordBatch(kernel, ['a']);
    const onMalformed = (start: number) => {
      throw new Error(`bad line at ${start}`);
    };
    const scanner = new JsonBlockScanner(batch, { ...PLAIN, onMalformed });
    scanner.begin(blockOf(Buffer.from('{"a":1}\n{"a":2}\n{"a":\n{"a":3}\n')));
    expect(() => scanner.next(4096)).toThrow(new Error('bad line at 16'));
  });

  test('next(0) scans nothing, an empty block has no lines', () => {
    const batch = new RecordBatch(kernel, ['a']);
    const scanner = new JsonBlockScanner(batch, { ...PLAIN, onMalformed: () => expect.fail() });
    scanner.begin(blockOf(Buffer.from('{"a":1}')));
    expect([scanner.next(0), scanner.next(9), batch.rows, scanner.next(9), batch.rows]).toEqual([0, 1, 1, 0, 0]);
    scanner.begin(blockOf(Buffer.alloc(0)));
    expect(scanner.next(9)).toBe(0);
  });
});
