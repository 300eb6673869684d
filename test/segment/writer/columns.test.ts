/** Numeric, complex and pair columns where the goldens have no example. */
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainLz4Encoder } from '../../../src/kernel/lz4.ts';
import { Scratch } from '../../../src/segment/scratch.ts';
import { lz4Codec } from '../../../src/segment/writer/blockCodec.ts';
import { BlockStreamWriter } from '../../../src/segment/writer/blockStream.ts';
import type { ByteSource } from '../../../src/segment/writer/byteSource.ts';
import { ComplexColumnWriter } from '../../../src/segment/writer/complexColumn.ts';
import { complexDescriptor, numericDescriptor } from '../../../src/segment/writer/descriptor.ts';
import { stringList } from '../../../src/segment/writer/genericIndexed.ts';
import { NumericColumnWriter } from '../../../src/segment/writer/numericColumn.ts';
import { PairColumnWriter } from '../../../src/segment/writer/pairColumn.ts';
import { type GoldenColumn, ReplayEncoder, readColumn } from './goldenSegment.ts';

const scratch = new Scratch(tmpdir());
const lz4 = lz4Codec(plainLz4Encoder());

function bytesOf(parts: readonly ByteSource[]): Buffer {
  return Buffer.concat(parts.flatMap((part) => Array.from(part.chunks(), (chunk) => chunk.slice())));
}

function pairColumn(times: bigint[], values: (bigint | null)[]) {
  const writer = new PairColumnWriter('lf', 8, lz4, scratch);
  const stored = new BigInt64Array(values.map((value) => value ?? 77n));
  const nulls = Uint8Array.from(values, (value) => (value === null ? 1 : 0));
  writer.append(int32s(new BigInt64Array(times)), int32s(stored), nulls, times.length);
  const body = bytesOf(writer.parts());
  const entry = Buffer.concat([bytesOf([complexDescriptor('serializablePairLongLong')]), body]);
  return { body, column: readColumn(entry, new ReplayEncoder()) as GoldenColumn & { kind: 'pair' } };
}

function int32s(longs: BigInt64Array<ArrayBuffer>): Int32Array {
  return new Int32Array(longs.buffer);
}

describe('pairs', () => {
  const MIN = -(2n ** 63n);
  const MAX = 2n ** 63n - 1n;
  const heads: [what: string, times: bigint[], head: string][] = [
    ['equal times', [5n, 5n], '03800000' + '0500000000000000'],
    ['the largest 4-byte distance', [-1n, 0x7ffffffen], '03800000' + 'ffffffffffffffff'],
    ['one more', [-1n, 0x7fffffffn], '03000000' + 'ffffffffffffffff'],
    ['the largest distance', [0n, MAX], '03000000' + '0000000000000000'],
    ['a distance that overflows', [-1n, MAX], '03000000' + '0000000000000000'],
    ['both ends', [MIN, MAX], '03000000' + '0000000000000000'],
    ['no row', [], '03000000' + '0000000000000000'],
  ];
  for (const [what, times, head] of heads) {
    test(what, () => {
      const { body, column } = pairColumn(times, times);
      expect(body.toString('hex', 0, 12)).toBe(head);
      expect(column.times).toEqual(times);
    });
  }

  test('any pairs', () => {
    const long = fc.oneof(fc.bigInt(MIN, MAX), fc.bigInt(0n, 100_000n), fc.constantFrom(MIN, MAX, -1n));
    fc.assert(
      fc.property(fc.array(fc.tuple(long, fc.option(long)), { minLength: 1, maxLength: 60 }), (pairs) => {
        const { column } = pairColumn(
          pairs.map(([time]) => time),
          pairs.map(([, value]) => value),
        );
        expect(column.times).toEqual(pairs.map(([time]) => time));
        expect(column.values.map((value) => value?.readBigInt64LE() ?? null)).toEqual(pairs.map(([, value]) => value));
      }),
      { numRuns: 60 },
    );
  });

  test('more rows than a batch, more bytes than a block', () => {
    const times = Array.from({ length: 20_000 }, (_, i) => BigInt(i * 1000) - 7_000_000n);
    const values = times.map((time, i) => (i % 7 === 0 ? null : -time));
    const { column } = pairColumn(times, values);
    expect(column.times).toEqual(times);
    expect(column.values.map((value) => value?.readBigInt64LE() ?? null)).toEqual(values);
  });
});

test('a block stream ends with its last byte: no empty block after a full one', () => {
  const stream = new BlockStreamWriter('lf', lz4, scratch);
  expect(bytesOf(stream.parts()).toString('hex')).toBe('04000000' + '00000000' + '00000000');
  const full = new BlockStreamWriter('lf', lz4, scratch);
  full.append(new Uint8Array(65_536), 65_536);
  expect(bytesOf(full.parts()).readInt32LE(0)).toBe(8);
});

describe('numbers', () => {
  function doubles(values: number[], nulls: number[] | null): Buffer {
    const writer = new NumericColumnWriter('x', 8, null, scratch);
    writer.append(new Uint8Array(new Float64Array(values).buffer), nulls && Uint8Array.from(nulls), values.length);
    expect(writer.rows).toBe(values.length);
    return bytesOf(writer.parts());
  }

  test('without a null nothing follows the values; -0 and NaN keep their bits', () => {
    const stored = '000000000000f03f' + '0000000000000080' + '000000000000f87f';
    const valuePart = `020000000300000000fe${stored}`;
    expect(doubles([1, -0, Number.NaN], null).toString('hex')).toBe(`00000022${valuePart}`);
    expect(doubles([1, -0, Number.NaN], [0, 0, 0]).toString('hex')).toBe(`00000022${valuePart}`);
  });

  test('nulls are zeros and a bitmap', () => {
    expect(doubles([1, 5, 7], [0, 1, 0]).toString('hex', 14)).toBe(
      '000000000000f03f' +
        '0000000000000000' +
        '0000000000001c40' +
        '00000012' +
        '3a3000000100000000000000100000000100',
    );
  });

  test('no row is no block', () => {
    const writer = new NumericColumnWriter('x', 4, lz4, scratch);
    expect(bytesOf(writer.parts()).toString('hex')).toBe('00000014' + '02000000000000400001' + '01000000000400000000');
  });

  test('nulls far apart, over several blocks', () => {
    const rows = 150_000;
    const nulls = Uint8Array.from({ length: rows }, (_, row) => (row % 40_000 === 39_999 || row === 0 ? 1 : 0));
    const values = Buffer.from(new Float32Array(rows).fill(1.5).buffer);
    const writer = new NumericColumnWriter('x', 4, lz4, scratch);
    writer.append(values, nulls, 100_001);
    writer.append(values, nulls.subarray(100_001), rows - 100_001);
    const entry = Buffer.concat([bytesOf([numericDescriptor('float')]), bytesOf(writer.parts())]);
    const column = readColumn(entry, new ReplayEncoder()) as GoldenColumn & { kind: 'numeric' };
    expect(Buffer.from(column.nulls).equals(Buffer.from(nulls))).toBe(true);
    const floats = new Float32Array(new Uint8Array(column.values).buffer);
    expect(floats.every((value, row) => value === (nulls[row] ? 0 : 1.5))).toBe(true);
  });
});

describe('the sorted flag of complex columns', () => {
  function flag(typeName: string, objects: (Buffer | null)[]): number {
    const writer = new ComplexColumnWriter('m', typeName, scratch);
    // One object a batch: the previous one lies in an earlier batch.
    for (const object of objects) {
      const bytes = object ?? Buffer.alloc(0);
      writer.append(bytes, Int32Array.of(bytes.length), Uint8Array.of(object === null ? 1 : 0), 1);
    }
    return bytesOf(writer.parts())[1];
  }
  const pair = (time: bigint, text: string): Buffer => {
    const head = Buffer.alloc(12);
    head.writeBigInt64BE(time);
    head.writeInt32BE(Buffer.byteLength(text), 8);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const longString = (...pairs: Buffer[]) => flag('serializablePairLongString', pairs);

  test('pairs with a string: by time, then by string', () => {
    expect(longString(pair(-5n, 'z'), pair(3n, ''), pair(3n, 'a'), pair(3n, '\u{1f600}'), pair(3n, '\ue000'))).toBe(1);
    expect(longString(pair(3n, 'a'), pair(3n, 'a'))).toBe(0);
    expect(longString(pair(3n, 'a'), pair(-1n, 'b'))).toBe(0);
    expect(longString(pair(2n ** 40n, 'a'), pair(3n, 'b'), pair(2n ** 50n, 'b'))).toBe(0);
    expect(longString(pair(1n, 'x'.repeat(20_000)), pair(1n, 'x'.repeat(19_999)))).toBe(0);
  });

  test('hyperUnique: by signed bytes', () => {
    const hyperUnique = (...hex: string[]) =>
      flag(
        'hyperUnique',
        hex.map((one) => Buffer.from(one, 'hex')),
      );
    expect(hyperUnique('01')).toBe(1);
    expect(hyperUnique('80', 'ff', '00', '0000', '0001', '7f')).toBe(1);
    expect(hyperUnique('7f', '80')).toBe(0);
    expect(hyperUnique('01', '01')).toBe(0);
  });

  test('nothing is compared with a null before it; a null is below all', () => {
    const one = Buffer.of(1);
    expect(flag('hyperUnique', [null, one])).toBe(1);
    expect(flag('hyperUnique', [null, null, one])).toBe(1);
    expect(flag('hyperUnique', [one, null])).toBe(0);
  });

  test('types without an order of their bytes', () => {
    expect(flag('HLLSketch', [Buffer.of(1), Buffer.of(2)])).toBe(0);
  });
});

test('lists of names: the flag says whether they ascend', () => {
  expect(Buffer.from(stringList([])).toString('hex')).toBe('01010000000400000000');
  expect(stringList(['a', 'b', '\u{1f600}', '\ue000'])[1]).toBe(1);
  expect(stringList(['a', 'a'])[1]).toBe(0);
  expect(stringList(['b', 'a'])[1]).toBe(0);
  expect(stringList([null, null, 'a', 'b'])[1]).toBe(1);
  expect(stringList(['a', null])[1]).toBe(0);
});
