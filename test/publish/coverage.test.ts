import { describe, expect, test } from 'vitest';
import { visibility } from '../../src/publish/coverage.ts';
import type { StoredSegment } from '../../src/publish/metadata/MetadataStore.ts';

type Spec = Readonly<Record<string, unknown>> & { readonly type: string };

/** A segment from one hour to another. */
function segment(version: string, start: number, end: number, shardSpec: Spec = { type: 'none' }): StoredSegment {
  const id = `${version}_${start}_${end}_${shardSpec.partitionNum ?? 0}`;
  return { id, version, interval: { start, end }, used: true, statusUpdated: null, payload: { shardSpec } };
}

/** Versions and intervals of those that newer ones hide. */
function hidden(...used: StoredSegment[]): string[] {
  return used.filter(visibility(used)).map(({ id }) => id);
}

const numbered = (partitionNum: number, partitions: number): Spec => ({ type: 'numbered', partitionNum, partitions });

describe('a segment is hidden', () => {
  test('where newer ones lie over all of its time', () => {
    expect(hidden(segment('v1', 0, 24))).toEqual([]);
    expect(hidden(segment('v1', 0, 24), segment('v2', 0, 24))).toEqual(['v1_0_24_0']);
    expect(hidden(segment('v1', 0, 24), segment('v2', 0, 12))).toEqual([]);
    expect(hidden(segment('v1', 0, 24), segment('v2', 0, 12), segment('v3', 12, 24))).toEqual(['v1_0_24_0']);
    expect(hidden(segment('v1', 0, 24), segment('v2', 0, 11), segment('v3', 12, 24))).toEqual([]);
    expect(hidden(segment('v1', 3, 4), segment('v2', 0, 24))).toEqual(['v1_3_4_0']);
  });

  test('by newer ones, not by older ones of more time, nor by itself', () => {
    expect(hidden(segment('v3', 0, 1), segment('v2', 0, 24), segment('v1', 0, 2))).toEqual(['v1_0_2_0']);
    const chain = ['v1', 'v2', 'v3', 'v4'].map((version, i) => segment(version, i, i + 2));
    expect(hidden(...chain)).toEqual([]);
    expect(hidden(...chain, segment('v5', 1, 4))).toEqual(['v2_1_3_0', 'v3_2_4_0']);
  });

  test('by a tombstone', () => {
    const tombstone = { type: 'tombstone', partitionNum: 0, partitions: 0 };
    expect(hidden(segment('v1', 0, 1), segment('v2', 0, 1, tombstone))).toEqual(['v1_0_1_0']);
  });
});

describe('a time chunk that lacks a core partition hides nothing', () => {
  const old = segment('v1', 0, 1);
  const range = (start: string | null, end: string | null, numCorePartitions: number, partitionNum: number): Spec => ({
    type: 'single',
    start,
    end,
    partitionNum,
    numCorePartitions,
  });

  test.each<[string, Spec[], boolean]>([
    ['numbered, all there', [numbered(0, 2), numbered(1, 2)], true],
    ['numbered, one missing', [numbered(0, 2)], false],
    ['numbered, an appended one in place of it', [numbered(0, 2), numbered(2, 2)], false],
    ['numbered, with an appended one', [numbered(0, 1), numbered(1, 1)], true],
    ['numbered without a core', [numbered(1, 0)], false],
    ['hashed, all there', [0, 1].map((num) => ({ ...numbered(num, 2), type: 'hashed' })), true],
    ["hashed, with Druid's hole", [{ ...numbered(1, 2), type: 'hashed' }], false],
    ['ranges of a known number', [range(null, 'm', 2, 0), range('m', null, 2, 1)], true],
    ['one of two such ranges', [range('m', null, 2, 1)], false],
    ['ranges from null to null', [range('m', null, -1, 1), range(null, 'm', -1, 0)], true],
    ['ranges that do not join', [range('n', null, -1, 1), range(null, 'm', -1, 0)], false],
    ['the last range alone', [range('m', null, -1, 0)], false],
    ['of a kind that nobody knows', [{ type: 'linear', partitionNum: 0 }], false],
  ])('%s', (_, specs, hides) => {
    expect(hidden(old, ...specs.map((spec) => segment('v2', 0, 1, spec)))).toEqual(hides ? [old.id] : []);
  });
});
