import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DelimitedBlockScanner } from '../../../src/input/delimited/blockScanner.ts';
import { RecordBatch } from '../../../src/input/recordBatch.ts';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { csvFields, referenceRecord } from './reference.ts';
import { csv, scanLines, tsv } from './support.ts';

const COLUMNS = ['a', 'b', 'c', 'd'];

function lineOf(...parts: string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...parts), { maxLength: 60 }).map((chosen) => chosen.join(''));
}

describe('lines like those of the plain reference', () => {
  const csvLine = lineOf('"', '"', ',', ',', '|', 'x', 'long enough for more than one vector', 'é', '日本', ' ');
  const ends = fc.constantFrom('\n', '\r\n', '\r');

  test.each([
    ['CSV', csv(COLUMNS), csvLine],
    ['CSV with an odd list delimiter', csv(COLUMNS, '""x'), csvLine],
    ['TSV', tsv(COLUMNS, '\t', '|'), lineOf('"', '\t', '\t', '|', 'x', 'é', 'some longer text')],
    ['delimiters of several bytes', tsv(COLUMNS, '||', '§|'), lineOf('|', '§', '£', 'x', '|||')],
  ] as const)('%s', (_, parse, line) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(line, ends), { maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        (lines, limit, lastIsOpen) => {
          if (parse.format !== 'delimited') throw new Error('not delimited');
          // A lone CR before an empty line with LF would be one line end.
          const text = lines.map(([content, end]) => `${content}x${end}`).join('');
          const bytes = Buffer.from(lastIsOpen ? text.replace(/[\r\n]+$/, '') : text);
          const { records } = scanLines(parse, COLUMNS, bytes, limit);
          expect(records).toEqual(lines.map(([content]) => referenceRecord(`${content}x`, parse)));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('invalid UTF-8 in some line', () => {
    const bytes = fc.array(
      fc.constantFrom(
        ...['"', ',', '|', '\n', 'é', 'plain text of some length'].map((part) => Buffer.from(part)),
        Buffer.from([0xff]),
        Buffer.from([0xe6, 0x97]),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(bytes, (parts) => {
        const lines = Buffer.concat(parts);
        const expected = lines
          .toString('utf8')
          .split('\n')
          .map((line) => referenceRecord(line, csv(COLUMNS)));
        // Behind the last line end there is no line.
        if (lines.length === 0 || lines.at(-1) === 0x0a) expected.pop();
        expect(scanLines(csv(COLUMNS), COLUMNS, lines).records).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });
});

describe('fields', () => {
  const one = (line: string) => scanLines(csv(COLUMNS), COLUMNS, Buffer.from(line)).records;

  test('an empty field is null, an empty one in quotes is not, a missing one is absent', () => {
    expect(one('"",,x\n')).toEqual([{ a: '', b: null, c: 'x' }]);
    expect(one('\n\r\n')).toEqual([{ a: null }, { a: null }]);
  });

  test('a quote that is never closed takes the rest of its own line only', () => {
    expect(one('"x,y\nz,"u\n"v",w\n')).toEqual([{ a: '"x,y' }, { a: 'z', b: '"u' }, { a: 'v', b: 'w' }]);
  });

  test('a surrogate in three bytes becomes one U+FFFD, as in Java', () => {
    const line = Buffer.concat([
      Buffer.from('x'),
      Buffer.from([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]),
      Buffer.from(',\ud7ff\n'),
    ]);
    expect(scanLines(csv(COLUMNS), COLUMNS, line).records).toEqual([{ a: 'x\ufffd\ufffd', b: '\ud7ff' }]);
  });

  test('fields that the job does not want are passed over', () => {
    const lines = Buffer.from('1,"2",3,4\n5,6|7,"8""",9\n');
    expect(scanLines(csv(COLUMNS), ['d', 'nowhere', 'b'], lines).records).toEqual([
      { d: '4', b: '2' },
      { d: '9', b: ['6', '7'] },
    ]);
  });

  test('all columns become fields where fields are discovered', () => {
    expect(scanLines(csv(COLUMNS), null, Buffer.from('1,2\n')).records).toEqual([{ a: '1', b: '2' }]);
  });
});

describe('room', () => {
  test('more lists than the batch has room for at first', () => {
    const list = Array.from({ length: 6000 }, (_, i) => `v${i}`);
    const line = `${list.join('|')},"${list.join('|')}""",x\n`;
    const { records } = scanLines(csv(COLUMNS), COLUMNS, Buffer.from(line.repeat(3)));
    const quoted = [...list.slice(0, -1), 'v5999"'];
    expect(records).toEqual(Array.from({ length: 3 }, () => ({ a: list, b: quoted, c: 'x' })));
  });

  test('more decoded fields than the kernel hands over at once, in more rows than a batch holds', () => {
    const { records } = scanLines(csv(COLUMNS), COLUMNS, Buffer.from('"a""","b""",c,"d|"""\n'.repeat(9000)), 100_000);
    expect(records.length).toBe(9000);
    expect(new Set(records.map((record) => JSON.stringify(record)))).toEqual(
      new Set([JSON.stringify({ a: 'a"', b: 'b"', c: 'c', d: ['d', '"'] })]),
    );
  });

  test('a limit of 0 scans nothing', () => {
    expect(scanLines(csv(COLUMNS), COLUMNS, Buffer.from('a\n'), 0).records).toEqual([]);
  });

  test('lines of all lengths around the size of a vector', () => {
    const lines = Array.from({ length: 200 }, (_, length) => `${'x'.repeat(length)},"${'y'.repeat(length % 67)}"`);
    const { records } = scanLines(csv(COLUMNS), COLUMNS, Buffer.from(lines.join('\n')));
    expect(records).toEqual(lines.map((line) => referenceRecord(line, csv(COLUMNS))));
  });
});

test('records stand where their lines do', () => {
  const batch = new RecordBatch(createKernel(), ['a']);
  const scanner = new DelimitedBlockScanner(batch, csv(['a', 'b']), { discover: false });
  const bytes = Buffer.from('xx1,2\r\n"3\n"",4\n');
  scanner.begin({
    inputIndex: 0,
    path: 'lines',
    bytes,
    start: 2,
    end: bytes.length,
    firstOffset: 100,
    isFileStart: false,
    hasLoneCarriageReturns: false,
  });
  expect(scanner.next(10)).toBe(3);
  const lines = Array.from({ length: 3 }, (_, row) =>
    batch.bytes.toString('utf8', batch.recordStarts[row], batch.recordEnds[row]),
  );
  expect(lines).toEqual(['1,2', '"3', '"",4']);
  expect(scanner.next(10)).toBe(0);
});

test('the reference itself', () => {
  expect(csvFields('"a,b"",c",')).toEqual(['a,b",c', null]);
  expect(csvFields('"a,')).toEqual(['"a,', null]);
});
