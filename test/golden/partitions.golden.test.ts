import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Quirks } from '../../src/mapreduce/index/indexPayload.ts';
import type { IndexReport } from '../../src/mapreduce/index/indexReport.ts';
import { liblz4Level9Encoder } from '../kernel/liblz4.ts';
import { type Row, readDump, type SegmentDescriptor } from './compare.ts';
import { type GoldenCase, goldenCase } from './goldens.ts';
import { ourDump } from './ourDump.ts';
import { outputFolder, runSpec } from './runSpec.ts';

/** Of jobs over 200,000 rows. */
const TIMEOUT_MS = 120_000;

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

  // The archive has no room for their rows, but for the bytes of each segment, which liblz4 gives of the same rows only.
  test.each(['w01', 'w02'])('the segments of Wikipedia (%s)', async (name) => {
    const golden = goldenCase(name);
    const report = await runSpec(golden.specText(outputFolder()), 'none', await liblz4Level9Encoder());
    expectCoreSets(report, name === 'w01' ? 'partitions' : 'numCorePartitions');
    const bounds = (specs: ReturnType<typeof shardSpecs>) =>
      specs.map(({ interval, shardSpec: { numCorePartitions: _, ...rest } }) => ({ interval, ...rest }));
    expect(bounds(shardSpecs(report))).toEqual(bounds(druidShardSpecs(golden)));
    expect(report.segments.map(({ size }) => size).sort()).toEqual(
      golden.segments.map(({ descriptor: { size } }) => size).sort(),
    );
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

describe('row 9, the shards of 200,000 keys in four files and in one (h43b to h43e)', () => {
  const FILES = [0, 1, 2, 3];
  /** Files that are one in the job, per input file; how many rows are wanted in a segment. */
  const CASES: readonly [name: string, files: readonly number[][], target: number, druids: number][] = [
    ['h43b', [FILES], 20_000, 10],
    ['h43c', [[0], [0], [0], [0]], 20_000, 3],
    ['h43d', FILES.map((file) => [file]), 19_680, 10],
    ['h43e', [FILES], 19_680, 11],
  ];

  /** Runs the job of h43 over other files. @param tuning further fields of tuningConfig */
  function runOver(
    files: readonly (readonly number[])[],
    target: number,
    quirks: Quirks,
    tuning: object = {},
  ): Promise<IndexReport> {
    const golden = goldenCase('h43');
    const out = outputFolder();
    const spec = JSON.parse(golden.specText(out));
    const paths: string[] = spec.spec.ioConfig.inputSpec.paths.split(',');
    const united = files.map((parts, i) => {
      const path = join(out, `part${i}.csv.gz`);
      writeFileSync(path, Buffer.concat(parts.map((part) => readFileSync(paths[part]))));
      return path;
    });
    spec.spec.ioConfig.inputSpec.paths = united.join(',');
    spec.spec.tuningConfig.partitionsSpec.targetRowsPerSegment = target;
    Object.assign(spec.spec.tuningConfig, tuning);
    return runSpec(JSON.stringify(spec), quirks);
  }

  test.each(CASES)(
    "Druid's: as many as its collectors make (%s)",
    async (_name, files, target, druids) => {
      expect((await runOver(files, target, 'druid')).segments.length).toBe(druids);
    },
    TIMEOUT_MS,
  );

  test(
    'default: the same whichever files and runs they are in',
    async () => {
      const [, , [, fourFiles, target], [, oneFile]] = CASES;
      const four = await runOver(fourFiles, target, 'none');
      const one = await runOver(oneFile, target, 'none', { maxRowsInMemory: 30_000 });
      expect([10, 11]).toContain(four.segments.length);
      expect(one.segments.map(({ id, rows }) => [id, rows])).toEqual(four.segments.map(({ id, rows }) => [id, rows]));
      expect(four.rowsStored).toBe(200_000);
    },
    TIMEOUT_MS,
  );
});

test.each(['none', 'druid'] as const)('h28, quirks %s: no data for the determine pass', async (quirks) => {
  const golden = goldenCase('h28');
  expect(golden.segments).toEqual([]);
  await expect(runSpec(golden.specText(outputFolder()), quirks)).rejects.toThrow(
    /^There is no data to index: of \d+ records, \d+ outside the intervals\./,
  );
});
