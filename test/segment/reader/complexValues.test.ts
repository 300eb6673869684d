import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { complexText } from '../../../src/segment/reader/complexText.ts';
import { estimateHyperUnique } from '../../../src/segment/reader/hyperUnique.ts';
import { lzfDecode } from '../../../src/segment/reader/lzf.ts';
import { openSegmentFiles } from '../../../src/segment/reader/openSegment.ts';
import { bigEndian, fixturePath, segmentVectors, vectorFiles } from './support.ts';

interface SketchVector {
  readonly descriptor: string;
  readonly body: string;
}

const { sketchColumns } = JSON.parse(readFileSync(fixturePath('bitmapAndSketchVectors.json'), 'utf8')) as {
  sketchColumns: Record<'direct persist' | 'persist then merge', Record<'h' | 'q' | 't', SketchVector>>;
};

/** The texts of a column of four rows, put in the place of column `l` of a segment of four rows. */
function textsOf({ descriptor, body }: SketchVector): string[] {
  const { spatial: vector } = segmentVectors();
  const files = vectorFiles(vector);
  const time = '{"valueType":"LONG","hasMultipleValues":false,"parts":[{"type":"longV2","byteOrder":"LITTLE_ENDIAN"}]}';
  const timeBody = Buffer.concat([bigEndian([4, 42], [1, 2], [4, 4], [4, 0], [1, 0xfe]), Buffer.alloc(32)]);
  const file = (json: string, content: Buffer): Buffer =>
    Buffer.concat([bigEndian([4, json.length]), Buffer.from(json), content]);
  const entries: [string, Buffer][] = [
    ['__time', file(time, timeBody)],
    ['c', file(descriptor, Buffer.from(body, 'hex'))],
    ['index.drd', Buffer.from(vector.entries['index.drd'], 'hex')],
  ];
  const lines: string[] = ['v1,2147483647,1'];
  let at = 0;
  for (const [name, bytes] of entries) {
    lines.push(`${name},0,${at},${at + bytes.length}`);
    at += bytes.length;
  }
  files.set('meta.smoosh', Buffer.from(lines.join('\n')));
  files.set('00000.smoosh', Buffer.concat(entries.map(([, bytes]) => bytes)));
  const column = openSegmentFiles(files).column('c');
  if (column?.kind !== 'complex') throw new Error('no complex column');
  return [0, 1, 2, 3].map((row) => complexText(column.typeName, column.bytes(row), false));
}

describe.each(['direct persist', 'persist then merge'] as const)('sketch columns of Druid, %s', (how) => {
  it('theta', () => {
    expect(textsOf(sketchColumns[how].t)).toEqual([
      '{"estimate":2.0,"retained":2,"thetaLong":9223372036854775807}',
      '{"estimate":0.0,"retained":0,"thetaLong":9223372036854775807}',
      '{"estimate":0.0,"retained":0,"thetaLong":9223372036854775807}',
      '{"estimate":1.0,"retained":1,"thetaLong":9223372036854775807}',
    ]);
  });

  it('quantiles', () => {
    expect(textsOf(sketchColumns[how].q)).toEqual([
      '{"k":128,"n":2,"min":1.5,"max":2.5,"quantiles":[1.5,1.5,2.5]}',
      '{"k":128,"n":0}',
      '{"k":128,"n":0}',
      '{"k":128,"n":1,"min":3.0,"max":3.0,"quantiles":[3.0,3.0,3.0]}',
    ]);
  });

  it('HLL: size and type', () => {
    const hll = '{"lgK":12,"type":"HLL_4"}';
    expect(textsOf(sketchColumns[how].h)).toEqual([hll, 'null', 'null', hll]);
  });
});

describe('complex values', () => {
  it('of unknown types or with strange bytes are shown in base64', () => {
    expect(complexText('fancy', Uint8Array.of(1, 2), false)).toBe('{"bytes":"AQI="}');
    expect(complexText('thetaSketch', Uint8Array.of(2, 3), true)).toBe('{"bytes":"AgM="}');
    expect(complexText('hyperUnique', Uint8Array.of(9), false)).toBe('{"bytes":"CQ=="}');
    expect(complexText('fancy', null, false)).toBe('null');
  });

  it('weighs the levels of a quantiles sketch', () => {
    // k 2, n 10: base buffer of 2, no level 0 (weight 2) item pair, level 1 (weight 4) pair.
    const image = Buffer.alloc(32 + 4 * 8);
    image.set([2, 3, 8, 0x18, 2, 0]);
    image.writeBigUInt64LE(10n, 8);
    const values = [0, 9, 0, 9, 4, 6];
    for (const [i, value] of values.entries()) image.writeDoubleLE(value, 16 + i * 8);
    expect(complexText('quantilesDoublesSketch', image, false)).toBe(
      '{"k":2,"n":10,"min":0.0,"max":9.0,"quantiles":[0.0,4.0,6.0]}',
    );
  });
});

describe('hyperUnique', () => {
  const header = (offset: number, nonZero: number, overflow: number, register: number): Buffer =>
    bigEndian([1, 1], [1, offset], [2, nonZero], [1, overflow], [2, register]);

  it('counts sparse and dense registers alike', () => {
    const sparse = Buffer.concat([header(0, 2, 0, 0), bigEndian([2, 7 + 100], [1, 0x32], [3, 0])]);
    const dense = Buffer.concat([header(0, 2, 0, 0), Buffer.alloc(1024)]);
    dense[7 + 100] = 0x32;
    expect(estimateHyperUnique(sparse)).toBe(2048 * Math.log(2048 / 2046));
    expect(estimateHyperUnique(dense)).toBe(estimateHyperUnique(sparse));
  });

  it('takes offset and overflow into account in the dense form', () => {
    const full = (offset: number, overflow: number): number | null =>
      estimateHyperUnique(Buffer.concat([header(offset, 2048, overflow, 5), Buffer.alloc(1024, 0x11)]));
    const alpha = 0.7213 / (1 + 1.079 / 2048);
    expect(full(3, 0)).toBeCloseTo(alpha * 2048 * 2 ** 4, 8);
    expect(full(3, 40)).toBeCloseTo((alpha * 2048 ** 2) / (2047 * 2 ** -4 + 2 ** -40), 8);
  });
});

describe('lzf', () => {
  it('decodes literals, near and far matches', () => {
    // "abc" literal, then a match of 3 at distance 3, then one of 9 + 1 at distance 1.
    const data = Buffer.from([2, 97, 98, 99, 0x20, 2, 0xe0, 1, 0]);
    const chunk = Buffer.concat([Buffer.from('5a5601', 'hex'), bigEndian([2, data.length], [2, 16]), data]);
    const target = new Uint8Array(20);
    expect(lzfDecode(chunk, 0, chunk.length, target)).toBe(16);
    expect(Buffer.from(target.subarray(0, 16)).toString()).toBe(`abcabc${'c'.repeat(10)}`);
    expect(() => lzfDecode(chunk, 0, chunk.length - 1, target)).toThrow(RangeError);
    expect(() => lzfDecode(chunk, 0, chunk.length, new Uint8Array(15))).toThrow('malformed lzf data near byte 0');
  });
});
