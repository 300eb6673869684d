import { expect, it } from 'vitest';
import { compareSegments, readDump } from './compare.ts';
import { goldenCase, goldenNames } from './goldens.ts';
import { openSegment } from '../../src/segment/reader/openSegment.ts';
import { dumpSegment } from '../../src/segment/reader/dump.ts';
it.each(goldenNames())('%s', async (name) => {
  for (const s of goldenCase(name).segments) if (s.indexZip && s.dumpLines) {
    const lines: string[] = [];
    for await (const l of dumpSegment(await openSegment(s.indexZip), { rows: true, bitmaps: true, raw: true } as never)) lines.push(l);
    expect(compareSegments(readDump(lines), readDump(s.dumpLines), { bytes: true }).slice(0, 5)).toEqual([]);
  }
});
