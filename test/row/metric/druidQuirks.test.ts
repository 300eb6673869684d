import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Quirks } from '../../../src/mapreduce/index/indexPayload.ts';
import { ourDump } from '../../golden/ourDump.ts';
import { outputFolder, runSpec } from '../../golden/runSpec.ts';

/** Rows of all segments of a job over some records, in the order of the segments. */
async function rowsOf(
  records: readonly object[],
  quirks: Quirks,
  metricsSpec: readonly object[],
  partitionsSpec: object,
) {
  const folder = outputFolder();
  const path = join(folder, 'in.json');
  writeFileSync(path, records.map((record) => JSON.stringify({ ts: 1, ...record })).join('\n'));
  const parseSpec = {
    format: 'json',
    timestampSpec: { column: 'ts', format: 'millis' },
    dimensionsSpec: { dimensions: ['key'] },
  };
  const spec = {
    dataSchema: {
      dataSource: 'quirks',
      parser: { type: 'hadoopyString', parseSpec },
      metricsSpec,
      granularitySpec: { intervals: ['1970-01-01/P1D'] },
    },
    ioConfig: { type: 'hadoop', inputSpec: { type: 'static', paths: path }, segmentOutputPath: join(folder, 'out') },
    tuningConfig: { type: 'hadoop', partitionsSpec, workingPath: join(folder, 'work'), maxParseExceptions: 9 },
  };
  const { segments } = await runSpec(JSON.stringify({ type: 'index_hadoop', spec }), quirks);
  return Promise.all(segments.map(async (segment) => (await ourDump(segment.path)).rows));
}

const ONE_SHARD = { type: 'hashed', numShards: 1 };
const estimateOf = (value: unknown) => Math.round((value as { estimate: number }).estimate);

describe('hyperUnique', () => {
  const lists = [{ key: 'a', list: ['x', null] }];
  const metric = { type: 'hyperUnique', name: 'm', fieldName: 'list' };

  it.each<[Quirks, number]>([
    ['none', 1],
    ['druid', 2],
  ])('with quirks %s counts %d values of a list with a null', async (quirks, count) => {
    const [[row]] = await rowsOf(lists, quirks, [metric], ONE_SHARD);
    expect(estimateOf(row.m)).toBe(count);
  });

  it.each<[Quirks, number[]]>([
    ['none', [1, 0]],
    ['druid', [0, 1]],
  ])('with quirks %s is filtered by what the filter can read', async (quirks, counts) => {
    const aggregator = { type: 'hyperUnique', name: 'm', fieldName: 'key' };
    const filters = ['a', null].map((value) => ({ type: 'selector', dimension: 'key', value }));
    const metrics = filters.map((filter, i) => ({
      type: 'filtered',
      name: `m${i}`,
      filter,
      aggregator: { ...aggregator, name: `m${i}` },
    }));
    const [[row]] = await rowsOf([{ key: 'a' }], quirks, metrics, ONE_SHARD);
    expect([row.m0, row.m1].map(estimateOf)).toEqual(counts);
  });
});

describe('first and last', () => {
  it.each<Quirks>(['none', 'druid'])('take a value that is no number for a null (quirks %s)', async (quirks) => {
    const metrics = ['longFirst', 'doubleLast'].map((type) => ({
      type,
      name: type,
      fieldName: 'bad',
      timeColumn: 'at',
    }));
    const [[row]] = await rowsOf([{ key: 'a', bad: 'x', at: 7 }], quirks, metrics, ONE_SHARD);
    expect(row.longFirst).toEqual({ time: 7, value: null });
    expect(row.doubleLast).toEqual({ time: 7, value: null });
  });
});

describe('partitionDimensions that are no dimensions', () => {
  const records = Array.from({ length: 40 }, (_, i) => ({ key: `k${i}`, other: `o${i}` }));
  const partitionsSpec = { type: 'hashed', numShards: 2, partitionDimensions: ['other'] };

  it.each<[Quirks, number]>([
    ['none', 1],
    ['druid', 2],
  ])('with quirks %s make %d segments', async (quirks, count) => {
    const segments = await rowsOf(records, quirks, [{ type: 'count', name: 'count' }], partitionsSpec);
    expect(segments).toHaveLength(count);
    expect(segments.flat()).toHaveLength(40);
  });
});
