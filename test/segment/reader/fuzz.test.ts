import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SegmentFormatError } from '../../../src/segment/reader/byteReader.ts';
import { dumpSegment } from '../../../src/segment/reader/dump.ts';
import { openSegmentFiles } from '../../../src/segment/reader/openSegment.ts';
import { segmentVectors, vectorFiles } from './support.ts';

const vectors = segmentVectors();
const names = Object.keys(vectors);
const fileNames = ['00000.smoosh', '00000.smoosh', '00000.smoosh', 'meta.smoosh', 'version.bin', 'factory.json'];

/** Reads all there is in a segment. @returns the error, or null if the segment could be decoded */
function readAll(files: Map<string, Uint8Array>): unknown {
  try {
    const segment = openSegmentFiles(files);
    for (const options of [
      { rows: false, bitmaps: true },
      { rows: true, raw: true },
    ]) {
      for (const line of dumpSegment(segment, options)) JSON.parse(line);
    }
    return null;
  } catch (error) {
    return error;
  }
}

/** Everything but an error that names the place is a defect: a crash, a RangeError, memory asked for in vain, invalid JSON. */
function expectReadable(files: Map<string, Uint8Array>): void {
  const error = readAll(files);
  if (error !== null && !(error instanceof SegmentFormatError)) throw error;
}

describe('damaged segments', () => {
  it('truncated anywhere, give an error or rows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom(...fileNames), fc.nat(), (name, file, cut) => {
        const files = vectorFiles(vectors[name]);
        const bytes = files.get(file) ?? new Uint8Array(0);
        files.set(file, bytes.subarray(0, cut % (bytes.length + 1)));
        expectReadable(files);
      }),
      { numRuns: 300 },
    );
  });

  it('with changed bytes, give an error or rows', () => {
    const change = fc.tuple(
      fc.nat(),
      fc.oneof(fc.constantFrom(0, 1, 2, 3, 127, 128, 254, 255), fc.integer({ min: 0, max: 255 })),
    );
    const changes = fc.array(change, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom(...fileNames), changes, (name, file, list) => {
        const files = vectorFiles(vectors[name]);
        const bytes = Uint8Array.from(files.get(file) ?? []);
        for (const [at, value] of list) bytes[at % bytes.length] = value;
        files.set(file, bytes);
        expectReadable(files);
      }),
      { numRuns: 2500 },
    );
  });

  it('with any entry cut short, give an error that names the entry', () => {
    const { default: vector } = vectors;
    for (const name of Object.keys(vector.entries)) {
      const files = vectorFiles(vector);
      const meta = Buffer.from(files.get('meta.smoosh') ?? []).toString();
      const shorter = meta.replace(
        new RegExp(`(?<=^${name.replace('.', '\\.')},0,\\d+,)\\d+`, 'm'),
        (end) => `${Number(end) - 1}`,
      );
      files.set('meta.smoosh', Buffer.from(shorter));
      const error = readAll(files);
      expect(error).toBeInstanceOf(SegmentFormatError);
      expect((error as Error).message).toContain(`segment: 00000.smoosh, entry "${name}", byte `);
    }
  });
});
