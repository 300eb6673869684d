import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DruidKeyCardinality, estimateDruidKeys } from '../../../src/partition/determine/druidCardinality.ts';
import { KeyCardinality, shardCount } from '../../../src/partition/determine/keyCardinality.ts';
import { plainHashes } from '../../kernel/plainGroupKeys.ts';

function hashes(from: number, to: number): Uint8Array {
  return Buffer.concat(
    Array.from({ length: to - from }, (_, i) => Buffer.from(plainHashes(`key ${from + i}`).hash128, 'hex')),
  );
}

function cardinalityOf(...parts: readonly Uint8Array[]): KeyCardinality {
  const result = new KeyCardinality();
  for (const part of parts) result.add(part, 0, part.length / 16);
  return result;
}

describe('KeyCardinality', () => {
  test('of nothing is 0, of few keys about right', () => {
    expect(new KeyCardinality().estimate()).toBe(0);
    expect(cardinalityOf(hashes(0, 1)).estimate()).toBe(1);
    expect(cardinalityOf(hashes(0, 10), hashes(5, 15)).estimate()).toBe(15);
  });

  test('equals Druid where its four bits suffice', () => {
    for (const count of [50, 500, 3000, 10_000]) {
      const keys = hashes(0, count);
      const druid = new DruidKeyCardinality();
      druid.add(keys, 0, count);
      expect(cardinalityOf(keys).estimate()).toBe(estimateDruidKeys([druid.toText()]));
    }
  });

  test('depends neither on splits nor on order', () => {
    const size = 16;
    fc.assert(
      fc.property(
        // Positions up to 64, far beyond what Druid's registers hold.
        fc.array(fc.uint8Array({ minLength: size, maxLength: size }), { maxLength: 40 }),
        fc.array(fc.nat(3), { minLength: 40, maxLength: 40 }),
        (keys, splits) => {
          for (const key of keys) key.fill(0, 0, key[0] % 9);
          const parts = [0, 1, 2, 3].map((split) => keys.filter((_, i) => splits[i] === split));
          const merged = new KeyCardinality();
          for (const part of parts.reverse()) {
            merged.merge(KeyCardinality.fromBytes(cardinalityOf(...part).toBytes()));
          }
          expect(merged.toText()).toBe(cardinalityOf(...keys).toText());
        },
      ),
      { numRuns: 50 },
    );
  });

  test('adds a range of keys', () => {
    const keys = hashes(0, 10);
    const some = new KeyCardinality();
    some.add(keys, 2, 5);
    expect(some.toText()).toBe(cardinalityOf(keys.subarray(32, 80)).toText());
    expect(KeyCardinality.fromText(some.toText()).estimate()).toBe(3);
  });

  test('is short while few registers are set', () => {
    for (const [count, length] of [
      [0, 0],
      [1, 3],
      [100, 291],
      [3000, 2048],
    ]) {
      const bytes = cardinalityOf(hashes(0, count)).toBytes();
      expect(bytes).toHaveLength(length);
      expect(KeyCardinality.fromBytes(bytes).toBytes()).toEqual(bytes);
    }
  });

  test('refuses what it has not written', () => {
    const message = (length: number) =>
      `a key cardinality of ${length} bytes was read that none has written: it is made of 2048 registers of 0 to 64, ` +
      'or of 3 bytes for each one that is set';
    const images = [[1, 2], [0, 0, 65], [8, 0, 1], [0, 0, 0], [0, 1, 1, 0, 0, 1], new Uint8Array(2048).fill(65)];
    for (const image of images) {
      expect(() => KeyCardinality.fromBytes(Uint8Array.from(image))).toThrow(new RangeError(message(image.length)));
    }
  });
});

test('shards of a chunk', () => {
  expect([0, 1, 20, 21].map((keys) => shardCount(keys, 20))).toEqual([0, 1, 1, 2]);
});
