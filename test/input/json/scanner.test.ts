import { describe, expect, test } from 'vitest';
import { JsonScanner } from '../../../src/input/json/scanner.ts';
import { RecordBatch } from '../../../src/input/recordBatch.ts';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { type Cell, rowOf, rowsOf, spanText } from './batchRows.ts';

const kernel = createKernel();

interface Options {
  readonly names?: readonly string[];
  readonly discover?: boolean;
}

function scannerOf({ names = ['a', 'b'], discover = false }: Options = {}) {
  const batch = new RecordBatch(kernel, names);
  return { batch, scanner: new JsonScanner(batch, { discover }) };
}

function bytesOf(line: string | Uint8Array): Uint8Array {
  return typeof line === 'string' ? new TextEncoder().encode(line) : line;
}

/** Scans one record and gives its row, or what is wrong with it as "problem at byte". */
function scan(line: string | Uint8Array, options?: Options): Record<string, Cell> | string {
  const { batch, scanner } = scannerOf(options);
  const bytes = bytesOf(line);
  batch.begin(bytes);
  return scanner.scan(bytes, 0, bytes.length) ? rowOf(batch, 0) : `${scanner.problem} at ${scanner.problemAt}`;
}

/** The cell of field `a` in `{"a":<value>}`, spans as text. */
function cellOf(value: string | Uint8Array): unknown {
  const bytes = Buffer.concat([Buffer.from('{"a":'), bytesOf(value), Buffer.from('}')]);
  const { batch, scanner } = scannerOf();
  batch.begin(bytes);
  if (!scanner.scan(bytes, 0, bytes.length)) return `${scanner.problem} at ${scanner.problemAt - 5}`;
  const text = (cell: Cell): unknown[] => {
    if (cell[0] === 'list') return ['list', (cell[1] as Cell[]).map(text)];
    return cell.length === 3 ? [cell[0], spanText(batch, cell)] : [...cell];
  };
  return text(rowOf(batch, 0).a ?? ['absent']);
}

describe('values', () => {
  test.each([
    ['null', ['null']],
    ['true', ['true']],
    ['false', ['false']],
    ['""', ['string', '']],
    ['"x y"', ['string', 'x y']],
    ['"é山😀"', ['string', 'é山😀']],
    ['"\x7f"', ['string', '\x7f']],
    ['0', ['integer', '0']],
    ['-0', ['integer', '-0']],
    ['12', ['integer', '12']],
    ['-907', ['integer', '-907']],
    ['999999999999999999', ['integer', '999999999999999999']],
    ['9223372036854775807', ['integer', '9223372036854775807']],
    ['9223372036854775808', ['decimal', '9223372036854775808']],
    ['-9223372036854775808', ['integer', '-9223372036854775808']],
    ['-9223372036854775809', ['decimal', '-9223372036854775809']],
    ['1000000000000000000', ['integer', '1000000000000000000']],
    ['9999999999999999999', ['decimal', '9999999999999999999']],
    ['10000000000000000000', ['decimal', '10000000000000000000']],
    ['0.0', ['decimal', '0.0']],
    ['-0.5', ['decimal', '-0.5']],
    ['1.5e+3', ['decimal', '1.5e+3']],
    ['1E-2', ['decimal', '1E-2']],
    ['0e0', ['decimal', '0e0']],
  ])('%s', (value, cell) => {
    expect(cellOf(value)).toEqual(cell);
    expect(cellOf(` \t${value} \t`)).toEqual(cell);
  });

  test.each([
    ['"\\""', '"'],
    ['"\\\\"', '\\'],
    ['"\\/\\b\\f\\n\\r\\t"', '/\b\f\n\r\t'],
    ['"a\\u00e9b"', 'aéb'],
    ['"\\uD83D\\uDE00"', '😀'],
    ['"\\ud83d"', '\ud83d'],
    ['"é\\u005C"', 'é\\'],
  ])('escapes of %s are decoded', (value, text) => {
    expect(cellOf(value)).toEqual(['text', text]);
  });

  test.each([
    ['22 80 22', '\ufffd'],
    ['22 61 c0 af 22', 'a\ufffd\ufffd'],
    ['22 e0 9f 80 22', '\ufffd\ufffd\ufffd'],
    ['22 ed a0 80 22', '\ufffd'],
    ['22 ed bf 22', '\ufffd'],
    ['22 f4 90 80 80 22', '\ufffd\ufffd\ufffd\ufffd'],
    ['22 e5 b1 22', '\ufffd'],
    ['22 ff 5c 6e 22', '\ufffd\n'],
  ])('invalid UTF-8 %s becomes U+FFFD', (hex, text) => {
    expect(cellOf(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toEqual(['text', text]);
  });

  test('flat lists have elements', () => {
    expect(cellOf('[]')).toEqual(['list', []]);
    expect(cellOf('[ ]')).toEqual(['list', []]);
    expect(cellOf('[ 1 , "x",null,true,false,-1.5, "\\t"]')).toEqual([
      'list',
      [['integer', '1'], ['string', 'x'], ['null'], ['true'], ['false'], ['decimal', '-1.5'], ['text', '\t']],
    ]);
  });

  test('maps and lists that are not flat are values', () => {
    expect(cellOf('{}')).toEqual(['nested', new Map()]);
    expect(cellOf('{"x":[1,{"y":-0.5}],"x ":"\\n","x":9223372036854775808}')).toEqual([
      'nested',
      new Map<string, unknown>([
        ['x', 2 ** 63],
        ['x ', '\n'],
      ]),
    ]);
    expect(cellOf('["\\t",1,[null,true,false,{}]]')).toEqual(['nested', ['\t', 1n, [null, true, false, new Map()]]]);
    expect(cellOf('[{}]')).toEqual(['nested', [new Map()]]);
  });
});

describe('records', () => {
  test('absent fields, unwanted fields of any kind, duplicates, blanks', () => {
    expect(scan('{}')).toEqual({});
    expect(scan(' \t{ \t} ')).toEqual({});
    expect(scan('{"x":{"a":[1,{}]},"y":[],"z":"\\n","n":-1e5,"t":true}')).toEqual({});
    expect(scan(' { "b" : 1 , "a" : null } ')).toEqual({ b: ['integer', 9, 10], a: ['null'] });
    expect(scan('{"a":1,"a":"\\n","a":[2],"a":false}')).toEqual({ a: ['false'] });
    expect(scan('{"a":1,"\\u0061":22}')).toEqual({ a: ['integer', 16, 18] });
    expect(scan('{"a":[1],"a":[2,3]}')).toEqual({
      a: [
        'list',
        [
          ['integer', 14, 15],
          ['integer', 16, 17],
        ],
      ],
    });
  });

  test('what follows the object is ignored', () => {
    expect(scan('{"a":true}}{"a":')).toEqual({ a: ['true'] });
    expect(scan(Buffer.from('{"a":true} \xff\x00', 'latin1'))).toEqual({ a: ['true'] });
  });

  test('names with escapes, names beyond ASCII, new names', () => {
    expect(scan('{"A":true,"B":null}')).toEqual({});
    expect(scan('{"\\u0061":true,"é":1}', { names: ['a', 'é'] })).toEqual({ a: ['true'], é: ['integer', 20, 21] });
    expect(scan('{"b":true,"c":null,"d d":1,"c":2}', { discover: true })).toEqual({
      b: ['true'],
      c: ['integer', 31, 32],
      'd d': ['integer', 25, 26],
    });
  });

  test('a malformed record leaves nothing; the next one takes its row', () => {
    const { batch, scanner } = scannerOf();
    const bytes = bytesOf('{"a":1,"b":"x"}{"a":2,"b":x}{"b":3}');
    batch.begin(bytes);
    expect(scanner.scan(bytes, 0, 15)).toBe(true);
    expect(scanner.scan(bytes, 15, 28)).toBe(false);
    expect(batch.rows).toBe(1);
    expect(scanner.scan(bytes, 28, 35)).toBe(true);
    expect(rowsOf(batch)).toEqual([{ a: ['integer', 5, 6], b: ['string', 12, 13] }, { b: ['integer', 33, 34] }]);
    expect([...batch.recordStarts.subarray(0, 2)]).toEqual([0, 28]);
    expect([...batch.recordEnds.subarray(0, 2)]).toEqual([15, 35]);
  });

  test('order of fields may change from record to record', () => {
    const { batch, scanner } = scannerOf({ names: ['a', 'ab', 'c'] });
    const lines = ['{"a":1,"ab":2,"c":3}', '{"ab":1,"c":2}', '{"c":1,"ab":2,"a":3}', '{"a":1,"x":0,"ab":2,"c":3}'];
    const bytes = bytesOf(lines.join(''));
    batch.begin(bytes);
    let at = 0;
    for (const line of lines) {
      expect(scanner.scan(bytes, at, at + line.length)).toBe(true);
      at += line.length;
    }
    const values = rowsOf(batch).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, Number(spanText(batch, cell))])),
    );
    expect(values).toEqual(lines.map((line) => (({ x, ...wanted }) => wanted)(JSON.parse(line))));
  });
});

describe('problems', () => {
  const bad = (expected: string, at: number) => `not valid JSON: expected ${expected} at ${at}`;
  test.each([
    ['', 'an object', 0],
    ['  ', 'an object', 2],
    ['[1]', 'an object', 0],
    ['null', 'an object', 0],
    ['\ufeff{}', 'an object', 0],
    ['{', 'a field name', 1],
    ['{a:1}', 'a field name', 1],
    ['{"a":1,}', 'a field name', 7],
    ['{,"a":1}', 'a field name', 1],
    ['{"a', 'the end of a field name', 3],
    ['{"a\tb":1}', 'the end of a field name', 9],
    ['{"a\\x":1}', 'the end of a field name', 9],
    ['{"a"', '":"', 4],
    ['{"a" 1}', '":"', 5],
    ['{"a":', 'a value', 5],
    ['{"a":}', 'a value', 5],
    ['{"a":nul}', 'a value', 5],
    ['{"a":nullx}', 'a value', 5],
    ['{"a":True}', 'a value', 5],
    ['{"a":NaN}', 'a value', 5],
    ["{'a':1}", 'a field name', 1],
    ['{"a":"x', 'the end of a string', 7],
    ['{"a":"x\u0001"}', 'the end of a string', 10],
    ['{"a":"\\q"}', 'the end of a string', 10],
    ['{"a":"\\u12g4"}', 'the end of a string', 14],
    ['{"a":"\\u123"}', 'the end of a string', 13],
    ['{"a":"\\', 'the end of a string', 7],
    ['{"a":-}', 'a digit', 6],
    ['{"a":1.}', 'a digit', 7],
    ['{"a":1e}', 'a digit', 7],
    ['{"a":1e+}', 'a digit', 8],
    ['{"a":012}', 'the end of a number', 6],
    ['{"a":12abc}', 'the end of a number', 7],
    ['{"a":1"b":2}', 'the end of a number', 6],
    ['{"a":+1}', 'a value', 5],
    ['{"a":.5}', 'a value', 5],
    ['{"a":1', '"," or "}"', 6],
    ['{"a":1]', '"," or "}"', 6],
    ['{"a":"x" "b"', '"," or "}"', 9],
    ['{"a":[', 'a value', 6],
    ['{"a":[1,]}', 'a value', 8],
    ['{"a":[1', '"," or "]"', 7],
    ['{"a":[1}', '"," or "]"', 7],
    ['{"a":["x', 'the end of a string', 8],
    ['{"a":{"b"', '":"', 9],
    ['{"a":{"b":1]}', '"," or "}"', 11],
    ['{"a":{"b":1,}}', 'a field name', 12],
    ['{"a":[[1,2}]}', '"," or "]"', 10],
    ['{"x":[1,2}', '"," or "]"', 9],
    ['{"x":{"b":1', 'the end of a list or map', 11],
    ['{"x":{b:1}}', 'a field name', 6],
    ['{"x":[nulL]}', 'a value', 6],
  ])('%j: expected %s', (line, expected, at) => {
    const utf8At = Buffer.byteLength(line.slice(0, at));
    expect(scan(line)).toBe(bad(expected, utf8At));
  });

  test('limits on nesting: the record is the first of 1000 levels', () => {
    const nested = (levels: number) => `{"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(scan(nested(999))).toEqual({});
    expect(scan(nested(1000))).toBe(bad('at most 1000 levels of nesting', 5 + 999));
    const wanted = nested(1000).replace('x', 'a');
    expect(scan(wanted)).toBe(bad('at most 1000 levels of nesting', 5 + 999));
  });

  test('limits on numbers: 1000 characters', () => {
    const digits = '1'.repeat(1000);
    expect(scan(`{"a":${digits}}`)).toEqual({ a: ['decimal', 5, 1005] });
    expect(scan(`{"a":-${digits}}`)).toBe(bad('a number of at most 1000 characters', 5));
    expect(scan(`{"x":1${digits}}`)).toBe(bad('a number of at most 1000 characters', 5));
  });
});
