import { describe, expect, it } from 'vitest';
import { ByteReader, SegmentFormatError } from '../../../src/segment/reader/byteReader.ts';
import { dumpSegment } from '../../../src/segment/reader/dump.ts';
import { GenericIndexed } from '../../../src/segment/reader/genericIndexed.ts';
import { openSegmentFiles } from '../../../src/segment/reader/openSegment.ts';
import type { Segment } from '../../../src/segment/reader/segment.ts';
import { Smoosh } from '../../../src/segment/reader/smoosh.ts';
import { bigEndian, listOf, segmentVectors, vectorFiles } from './support.ts';

const { default: vector } = segmentVectors();

/** The files of the default vector with some replaced; null removes one. */
function filesWith(changes: Record<string, Uint8Array | string | null>): Map<string, Uint8Array> {
  const files = vectorFiles(vector);
  for (const [name, content] of Object.entries(changes)) {
    if (content === null) files.delete(name);
    else files.set(name, typeof content === 'string' ? Buffer.from(content) : content);
  }
  return files;
}

/** Takes the entries of the default vector, with some replaced, into files. */
function rebuilt(changes: Record<string, Uint8Array>, chunks = 1): Map<string, Uint8Array> {
  const lines: string[] = [];
  const parts: Buffer[][] = Array.from({ length: chunks }, () => []);
  const ends = Array<number>(chunks).fill(0);
  for (const [i, [name, hex]] of Object.entries(vector.entries).entries()) {
    const chunk = i % chunks;
    const bytes = Buffer.from(changes[name] ?? Buffer.from(hex, 'hex'));
    lines.push(`${name},${chunk},${ends[chunk]},${ends[chunk] + bytes.length}`);
    ends[chunk] += bytes.length;
    parts[chunk].push(bytes);
  }
  const chunkFiles = parts.map((part, i): [string, Uint8Array] => [`0000${i}.smoosh`, Buffer.concat(part)]);
  return filesWith({
    'meta.smoosh': `v1,2147483647,${chunks}\n${lines.join('\n')}\n`,
    ...Object.fromEntries(chunkFiles),
  });
}

function rowsOf(segment: Segment): string[] {
  return [...dumpSegment(segment, { rows: true })].slice(1);
}

describe('the files of a segment', () => {
  it('may be several chunks', () => {
    expect(rowsOf(openSegmentFiles(rebuilt({}, 3)))).toEqual(rowsOf(openSegmentFiles(vectorFiles(vector))));
  });

  it('may lack factory.json and metadata', () => {
    const files = filesWith({ 'factory.json': null });
    const meta = Buffer.from(files.get('meta.smoosh') ?? []).toString();
    files.set('meta.smoosh', Buffer.from(meta.replace(/metadata\.drd.*\n/, '')));
    const segment = openSegmentFiles(files);
    expect([segment.factory, segment.metadata]).toEqual([null, null]);
    const description = JSON.parse(dumpSegment(segment, { rows: false }).next().value as string);
    expect(description).not.toHaveProperty('factory');
    expect(description.metadata).toBe(null);
    expect(description.ordering).toEqual([{ columnName: '__time', order: 'ascending' }]);
  });

  it.each([
    [{ 'version.bin': null }, 'the file version.bin is missing; expected the files of a Druid V9 segment'],
    [{ 'version.bin': bigEndian([4, 8]) }, 'version.bin, byte 0: the segment has version 8, expected 9'],
    [{ 'version.bin': 'abc' }, 'version.bin, byte 0: expected 4 bytes of the segment version, but only 3 are left'],
    [{ 'meta.smoosh': null }, 'the file meta.smoosh is missing'],
    [{ 'meta.smoosh': 'v2,1,1\n' }, 'meta.smoosh, line 1: expected "v1,<maxChunkSize>,<chunks>", found "v2,1,1"'],
    [
      { 'meta.smoosh': 'v1,1,1\na,0,5\n' },
      'meta.smoosh, line 2: expected "<name>,<chunk>,<start>,<end>", found "a,0,5"',
    ],
    [{ 'meta.smoosh': 'v1,1,1\na,0,0,1\na,0,1,2\n' }, 'meta.smoosh, line 3: entry "a" stands there twice'],
    [
      { 'meta.smoosh': 'v1,1,1\na,1,0,1\n' },
      'meta.smoosh, line 2: entry "a" is said to take bytes 0 to 1 of chunk 1, but there are 1 chunk files',
    ],
    [
      { '00000.smoosh': new Uint8Array(3480) },
      'meta.smoosh, line 12: entry "metadata.drd" is said to take bytes 2946 to 3541 of chunk 0, but 00000.smoosh has 3480',
    ],
    [{ '00000.smoosh': null }, 'the file 00000.smoosh is missing; meta.smoosh says there are 1 chunk files'],
    [{ 'meta.smoosh': 'v1,1,1\n' }, 'meta.smoosh has no entry "index.drd", expected by every V9 segment'],
  ])('%j is refused', (changes, message) => {
    const open = (): Segment => openSegmentFiles(filesWith(changes), 'seg');
    expect(open).toThrow(SegmentFormatError);
    expect(open).toThrow(new SegmentFormatError(`seg: ${message}`));
  });
});

describe('index.drd', () => {
  const names = (...list: (string | null)[]): Buffer =>
    listOf(list.map((name) => (name === null ? null : Buffer.from(name))));
  const millis = (value: bigint): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(value);
    return bytes;
  };
  const interval = Buffer.concat([millis(0n), millis(1n)]);
  const bitmapType = Buffer.from('{"type":"roaring"}');
  const old = Buffer.concat([names('c', 's'), names('s'), interval, bigEndian([4, bitmapType.length]), bitmapType]);

  it('may be of the old form, without the lists of all columns', () => {
    const segment = openSegmentFiles(rebuilt({ 'index.drd': old }));
    expect([segment.dimensions, segment.metrics]).toEqual([['s'], ['c']]);
    expect(segment.interval).toBe('1970-01-01T00:00:00.000Z/1970-01-01T00:00:00.001Z');
  });

  it('may be older still, without the bitmap type: concise', () => {
    const oldest = Buffer.concat([names('c', 's'), names('s'), interval]);
    expect(openSegmentFiles(rebuilt({ 'index.drd': oldest })).bitmapType).toBe('concise');
  });

  it('places columns that are null in every row among the others', () => {
    const all = Buffer.concat([old, names('all_null_metric', null, 'all_null', null), names('all_null', null)]);
    const segment = openSegmentFiles(rebuilt({ 'index.drd': all }));
    expect([segment.dimensions, segment.metrics]).toEqual([
      ['all_null', 's'],
      ['all_null_metric', 'c'],
    ]);
    expect(segment.column('all_null')).toBe(null);
  });
});

describe('columns', () => {
  const openWith = (changes: Record<string, Uint8Array>): Segment => openSegmentFiles(rebuilt(changes), 'seg');
  const columnFile = (descriptor: string, ...body: Buffer[]): Buffer =>
    Buffer.concat([bigEndian([4, descriptor.length]), Buffer.from(descriptor), ...body]);
  const nullPart = (rows: number): Buffer =>
    columnFile(`{"valueType":"LONG","hasMultipleValues":false,"parts":[{"type":"null","numRows":${rows}}]}`);

  it('may be null in every row', () => {
    const segment = openWith({ l: nullPart(6) });
    expect(segment.column('l')).toMatchObject({ kind: 'null', type: 'LONG', rowCount: 6 });
    expect(rowsOf(segment).every((row) => row.includes('"l":null'))).toBe(true);
  });

  it.each([
    [nullPart(7), 'byte 88: the column has 7 rows, but the segment has 6'],
    [Buffer.from([0, 0, 9, 9]), 'byte 4: expected 2313 bytes of the column descriptor, but only 0 are left'],
    [
      columnFile('{"valueType":"LONG"}'),
      'byte 4: expected a column descriptor with valueType and one part with a type',
    ],
    [
      columnFile('{"valueType":"LONG","parts":[{"type":"exotic"}]}'),
      'byte 52: the column has a part of type "exotic", expected longV2, floatV2, doubleV2, stringDictionary, complex, null or nestedCommonFormat',
    ],
    [
      columnFile('{"valueType":"LONG","parts":[{"type":"longV2","bitmapSerdeFactory":{"type":"x"}}]}'),
      'byte 4: bitmapSerdeFactory is {"type":"x"}, expected type roaring or concise',
    ],
    [
      columnFile('{"valueType":"STRING","parts":[{"type":"stringDictionary"}]}', bigEndian([1, 2], [4, 8])),
      'byte 65: the flags of the string column are 8, expected 0 to 7',
    ],
    [
      columnFile('{"valueType":"STRING","parts":[{"type":"stringDictionary"}]}', bigEndian([1, 4])),
      'byte 64: the version of the string column is 4, expected 0 to 3',
    ],
    [
      columnFile('{"valueType":"COMPLEX","parts":[{"type":"complex","typeName":"t"}]}', bigEndian([1, 3])),
      'byte 71: the first byte of a column of type COMPLEX<t> is 3, expected 1 or 2 (a list) or 127 (compressed)',
    ],
  ])('%# is refused', (bytes, message) => {
    const segment = openWith({ l: bytes, __time: Buffer.from(vector.entries.__time, 'hex') });
    const start = segment.smoosh.entries.get('l')?.start ?? 0;
    const moved = message.replace(/^byte (\d+)/, (_, at) => `byte ${Number(at) + start}`);
    expect(() => segment.column('l')).toThrow(new SegmentFormatError(`seg: 00000.smoosh, entry "l", ${moved}`));
  });

  it('refuses ids beyond the dictionary', () => {
    const descriptor = '{"valueType":"STRING","parts":[{"type":"stringDictionary"}]}';
    const ids = bigEndian([1, 0], [1, 1], [4, 9], [4, 0x00000001], [4, 0x00000000], [1, 0]);
    const body = [bigEndian([1, 3], [4, 4]), listOf([Buffer.from('a')]), ids];
    const column = openWith({ l: columnFile(descriptor, ...body) }).column('l');
    if (column?.kind !== 'string') throw new Error('l is no string column');
    expect(() => column.ids).toThrow('dictionary id 1 stands at position 3, but the dictionary has 1 values');
  });
});

describe('GenericIndexed version 2', () => {
  /** Five elements, two a value file. */
  function files(): Map<string, Uint8Array> {
    const element = (text: string | null): Buffer =>
      Buffer.concat([bigEndian([4, text === null ? -1 : 0]), Buffer.from(text ?? '')]);
    const elements = [null, 'a', 'bb', '', 'ccc'].map(element);
    const ends = [4, 9, 6, 10, 7];
    const header = Buffer.alloc(20);
    for (const [i, end] of ends.entries()) header.writeInt32LE(end, i * 4);
    const entries: [string, Buffer][] = [
      ['b_header', header],
      ['b_value_0', Buffer.concat(elements.slice(0, 2))],
      ['b_value_1', Buffer.concat(elements.slice(2, 4))],
      ['b_value_2', Buffer.concat(elements.slice(4))],
    ];
    let at = 0;
    const lines = entries.map(([name, { length }]) => {
      at += length;
      return `${name},0,${at - length},${at}`;
    });
    const meta = ['v1,2147483647,1', ...lines, ''].join('\n');
    return new Map([
      ['meta.smoosh', Buffer.from(meta)],
      ['00000.smoosh', Buffer.concat(entries.map(([, bytes]) => bytes))],
    ]);
  }
  const head = Buffer.concat([bigEndian([1, 2], [1, 1], [4, 1], [4, 5], [4, 1]), Buffer.from('b')]);
  const place = { segment: 'segment', file: 'file', entry: 'column' };

  it('finds its elements in the value files', () => {
    const list = GenericIndexed.read(new ByteReader(head, place), new Smoosh('segment', files()), 'the dictionary');
    expect(list.version).toBe(2);
    expect([0, 1, 2, 3, 4].map((i) => list.text(i))).toEqual([null, 'a', 'bb', '', 'ccc']);
  });

  it('says which entry is missing', () => {
    const broken = files();
    const meta = Buffer.from(broken.get('meta.smoosh') ?? []).toString();
    broken.set('meta.smoosh', Buffer.from(meta.replace('b_value_2', 'other')));
    expect(() => GenericIndexed.read(new ByteReader(head, place), new Smoosh('seg', broken), 'the dictionary')).toThrow(
      new SegmentFormatError('seg: meta.smoosh has no entry "b_value_2", expected by the dictionary'),
    );
  });
});
