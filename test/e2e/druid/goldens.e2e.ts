/** The golden specs, run by segmill: real Druid has to find its segments the same as those that Druid made. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../src/publish/metadata/sqlite/sqliteStore.ts';
import { goldenCase } from '../../golden/goldens.ts';
import { tieCandidates } from '../../golden/ties.ts';
import { madeByHadoop, madeInGolden } from './druids.ts';
import { expectSameInDruid, type Leniency } from './judge.ts';
import { featureOf, itNeeding } from './notBuilt.ts';
import { query, visibleSegments } from './oracle.ts';
import { inOrder, scratchFolder, segmillIndex } from './segmill.ts';

/** Cases in which no quirk of Druid's shows. */
const PLAIN = (
  'b01 h19 h20 h21 h22 h23 h24-ts-0 h24-ts-1 h24-ts-2 h24-ts-3 h24-ts-4 h24-ts-5 h25 h31 h33 h34 ' +
  'h40 h41 h42 h42b h50 h51b h52 h52b h53 h53b'
).split(' ');
/** Cases that Druid's defects have left their mark on: nulls in lists, dropped partitionDimensions, shards of nothing, uncounted ranges. */
const QUIRKY =
  'h01 h02 h03 h05 h06 h07 h08 h09 h10 h11 h12 h13 h14 h15 h16 h17 h18 h32 h36 h44 h45 h47 h47b h47c h48b h48c h49 h51'.split(
    ' ',
  );
/** Cases that Druid refuses or fails at, and so do we. */
const FAILING = 'h26 h27 h28 h29 h30 h35 h48 h48d'.split(' ');
/** Cases whose First, Last and Any metrics meet equal times. */
const TIES = ['h02', 'h18', 'h42', 'h42b'];

function leniencyOf(key: string): Leniency {
  if (TIES.includes(key)) {
    return { isCandidate: tieCandidates(goldenCase(key).specText('/unused')), orderDependent: true };
  }
  // Its sums are made to depend on the order of adding.
  return key === 'h41' ? { orderDependent: true } : {};
}

describe.each([
  ['segmill index', PLAIN, []],
  ['segmill index --quirks druid', QUIRKY, ['--quirks', 'druid']],
] as const)('%s', (_, keys, options) => {
  for (const key of keys) {
    itNeeding(featureOf(key), `makes of ${key} what Druid made of it`, async () => {
      const golden = goldenCase(key);
      const run = segmillIndex(golden.specText(scratchFolder()), options);
      expect(run.exit, run.stderr).toBe(0);
      await expectSameInDruid(run.segments, madeInGolden(golden), leniencyOf(key));
    });
  }
});

describe('segmill index', () => {
  it.each(FAILING)('fails at %s, as Druid does', (key) => {
    const run = segmillIndex(goldenCase(key).specText(scratchFolder()));
    expect(run.exit).not.toBe(0);
    expect(run.stderr).not.toBe('');
  });

  itNeeding(featureOf('h43'), 'plans as many shards as Druid for 200,000 keys in four files (h43)', async () => {
    const golden = goldenCase('h43');
    const run = segmillIndex(golden.specText(scratchFolder()));
    await expectSameInDruid(run.segments, await madeByHadoop(golden.specText(scratchFolder())));
  });

  itNeeding(featureOf('h54'), 'puts a second run over the first as a newer version (h54)', async () => {
    const golden = goldenCase('h54');
    const out = scratchFolder();
    const runs = ['spec.json', 'spec2.json'].map((file) =>
      segmillIndex(golden.specText(out, file), ['--quirks', 'druid']),
    );
    await expectSameInDruid(inOrder(runs.flatMap(({ segments }) => segments)), madeInGolden(golden));
  });

  it.each([
    ['keeps the other hours visible', [], [0, 1, 2, 3, 4, 5], [1, 3, 5]],
    ['hides the other hours by tombstones', ['--drop-existing'], [0, 2, 4], []],
  ])('an overwrite with fewer hours %s (h54, h55)', async (_, options, hours, older) => {
    const golden = goldenCase('h54');
    const out = scratchFolder();
    for (const file of ['spec.json', 'spec2.json']) segmillIndex(golden.specText(out, file), options);
    const store = sqliteStore(join(out, 'segments', '.segmill', 'store.sqlite'));
    const used = await store.usedSegments('golden', [{ start: Date.UTC(2024, 2, 1), end: Date.UTC(2024, 2, 2) }]);
    const payloads = await store.payloads(used.map(({ id }) => id));
    const file = join(out, 'used.jsonl');
    writeFileSync(file, [...payloads.values()].map((payload) => `${payload}\n`).join(''));
    const visible = await visibleSegments(file);
    const hoursOf = (ids: string[]) => [
      ...new Set(ids.map((id) => Number(id.slice('golden_2024-03-01T'.length).slice(0, 2)))),
    ];
    expect(hoursOf(visible)).toEqual(hours);
    expect(hoursOf(visible.filter((id) => id.includes('2026-01-01T00:00:00.000Z')))).toEqual(older);
  });

  it('counts bad rows over the whole job, not by file (h48b)', () => {
    const run = segmillIndex(goldenCase('h48b').specText(scratchFolder()));
    expect(run.exit).not.toBe(0);
  });

  it('leaves no hole where a hash bucket is empty (h36)', () => {
    const { segments } = segmillIndex(goldenCase('h36').specText(scratchFolder()));
    const shards = segments.map(({ descriptor }) => descriptor.shardSpec);
    expect(shards.map(({ partitionNum }) => partitionNum)).toEqual([0, 1, 2, 3]);
    expect(shards.map(({ partitions }) => partitions)).toEqual([4, 4, 4, 4]);
    expect(shards.map(({ bucketId }) => bucketId)).toEqual([0, 4, 5, 6]);
    expect(shards.map(({ numBuckets }) => numBuckets)).toEqual([8, 8, 8, 8]);
  });

  const wholeShards =
    'cuts whole shards, numbered without a gap, where the dimension has nulls and empty strings (h12)';
  itNeeding(featureOf('h12'), wholeShards, async () => {
    const { segments } = segmillIndex(goldenCase('h12').specText(scratchFolder()));
    const numbers = new Map<string, unknown[]>();
    for (const { descriptor } of segments) {
      numbers.set(descriptor.interval, [
        ...(numbers.get(descriptor.interval) ?? []),
        descriptor.shardSpec.partitionNum,
      ]);
    }
    expect(numbers.size).toBe(3);
    for (const [interval, found] of numbers) {
      expect(found.length, interval).toBeGreaterThan(1);
      expect(found, interval).toEqual(found.map((_, i) => i));
    }
    const rows = await query(
      {
        queryType: 'timeseries',
        dataSource: 'any',
        intervals: ['0000-01-01/3000-01-01'],
        granularity: 'all',
        aggregations: [{ type: 'longSum', name: 'rows', fieldName: 'count' }],
      },
      segments.map(({ path }) => path),
    );
    const { stats } = goldenCase('h12').report!.determinePartitions;
    expect(rows).toMatchObject([{ result: { rows: stats!.rowsProcessed } }]);
  });
});
