import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChunkForecast } from '../../../../src/mapreduce/index/plan/jobPlan.ts';
import { planIndexJob } from '../../../../src/mapreduce/index/plan/planIndexJob.ts';
import { NoPartitionDimensionError } from '../../../../src/partition/determine/chooseCandidate.ts';
import { jobOf } from '../checkJob.ts';
import { InlineEngine } from '../inlineEngine.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-planned-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Row {
  readonly t: string;
  readonly d: string | null;
  readonly n: number;
}

const row: fc.Arbitrary<Row> = fc.record({
  t: fc.constantFrom('2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'),
  d: fc.constantFrom(null, '', 'a', 'b', 'ba', 'c', '\u00e9', '\ud83d\ude00'),
  n: fc.nat(12),
});

let runs = 0;

/** Chunks of the plan; null where a value has more rows than a segment may have. */
async function planned(rows: readonly Row[], partitionsSpec: object): Promise<readonly ChunkForecast[] | null> {
  const folder = join(directory, String(runs++));
  mkdirSync(folder);
  const input = join(folder, 'rows.json');
  writeFileSync(input, rows.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const spec = {
    type: 'index_hadoop',
    spec: {
      dataSchema: {
        dataSource: 'planned',
        parser: {
          type: 'hadoopyString',
          parseSpec: {
            format: 'json',
            timestampSpec: { column: 't', format: 'iso' },
            dimensionsSpec: { dimensions: ['d', { name: 'n', type: 'long' }] },
          },
        },
        metricsSpec: [{ type: 'count', name: 'rows' }],
        granularitySpec: { segmentGranularity: 'DAY', queryGranularity: 'NONE', intervals: ['2024-01-01/2024-01-03'] },
      },
      ioConfig: { type: 'hadoop', inputSpec: { type: 'static', paths: input }, segmentOutputPath: folder },
      tuningConfig: { type: 'hadoop', workingPath: folder, partitionsSpec },
    },
  };
  const options = { workers: 1, quirks: 'none', signal: new AbortController().signal } as const;
  try {
    return (await planIndexJob(jobOf(JSON.stringify(spec)), options, (root) => new InlineEngine(root))).chunks;
  } catch (error) {
    if (error instanceof NoPartitionDimensionError) return null;
    throw error;
  }
}

/** Group keys of each day, distinct. */
function keysOf(rows: readonly Row[], chunk: ChunkForecast): Map<string, Row> {
  const mine = rows.filter(({ t }) => chunk.interval.startsWith(t.slice(0, 10)));
  return new Map(mine.map((one) => [JSON.stringify(one), one]));
}

test('ranges join from null to null, each row is in one of them, none is empty or over the maximum', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 2, max: 12 }),
      async (rows, target) => {
        const chunks = await planned(rows, {
          type: 'single_dim',
          partitionDimension: 'd',
          targetRowsPerSegment: target,
        });
        if (chunks === null) return;
        for (const chunk of chunks) {
          const specs = chunk.segments.map(({ shardSpec }) => {
            if (shardSpec.type !== 'single') throw new Error(`a shard spec of type ${shardSpec.type}`);
            return shardSpec;
          });
          const bounds = specs.map(({ start, end }) => [start, end]);
          expect(bounds[0][0]).toBeNull();
          expect(bounds[bounds.length - 1][1]).toBeNull();
          for (let i = 1; i < bounds.length; i++) expect(bounds[i][0]).toBe(bounds[i - 1][1]);
          expect(specs.map(({ partitionNum }) => partitionNum)).toEqual(specs.map((_, i) => i));

          const keys = [...keysOf(rows, chunk).values()];
          const rank = (value: string | null) => (value === null ? Buffer.alloc(0) : Buffer.from(`+${value}`));
          const rowsIn = bounds.map(
            ([start, end], i) =>
              keys.filter(
                ({ d }) =>
                  (i === 0 || Buffer.compare(rank(d), rank(start)) >= 0) &&
                  (i === bounds.length - 1 || Buffer.compare(rank(d), rank(end)) < 0),
              ).length,
          );
          expect(chunk.segments.map((segment) => segment.rows)).toEqual(rowsIn);
          expect(chunk.rows).toBe(keys.length);
          expect(chunk.keys).toBe(keys.length);
          expect(Math.min(...rowsIn)).toBeGreaterThan(0);
          // A value alone that has more makes the job fail.
          expect(Math.max(...rowsIn)).toBeLessThanOrEqual(Math.floor(target * 1.5));
        }
      },
    ),
    { numRuns: 25, seed: 5 },
  );
}, 300_000);

test('hash buckets: each row is in one of them, and none is empty', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 12 }),
      async (rows, target) => {
        const chunks = (await planned(rows, { type: 'hashed', targetRowsPerSegment: target })) ?? [];
        expect(chunks.length).toBeGreaterThan(0);
        for (const chunk of chunks) {
          const made = chunk.segments.map((segment) => segment.rows);
          expect(made.reduce((sum, one) => sum + one, 0)).toBe(keysOf(rows, chunk).size);
          expect(Math.min(...made)).toBeGreaterThan(0);
          expect(chunk.segments.map(({ partitionNum }) => partitionNum)).toEqual(made.map((_, i) => i));
        }
      },
    ),
    { numRuns: 15, seed: 6 },
  );
}, 300_000);
