import { describe, expect, test } from 'vitest';
import type { IndexReport } from '../../src/mapreduce/index/indexReport.ts';
import { type Row, readDump, type SegmentDescriptor } from './compare.ts';
import { type GoldenCase, goldenCase } from './goldens.ts';
import { ourDump } from './ourDump.ts';
import { outputFolder, runSpec } from './runSpec.ts';

type ShardSpec = Readonly<Record<string, unknown>>;

function shardSpecs(report: IndexReport): { interval: string; shardSpec: ShardSpec }[] {
  return report.segments.map(({ interval, descriptor }) => ({
    interval,
    shardSpec: (descriptor as SegmentDescriptor).shardSpec,
  }));
}

function druidShardSpecs(golden: GoldenCase): { interval: string; shardSpec: ShardSpec }[] {
  return golden.segments
    .map(({ descriptor: { interval, shardSpec } }) => ({ interval, shardSpec }))
    .sort(
      (a, b) =>
        a.interval.localeCompare(b.interval) || Number(a.shardSpec.partitionNum) - Number(b.shardSpec.partitionNum),
    );
}

/** A row as text, without nulls: a column of nothing but nulls is not stored. Druid's Hadoop indexer makes nulls inside lists the text "null" (docs/quirks.md, row 3). */
function rowText(row: Row): string {
  return JSON.stringify(
    Object.entries(row)
      .filter(([, value]) => value !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    (_key, value) => {
      if (typeof value === 'bigint') return `${value}n`;
      return Array.isArray(value) && value.includes(null) ? value.map((one) => one ?? 'null').sort() : value;
    },
  );
}

async function expectDruidsRows(report: IndexReport, golden: GoldenCase): Promise<void> {
  const ours = await Promise.all(report.segments.map(async ({ path }) => (await ourDump(path)).rows));
  const druids = golden.segments.flatMap(({ dumpLines }) => readDump(dumpLines!).rows);
  expect(ours.every((rows) => rows.length > 0)).toBe(true);
  expect(ours.flat().map(rowText).sort()).toEqual(druids.map(rowText).sort());
}

/** Partitions of each time chunk are numbered from 0, and their number is known. */
function expectCoreSets(report: IndexReport, count: 'partitions' | 'numCorePartitions'): void {
  for (const { interval } of shardSpecs(report)) {
    const specs = shardSpecs(report).filter((one) => one.interval === interval);
    expect(specs.map(({ shardSpec }) => shardSpec.partitionNum)).toEqual(specs.map((_, i) => i));
    for (const { shardSpec } of specs) expect(shardSpec[count]).toBe(specs.length);
  }
}

describe('by default partitions are those of Druid, in core sets that are complete', () => {
  test.each(['h10', 'h11', 'h13', 'h14', 'h44', 'h45', 'h51'])('ranges (%s)', async (name) => {
    const golden = goldenCase(name);
    const report = await runSpec(golden.specText(outputFolder()), 'none');
    expectCoreSets(report, 'numCorePartitions');
    const bounds = (specs: ReturnType<typeof shardSpecs>) =>
      specs.map(({ interval, shardSpec: { numCorePartitions: _, ...rest } }) => ({ interval, ...rest }));
    expect(bounds(shardSpecs(report))).toEqual(bounds(druidShardSpecs(golden)));
    await expectDruidsRows(report, golden);
  });

  test.each(['h07', 'h09', 'h50', 'h51b'])('hash buckets (%s)', async (name) => {
    const golden = goldenCase(name);
    const report = await runSpec(golden.specText(outputFolder()), 'none');
    expectCoreSets(report, 'partitions');
    const buckets = (specs: ReturnType<typeof shardSpecs>) =>
      specs.map(({ interval, shardSpec }) => [interval, shardSpec.numBuckets, shardSpec.partitionFunction]);
    expect(buckets(shardSpecs(report))).toEqual(buckets(druidShardSpecs(golden)));
    await expectDruidsRows(report, golden);
  });

  test('forceExtendableShardSpecs (h17)', async () => {
    const golden = goldenCase('h17');
    const report = await runSpec(golden.specText(outputFolder()), 'none');
    expect(shardSpecs(report)).toEqual(druidShardSpecs(golden));
    expectCoreSets(report, 'partitions');
    await expectDruidsRows(report, golden);
  });

  test('with determined ranges too they are numbered shards (h10)', async () => {
    const spec = JSON.parse(goldenCase('h10').specText(outputFolder()));
    spec.spec.tuningConfig.forceExtendableShardSpecs = true;
    const report = await runSpec(JSON.stringify(spec), 'none');
    expect(new Set(shardSpecs(report).map(({ shardSpec }) => Object.keys(shardSpec).join()))).toEqual(
      new Set(['type,partitionNum,partitions']),
    );
    expectCoreSets(report, 'partitions');
  });
});

describe('row 2, null and "" in the partition dimension (h12)', () => {
  const golden = goldenCase('h12');

  test('default: null before "", a shard for each, and every row in its range', async () => {
    const report = await runSpec(golden.specText(outputFolder()), 'none');
    expectCoreSets(report, 'numCorePartitions');
    const bounds = shardSpecs(report).map(({ shardSpec: { start, end } }) => [start, end]);
    const day = [
      [null, ''],
      ['', 'x'],
      ['x', 'y'],
      ['y', null],
    ];
    expect(bounds).toEqual([...day, ...day, ...day]);
    for (const [i, { path }] of report.segments.entries()) {
      const values = new Set((await ourDump(path)).rows.map(({ sn }) => sn ?? null));
      expect([...values]).toEqual([[null, '', 'x', 'y'][i % 4]]);
    }
    await expectDruidsRows(report, golden);
  });

  test("Druid's: the first day has no partition 0, the second day one for all rows", async () => {
    const report = await runSpec(golden.specText(outputFolder()), 'druid');
    expect(shardSpecs(report).map(({ shardSpec }) => shardSpec.partitionNum)).toEqual([1, 2, 3, 4, 0, 0, 1, 2, 3]);
    expect(shardSpecs(report)).toEqual(druidShardSpecs(golden));
  });
});

describe('row 7, partitionDimensions with target rows (h08)', () => {
  const golden = goldenCase('h08');

  test('default: rows of one value meet; a note tells of the segments that are not made', async () => {
    const report = await runSpec(golden.specText(outputFolder()), 'none');
    expectCoreSets(report, 'partitions');
    const homes = new Map<string, number>();
    for (const [segment, { path, interval }] of report.segments.entries()) {
      for (const { s1 } of (await ourDump(path)).rows) {
        const key = `${interval} ${s1}`;
        expect(homes.get(key) ?? segment).toBe(segment);
        homes.set(key, segment);
      }
    }
    expect(new Set(shardSpecs(report).map(({ shardSpec }) => `${shardSpec.partitionDimensions}`))).toEqual(
      new Set(['s1']),
    );
    await expectDruidsRows(report, golden);

    const spec = JSON.parse(golden.specText(outputFolder()));
    spec.spec.tuningConfig.partitionsSpec = {
      type: 'hashed',
      targetRowsPerSegment: 20,
      partitionDimensions: ['allnull'],
    };
    const few = await runSpec(JSON.stringify(spec), 'none');
    expect(few.segments.length).toBe(3);
    expect(few.notes).toEqual([
      'Too few distinct values of allnull to hash by: the time chunk 2024-03-01T00:00:00.000Z got 1 of the 5 segments that its ' +
        'rows want, and 2 more like it.',
    ]);
  });

  test("Druid's: they are dropped", async () => {
    const report = await runSpec(golden.specText(outputFolder()), 'druid');
    expect(shardSpecs(report)).toEqual(druidShardSpecs(golden));
    expect(report.notes).toEqual([]);
  });
});

describe('row 9, shards do not depend on the splits (h43)', () => {
  const golden = goldenCase('h43');

  test('the same keys in four files and in one', async () => {
    const spec = JSON.parse(golden.specText(outputFolder()));
    const four = await runSpec(JSON.stringify(spec), 'none');
    const paths: string[] = spec.spec.ioConfig.inputSpec.paths.split(',');
    spec.spec.ioConfig.inputSpec.paths = [...paths].reverse().join(',');
    spec.spec.tuningConfig.maxRowsInMemory = 30_000;
    const reversed = await runSpec(JSON.stringify(spec), 'none');
    expect(four.segments.length).toBeGreaterThan(8);
    expect(reversed.segments.map(({ id, rows }) => [id, rows])).toEqual(
      four.segments.map(({ id, rows }) => [id, rows]),
    );
    expect(four.rowsStored).toBe(200_000);
  });
});

test.each(['none', 'druid'] as const)('h28, quirks %s: no data for the determine pass', async (quirks) => {
  const golden = goldenCase('h28');
  expect(golden.segments).toEqual([]);
  await expect(runSpec(golden.specText(outputFolder()), quirks)).rejects.toThrow(
    /^There is no data to index: of \d+ records, \d+ outside the intervals\./,
  );
});
