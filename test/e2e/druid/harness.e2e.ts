/** The judge judged: what real Druid says of segments that real Druid made. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareSegments, readDump } from '../../golden/compare.ts';
import { goldenCase } from '../../golden/goldens.ts';
import { madeByHadoop, madeInGolden } from './druids.ts';
import { expectSameInDruid } from './judge.ts';
import { dump, query, query37, validate } from './oracle.ts';
import { scratchFolder } from './segmill.ts';

describe('Druid 33 on golden segments', () => {
  it('validates a segment against itself, and tells two segments apart', async () => {
    const [a, b] = ['h01', 'h05'].map((key) => goldenCase(key).segments[0].indexZip!);
    expect(await validate(a, a)).toBeNull();
    expect(await validate(a, b)).toMatch(/^SegmentValidationException: /);
  });

  it('dumps what the golden dump says, to the byte', async () => {
    for (const key of ['h01', 'h02', 'h12', 'v-default']) {
      const { indexZip, dumpLines } = goldenCase(key).segments[0];
      expect(
        compareSegments(readDump(await dump(indexZip!, { rows: true })), readDump(dumpLines!), { bytes: true }),
      ).toEqual([]);
    }
  });

  it('reports a file that is no segment', async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'index.zip'), 'no zip');
    await expect(dump(folder, { rows: true })).rejects.toThrow(/^Druid 33 cannot read .*"exception"/);
  });
});

describe('queries', () => {
  it('are answered alike by Druid 33 and Druid 37', async () => {
    const scan = { queryType: 'scan', dataSource: 'any', intervals: ['0000-01-01/3000-01-01'], resultFormat: 'list' };
    const segments = goldenCase('h07').segments.map(({ indexZip }) => indexZip!);
    const [rows33, rows37] = [await query(scan, segments), await query37(scan, segments)];
    expect(rows33).toHaveLength(segments.length);
    expect(rows37).toEqual(rows33);
  });

  it('fail with what Druid says', async () => {
    await expect(query37({ queryType: 'nonsense' }, [])).rejects.toThrow(/^the nonsense query failed: .*'nonsense'/);
  });
});

describe("Druid's Hadoop indexer", () => {
  it.each(['h07', 'h13', 'h36'])('makes the golden segments of %s again', async (key) => {
    const golden = goldenCase(key);
    await expectSameInDruid(await madeByHadoop(golden.specText(scratchFolder())), madeInGolden(golden));
  });

  it('fails where it failed for the goldens', async () => {
    await expect(madeByHadoop(goldenCase('h28').specText(scratchFolder()))).rejects.toThrow(
      'java.lang.RuntimeException: No buckets?? seems there is no data to index.',
    );
  });

  it('is not taken to agree where a segment is missing or another stands in for it', async () => {
    const druids = madeInGolden(goldenCase('h07'));
    await expect(expectSameInDruid(druids.slice(1), druids)).rejects.toThrow('expected');
    const swapped = druids.map((it, i) => (i < 2 ? { ...it, path: druids[1 - i].path } : it));
    await expect(expectSameInDruid(swapped, druids)).rejects.toThrow(druids[0].id);
  });
});
