/** What segmill refuses because Druid cannot do it either, and what it ignores because Druid does. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { madeByHadoop } from './druids.ts';
import { expectSameInDruid } from './judge.ts';
import { scratchFolder, segmillIndex } from './segmill.ts';

const CHUNK = Date.UTC(2024, 2, 1);

/** A job over 40 rows of one day. */
function specText(parseSpec: object, tuning: object): string {
  const folder = scratchFolder();
  const rows = Array.from({ length: 40 }, (_, i) => ({ ts: CHUNK + i * 1000, a: `v${i % 10}`, b: `w${i}` }));
  writeFileSync(join(folder, 'in.json'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return JSON.stringify({
    type: 'index_hadoop',
    spec: {
      dataSchema: {
        dataSource: 'refused',
        parser: {
          type: 'hadoopyString',
          parseSpec: { format: 'json', timestampSpec: { column: 'ts', format: 'millis' }, ...parseSpec },
        },
        metricsSpec: [{ type: 'count', name: 'count' }],
        granularitySpec: { segmentGranularity: 'DAY', queryGranularity: 'NONE', intervals: ['2024-03-01/2024-03-02'] },
      },
      ioConfig: {
        type: 'hadoop',
        inputSpec: { type: 'static', paths: join(folder, 'in.json') },
        segmentOutputPath: join(folder, 'segments'),
      },
      tuningConfig: {
        type: 'hadoop',
        version: '2026-01-01T00:00:00.000Z',
        workingPath: join(folder, 'work'),
        maxParseExceptions: 1000,
        ...tuning,
      },
    },
  });
}

const dimensionsSpec = { dimensions: ['a', 'b'] };

describe('Druid fails at', () => {
  it.each<[string, () => string]>([
    [
      'text in the format timeAndDims',
      () => specText({ format: 'timeAndDims', dimensionsSpec }, { partitionsSpec: { type: 'hashed', numShards: 1 } }),
    ],
    [
      'single_dim with neither a partitionDimension nor dimensions',
      () =>
        specText(
          { dimensionsSpec: { dimensions: [] } },
          { partitionsSpec: { type: 'single_dim', targetRowsPerSegment: 10 } },
        ),
    ],
  ])('%s, which segmill refuses', async (_what, text) => {
    const run = segmillIndex(text());
    expect([run.exit, run.stderr]).toEqual([2, expect.stringContaining('in Druid')]);
    await expect(madeByHadoop(text())).rejects.toThrow();
  });
});

describe('Druid overwrites', () => {
  it.each([
    { type: 'hashed', numShards: 2 },
    { type: 'hashed', targetRowsPerSegment: 15 },
  ])('shardSpecs of the spec ($type, %#), and so does segmill', async (partitionsSpec) => {
    const shardSpecs = {
      [CHUNK]: Array.from({ length: 5 }, (_, i) => ({
        actualSpec: {
          type: 'hashed',
          partitionNum: i,
          partitions: 5,
          bucketId: i,
          numBuckets: 5,
          partitionDimensions: [],
          partitionFunction: 'murmur3_32_abs',
        },
        shardNum: i,
      })),
    };
    const text = () => specText({ dimensionsSpec }, { partitionsSpec, shardSpecs });
    const run = segmillIndex(text());
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).toContain('shardSpecs have no effect');
    const druids = await madeByHadoop(text());
    expect(druids.length).toBeLessThan(5);
    await expectSameInDruid(run.segments, druids);
  });
});
