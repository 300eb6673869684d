import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PairState } from '../../../src/segment/reader/column.ts';
import { dumpSegment } from '../../../src/segment/reader/dump.ts';
import { openVector, segmentVectors } from './support.ts';

const vectors = segmentVectors();
const hasZstd = 'zstdDecompressSync' in zlib;

/** The input of most vectors, as the rows that Druid's rules make of it: sorted by time, then s, then m; one metric row each. */
const sixRows = [
  '{"__time":1704067200000,"s":"a","m":"x","l":null,"f":null,"dd":null,"c":1,"ds":null,"fs":null,"ls":null}',
  '{"__time":1704067200000,"s":"b","m":["x","y"],"l":5,"f":1.5,"dd":2.25,"c":1,"ds":3.0,"fs":3.0,"ls":3}',
  '{"__time":1704067201000,"s":null,"m":null,"l":-7,"f":-0.5,"dd":1.0E300,"c":1,"ds":9.0,"fs":9.0,"ls":9}',
  '{"__time":1704067201000,"s":"","m":["x","z","z"],"l":1099511627776,"f":0.0,"dd":-0.0,"c":1,"ds":4.0,"fs":4.0,"ls":4}',
  '{"__time":1704067202000,"s":"😀","m":[null,"y"],"l":5,"f":3.0,"dd":3.0,"c":1,"ds":1.0,"fs":1.0,"ls":1}',
  '{"__time":1704067202000,"s":"\ue000","m":"y","l":6,"f":3.0,"dd":3.0,"c":1,"ds":1.0,"fs":1.0,"ls":1}',
];
const words = ['apple', 'application', 'apply', 'banana', 'band', 'bandana'];
const wordRows = words.map((word) => `{"__time":1704067200000,"s":"${word}"}`);

/** Rows that each vector's input leads to. */
const expected: Record<string, readonly string[]> = {
  default: sixRows,
  uncompressed_none: sixRows,
  uncompressed_uncompressed: sixRows,
  lzf: sixRows,
  concise: sixRows,
  auto_table_none: sixRows,
  auto_table_lz4: sixRows,
  frontcoded_v0: sixRows,
  frontcoded_v1: sixRows,
  frontcoded_v0_words: wordRows,
  frontcoded_v1_words: wordRows,
  auto_delta_none: Array.from(
    { length: 300 },
    (_, i) => `{"__time":${1704067200000 + i},"s":"k${i % 7}","l":${100 + 3 * i},"c":1}`,
  ),
  nobitmap: [
    '{"__time":1704067200000,"s":"a","m":"x","c":1,"ds":null,"fs":null,"ls":null}',
    '{"__time":1704067200000,"s":"b","m":["x","y"],"c":1,"ds":3.0,"fs":3.0,"ls":3}',
    '{"__time":1704067201000,"s":null,"m":null,"c":1,"ds":9.0,"fs":9.0,"ls":9}',
    '{"__time":1704067201000,"s":"","m":["x","z"],"c":1,"ds":4.0,"fs":4.0,"ls":4}',
    '{"__time":1704067202000,"s":"😀","m":[null,"y"],"c":1,"ds":1.0,"fs":1.0,"ls":1}',
    '{"__time":1704067202000,"s":"\ue000","m":"y","c":1,"ds":1.0,"fs":1.0,"ls":1}',
  ],
  mv_array: [
    '{"__time":1704067200000,"m":"x","c":1,"ds":null,"fs":null,"ls":null}',
    '{"__time":1704067200000,"m":["y","x"],"c":1,"ds":3.0,"fs":3.0,"ls":3}',
    '{"__time":1704067201000,"m":null,"c":1,"ds":9.0,"fs":9.0,"ls":9}',
    '{"__time":1704067201000,"m":["z","x","z"],"c":1,"ds":4.0,"fs":4.0,"ls":4}',
    '{"__time":1704067202000,"m":"y","c":1,"ds":1.0,"fs":1.0,"ls":1}',
    '{"__time":1704067202000,"m":["y",null],"c":1,"ds":1.0,"fs":1.0,"ls":1}',
  ],
  complex: [
    '{"__time":1704067200000,"m":"x","dl":{"time":1704067200000,"value":null},"ff":{"time":1704067200000,"value":null},"hu":{"estimate":1.0002442201269182,"bytes":"AQAAAQAAAAL6EA=="},"lf":{"time":1704067200000,"value":null},"sf":{"time":1704067200000,"value":"a"},"sl":{"time":1704067200000,"value":"a"}}',
    '{"__time":1704067200000,"m":["x","y"],"dl":{"time":1704067200000,"value":2.25},"ff":{"time":1704067200000,"value":1.5},"hu":{"estimate":1.0002442201269182,"bytes":"AQAAAQAAAAOEIA=="},"lf":{"time":1704067200000,"value":5},"sf":{"time":1704067200000,"value":"b"},"sl":{"time":1704067200000,"value":"b"}}',
    '{"__time":1704067201000,"m":null,"dl":{"time":1704067201000,"value":1.0E300},"ff":{"time":1704067201000,"value":-0.5},"hu":{"estimate":0.0,"bytes":"AQAAAAAAAA=="},"lf":{"time":1704067201000,"value":-7},"sf":{"time":4611686018427387903,"value":null},"sl":{"time":-4611686018427387904,"value":null}}',
    '{"__time":1704067201000,"m":["x","z","z"],"dl":{"time":1704067201000,"value":-0.0},"ff":{"time":1704067201000,"value":0.0},"hu":{"estimate":0.0,"bytes":"AQAAAEAAAA=="},"lf":{"time":1704067201000,"value":1099511627776},"sf":{"time":1704067201000,"value":null},"sl":{"time":1704067201000,"value":null}}',
    '{"__time":1704067202000,"m":[null,"y"],"dl":{"time":1704067202000,"value":3.0},"ff":{"time":1704067202000,"value":3.0},"hu":{"estimate":1.0002442201269182,"bytes":"AQAAAQAAAAMbAw=="},"lf":{"time":1704067202000,"value":5},"sf":{"time":1704067202000,"value":null},"sl":{"time":1704067202000,"value":"😀"}}',
    '{"__time":1704067202000,"m":"y","dl":{"time":1704067202000,"value":3.0},"ff":{"time":1704067202000,"value":3.0},"hu":{"estimate":1.0002442201269182,"bytes":"AQAAAQAAAACaUA=="},"lf":{"time":1704067202000,"value":6},"sf":{"time":1704067202000,"value":"\ue000"},"sl":{"time":1704067202000,"value":"\ue000"}}',
  ],
  complex_lz4: [
    '{"__time":1704067200000,"s":"a","hu":{"estimate":1.0002442201269182,"bytes":"AQAAAQAAAAL6EA=="}}',
    '{"__time":1704067200000,"s":"b","hu":{"estimate":1.0002442201269182,"bytes":"AQAAAQAAAAOEIA=="}}',
  ],
  spatial: [
    '{"__time":1704067200000,"g":"1.5,2.5","c":1}',
    '{"__time":1704067200000,"g":"3,4","c":1}',
    '{"__time":1704067200005,"g":"1.5,2.5","c":1}',
  ],
};

describe('small segments made by Druid', () => {
  it.each(Object.entries(expected))('%s decodes to its rows', (name, rows) => {
    const [, ...lines] = dumpSegment(openVector(vectors[name]), { rows: true, raw: true });
    expect(lines).toEqual(rows);
  });

  it('leaves out none', () => {
    expect(Object.keys(vectors).sort()).toEqual([...Object.keys(expected), 'auto_long', 'json', 'zstd'].sort());
  });

  it.runIf(hasZstd)('zstd decodes to its rows', () => {
    const [, ...lines] = dumpSegment(openVector(vectors.zstd), { rows: true });
    expect(lines).toEqual(sixRows);
  });

  it.skipIf(hasZstd)('zstd needs a Node.js that has it, and says so', () => {
    expect(() => [...dumpSegment(openVector(vectors.zstd), { rows: true })]).toThrow(
      `vector: 00000.smoosh, entry "__time", byte 178: the block is compressed with zstd, which Node.js ${process.versions.node} cannot read; run segmill on Node.js 22.15 or later`,
    );
  });

  it('describes nested columns but does not show their rows', () => {
    const lines = dumpSegment(openVector(vectors.json), { rows: true });
    const description = JSON.parse(lines.next().value as string);
    expect(description.columns.j).toMatchObject({ type: 'COMPLEX<json>', hasNulls: true, storedBytes: 293 });
    expect(() => lines.next()).toThrow(
      'vector: column "j" is of the nested type COMPLEX<json>: segmill describes such columns but cannot show their rows',
    );
  });
});

describe('the typed view of a segment', () => {
  it('has the lists, the interval and the metadata', () => {
    const segment = openVector(vectors.default);
    expect(segment.rowCount).toBe(6);
    expect(segment.dimensions).toEqual(['s', 'm', 'l', 'f', 'dd']);
    expect(segment.metrics).toEqual(['c', 'ds', 'fs', 'ls']);
    expect(segment.interval).toBe('2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z');
    expect(segment.bitmapType).toBe('roaring');
    expect(segment.metadata?.rollup).toBe(true);
    expect(segment.column('nowhere')).toBe(null);
    expect(segment.column('index.drd')).toBe(null);
  });

  it.each(['default', 'concise', 'frontcoded_v1', 'uncompressed_none'])(
    '%s: ids, dictionary and bitmaps agree',
    (name) => {
      const segment = openVector(vectors[name]);
      for (const dimension of ['s', 'm']) {
        const column = segment.column(dimension);
        if (column?.kind !== 'string') throw new Error(`${dimension} is no string column`);
        const offsets = column.offsets ?? Int32Array.from({ length: 7 }, (_, i) => i);
        const rowsById = column.dictionary.toArray().map((value, id) => {
          expect(column.dictionary.get(id)).toBe(value);
          const rows = [0, 1, 2, 3, 4, 5].filter((row) => {
            const ids = column.ids.subarray(offsets[row], offsets[row + 1]);
            // A row without values is in the bitmap of null, whose id is 0.
            return ids.includes(id) || (ids.length === 0 && id === 0);
          });
          return rows;
        });
        expect(rowsById.map((_, id) => [...(column.bitmap(id) ?? [])])).toEqual(rowsById);
      }
    },
  );

  it('has numbers with a mask of nulls', () => {
    const column = openVector(vectors.default).column('l');
    if (column?.kind !== 'long') throw new Error('l is no long column');
    expect([...column.values]).toEqual([0n, 5n, -7n, 1099511627776n, 5n, 6n]);
    expect([...column.nullRows]).toEqual([0]);
    expect([...(column.nullMask ?? [])]).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it('has no bitmaps where none are stored', () => {
    const column = openVector(vectors.nobitmap).column('s');
    if (column?.kind !== 'string') throw new Error('s is no string column');
    expect(column.hasBitmapIndexes).toBe(false);
    expect(column.bitmap(0)).toBe(null);
  });

  it('has pairs as typed arrays', () => {
    const column = openVector(vectors.complex).column('lf');
    if (column?.kind !== 'pair') throw new Error('lf is no pair column');
    const { states, times, values } = column.pairs;
    expect([...states]).toEqual([PairState.nullValue, ...Array(5).fill(PairState.value)]);
    expect(times[2]).toBe(1704067201000n);
    expect(values).toEqual({ valueType: 'long', values: BigInt64Array.of(0n, 5n, -7n, 1099511627776n, 5n, 6n) });
  });
});
