import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plainLz4Encoder } from '../../../src/kernel/lz4.ts';
import { Scratch } from '../../../src/segment/scratch.ts';
import { FEW_ROWS } from '../../../src/segment/writer/fewIds.ts';
import {
  type SegmentDescription,
  type SegmentDimension,
  type SegmentMetric,
  SegmentWriter,
} from '../../../src/segment/writer/segmentWriter.ts';
import type { IndexSpec } from '../../../src/spec/jobSpec.ts';
import { smooshEntries } from './goldenSegment.ts';
import { DEFAULT_INDEX_SPEC } from './rewriteSegment.ts';
import { textElements } from './textElements.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch(tmpdir());
});
afterEach(() => scratch.dispose());

function strings(name: string, hasMultipleValues = false): SegmentDimension {
  return { name, type: 'string', hasMultipleValues, createBitmapIndex: true };
}

function describeSegment(parts: Partial<SegmentDescription>): SegmentDescription {
  return {
    interval: { start: 0, end: 86_400_000 },
    dimensions: [],
    metrics: [],
    metadata: Buffer.from('{}'),
    indexSpec: DEFAULT_INDEX_SPEC,
    ...parts,
  };
}

function writerOf(parts: Partial<SegmentDescription>): SegmentWriter {
  return new SegmentWriter(describeSegment(parts), { encoder: plainLz4Encoder(), scratch });
}

function addValues(writer: SegmentWriter, dimension: number, values: (string | null)[]): void {
  for (const value of values) {
    if (value === null) writer.addNullValue(dimension);
    else writer.addValues(dimension, textElements([value]));
  }
}

function entriesOf(writer: SegmentWriter): ReadonlyMap<string, Buffer> {
  return smooshEntries(
    new Map(writer.finish().map((file) => [file.name, Buffer.concat(Array.from(file.chunks(), (c) => c.slice()))])),
  );
}

describe('a segment', () => {
  test('has its columns in the order of Druid: time, metrics by name, dimensions as declared', () => {
    const metrics: SegmentMetric[] = [
      { name: 'z', column: 'long', typeName: null },
      { name: 'A', column: 'double', typeName: null },
    ];
    const writer = writerOf({ dimensions: [strings('page'), strings('channel')], metrics });
    addValues(writer, 0, ['x']);
    addValues(writer, 1, ['y']);
    writer.endDictionaries();
    writer.appendTimes(new Int32Array(2), 1);
    writer.appendIds(0, new Int32Array(1), 1);
    writer.appendIds(1, new Int32Array(1), 1);
    writer.appendMetricLongs(0, new Int32Array(2), null, 1);
    writer.appendMetricDoubles(1, new Float64Array(1), null, 1);
    const files = writer.finish();
    const meta = Buffer.concat(Array.from(files[2].chunks())).toString().trimEnd().split('\n').slice(1);
    const starts = meta.map((line) => line.split(',')).sort((a, b) => Number(a[2]) - Number(b[2]));
    expect(starts.map(([name]) => name)).toEqual(['__time', 'A', 'z', 'page', 'channel', 'index.drd', 'metadata.drd']);
  });

  test('leaves out string dimensions without a value, whatever their kind', () => {
    const writer = writerOf({ dimensions: [strings('a'), strings('b', true), strings('c'), strings('d')] });
    addValues(writer, 0, [null]);
    addValues(writer, 3, ['']);
    writer.endDictionaries();
    writer.appendTimes(new Int32Array(2), 1);
    writer.appendIds(0, new Int32Array(1), 1);
    writer.appendIdLists(1, new Int32Array(1), new Int32Array(0), 1);
    writer.appendIds(3, new Int32Array(1), 1);
    const entries = entriesOf(writer);
    expect([...entries.keys()]).toEqual(['__time', 'd', 'index.drd', 'metadata.drd']);
    expect(entries.get('index.drd')!.toString('hex', 0, 19)).toBe(
      '0101' + '0000000d' + '00000001' + '00000005' + '00000000' + '64',
    );
  });

  test('stores a numeric dimension of nulls in full', () => {
    const writer = writerOf({
      dimensions: [{ name: 'n', type: 'long', hasMultipleValues: false, createBitmapIndex: true }],
    });
    writer.endDictionaries();
    writer.appendTimes(new Int32Array(4), 2);
    writer.appendDimensionLongs(0, new Int32Array(4), Uint8Array.of(1, 1), 2);
    expect(
      entriesOf(writer)
        .get('n')!
        .toString('hex')
        .endsWith('00000014' + '3a30000001000000000001001000000000000100'),
    ).toBe(true);
  });

  test('of all time ends at the last instant Druid knows', () => {
    const writer = writerOf({ interval: { start: -(2 ** 62), end: 2 ** 62 } });
    writer.endDictionaries();
    writer.appendTimes(new Int32Array(2), 1);
    expect(entriesOf(writer).get('index.drd')!.toString('hex', 20, 36)).toBe('c000000000000000' + '3fffffffffffffff');
  });
});

describe('refused', () => {
  const error = (message: string) => new Error(message);

  test('index specs that are not written yet', () => {
    const spec = (parts: Partial<IndexSpec>) => () => writerOf({ indexSpec: { ...DEFAULT_INDEX_SPEC, ...parts } });
    const message = (field: string, use: string) =>
      error(`indexSpec.${field} cannot be written yet: use ${use} (Druid reads all of them alike)`);
    expect(spec({ bitmap: 'concise' })).toThrow(message('bitmap "concise"', '"roaring"'));
    expect(spec({ longEncoding: 'auto' })).toThrow(message('longEncoding "auto"', '"longs"'));
    expect(spec({ stringDictionaryEncoding: { type: 'frontCoded', bucketSize: 4, formatVersion: 1 } })).toThrow(
      message('stringDictionaryEncoding "frontCoded"', '"utf8"'),
    );
    expect(spec({ dimensionCompression: 'lzf' })).toThrow(
      message('dimensionCompression "lzf"', '"lz4" or "uncompressed"'),
    );
    expect(spec({ metricCompression: 'zstd' })).toThrow(message('metricCompression "zstd"', '"lz4" or "uncompressed"'));
  });

  test('names that clash or cannot be stored, before any work', () => {
    const twice = 'stands twice in the segment: names of dimensions and metrics must differ, also from __time';
    expect(() => writerOf({ dimensions: [strings('__time')] })).toThrow(error(`column "__time" ${twice}`));
    expect(() =>
      writerOf({ dimensions: [strings('a')], metrics: [{ name: 'a', column: 'long', typeName: null }] }),
    ).toThrow(error(`column "a" ${twice}`));
    expect(() => writerOf({ dimensions: [strings('a\nb')] })).toThrow(/^column "a\\nb" cannot be stored:/);
  });

  test('a complex metric without a type', () => {
    expect(() => writerOf({ metrics: [{ name: 'u', column: 'complex', typeName: null }] })).toThrow(
      error('metric "u" is complex: its description needs a typeName'),
    );
  });

  test('values that do not fit the column', () => {
    const writer = writerOf({
      dimensions: [strings('s'), strings('m', true), { ...strings('l'), type: 'long' }],
      metrics: [
        { name: 'p', column: 'pairLong', typeName: null },
        { name: 'u', column: 'complex', typeName: 'hyperUnique' },
      ],
    });
    expect(() => writer.addNullValue(2)).toThrow(
      error('dimension "l" (long) cannot take a dictionary value before endDictionaries'),
    );
    expect(() => writer.appendTimes(new Int32Array(2), 1)).toThrow(
      error('__time cannot take row times before endDictionaries'),
    );
    addValues(writer, 0, ['a', 'b']);
    addValues(writer, 1, ['a', 'b']);
    writer.endDictionaries();
    expect(() => writer.endDictionaries()).toThrow(error('the dictionaries of this segment have been ended already'));
    expect(() => writer.addNullValue(0)).toThrow(
      error('dimension "s" (string) cannot take a dictionary value after endDictionaries'),
    );
    expect(() => writer.appendIds(1, new Int32Array(1), 1)).toThrow(
      error('column "m" has multiple values: give lists of ids, not one id per row'),
    );
    expect(() => writer.appendIdLists(0, Int32Array.of(1), new Int32Array(1), 1)).toThrow(
      error('column "s" has single values: give one id per row, not lists of ids'),
    );
    expect(() => writer.appendIdLists(1, Int32Array.of(1, 1), new Int32Array(1), 2)).toThrow(
      error('column "m": row 1 has no value, but its dictionary has no null to index it under'),
    );
    expect(() => writer.appendIds(2, new Int32Array(1), 1)).toThrow(
      error('dimension "l" (long) cannot take dictionary ids after endDictionaries'),
    );
    expect(() => writer.appendDimensionDoubles(2, new Float64Array(1), null, 1)).toThrow(
      error('dimension "l" (long) cannot take doubles after endDictionaries'),
    );
    expect(() => writer.appendPairs(0, new Int32Array(2), new Float64Array(1), null, 1)).toThrow(
      error('metric "p" (pairLong) cannot take values of pairDouble after endDictionaries'),
    );
    expect(() => writer.appendMetricLongs(1, new Int32Array(2), null, 1)).toThrow(
      error('metric "u" (complex) cannot take longs after endDictionaries'),
    );
    expect(() => writer.appendComplex(7, new Uint8Array(0), new Int32Array(1), null, 1)).toThrow(
      error('metric number 7 cannot take serialised objects after endDictionaries'),
    );
  });

  test.each([
    ['few', 3],
    ['many', FEW_ROWS + 1],
  ])('ids outside the dictionary, of %s rows', (_, rows) => {
    for (const id of [2, -1]) {
      const writer = writerOf({ dimensions: [strings('s')] });
      addValues(writer, 0, ['a', 'b']);
      writer.endDictionaries();
      const write = () => {
        writer.appendIds(0, new Int32Array(rows).fill(id, 2), rows);
        writer.appendTimes(new Int32Array(2 * rows), rows);
        writer.finish();
      };
      expect(write).toThrow(error(`column "s": id ${id} is outside its dictionary of 2 value(s)`));
    }
  });

  test('columns of different length, and a second finish', () => {
    const writer = writerOf({ dimensions: [strings('s')], metrics: [{ name: 'c', column: 'float', typeName: null }] });
    expect(() => writer.finish()).toThrow(error('a segment is finished once, after its dictionaries were ended'));
    addValues(writer, 0, ['a']);
    writer.endDictionaries();
    writer.appendTimes(new Int32Array(4), 2);
    writer.appendMetricFloats(0, new Float32Array(2), null, 2);
    writer.appendIds(0, new Int32Array(1), 1);
    expect(() => writer.finish()).toThrow(error('column "s" got 1 row(s), but __time got 2'));
    expect(() => writer.finish()).toThrow(error('a segment is finished once, after its dictionaries were ended'));
    expect(() => writer.appendTimes(new Int32Array(4), 2)).toThrow(error('__time cannot take row times after finish'));
  });
});
