import { dumpSegment } from '../../src/segment/reader/dump.ts';
import { openSegment } from '../../src/segment/reader/openSegment.ts';
import { type Dump, readDump } from './compare.ts';

/**
 * What segmill's own reader finds in a segment, to be compared with Druid's dump or with another of its own.
 * @param segment its index.zip, or the folder that holds it
 */
export async function ourDump(segment: string): Promise<Dump> {
  return readDump(dumpSegment(await openSegment(segment), { rows: true, bitmaps: true, raw: true }));
}
