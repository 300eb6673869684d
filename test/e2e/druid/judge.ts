import { expect } from 'vitest';
import { type CompareOptions, compareDescriptors, compareSegments, readDump } from '../../golden/compare.ts';
import { dump, query, query37, validate } from './oracle.ts';
import type { Made } from './segmill.ts';

/** How much of two jobs' outcome has to be equal. */
export interface Leniency extends Pick<CompareOptions, 'isCandidate' | 'expected'> {
  /** Values of metrics may differ where Druid leaves them to the order of rows: no comparison of query results then. */
  readonly orderDependent?: boolean;
}

/** Differences of one segment that a failed test prints. */
const SHOWN = 10;
const ALL_TIME = ['0000-01-01/3000-01-01'];

/**
 * Has real Druid compare the segments of one job with those that Druid's own Hadoop indexer made of it: the same
 * segments by id, the same descriptors; Druid 33 finds the same in both, row by row; Druid 33 and Druid 37 answer the
 * same to the same queries.
 * @throws an assertion error that names the first segment that differs
 */
export async function expectSameInDruid(ours: readonly Made[], druids: readonly Made[], leniency: Leniency = {}) {
  expect(ours.map(({ id }) => id)).toEqual(druids.map(({ id }) => id));
  expect(ours.length).toBeGreaterThan(0);
  for (const [i, our] of ours.entries()) {
    const druid = druids[i];
    expect(compareDescriptors(our.descriptor, druid.descriptor, leniency), our.id).toEqual([]);
    const [ourDump, druidDump] = [await dump(our.path, { rows: true }), await dump(druid.path, { rows: true })].map(
      readDump,
    );
    expect(compareSegments(ourDump, druidDump, leniency).slice(0, SHOWN), our.id).toEqual([]);
    if (!leniency.orderDependent) expect(await validate(our.path, druid.path), our.id).toBeNull();
  }
  const [ourZips, druidZips] = [ours, druids].map((segments) => segments.map(({ path }) => path));
  for (const [name, nativeQuery] of Object.entries(queriesOf(druids))) {
    for (const ask of [query, query37]) {
      const [answer, wanted] = [await ask(nativeQuery, ourZips), await ask(nativeQuery, druidZips)];
      expect(wanted.length, `${name} answers something`).toBeGreaterThan(0);
      if (leniency.orderDependent) expect(answer.length, name).toBe(wanted.length);
      else expect(answer, name).toEqual(wanted);
    }
  }
}

/** Queries that walk all rows, use dictionaries and bitmaps, and aggregate. */
function queriesOf(druids: readonly Made[]): Record<string, object> {
  const [{ dimensions }] = druids.map(({ descriptor }) => descriptor);
  const [first] = dimensions.split(',');
  const common = { dataSource: 'any', intervals: ALL_TIME };
  const count = [{ type: 'count', name: 'rows' }];
  const queries: Record<string, object> = {
    scan: { ...common, queryType: 'scan', resultFormat: 'list' },
    timeseries: { ...common, queryType: 'timeseries', granularity: 'hour', aggregations: count },
  };
  if (first !== '') {
    queries.topN = {
      ...common,
      queryType: 'topN',
      granularity: 'all',
      dimension: first,
      metric: 'rows',
      threshold: 10,
      aggregations: count,
    };
    queries.groupBy = {
      ...common,
      queryType: 'groupBy',
      granularity: 'day',
      dimensions: dimensions.split(',').slice(0, 3),
      aggregations: count,
    };
    queries.filtered = {
      ...common,
      queryType: 'timeseries',
      granularity: 'all',
      filter: { type: 'not', field: { type: 'null', column: first } },
      aggregations: count,
    };
  }
  return queries;
}
