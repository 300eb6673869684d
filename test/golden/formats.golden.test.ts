import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { IndexReport } from '../../src/mapreduce/index/indexReport.ts';
import { openSegment } from '../../src/segment/reader/openSegment.ts';
import { liblz4Level9Encoder } from '../kernel/liblz4.ts';
import { compareDescriptors, compareSegments, readDump, type SegmentDescriptor } from './compare.ts';
import { type GoldenCase, goldenCase } from './goldens.ts';
import { ourDump } from './ourDump.ts';
import { outputFolder, runSpec } from './runSpec.ts';

const CASES = 'h21 h22 h23 h24-ts-0 h24-ts-1 h24-ts-2 h24-ts-3 h24-ts-4 h24-ts-5 h49'.split(' ');

async function expectDruidsSegments(report: IndexReport, golden: GoldenCase): Promise<void> {
  expect(report.segments.map(({ id }) => id).sort()).toEqual(
    golden.segments.map(({ descriptor }) => descriptor.identifier).sort(),
  );
  for (const druids of golden.segments) {
    const ours = report.segments.find(({ id }) => id === druids.descriptor.identifier)!;
    expect(compareDescriptors(ours.descriptor as SegmentDescriptor, druids.descriptor)).toEqual([]);
    expect(compareSegments(await ourDump(ours.path), readDump(druids.dumpLines!))).toEqual([]);
    const ourFiles = (await openSegment(ours.path)).files;
    const druidFiles = (await openSegment(druids.indexZip!)).files;
    expect([...ourFiles.keys()].sort()).toEqual([...druidFiles.keys()].sort());
    for (const [file, bytes] of druidFiles) {
      expect(Buffer.from(ourFiles.get(file)!).toString('hex'), file).toBe(Buffer.from(bytes).toString('hex'));
    }
  }
}

describe("text formats make the segments of Druid's Hadoop indexer, to the byte", () => {
  test.each(CASES)('%s', async (name) => {
    const golden = goldenCase(name);
    const report = await runSpec(golden.specText(outputFolder()), 'druid', await liblz4Level9Encoder());
    await expectDruidsSegments(report, golden);
    const { stats } = golden.report!.indexGenerator!;
    expect({
      rowsProcessed: report.counts.processed,
      rowsProcessedWithErrors: report.counts.processedWithErrors,
      rowsUnparseable: report.counts.unparseable.malformed + report.counts.unparseable.timestamp,
    }).toEqual({
      rowsProcessed: stats!.rowsProcessed,
      rowsProcessedWithErrors: stats!.rowsProcessedWithErrors,
      rowsUnparseable: stats!.rowsUnparseable,
    });
  });

  test('h49 with a header row in each file, which Druid refuses', async () => {
    const golden = goldenCase('h49');
    const folder = outputFolder();
    const spec = JSON.parse(golden.specText(folder));
    const { parseSpec } = spec.spec.dataSchema.parser;
    for (const name of ['a.csv', 'b.csv']) {
      const lines = readFileSync(join(golden.dir, name), 'utf8');
      writeFileSync(join(folder, name), `to skip\n${parseSpec.columns.join(',')}\n${lines}`);
    }
    spec.spec.ioConfig.inputSpec.paths = ['a.csv', 'b.csv'].map((name) => join(folder, name)).join(',');
    delete parseSpec.columns;
    Object.assign(parseSpec, { hasHeaderRow: true, skipHeaderRows: 1 });
    await expectDruidsSegments(await runSpec(JSON.stringify(spec), 'druid', await liblz4Level9Encoder()), golden);
  });
});

test('h29: input that does not exist fails the job by name, as in Druid', async () => {
  const golden = goldenCase('h29');
  expect(golden.report!.exception).toMatch(/^java\.io\.IOException: Input path does not exist: file:.*\/nope\.json$/);
  await expect(runSpec(golden.specText(outputFolder()), 'druid')).rejects.toThrow(
    new Error(
      `Input path does not exist: file:${join(golden.dir, 'nope.json')}\nCheck inputSpec.paths: relative paths count from ` +
        `${process.cwd()}, and names beginning with _ or . are found only by a pattern that begins so too.`,
    ),
  );
});
