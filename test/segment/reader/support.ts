import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Segment } from '../../../src/segment/reader/segment.ts';

const fixtures = new URL('../../fixtures/reader/', import.meta.url);

/** A small segment made by Druid 33.0.0, as hex by entry. */
export interface SegmentVector {
  readonly metaSmoosh: string;
  readonly entries: Readonly<Record<string, string>>;
}

/** Path of a fixture. */
export function fixturePath(name: string): string {
  return new URL(name, fixtures).pathname;
}

/** All small segments, by name. */
export function segmentVectors(): Record<string, SegmentVector> {
  return JSON.parse(gunzipSync(readFileSync(fixturePath('segmentVectors.json.gz'))).toString('utf8'));
}

/** Lines of a golden's dump: Druid's description, then its rows if it has some. */
export function goldenLines(name: string): string[] {
  return gunzipSync(readFileSync(fixturePath(`${name}/dump.jsonl.gz`)))
    .toString('utf8')
    .trimEnd()
    .split('\n');
}

/** The files of a segment put together from a vector. */
export function vectorFiles(vector: SegmentVector): Map<string, Uint8Array> {
  const lines = vector.metaSmoosh.trimEnd().split('\n').slice(1);
  const placed = lines.map((line) => {
    const [name, , start, end] = line.split(',');
    return { bytes: Buffer.from(vector.entries[name], 'hex'), start: Number(start), end: Number(end) };
  });
  const chunk = new Uint8Array(Math.max(...placed.map(({ end }) => end)));
  for (const { bytes, start } of placed) chunk.set(bytes, start);
  return new Map([
    ['version.bin', Uint8Array.of(0, 0, 0, 9)],
    ['factory.json', Buffer.from('{"type":"mMapSegmentFactory"}')],
    ['meta.smoosh', Buffer.from(vector.metaSmoosh)],
    ['00000.smoosh', chunk],
  ]);
}

/** A segment opened from a vector, called `vector` in errors. */
export function openVector(vector: SegmentVector): Segment {
  return new Segment('vector', vectorFiles(vector));
}

/** Big-endian bytes of numbers, given as [width in bytes, value]; for building parts of segments by hand. */
export function bigEndian(...fields: readonly (readonly [number, number])[]): Buffer {
  return Buffer.concat(
    fields.map(([width, value]) => {
      const bytes = Buffer.alloc(width);
      if (value < 0) bytes.writeIntBE(value, 0, width);
      else bytes.writeUIntBE(value, 0, width);
      return bytes;
    }),
  );
}

/** A GenericIndexed list, version 1; null elements are allowed. */
export function listOf(elements: readonly (Uint8Array | null)[]): Buffer {
  const ends: [number, number][] = [];
  let end = 0;
  for (const element of elements) {
    end += 4 + (element?.length ?? 0);
    ends.push([4, end]);
  }
  const values = elements.flatMap((element) => [bigEndian([4, element === null ? -1 : 0]), element ?? Buffer.alloc(0)]);
  const count = elements.length;
  return Buffer.concat([bigEndian([1, 1], [1, 0], [4, 4 + 4 * count + end], [4, count], ...ends), ...values]);
}
