import { expect, test } from 'vitest';
import { chunkFinder } from '../../src/row/chunks.ts';
import type { GranularitySpec } from '../../src/spec/jobSpec.ts';
import { parseInterval } from '../../src/time/isoText.ts';

const at = (text: string) => Date.parse(`2024-03-${text}:00Z`);

function specOf(name: string, intervals: readonly string[] | null): GranularitySpec {
  return {
    type: 'uniform',
    segmentGranularity: name === 'ALL' ? { type: 'all' } : { type: 'named', name },
    queryGranularity: { type: 'none' },
    rollup: true,
    intervals: intervals?.map(parseInterval) ?? null,
  };
}

test('with intervals: whole buckets that they touch, and nothing between', () => {
  const chunks = chunkFinder(specOf('DAY', ['2024-03-01T05:00/2024-03-01T06:00', '2024-03-03/2024-03-04']));
  expect(chunks.find(at('01T00:00'))).toBe(at('01T00:00'));
  expect(chunks.find(at('01T23:59'))).toBe(at('01T00:00'));
  expect(chunks.find(at('02T00:00'))).toBe(Number.NaN);
  expect(chunks.find(at('03T12:00'))).toBe(at('03T00:00'));
  expect(chunks.find(at('04T00:00'))).toBe(Number.NaN);
  expect(chunks.endOf(at('01T00:00'))).toBe(at('02T00:00'));
  expect(chunks.endOf(at('03T00:00'))).toBe(at('04T00:00'));
});

test('with intervals and granularity all: the intervals, touching ones as one', () => {
  const chunks = chunkFinder(specOf('ALL', ['2024-03-01T05:00/PT1H', '2024-03-01T06:00/PT1H', '2024-03-02/P1D']));
  expect(chunks.find(at('01T04:59'))).toBe(Number.NaN);
  expect(chunks.find(at('01T06:59'))).toBe(at('01T05:00'));
  expect(chunks.endOf(at('01T05:00'))).toBe(at('01T07:00'));
  expect(chunks.find(at('01T07:00'))).toBe(Number.NaN);
});

test('without intervals: the bucket of any time, before 1970 too', () => {
  const chunks = chunkFinder(specOf('HOUR', null));
  expect(chunks.find(at('01T05:17'))).toBe(at('01T05:00'));
  expect(chunks.find(-1)).toBe(-3_600_000);
  expect(chunks.endOf(-3_600_000)).toBe(0);
});
