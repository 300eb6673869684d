/** A Broker prunes shards by their specs: what it leaves out must hold no row that a query wants. */
import { describe, expect, it } from 'vitest';
import { wikipediaJob } from './jobs.ts';
import { prune, query } from './oracle.ts';
import { type Made, segmillIndex } from './segmill.ts';

type Value = string | number | null;

const COUNT = {
  queryType: 'timeseries',
  dataSource: 'any',
  intervals: ['2015-09-12/2015-09-13'],
  granularity: 'all',
  aggregations: [
    { type: 'count', name: 'rows' },
    { type: 'longSum', name: 'delta', fieldName: 'delta' },
  ],
};

/** A dozen tuples of values that stand in the segments, spread over all of them. */
async function tuplesOf(segments: readonly Made[], dimensions: readonly string[]): Promise<Value[][]> {
  const groups = (await query(
    { ...COUNT, queryType: 'groupBy', dimensions },
    segments.map(({ path }) => path),
  )) as { event: Record<string, Value> }[];
  const step = Math.ceil(groups.length / 12);
  return groups.filter((_, i) => i % step === 0).map(({ event }) => dimensions.map((name) => event[name]));
}

/** What a query counts. Its one timestamp is the first one of the segments asked, and so left out. */
async function totals(nativeQuery: object, zips: readonly string[]): Promise<unknown[]> {
  return ((await query(nativeQuery, zips)) as { result: unknown }[]).map(({ result }) => result);
}

const is = (dimension: string, value: Value) => ({
  type: 'selector',
  dimension,
  value: value === null ? null : String(value),
});

/** Filters on the dimensions: each tuple alone, and several together. */
function filtersOf(dimensions: readonly string[], tuples: readonly Value[][]): object[] {
  const both = (tuple: Value[]) => ({ type: 'and', fields: tuple.map((value, i) => is(dimensions[i], value)) });
  const texts = tuples.map(([first]) => (first === null ? null : String(first)));
  return [
    ...tuples.map(both),
    ...tuples.slice(0, 4).map(([first]) => is(dimensions[0], first)),
    { type: 'in', dimension: dimensions[0], values: texts.slice(0, 3) },
    { type: 'or', fields: tuples.slice(0, 2).map(both) },
    { type: 'not', field: both(tuples[0]) },
  ];
}

describe.each<[string, object, string[]]>([
  ['hashed by a dimension', { type: 'hashed', numShards: 8, partitionDimensions: ['page'] }, ['page']],
  [
    'hashed by dimensions with nulls',
    { type: 'hashed', numShards: 8, partitionDimensions: ['channel', 'countryName'] },
    ['channel', 'countryName'],
  ],
  ['hashed by a long', { type: 'hashed', numShards: 8, partitionDimensions: ['added'] }, ['added']],
  [
    'hashed by a dimension, to a target',
    { type: 'hashed', targetRowsPerSegment: 5000, partitionDimensions: ['user'] },
    ['user'],
  ],
  ['cut by a dimension', { type: 'single_dim', partitionDimension: 'page', targetRowsPerSegment: 5000 }, ['page']],
  [
    'cut by two dimensions',
    { type: 'range', partitionDimensions: ['channel', 'page'], targetRowsPerSegment: 5000 },
    ['channel', 'page'],
  ],
])('%s', (_, partitionsSpec, dimensions) => {
  it('answers the same with and without secondaryPartitionPruning', async () => {
    const { segments, exit, stderr } = segmillIndex(wikipediaJob('hashed_target', partitionsSpec));
    expect(exit, stderr).toBe(0);
    const shardSpecs = segments.map(({ descriptor }) => descriptor.shardSpec);
    const zips = segments.map(({ path }) => path);
    let pruned = 0;
    for (const filter of filtersOf(dimensions, await tuplesOf(segments, dimensions))) {
      const filtered = { ...COUNT, filter };
      const asked = await prune(filtered, shardSpecs);
      const answer = await totals(
        filtered,
        asked.map((place) => zips[place]),
      );
      expect(answer, JSON.stringify(filter)).toEqual(await totals(filtered, zips));
      pruned += zips.length - asked.length;
    }
    expect(pruned, 'shards left out').toBeGreaterThan(30);
  }, 900_000);
});
