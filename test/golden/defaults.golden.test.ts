import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Quirks } from '../../src/mapreduce/index/indexPayload.ts';
import type { IndexReport } from '../../src/mapreduce/index/indexReport.ts';
import {
  compareDescriptors,
  compareSegments,
  type Dump,
  type Row,
  readDump,
  type SegmentDescriptor,
} from './compare.ts';
import { type GoldenCase, goldenCase } from './goldens.ts';
import { ourDump } from './ourDump.ts';
import { outputFolder, runSpec } from './runSpec.ts';
import { tieCandidates } from './ties.ts';

/** Rows of docs/quirks.md: what segmill does by default, and what it does with Druid's quirks. */

function run(golden: GoldenCase, quirks: Quirks): Promise<IndexReport> {
  return runSpec(golden.specText(outputFolder()), quirks);
}

function descriptorOf(report: IndexReport, place: number): SegmentDescriptor {
  return report.segments[place].descriptor as SegmentDescriptor;
}

/** Expects segments, descriptors and rows to be Druid's; ties may be settled otherwise. */
async function expectDruids(golden: GoldenCase, report: IndexReport, ties = false): Promise<void> {
  const options = ties ? { isCandidate: tieCandidates(golden.specText(outputFolder())) } : {};
  const identifiers = golden.segments.map(({ descriptor }) => descriptor.identifier);
  expect(report.segments.map(({ id }) => id).sort()).toEqual(identifiers.sort());
  for (const { descriptor, dumpLines } of golden.segments) {
    const our = report.segments.find(({ id }) => id === descriptor.identifier)!;
    expect(compareDescriptors(our.descriptor as SegmentDescriptor, descriptor)).toEqual([]);
    expect(compareSegments(await ourDump(our.path), readDump(dumpLines!), options)).toEqual([]);
  }
}

function druidsDump(golden: GoldenCase, place = 0): Dump {
  return readDump(golden.segments[place].dumpLines!);
}

/** The rows of all segments of a job, each marked with the place of its segment. */
async function rowsOf(report: IndexReport): Promise<{ row: Row; segment: number }[]> {
  const dumps = await Promise.all(report.segments.map(({ path }) => ourDump(path)));
  return dumps.flatMap(({ rows }, segment) => rows.map((row) => ({ row, segment })));
}

function keyOf(row: Row, dimensions: readonly string[]): string {
  return JSON.stringify(
    ['__time', ...dimensions].map((name) => row[name] ?? null),
    (_key, value) => (typeof value === 'bigint' || Object.is(value, -0) ? `${value}n${1 / Number(value)}` : value),
  );
}

describe('row 1, an empty hash bucket (h36)', () => {
  const golden = goldenCase('h36');

  test('default: partitions are numbered without holes, buckets keep their numbers', async () => {
    const report = await run(golden, 'none');
    const druids = [...golden.segments].sort(
      (a, b) => Number(a.descriptor.shardSpec.bucketId) - Number(b.descriptor.shardSpec.bucketId),
    );
    expect(druids.map(({ descriptor }) => descriptor.shardSpec.partitionNum)).toEqual([0, 4, 5, 6]);
    expect(report.segments.length).toBe(4);
    for (const [place, { descriptor, dumpLines }] of druids.entries()) {
      expect(descriptorOf(report, place)).toMatchObject({
        shardSpec: { ...descriptor.shardSpec, partitionNum: place, partitions: 4 },
      });
      expect(compareSegments(await ourDump(report.segments[place].path), readDump(dumpLines!))).toEqual([]);
    }
  });

  test("Druid's: the hole stays", async () => expectDruids(golden, await run(golden, 'druid')));
});

describe('row 3, nulls inside lists (h01)', () => {
  const golden = goldenCase('h01');

  test('default: they stay null, and nothing else differs', async () => {
    const report = await run(golden, 'none');
    const differences = compareSegments(await ourDump(report.segments[0].path), druidsDump(golden));
    const rows = differences.filter(({ where }) => where.startsWith('row '));
    expect(rows).toEqual(
      [3, 8, 14, 19, 25, 30].map((row) => ({
        where: `row ${row}, mv`,
        ours: [null, 'y', 'z'],
        druids: ['null', 'y', 'z'],
      })),
    );
    const others = differences.filter(({ where }) => !where.startsWith('row '));
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter(({ where }) => !where.startsWith('columns.mv.'))).toEqual([]);
    expect(differences).toContainEqual({ where: 'columns.mv.cardinality', ours: 10, druids: 11 });
  });

  test('Druid\'s: they become the text "null"', async () => expectDruids(golden, await run(golden, 'druid')));
});

describe('rows 4 and 8, any over nulls and ties (h02)', () => {
  const golden = goldenCase('h02');
  const ANY = ['longAny_lm', 'doubleAny_dm', 'floatAny_dm'];

  test('default: any over nothing but nulls is null, and nothing differs but this and nulls inside lists', async () => {
    const report = await run(golden, 'none');
    const druids = druidsDump(golden);
    const ours = await ourDump(report.segments[0].path);
    const asDruids = (row: Row): Row => ({
      ...row,
      mv: Array.isArray(row.mv) ? row.mv.map((value) => value ?? 'null').sort() : row.mv,
      ...Object.fromEntries(ANY.map((name) => [name, row[name] ?? 0])),
    });
    const key = (row: Row) => keyOf(row, ['s1', 'mv', 'sn']);
    const places = new Map(druids.rows.map((row, place) => [key(row), place]));
    const rows = ours.rows.map(asDruids).sort((a, b) => places.get(key(a))! - places.get(key(b))!);
    const isCandidate = tieCandidates(golden.specText(outputFolder()));
    const differences = compareSegments({ ...ours, rows }, druids, { isCandidate });
    expect(differences.filter(({ where }) => !/^columns\.(?:mv|sn|\w+Any_\w+)\./.test(where))).toEqual([]);

    const ofNulls = ours.rows.filter(({ doubleMax_dm }) => doubleMax_dm === null);
    expect(ofNulls.length).toBeGreaterThan(0);
    for (const row of ours.rows) {
      expect(row.longAny_lm === null).toBe(row.longMax_lm === null);
      expect(row.doubleAny_dm === null).toBe(row.doubleMax_dm === null);
      expect(row.floatAny_dm === null).toBe(row.floatMax_dm === null);
    }
    for (const row of druids.rows) if (row.doubleMax_dm === null) expect(row.doubleAny_dm).toBe(0);
  });

  test("Druid's: it is 0", async () => expectDruids(golden, await run(golden, 'druid'), true));
});

describe('row 6, bad rows are counted (h48)', () => {
  const THREE_EACH = goldenCase('h48b');

  test('default: over the job, whichever files they are in', async () => {
    for (const golden of [goldenCase('h48'), THREE_EACH, goldenCase('h48d')]) {
      const out = outputFolder();
      await expect(runSpec(golden.specText(out), 'none')).rejects.toThrow(
        /^\d bad rows, but tuningConfig\.maxParseExceptions allows 3\./,
      );
      expect(existsSync(join(out, 'segments'))).toBe(false);
    }
  });

  test("Druid's: file by file", async () => {
    for (const golden of [goldenCase('h48'), goldenCase('h48d')]) {
      expect(golden.report?.indexGenerator?.ok).toBe(false);
      await expect(run(golden, 'druid')).rejects.toThrow(/^[45] bad rows, but .* allows 3\./);
    }
    expect(THREE_EACH.report?.indexGenerator?.ok).toBe(true);
    const report = await run(THREE_EACH, 'druid');
    await expectDruids(THREE_EACH, report);
    expect(report.counts.unparseable.malformed + report.counts.unparseable.timestamp).toBe(6);
  });
});

describe('row 6, with a pass that determines partitions (h48c)', () => {
  const golden = goldenCase('h48c');

  test('default: 5 and 1 are 6 of the job, and 5 are allowed', async () => {
    await expect(run(golden, 'none')).rejects.toThrow(/^6 bad rows, but tuningConfig\.maxParseExceptions allows 5\./);
  });

  test("Druid's: they are not too many of any file", async () => {
    const report = await run(golden, 'druid');
    await expectDruids(golden, report);
    const { processed, processedWithErrors, unparseable } = report.counts;
    const { stats } = golden.report!.indexGenerator!;
    expect([processed, processedWithErrors, unparseable.malformed + unparseable.timestamp]).toEqual([
      stats!.rowsProcessed,
      stats!.rowsProcessedWithErrors,
      stats!.rowsUnparseable,
    ]);
  });
});

test.each(['none', 'druid'] as const)('h26, quirks %s: by default no bad row is allowed', async (quirks) => {
  const golden = goldenCase('h26');
  expect(golden.report?.indexGenerator?.ok).toBe(false);
  const out = outputFolder();
  await expect(run(golden, quirks)).rejects.toThrow(/^\d+ bad rows?, but tuningConfig\.maxParseExceptions allows 0\./);
  expect(existsSync(join(out, 'segments'))).toBe(false);
});

describe('row 10, numbers written in several ways (h47)', () => {
  const DIMENSIONS = ['s1', 'ln', 'db', 'fl', 'mv'];

  test('default: rows of one stored key meet in one shard', async () => {
    const [golden, oneShard] = [goldenCase('h47'), goldenCase('h47c')];
    const druids = golden.segments.flatMap(({ dumpLines }) => readDump(dumpLines!).rows);
    expect(new Set(druids.map((row) => keyOf(row, DIMENSIONS))).size).toBeLessThan(druids.length);

    const report = await run(golden, 'none');
    const ours = await rowsOf(report);
    expect(report.segments.length).toBe(4);
    expect(new Set(ours.map(({ row }) => keyOf(row, DIMENSIONS))).size).toBe(ours.length);
    const united = await rowsOf(await run(oneShard, 'none'));
    const facts = ({ row }: { row: Row }) => keyOf(row, [...DIMENSIONS, 'count', 'longSum_v']);
    expect(ours.map(facts).sort()).toEqual(united.map(facts).sort());
  });

  test('default: so they do when hashed by the number alone (h47b), and nothing is lost of one shard (h47c)', async () => {
    for (const [name, dimensions, segments] of [
      ['h47b', ['s1', 'ln'], 4],
      ['h47c', DIMENSIONS, 1],
    ] as const) {
      const golden = goldenCase(name);
      const report = await run(golden, 'none');
      const ours = await rowsOf(report);
      expect(report.segments.length).toBeLessThanOrEqual(segments);
      expect(new Set(ours.map(({ row }) => keyOf(row, dimensions))).size).toBe(ours.length);
      const homes = new Map<string, number>();
      for (const { row, segment } of ours) {
        const key = keyOf(row, ['ln']);
        expect(homes.get(key) ?? segment).toBe(segment);
        homes.set(key, segment);
      }
      const druids = golden.segments.flatMap(({ dumpLines }) => readDump(dumpLines!).rows);
      const sums = (rows: readonly Row[]) => {
        const byKey = new Map<string, [count: number, sum: number]>();
        for (const row of rows) {
          // Druid has the text "null" for nulls in lists, also where a list has no other element (row 3).
          const mv = [row.mv].flat().map((value) => value ?? 'null');
          const key = keyOf({ ...row, mv: mv.sort() }, dimensions);
          const [count, sum] = byKey.get(key) ?? [0, 0];
          byKey.set(key, [count + Number(row.count), sum + Number(row.longSum_v)]);
        }
        return [...byKey].sort();
      };
      expect(sums(ours.map(({ row }) => row))).toEqual(sums(druids));
    }
  });

  test.each(['h47', 'h47b', 'h47c'])("Druid's: by the text of the input (%s)", async (name) => {
    const golden = goldenCase(name);
    await expectDruids(golden, await run(golden, 'druid'));
  });
});

test.each(['none', 'druid'] as const)(
  'row 11, no data (h27), quirks %s: an error that shows both intervals',
  async (quirks) => {
    const golden = goldenCase('h27');
    expect(golden.segments).toEqual([]);
    const first = join(golden.dir, 'input.json');
    await expect(run(golden, quirks)).rejects.toThrow(
      'There is no data to index: of 60 records, 60 outside the intervals. ' +
        'The spec wants 2001-01-01T00:00:00.000Z/2001-01-02T00:00:00.000Z. ' +
        `The first one outside: ${first} line 1 (byte 0): {"ts":"2024-03-01T00:00:00.000Z","s1":"v3",`,
    );
  },
);
