import { tmpdir } from 'node:os';
import fc from 'fast-check';
import roaring from 'roaring-wasm';
import { expect, test } from 'vitest';
import { plainLz4Encoder } from '../../../src/kernel/lz4.ts';
import { Scratch } from '../../../src/segment/scratch.ts';
import { SegmentWriter } from '../../../src/segment/writer/segmentWriter.ts';
import { type GoldenColumn, ReplayEncoder, readColumn, smooshEntries } from './goldenSegment.ts';
import { DEFAULT_INDEX_SPEC } from './rewriteSegment.ts';
import { textElements } from './textElements.ts';

interface Strings {
  /** Null is id 0; values are numbers as text of one length. */
  readonly cardinality: number;
  readonly multi: boolean;
  readonly rows: readonly number[][];
}

/** Writes one string column in batches and takes it apart again. */
function roundTrip({ cardinality, multi, rows }: Strings, compressed: boolean, rowsPerBatch: number) {
  const scratch = new Scratch(tmpdir());
  try {
    const writer = new SegmentWriter(
      {
        interval: { start: 0, end: 1 },
        dimensions: [{ name: 'd', type: 'string', hasMultipleValues: multi, createBitmapIndex: true }],
        metrics: [],
        metadata: Buffer.from('{}'),
        indexSpec: compressed ? DEFAULT_INDEX_SPEC : { ...DEFAULT_INDEX_SPEC, dimensionCompression: 'uncompressed' },
      },
      { encoder: plainLz4Encoder(), scratch },
    );
    writer.addNullValue(0);
    const values = Array.from({ length: cardinality - 1 }, (_, i) => String(i + 1).padStart(9, '0'));
    writer.addValues(0, textElements(values));
    writer.endDictionaries();
    for (let start = 0; start < rows.length; start += rowsPerBatch) {
      const batch = rows.slice(start, start + rowsPerBatch);
      writer.appendTimes(new Int32Array(2 * batch.length), batch.length);
      const ids = Int32Array.from(batch.flat());
      let at = 0;
      const ends = Int32Array.from(batch, (row) => {
        at += row.length;
        return at;
      });
      if (multi) writer.appendIdLists(0, ends, ids, batch.length);
      else writer.appendIds(0, ids, batch.length);
    }
    const files = writer.finish().map((file) => [file.name, Buffer.concat(Array.from(file.chunks()))] as const);
    return readColumn(smooshEntries(new Map(files)).get('d')!, new ReplayEncoder()) as GoldenColumn & {
      kind: 'string';
    };
  } finally {
    scratch.dispose();
  }
}

function expectIndexed(strings: Strings, column: ReturnType<typeof roundTrip>): void {
  expect(column.dictionary).toHaveLength(strings.cardinality);
  expect(column.rows).toEqual(strings.rows);
  const expected = Array.from({ length: strings.cardinality }, (): number[] => []);
  strings.rows.forEach((ids, row) => {
    for (const id of new Set(ids.length === 0 ? [0] : ids)) expected[id].push(row);
  });
  expect(column.bitmaps).toHaveLength(strings.cardinality);
  column.bitmaps!.forEach((bytes, id) => {
    const rows = bytes!.length === 0 ? [] : [...roaring.RoaringBitmap32.deserialize('portable', bytes!)];
    expect(rows, `rows of id ${id}`).toEqual(expected[id]);
  });
}

test('ids and bitmaps say the same', () => {
  const strings = fc.integer({ min: 2, max: 300 }).chain((cardinality) => {
    const id = fc.nat(cardinality - 1);
    const single = fc.array(
      id.map((one) => [one]),
      { maxLength: 200 },
    );
    const multi = fc.array(fc.array(id, { maxLength: 4 }), { maxLength: 200 });
    return fc.oneof(
      single.map((rows) => ({ cardinality, multi: false, rows })),
      multi.map((rows) => ({ cardinality, multi: true, rows })),
    );
  });
  fc.assert(
    fc.property(strings, fc.boolean(), fc.integer({ min: 1, max: 250 }), (one, compressed, rowsPerBatch) => {
      expectIndexed(one, roundTrip(one, compressed, rowsPerBatch));
    }),
    { numRuns: 60 },
  );
});

/** Widths of ids turn at 256, 65,536 and 16,777,216 values; each block length is passed by 70,000 rows. */
for (const cardinality of [255, 256, 65_535, 65_536]) {
  for (const multi of [false, true]) {
    test(`${cardinality} values, several blocks, ${multi ? 'multiple values' : 'single values'}`, () => {
      const rows = Array.from({ length: 70_000 }, (_, row) => {
        const id = (row * 7919) % cardinality;
        return multi && row % 5 === 0 ? (row % 10 === 0 ? [] : [id, 0, id]) : [id];
      });
      const compressed = cardinality % 2 === 0;
      const column = roundTrip({ cardinality, multi, rows }, compressed, 8192);
      expect(column.rows.every((ids, row) => ids.join() === rows[row].join())).toBe(true);
      const sizes = new Map<number, number>();
      for (const ids of rows) for (const id of new Set(ids.length ? ids : [0])) sizes.set(id, (sizes.get(id) ?? 0) + 1);
      column.bitmaps!.forEach((bytes, id) => {
        const size = bytes!.length === 0 ? 0 : roaring.RoaringBitmap32.deserialize('portable', bytes!).size;
        if (size !== (sizes.get(id) ?? 0)) expect(size, `rows of id ${id}`).toBe(sizes.get(id));
      });
    });
  }
}
