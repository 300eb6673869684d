import { expect, test } from 'vitest';
import { writtenChunks } from '../../../src/mapreduce/index/lockedChunks.ts';
import type { JobSpec } from '../../../src/spec/jobSpec.ts';

const HOUR = 3_600_000;
const hour = (number: number) => ({ start: number * HOUR, end: (number + 1) * HOUR });

function jobOf(dropExisting: boolean): JobSpec {
  const granularity = {
    segmentGranularity: { type: 'named', name: 'HOUR' },
    queryGranularity: { type: 'none' },
    rollup: true,
    intervals: [{ start: 0, end: 3 * HOUR }],
  };
  return { dropExisting, granularity } as unknown as JobSpec;
}
const shards = [2, 0, 0].map((number) => ({ plan: { chunk: number * HOUR } })) as unknown as Parameters<
  typeof writtenChunks
>[1];

test('a lock is over the chunks that get rows, each once and in order', () => {
  expect(writtenChunks(jobOf(false), shards)).toEqual([hour(0), hour(2)]);
});

test('with dropExisting it is over those too that get none: they may get tombstones', () => {
  expect(writtenChunks(jobOf(true), shards)).toEqual([hour(0), hour(1), hour(2)]);
});
