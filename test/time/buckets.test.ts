import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Granularity, Interval } from '../../src/spec/jobSpec.ts';
import { BucketLookup, segmentBuckets } from '../../src/time/buckets.ts';
import { compileGranularity } from '../../src/time/granularity.ts';
import { intervalText, isoTextInZone, parseInterval } from '../../src/time/isoText.ts';

const DAY: Granularity = { type: 'named', name: 'DAY' };
const ALL: Granularity = { type: 'all' };

function uniform(segmentGranularity: Granularity, ...intervals: string[]): string[] {
  return segmentBuckets({ type: 'uniform', segmentGranularity, intervals: intervals.map(parseInterval) }).map(
    (bucket) => intervalText(bucket).replaceAll('T00:00:00.000Z', ''),
  );
}

describe('segmentBuckets', () => {
  it('gives whole buckets', () => {
    expect(uniform(DAY, '2024-01-01T03/2024-01-01T04')).toEqual(['2024-01-01/2024-01-02']);
    expect(uniform(DAY, '2024-01-01/2024-01-03')).toEqual(['2024-01-01/2024-01-02', '2024-01-02/2024-01-03']);
    expect(uniform({ type: 'named', name: 'MONTH' }, '2024-01-31/P2D')).toEqual([
      '2024-01-01/2024-02-01',
      '2024-02-01/2024-03-01',
    ]);
  });

  it('gives each bucket once, ascending, whatever the order and overlap of the intervals', () => {
    expect(uniform(DAY, '2024-02-01T22/PT1H', '2024-01-01/P1D', '2024-02-01T01/PT1H', '2024-01-01T12/PT1H')).toEqual([
      '2024-01-01/2024-01-02',
      '2024-02-01/2024-02-02',
    ]);
    expect(uniform(DAY, '2024-01-01/2024-01-01')).toEqual([]);
    expect(uniform(DAY)).toEqual([]);
  });

  it('follows the zone, as golden h34 and Druid on Lord Howe', () => {
    const buckets = (period: string, timeZone: string, interval: string): string[] =>
      segmentBuckets({
        type: 'uniform',
        segmentGranularity: { type: 'period', period, timeZone, origin: null },
        intervals: [parseInterval(interval)],
      }).map(({ start, end }) => `${isoTextInZone(start, timeZone)}_${isoTextInZone(end, timeZone)}`);
    expect(buckets('P1M', 'America/Los_Angeles', '2024-02-15/2024-03-02')).toEqual([
      '2024-02-01T00:00:00.000-08:00_2024-03-01T00:00:00.000-08:00',
      '2024-03-01T00:00:00.000-08:00_2024-04-01T00:00:00.000-07:00',
    ]);
    expect(buckets('PT1H', 'Australia/Lord_Howe', '2024-04-06T14/2024-04-06T16')).toEqual([
      '2024-04-07T01:00:00.000+11:00_2024-04-07T01:30:00.000+10:30',
      '2024-04-07T01:30:00.000+10:30_2024-04-07T02:00:00.000+10:30',
      '2024-04-07T02:00:00.000+10:30_2024-04-07T03:00:00.000+10:30',
    ]);
    expect(buckets('P1D', 'Pacific/Apia', '2011-12-30/2011-12-31')).toEqual([
      '2011-12-29T00:00:00.000-10:00_2011-12-31T00:00:00.000+14:00',
      '2011-12-31T00:00:00.000+14:00_2012-01-01T00:00:00.000+14:00',
    ]);
  });

  it('takes the intervals themselves for all and arbitrary', () => {
    expect(uniform(ALL, '2024-01-02/2024-01-03', '2024-01-01/2024-01-02', '2024-02-01/P1D')).toEqual([
      '2024-01-01/2024-01-03',
      '2024-02-01/2024-02-02',
    ]);
    const arbitrary = (...texts: string[]): string[] =>
      segmentBuckets({ type: 'arbitrary', segmentGranularity: ALL, intervals: texts.map(parseInterval) }).map((b) =>
        intervalText(b).replaceAll('T00:00:00.000Z', ''),
      );
    expect(arbitrary('2024-01-02/2024-01-03', '2024-01-01/2024-01-02', '2024-01-01/2024-01-02')).toEqual([
      '2024-01-01/2024-01-02',
      '2024-01-02/2024-01-03',
    ]);
    expect(() => arbitrary('2024-01-01/P2D', '2024-01-02/P2D')).toThrow(
      'The intervals 2024-01-01T00:00:00.000Z/2024-01-03T00:00:00.000Z and 2024-01-02T00:00:00.000Z/2024-01-04T00:00:00.000Z ' +
        'of an arbitrary granularitySpec overlap; its intervals are the time chunks, so each time may be in one only.',
    );
  });

  it('refuses what memory could not hold, and says so', () => {
    const sentence = (interval: string): string =>
      `The interval ${interval} has more than 1,000,000 time chunks of this segmentGranularity; ` +
      'use a shorter interval or a coarser segmentGranularity.';
    const century = '1924-01-01T00:00:00.000Z/2024-01-01T00:00:00.000Z';
    expect(() => uniform({ type: 'named', name: 'MINUTE' }, century)).toThrow(sentence(century));
    expect(() => uniform({ type: 'none' }, century)).toThrow(sentence(century));
    const eternity = '-146136543-09-08T08:23:32.096Z/146140482-04-24T15:36:27.903Z';
    expect(() => uniform(DAY, eternity)).toThrow(sentence(eternity));
    expect(uniform(ALL, eternity)).toEqual([eternity]);
    const close = '1970-01-01T00:00:00.000Z/1970-01-12T13:46:41.000Z';
    expect(() => uniform({ type: 'named', name: 'SECOND' }, close)).toThrow(sentence(close));
    expect(() => segmentBuckets({ type: 'uniform', segmentGranularity: DAY, intervals: null })).toThrow(
      'granularitySpec.intervals are not known yet: they must be found from the data first.',
    );
  });
});

describe('BucketLookup', () => {
  const days = fc.uniqueArray(fc.integer({ min: -40, max: 40 }), { maxLength: 12 });

  it('finds what a walk over the buckets finds', () => {
    const time = fc.integer({ min: -41 * 4, max: 42 * 4 }).map((quarter) => quarter * 21_600_000);
    fc.assert(
      fc.property(days, fc.array(time, { maxLength: 20 }), (numbers, times) => {
        const intervals: Interval[] = numbers.map((n) => ({ start: n * 86_400_000, end: (n + 1) * 86_400_000 }));
        const buckets = segmentBuckets({ type: 'uniform', segmentGranularity: DAY, intervals });
        const lookup = new BucketLookup(buckets);
        for (const ms of times) {
          const expected = buckets.findIndex(({ start, end }) => start <= ms && ms < end);
          expect(lookup.find(ms)).toBe(expected);
          expect(lookup.find(ms)).toBe(expected);
          if (expected >= 0) expect(buckets[expected].start).toBe(compileGranularity(DAY).bucketStart(ms));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('finds nothing in nothing, and NaN nowhere', () => {
    expect(new BucketLookup([]).find(0)).toBe(-1);
    expect(new BucketLookup([{ start: 0, end: 1 }]).find(Number.NaN)).toBe(-1);
  });

  it('refuses buckets out of order', () => {
    expect(
      () =>
        new BucketLookup([
          { start: 0, end: 10 },
          { start: 9, end: 12 },
        ]),
    ).toThrow('Time chunks must ascend and not overlap, but one starts at 1970-01-01T00:00:00.009Z too soon.');
  });
});
