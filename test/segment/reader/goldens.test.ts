import { describe, expect, it } from 'vitest';
import { dumpSegment } from '../../../src/segment/reader/dump.ts';
import { openSegment } from '../../../src/segment/reader/openSegment.ts';
import { fixturePath, goldenLines } from './support.ts';

/** Druid's description less what names its Java classes. */
function comparable(line: string): unknown {
  const { bitmapFactory, ...description } = JSON.parse(line);
  for (const column of Object.values(description.columns) as Record<string, unknown>[]) delete column.columnClass;
  return bitmapFactory === undefined ? null : description;
}

const withBitmaps = ['h01-basic', 'h02-rollup-day', 'h03-norollup', 'h05-hashed-dims', 'h32-mv-handling'];

describe('segments of Druid, against what Druid says of them', () => {
  it.each([...withBitmaps, 'm02-store-empty', 'v-frontcoded-small', 'v-default'])('%s', async (name) => {
    const [description, ...rows] = goldenLines(name);
    const options = { rows: true, bitmaps: description.includes('"bitmaps"'), raw: rows[0].includes('"bytes"') };
    const [ownDescription, ...ownRows] = dumpSegment(await openSegment(fixturePath(name)), options);
    expect(JSON.parse(ownDescription)).toEqual(comparable(description));
    expect(ownRows).toEqual(rows);
  });

  it('v-auto-longs-none holds the rows of v-default', async () => {
    const [description] = goldenLines('v-auto-longs-none');
    const [, ...rows] = goldenLines('v-default');
    const segment = await openSegment(fixturePath('v-auto-longs-none'));
    const [ownDescription, ...ownRows] = dumpSegment(segment, { rows: true });
    expect(JSON.parse(ownDescription)).toEqual(comparable(description));
    expect(ownRows).toEqual(rows);
  });

  it('h04-sketches, but for the estimates of HLL sketches', async () => {
    const [, ...rows] = goldenLines('h04-sketches');
    const [, ...ownRows] = dumpSegment(await openSegment(fixturePath('h04-sketches')), { rows: true, raw: true });
    const withoutHllEstimate = (line: string): string => line.replace(/\{"estimate":[^,]*,"lgK"/g, '{"lgK"');
    expect(ownRows).toEqual(rows.map(withoutHllEstimate));
  });

  it('m03-nested: the description, but for the cardinality of the variant column', async () => {
    const [description] = goldenLines('m03-nested');
    const [ownDescription] = dumpSegment(await openSegment(fixturePath('m03-nested')), { rows: false, bitmaps: true });
    const expected = comparable(description) as { columns: { au: { cardinality?: number } } };
    delete expected.columns.au.cardinality;
    expect(JSON.parse(ownDescription)).toEqual(expected);
  });
});
