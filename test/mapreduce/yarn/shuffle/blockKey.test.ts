import { describe, expect, test } from 'vitest';
import {
  BlockKind,
  decodeBlockKey,
  encodeBlockKey,
  REDUCERS_MAX,
  reducerPrefix,
} from '../../../../src/mapreduce/yarn/shuffle/blockKey.ts';
import { ORDER_BYTES_MAX, OrderWriter } from '../../../../src/mapreduce/yarn/shuffle/firstKey.ts';

/** BinaryPartitioner over three bytes: WritableComparator.hashBytes in Java's 32-bit arithmetic over signed bytes. */
function partition(bytes: readonly number[], reducers: number): number {
  let hash = 1;
  for (const byte of bytes) hash = (Math.imul(31, hash) + ((byte << 24) >> 24)) | 0;
  return (hash & 0x7fff_ffff) % reducers;
}

describe('reducerPrefix', () => {
  test.each([1, 2, 3, 31, 961, 2000, REDUCERS_MAX])('reaches each of %i reducers', (reducers) => {
    const step = Math.max(1, Math.floor(reducers / 500));
    for (let reducer = 0; reducer < reducers; reducer += step) {
      expect(partition(reducerPrefix(reducer, reducers), reducers)).toBe(reducer);
    }
    expect(partition(reducerPrefix(reducers - 1, reducers), reducers)).toBe(reducers - 1);
  });
});

describe('block keys', () => {
  const key = { chunk: -86_400_000, shard: 5, kind: BlockKind.rows, map: 70_000, run: 3, offset: 2 ** 40 } as const;

  test('are read as they were written', () => {
    expect(decodeBlockKey(encodeBlockKey(key, 1, 4, Buffer.from('order')))).toEqual(key);
    expect(decodeBlockKey(encodeBlockKey({ ...key, chunk: 1_700_000_000_000 }, 0, 1))).toEqual({
      ...key,
      chunk: 1_700_000_000_000,
    });
  });

  test('that are cut off are an error', () => {
    expect(() => decodeBlockKey(Buffer.alloc(29))).toThrow('A shuffle key has 29 bytes; it needs 30.');
  });

  test('sort by chunk, shard, kind, order, run and offset', () => {
    const keys = [
      { ...key, kind: BlockKind.header },
      { ...key, kind: BlockKind.dictionary, offset: 1 },
      { ...key, kind: BlockKind.dictionary, offset: 2 },
      { ...key, run: 2 },
      { ...key },
      { ...key, map: 70_001, run: 0 },
      { ...key, shard: 6, kind: BlockKind.header },
      { ...key, chunk: 0, shard: 0, kind: BlockKind.header },
    ];
    const bytes = keys.map((one) => encodeBlockKey(one, 0, 1));
    expect([...bytes].reverse().sort(Buffer.compare)).toEqual(bytes);
    const [a, b] = [
      encodeBlockKey({ ...key, run: 9 }, 0, 1, Buffer.from('a')),
      encodeBlockKey(key, 0, 1, Buffer.from('b')),
    ];
    expect(Buffer.compare(a, b)).toBe(-1);
  });
});

describe('OrderWriter', () => {
  function ordered<Value>(values: readonly Value[], write: (order: OrderWriter, value: Value) => void): void {
    const images = values.map((value) => {
      const order = new OrderWriter();
      write(order, value);
      return Buffer.from(order.bytes());
    });
    for (let i = 1; i < images.length; i++) expect(Buffer.compare(images[i - 1], images[i])).toBe(-1);
  }

  test('texts are in the order of their UTF-16 code units', () => {
    const texts = [
      '',
      '\u0000',
      '\u0000a',
      '\u0001',
      '\u0002',
      'a',
      'a\u0000',
      'ab',
      'b',
      'é',
      '\u0800',
      '\ud83d\ude00',
      '\uffff',
    ];
    expect([...texts].sort()).toEqual(texts);
    ordered(texts, (order, text) => order.text(text));
  });

  test('times, longs and doubles are in their order', () => {
    ordered([-8.64e15, -1, 0, 1, 2 ** 32, 8.64e15], (order, time) => order.integer(time));
    ordered([-(2n ** 63n), -1n, 0n, 1n, 2n ** 32n, 2n ** 63n - 1n], (order, value) => {
      order.long(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
    });
    ordered([-Infinity, -1.5, -1e-300, -0, 0, 1e-300, 1.5, Infinity, NaN], (order, value) => {
      const [low, high] = new Int32Array(new Float64Array([value]).buffer);
      order.double(low, high);
    });
  });

  test('is cut off where it is too long, numbers too', () => {
    const order = new OrderWriter();
    order.text('x'.repeat(ORDER_BYTES_MAX - 5));
    order.integer(0);
    expect(order.bytes().length).toBe(ORDER_BYTES_MAX);
    expect([...order.bytes().subarray(-4)]).toEqual([0x80, 0, 0, 0]);
  });
});
