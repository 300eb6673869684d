import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mapIndex } from '../../../src/mapreduce/index/mapTask.ts';
import { jobOf } from '../../mapreduce/index/checkJob.ts';

const directory = mkdtempSync(join(tmpdir(), 'segmill-bad-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Counts of one record whose field `bad` is no number, read by some metrics. */
async function countsOf(metricsSpec: readonly unknown[]) {
  const line = '{"ts":0,"key":"a","bad":"x"}\n';
  const path = join(directory, 'in.json');
  writeFileSync(path, line);
  const job = jobOf(
    JSON.stringify({
      type: 'index_hadoop',
      spec: {
        dataSchema: {
          dataSource: 'bad',
          parser: {
            type: 'hadoopyString',
            parseSpec: {
              format: 'json',
              timestampSpec: { column: 'ts', format: 'millis' },
              dimensionsSpec: { dimensions: ['key'] },
            },
          },
          metricsSpec,
          granularitySpec: { intervals: ['1970-01-01/P1D'] },
        },
        ioConfig: { type: 'hadoop', inputSpec: { type: 'static', paths: path }, segmentOutputPath: directory },
        tuningConfig: { type: 'hadoop', partitionsSpec: { type: 'hashed', numShards: 1 } },
      },
    }),
  );
  const input = { index: 0, path, start: 0, end: line.length, length: line.length, codec: 'none' as const };
  const split = { index: 0, inputs: [input], bytes: line.length };
  const context = {
    attemptDirectory: directory,
    attempt: 0,
    progress: { addBytes: () => undefined, addRows: () => undefined },
  };
  const { counts } = await mapIndex(
    { config: { job, quirks: 'none' }, split, badRowsMax: null, pass: { type: 'numShards', numShards: 1 } },
    context,
  );
  return [counts.processed, counts.processedWithErrors];
}

const TYPES = ['longSum', 'doubleMin', 'floatAny', 'longFirst', 'doubleLast'];

test.each(TYPES)('a value that %s cannot take makes a row with errors', async (type) => {
  expect(await countsOf([{ type, name: 'm', fieldName: 'bad' }])).toEqual([0, 1]);
});

test.each(['stringFirst', 'hyperUnique'])('%s takes any value', async (type) => {
  expect(await countsOf([{ type, name: 'm', fieldName: 'bad' }])).toEqual([1, 0]);
});

test.each([
  ['a', [0, 1]],
  ['b', [1, 0]],
])('a filtered metric meets values of matching rows only (key %s)', async (value, expected) => {
  const filter = { type: 'selector', dimension: 'key', value };
  const aggregator = { type: 'longSum', name: 'm', fieldName: 'bad' };
  expect(await countsOf([{ type: 'filtered', filter, aggregator }])).toEqual(expected);
});

test.each([2, 255, 256, 512])('a record with %i bad values is one row with errors', async (metrics) => {
  const all = Array.from({ length: metrics }, (_, i) => ({ type: TYPES[i % 5], name: `m${i}`, fieldName: 'bad' }));
  expect(await countsOf(all)).toEqual([0, 1]);
});
