import { afterEach, describe, expect, test, vi } from 'vitest';
import { JsonBlockScanner } from '../../../src/input/json/blockScanner.ts';
import { JsonScanner } from '../../../src/input/json/scanner.ts';
import { FieldKind, RecordView } from '../../../src/input/record.ts';
import { BATCH_ROWS, RecordBatch } from '../../../src/input/recordBatch.ts';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { rowOf, spanText } from './batchRows.ts';

afterEach(() => vi.restoreAllMocks());

function scan(names: readonly string[], text: string, discover = false) {
  const batch = new RecordBatch(createKernel(), names);
  const scanner = new JsonBlockScanner(batch, {
    discover,
    onMalformed: (start, _, problem) => expect.fail(`${problem} in the line at ${start}`),
  });
  const bytes = Buffer.from(text);
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
  return { batch, scanner };
}

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('\n');
}

describe('batches', () => {
  test(`hold ${BATCH_ROWS} rows; the rows of the next ones do not show the last ones' fields`, () => {
    const { batch, scanner } = scan(
      ['a', 'b'],
      lines(BATCH_ROWS * 2 + 5, (i) => (i < BATCH_ROWS ? `{"a":${i},"b":[${i}]}` : i % 2 ? '{}' : `{"a":${i}}`)),
    );
    const sums: number[] = [];
    const rows: number[] = [];
    while (scanner.next(100_000) > 0) {
      rows.push(batch.rows);
      let present = 0;
      for (let at = 0; at < BATCH_ROWS * 2; at++) if (batch.kinds[at] !== FieldKind.absent) present++;
      sums.push(present);
    }
    expect(rows).toEqual([BATCH_ROWS, BATCH_ROWS, 5]);
    expect(sums).toEqual([BATCH_ROWS * 2, BATCH_ROWS / 2, 3]);
  });

  test('are cleared when few rows were in them', () => {
    const { batch, scanner } = scan(['a', 'b'], '{"a":1,"b":2}\n{"b":1}\n{}');
    expect(scanner.next(2)).toBe(2);
    expect(scanner.next(2)).toBe(1);
    expect(rowOf(batch, 0)).toEqual({});
    expect(batch.kinds.some((kind) => kind !== FieldKind.absent)).toBe(false);
  });

  test('take more elements and decoded texts than there was room for', () => {
    const list = (i: number) => `{"a":[${'1,'.repeat(i % 100)}"\\t","é"],"b":"${i}\\n","c":{"i":${i}}}`;
    const { batch, scanner } = scan(['a', 'b', 'c'], lines(BATCH_ROWS, list));
    expect(scanner.next(100_000)).toBe(BATCH_ROWS);
    for (const row of [0, 1, 99, 1234, BATCH_ROWS - 1]) {
      const cells = rowOf(batch, row);
      const elements = cells.a[1] as string[][];
      expect(elements.length).toBe((row % 100) + 2);
      expect(elements.at(-2)).toEqual(['text', '\t']);
      expect(elements.at(-1)![0]).toBe('string');
      expect(cells.b).toEqual(['text', `${row}\n`]);
      expect(cells.c).toEqual(['nested', new Map([['i', BigInt(row)]])]);
    }
  });

  test('stay valid when the memory of the kernel grows', () => {
    const { batch, scanner } = scan(['a', 'b'], '{"a":12,"b":[345]}\n{"a":67}');
    expect(scanner.next(1)).toBe(1);
    batch.kernel.allocate(batch.kernel.bytes.length);
    const cells = rowOf(batch, 0);
    expect(spanText(batch, cells.a)).toBe('12');
    expect(batch.recordEnds[0]).toBe(18);
    const view = new RecordView(batch.fieldNames);
    batch.load(0, view);
    expect([...view.slots.kinds]).toEqual([FieldKind.integer, FieldKind.list]);
    expect(Buffer.from(view.bytes).toString('utf8', view.elements.starts[0], view.elements.ends[0])).toBe('345');
    expect(scanner.next(1)).toBe(1);
    expect(spanText(batch, rowOf(batch, 0).a)).toBe('67');
  });
});

describe('wide and long records', () => {
  test('5000 wanted fields', () => {
    const names = Array.from({ length: 5000 }, (_, i) => `field-number-${i}`);
    const record = (row: number) => `{${names.map((name, i) => `"${name}":${row * 10_000 + i}`).join(',')}}`;
    const { batch, scanner } = scan(names, lines(6, record));
    for (const rows of [4, 2]) expect(scanner.next(4)).toBe(rows);
    const cells = Object.entries(rowOf(batch, 1));
    expect(cells.length).toBe(5000);
    expect(cells.every(([, cell], i) => spanText(batch, cell) === String(50_000 + i))).toBe(true);
  });

  test('5000 fields met one by one', () => {
    const { batch, scanner } = scan(
      [],
      lines(500, (row) => {
        const fields = Array.from({ length: 10 }, (_, i) => `"name ${row * 10 + i}":"${row}"`);
        return `{"first":${row},${fields.join(',')}}`;
      }),
      true,
    );
    expect(scanner.next(4096)).toBe(500);
    expect(batch.fieldNames.length).toBe(5001);
    for (const row of [0, 1, 250, 499]) {
      const cells = rowOf(batch, row);
      expect(spanText(batch, cells.first)).toBe(String(row));
      expect(Object.keys(cells).length).toBe(11);
      expect(spanText(batch, cells[`name ${row * 10 + 9}`])).toBe(String(row));
    }
  });

  test('more different names than are remembered', () => {
    const text = lines(
      700,
      (row) => `{${Array.from({ length: 100 }, (_, i) => `"${row}:${i}":0`).join(',')},"a":${row}}`,
    );
    const { batch, scanner } = scan(['a'], text);
    expect(scanner.next(4096)).toBe(700);
    const values = Array.from({ length: 700 }, (_, row) => Number(spanText(batch, rowOf(batch, row).a)));
    expect(values).toEqual(Array.from({ length: 700 }, (_, row) => row));
  });

  test('lines of 1 MiB, in strings wanted and not, lists, nested values and blanks', () => {
    const x = 'é'.repeat(512 * 1024);
    const many = '1,'.repeat(512 * 1024);
    const { batch, scanner } = scan(
      ['a', 'b'],
      [
        `{"a":"${x}","b":1}`,
        `{"x":"${x}\\n","b":2}`,
        `{"a":[${many}2],"b":3}`,
        `{"x":{"y":[${many}2]},"b":4}`,
        `{"b":5${' '.repeat(1024 * 1024)}}`,
        `{"b":6}${x}`,
      ].join('\n'),
    );
    expect(scanner.next(4096)).toBe(6);
    const values = Array.from({ length: 6 }, (_, row) => spanText(batch, rowOf(batch, row).b));
    expect(values).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(spanText(batch, rowOf(batch, 0).a)).toBe(x);
    const elements = batch.ends[2] - batch.starts[2];
    expect(elements).toBe(512 * 1024 + 1);
  });
});

describe('what the kernel gives back to JsonScanner', () => {
  test('leaves no elements and texts behind', () => {
    const { batch, scanner } = scan(['a'], '{"a":[1,2]}\n{"a":["\\t",4],"new":0}\n{"a":[5]}');
    expect(scanner.next(4096)).toBe(3);
    expect(batch.elementCount).toBe(5);
    expect(batch.texts).toEqual(['\t']);
  });

  test('does not mix up lists that turned out nested with the next ones', () => {
    const { batch, scanner } = scan(
      ['a', 'b'],
      lines(3, () => '{"a":["\\t",{}],"b":["x"]}'),
    );
    expect(scanner.next(4096)).toBe(3);
    expect(rowOf(batch, 2)).toEqual({ a: ['nested', ['\t', new Map()]], b: ['list', [['string', 73, 74]]] });
  });

  function linesGivenBack(text: string, names = ['a', 'b', 'c']): number {
    const given = vi.spyOn(JsonScanner.prototype, 'scan');
    const { scanner } = scan(names, text);
    while (scanner.next(4096) > 0);
    const { length } = given.mock.calls;
    given.mockRestore();
    return length;
  }

  test.each([
    ['{"a":"x","b":12,"c":[true,null,"é"],"x":{"y":[]}}'],
    ['{ "a" : -1.5e3 , "b" : false , "c" : [ ] }'],
    ['{"a":"\\u00e9\\n","b":["\\t"],"c":{"y":[{"z":"\\\\"}]},"x":"\\""}'],
    ['{"a":[[1],{}],"b":-9223372036854775808,"c":9223372036854775808,"\\u0078":0} and so on'],
  ])('only the first of many like %s', (line) => {
    expect(linesGivenBack(lines(300, () => line))).toBe(1);
  });

  test('not those that lack fields or have them in another order', () => {
    const shuffled = ['"a":1', '"b":2', '"c":3', '"x":4', '"y":5'];
    const line = (i: number) => `{${[...shuffled.slice(i % 5), ...shuffled.slice(0, i % 5)].slice(i % 3).join(',')}}`;
    expect(linesGivenBack(lines(300, line))).toBe(1);
  });
});
