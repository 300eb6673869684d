import { describe, expect, test } from 'vitest';
import { DruidKeyCardinality, estimateDruidKeys } from '../../../src/partition/determine/druidCardinality.ts';
import { KeyCardinality, shardCount } from '../../../src/partition/determine/keyCardinality.ts';
import { goldenCase } from '../../golden/goldens.ts';
import { druidShardSpecs, hashesOf, type PlainKey, plainKeys, plainSpec } from './goldenKeys.ts';

/** Druid's estimate per time chunk, one collector per input file. */
function druidEstimates(files: readonly (readonly PlainKey[])[]): Map<number, number> {
  const chunks = [...new Set(files.flat().map(({ chunk }) => chunk))].sort((a, b) => a - b);
  return new Map(
    chunks.map((chunk) => [
      chunk,
      estimateDruidKeys(
        files.map((keys) => {
          const collector = new DruidKeyCardinality();
          const mine = keys.filter((key) => key.chunk === chunk);
          collector.add(hashesOf(mine), 0, mine.length);
          return collector.toText();
        }),
      ),
    ]),
  );
}

describe("with Druid's collectors, shard counts are Druid's", () => {
  test.each(['h07', 'h08', 'h09', 'h50', 'w01'])('%s', (name) => {
    const golden = goldenCase(name);
    const { partitions } = plainSpec(golden);
    const target = Number(partitions.targetRowsPerSegment ?? partitions.targetPartitionSize);
    const counts = [...druidEstimates(plainKeys(golden))].map(([chunk, keys]) => [chunk, shardCount(keys, target)]);
    const druids = [...druidShardSpecs(name)].map(([chunk, specs]) => [chunk, specs.length]);
    expect(counts).toEqual(druids.filter(([, count]) => count > 0));
  });

  test('h07: the estimates of 100 distinct rows a day', () => {
    expect([...druidEstimates(plainKeys(goldenCase('h07'))).values()]).toEqual([100, 100, 98]);
  });

  test('h43: 200,000 keys in four files or one', () => {
    const files = plainKeys(goldenCase('h43'));
    const hashes = files.map(hashesOf);
    const estimate = (splits: readonly (readonly Uint8Array[])[]) =>
      estimateDruidKeys(
        splits.map((parts) => {
          const collector = new DruidKeyCardinality();
          for (const part of parts) collector.add(part, 0, part.length / 16);
          return collector.toText();
        }),
      );
    // h43 and h43d, h43b and h43e, h43c. The estimates are from Druid's log.
    expect(estimate(hashes.map((part) => [part]))).toBe(196_619);
    expect(estimate([hashes])).toBe(196_944);
    expect(shardCount(196_619, 20_000)).toBe(10);
    expect(shardCount(196_619, 19_680)).toBe(10);
    expect(shardCount(196_944, 19_680)).toBe(11);
    expect(shardCount(estimate([0, 0, 0, 0].map((part) => [hashes[part]])), 20_000)).toBe(3);

    // Ours is the same however the keys are split.
    const whole = new KeyCardinality();
    for (const part of hashes) whole.add(part, 0, part.length / 16);
    const merged = new KeyCardinality();
    for (const part of [...hashes].reverse()) {
      const one = new KeyCardinality();
      one.add(part, 0, part.length / 16);
      merged.merge(KeyCardinality.fromText(one.toText()));
    }
    expect(merged.estimate()).toBe(whole.estimate());
    expect(Math.abs(whole.estimate() - 200_000)).toBeLessThan(200_000 * 0.05);
  });
});
