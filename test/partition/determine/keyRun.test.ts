import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockSink } from '../../../src/partition/determine/blockSink.ts';
import { CountCursor, CountWriter, mergeCounts } from '../../../src/partition/determine/countRun.ts';
import { forEachDistinctKey, forEachKey } from '../../../src/partition/determine/distinctKeys.ts';
import { KeyCursor, type KeySectionRef, writeKeyRun } from '../../../src/partition/determine/keyRun.ts';
import { CellKind } from '../../../src/partition/determine/rangeDimension.ts';
import { readTuple, type Tuple } from '../../../src/partition/determine/tuple.ts';
import { type ChunkCounts, ValueCounter } from '../../../src/partition/determine/valueCounter.ts';
import { plainHashes } from '../../kernel/plainGroupKeys.ts';
import { MemoryFile, textDimension } from './support.ts';

/** A key: its chunk and the values of two dimensions. */
type Key = readonly [chunk: number, a: readonly string[], b: readonly string[]];

const texts = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom([], [''], ['a'], ['b'], ['a,b'], ['\uff46'], ['\u{1f600}']) },
  { weight: 1, arbitrary: fc.constant(['a', 'b']) },
);
const keys = fc.array(fc.tuple(fc.constantFrom(0, 3_600_000), texts, texts), { maxLength: 60 });

interface Run {
  readonly file: MemoryFile;
  readonly sections: readonly KeySectionRef[];
}

function writeRun(rows: readonly Key[], parts: number): Run {
  const file = new MemoryFile();
  const hashes = Buffer.concat(rows.map((row) => Buffer.from(plainHashes(JSON.stringify(row)).hash128, 'hex')));
  const dimensions = [
    textDimension(
      'a',
      rows.map(([, a]) => a),
    ),
    textDimension(
      'b',
      rows.map(([, , b]) => b),
    ),
  ];
  const chunks = Float64Array.from(rows, ([chunk]) => chunk);
  const selected = Int32Array.from(rows, (_, i) => i);
  const sections = writeKeyRun(
    new BlockSink(file),
    { count: rows.length, chunks, hashes, dimensions },
    selected,
    parts,
  );
  return { file, sections };
}

function cursors(runs: readonly Run[], part: number, chunk: number): KeyCursor[] {
  return runs.flatMap(({ file, sections }) =>
    sections
      .filter((section) => section.part === part && section.chunk === chunk)
      .map((section) => new KeyCursor(file, section, 2)),
  );
}

function valuesAt(cursor: KeyCursor): (string | number)[] {
  return [0, 1].map((i) => {
    const length = cursor.lengths[i];
    const start = cursor.starts[i];
    return length < 0 ? length : Buffer.from(cursor.bytes[i].subarray(start, start + length)).toString();
  });
}

const shown = (values: readonly string[]) =>
  values.length === 1 ? values[0] : values.length === 0 ? CellKind.null : CellKind.several;

describe('key runs', () => {
  test('keep every key, in its part and chunk, sorted by hash', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 4 }), (rows, parts) => {
        const run = writeRun(rows, parts);
        const read: string[] = [];
        for (const section of run.sections) {
          const cursor = new KeyCursor(run.file, section, 2);
          let last = '';
          let count = 0;
          for (; cursor.next(); count++) {
            const hash = Buffer.from(cursor.hashes.subarray(cursor.hashAt, cursor.hashAt + 16)).toString('hex');
            expect(hash >= last).toBe(true);
            expect(Math.floor((Number.parseInt(hash.slice(0, 8), 16) * parts) / 2 ** 32)).toBe(section.part);
            last = hash;
            read.push(JSON.stringify([section.chunk, ...valuesAt(cursor), hash]));
          }
          expect(count).toBe(section.keys);
        }
        const written = rows.map(([chunk, a, b]) =>
          JSON.stringify([chunk, shown(a), shown(b), plainHashes(JSON.stringify([chunk, a, b])).hash128]),
        );
        expect(read.sort()).toEqual(written.sort());
      }),
      { numRuns: 60 },
    );
  });

  test('only the selected keys; long texts make several blocks', () => {
    const file = new MemoryFile();
    const long = Array.from({ length: 40 }, (_, i) => [String(i).padEnd(100_000, 'x')]);
    const hashes = Buffer.alloc(40 * 16);
    for (let i = 0; i < 40; i++) hashes[i * 16 + 15] = 40 - i;
    const [section] = writeKeyRun(
      new BlockSink(file),
      { count: 40, chunks: new Float64Array(40), hashes, dimensions: [textDimension('a', long)] },
      Int32Array.from({ length: 20 }, (_, i) => 2 * i),
      1,
    );
    expect(section.blocks.map(({ count }) => count)).toEqual([11, 9]);
    const cursor = new KeyCursor(file, section, 1);
    const read: number[] = [];
    while (cursor.next())
      read.push(Number.parseInt(Buffer.from(cursor.bytes[0]).toString('utf8', cursor.starts[0]), 10));
    expect(read).toEqual(Array.from({ length: 20 }, (_, i) => 38 - 2 * i));
  });
});

test('distinct keys are those of all runs together; all keys those of each', () => {
  fc.assert(
    fc.property(fc.array(keys, { minLength: 1, maxLength: 4 }), (files) => {
      const runs = files.map((rows) => writeRun(rows, 2));
      let distinct = 0;
      let all = 0;
      for (const part of [0, 1]) {
        for (const chunk of [0, 3_600_000]) {
          distinct += forEachDistinctKey(cursors(runs, part, chunk), () => undefined);
          all += forEachKey(cursors(runs, part, chunk), () => undefined);
        }
      }
      expect(distinct).toBe(new Set(files.flat().map((row) => JSON.stringify(row))).size);
      expect(all).toBe(files.flat().length);
    }),
    { numRuns: 40 },
  );
});

describe('ValueCounter', () => {
  const candidates = [[0], [1]];

  function count(runs: readonly Run[], bytesMax: number, columns = candidates) {
    const form = { size: columns[0].length, joined: false };
    const spills: MemoryFile[] = [];
    const newSpill = () => {
      const spill = new MemoryFile();
      spills.push(spill);
      return spill;
    };
    const counter = new ValueCounter({ candidates: columns, form, bytesMax, newSpill });
    const file = new MemoryFile();
    const sink = new BlockSink(file);
    const chunks = [0, 3_600_000].map((chunk) => {
      forEachDistinctKey(cursors(runs, 0, chunk), (cursor) => counter.add(cursor));
      return counter.finish(chunk, sink);
    });
    const read = ({ candidates: counted }: ChunkCounts) =>
      counted.map(({ poisoned, blocks }) => {
        const values: [Tuple, number][] = [];
        mergeCounts([new CountCursor(file, blocks)], (bytes, start, end, rows) => {
          values.push([readTuple(form, bytes, start, end), rows]);
        });
        return poisoned ? null : values;
      });
    return { chunks, values: chunks.map(read), spills };
  }

  function plainCounts(rows: readonly Key[], column: 1 | 2) {
    const distinct = [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
    if (distinct.some((row) => row[column].length > 1)) return null;
    const counts = new Map<string | null, number>();
    for (const row of distinct) counts.set(row[column][0] ?? null, (counts.get(row[column][0] ?? null) ?? 0) + 1);
    return [...counts]
      .sort(([a], [b]) => (a === null ? -1 : b === null ? 1 : a < b ? -1 : 1))
      .map(([value, rows]) => [[value], rows]);
  }

  test('counts distinct keys by value, chunk by chunk', () => {
    fc.assert(
      fc.property(fc.array(keys, { minLength: 1, maxLength: 3 }), (files) => {
        const { chunks, values } = count(
          files.map((rows) => writeRun(rows, 1)),
          1e9,
        );
        [0, 3_600_000].forEach((chunk, i) => {
          const rows = files.flat().filter((row) => row[0] === chunk);
          expect(chunks[i].keys).toBe(new Set(rows.map((row) => JSON.stringify(row))).size);
          expect(values[i]).toEqual([plainCounts(rows, 1), plainCounts(rows, 2)]);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('counts the same when it spills, and removes what it spilled', () => {
    const rows = Array.from({ length: 5000 }, (_, i): Key => [i % 2 === 0 ? 0 : 3_600_000, [`v${i % 700}`], [`w${i}`]]);
    const poisoned: Key = [3_600_000, ['a', 'b'], ['x']];
    const runs = [writeRun([...rows, poisoned], 1)];
    const small = count(runs, 10_000);
    expect(small.values).toEqual(count(runs, 1e9).values);
    expect(small.values[1][0]).toBeNull();
    expect(small.values[0][0]!.reduce((sum, [, keys]) => sum + keys, 0)).toBe(2500);
    expect(small.spills).toHaveLength(2);
    expect(small.spills.every(({ disposed }) => disposed)).toBe(true);
  });

  test('counts tuples', () => {
    const rows: Key[] = [
      [0, ['b'], ['x']],
      [0, ['b'], []],
      [0, [], ['y']],
      [0, [], ['y', 'y']],
    ];
    expect(count([writeRun(rows.slice(0, 3), 1)], 1e9, [[1, 0]]).values[0]).toEqual([
      [
        [[null, 'b'], 1],
        [['x', 'b'], 1],
        [['y', null], 1],
      ],
    ]);
    expect(count([writeRun(rows, 1)], 1e9, [[1, 0]]).values[0]).toEqual([null]);
  });
});

test('counts of several reducers are added up in order', () => {
  const files = [['a', 'c'], ['a', 'b', 'd'], [], ['d']].map((values) => {
    const file = new MemoryFile();
    const writer = new CountWriter(new BlockSink(file));
    for (const value of values) writer.add(Buffer.from(value), 0, 1, values.length);
    return new CountCursor(file, writer.finish());
  });
  const merged: [string, number][] = [];
  mergeCounts(files, (bytes, start, end, count) => {
    merged.push([Buffer.from(bytes).toString('utf8', start, end), count]);
  });
  expect(merged).toEqual([
    ['a', 5],
    ['b', 3],
    ['c', 2],
    ['d', 4],
  ]);
});
