import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BATCH_ROWS } from '../../../src/input/recordBatch.ts';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { BlockSink } from '../../../src/partition/determine/blockSink.ts';
import { CountCursor, CountWriter, mergeCounts } from '../../../src/partition/determine/countRun.ts';
import { type KeyBlock, readKeyBlock } from '../../../src/partition/determine/keyBlock.ts';
import { type KeySection, visitAllKeys, visitDistinctKeys } from '../../../src/partition/determine/keyMerge.ts';
import { type KeySectionRef, writeKeyRun } from '../../../src/partition/determine/keyRun.ts';
import { readTuple, type Tuple, type TupleForm } from '../../../src/partition/determine/tuple.ts';
import { type ChunkCounts, ValueCounter } from '../../../src/partition/determine/valueCounter.ts';
import { StringDimension, type StringDimensionOptions } from '../../../src/row/dimension/stringDimension.ts';
import { plainHashes } from '../../kernel/plainGroupKeys.ts';
import { batchOf } from '../../row/dimension/fields.ts';
import { MemoryFile, textDimension } from './support.ts';

/** A key: its chunk and the values of two dimensions. */
type Key = readonly [chunk: number, a: readonly string[], b: readonly string[]];

const texts = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom([], [''], ['a'], ['b'], ['a,b'], ['\uff46'], ['\u{1f600}']) },
  { weight: 1, arbitrary: fc.constant(['a', 'b']) },
);
const CHUNKS = [0, 3_600_000];
const keys = fc.array(fc.tuple(fc.constantFrom(...CHUNKS), texts, texts), { maxLength: 60 });

/** Candidates as places of dimensions. */
const EACH = [[0], [1]];
const PLAIN: TupleForm = { size: 1, joined: false };

const STRINGS: Omit<StringDimensionOptions, 'kernel'> = {
  name: 'd',
  slot: 0,
  multiValueHandling: 'ARRAY',
  doubleText: String,
  nullElementsAsText: false,
  flatOnly: false,
  tellsAbsence: false,
};

interface Run {
  readonly file: MemoryFile;
  readonly sections: readonly KeySectionRef[];
}

function writeRun(rows: readonly Key[], parts: number, candidates = EACH): Run {
  const file = new MemoryFile();
  const hashes = Buffer.concat(rows.map((row) => Buffer.from(plainHashes(JSON.stringify(row)).hash128, 'hex')));
  const dimensions = [1, 2].map((at) =>
    textDimension(
      String(at),
      rows.map((row) => row[at] as readonly string[]),
    ),
  );
  const groupKeys = {
    chunks: CHUNKS,
    chunkIds: Int32Array.from(rows, ([chunk]) => CHUNKS.indexOf(chunk)),
    hashes,
    candidates: candidates.map((places) => places.map((place) => dimensions[place])),
    form: { size: candidates[0].length, joined: false },
  };
  const selected = Int32Array.from(rows, (_, i) => i);
  return { file, sections: writeKeyRun(createKernel(), new BlockSink(file), groupKeys, selected, parts) };
}

function sectionsOf(runs: readonly Run[], part: number, chunk: number): KeySection[] {
  return runs.flatMap(({ file, sections }) =>
    sections
      .filter((section) => section.part === part && section.chunk === chunk)
      .map((section) => ({ source: file, section })),
  );
}

function hashAt({ hashes }: KeyBlock, key: number): string {
  return Buffer.from(hashes.subarray(key * 16, key * 16 + 16)).toString('hex');
}

/** Hashes of the keys that count. */
function countedIn(block: KeyBlock, isCounted: Uint8Array): string[] {
  return [...isCounted.keys()].filter((key) => isCounted[key] === 1).map((key) => hashAt(block, key));
}

/** The values of a key per candidate; 'several' for several. */
function valuesAt({ columns }: KeyBlock, key: number): (Tuple | 'several')[] {
  return columns.map(({ bytes, ends, cells }) => {
    const cell = cells[key];
    return cell === 0 ? 'several' : readTuple(PLAIN, bytes, cell === 1 ? 0 : ends[cell - 2], ends[cell - 1]);
  });
}

const shown = (values: readonly string[]) => (values.length > 1 ? 'several' : [values[0] ?? null]);

describe('key runs', () => {
  test('keep every key, in its part and chunk, sorted by hash', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 4 }), (rows, parts) => {
        const run = writeRun(rows, parts);
        const read: string[] = [];
        for (const section of run.sections) {
          let last = '';
          let count = 0;
          for (const block of section.blocks.map((ref) => readKeyBlock(run.file, ref, 2))) {
            for (let key = 0; key < block.count; key++, count++) {
              const hash = hashAt(block, key);
              expect(hash >= last).toBe(true);
              expect(Math.floor((Number.parseInt(hash.slice(0, 8), 16) * parts) / 2 ** 32)).toBe(section.part);
              last = hash;
              read.push(JSON.stringify([section.chunk, ...valuesAt(block, key), hash]));
            }
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

  test('hold texts of a dictionary in the kernel as they hold others', () => {
    const field = fc.oneof(fc.constantFrom(null, '', 'a', 'b', '\u{1f600}'), fc.array(fc.constantFrom('a', 'b', null)));
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 40 }), (fields) => {
        const kernel = createKernel();
        const batch = batchOf(
          kernel,
          ['d'],
          fields.map((d) => JSON.stringify({ d })),
        );
        const dimension = new StringDimension({ ...STRINGS, kernel });
        const cells = new Int32Array(BATCH_ROWS);
        const rows = Int32Array.from(fields.keys());
        dimension.assemble(batch, rows, rows.length, cells);
        const ranged = dimension.ranged(cells);
        expect(ranged.texts?.kernel).toBe(kernel);
        const { texts: _texts, ...without } = ranged;
        const [inKernel, others] = [ranged, without].map((dimension) => {
          const file = new MemoryFile();
          const hashes = new Uint8Array(rows.length * 16);
          for (const row of rows) hashes[row * 16] = row;
          const groupKeys = { chunks: [0], chunkIds: new Int32Array(rows.length), hashes, form: PLAIN };
          const [section] = writeKeyRun(
            kernel,
            new BlockSink(file),
            { ...groupKeys, candidates: [[dimension]] },
            rows,
            1,
          );
          const block = readKeyBlock(file, section.blocks[0], 1);
          return [...rows].map((row) => valuesAt(block, row)[0]);
        });
        expect(inKernel).toEqual(others);
      }),
      { numRuns: 100 },
    );
  });

  test('are sorted by all bits of the hash', () => {
    const rows = 512;
    const hashes = new Uint8Array(rows * 16);
    // Each bit alone, and with the first one set.
    for (let row = 0; row < 256; row++) {
      hashes[row * 16 + ((row & 127) >>> 3)] |= 0x80 >>> (row & 7);
      if (row >= 128) hashes[row * 16] |= 0x80;
    }
    const file = new MemoryFile();
    const all = Int32Array.from({ length: rows }, (_, i) => i);
    const groupKeys = { chunks: [0], chunkIds: new Int32Array(rows), hashes, candidates: [], form: PLAIN };
    const [section] = writeKeyRun(createKernel(), new BlockSink(file), groupKeys, all, 1);
    const block = readKeyBlock(file, section.blocks[0], 0);
    const read = [...all].map((key) => hashAt(block, key));
    expect(read).toEqual([...read].sort());
  });

  test('only the selected keys; long texts make several blocks', () => {
    const file = new MemoryFile();
    const long = Array.from({ length: 40 }, (_, i) => [String(i).padEnd(100_000, 'x')]);
    const hashes = Buffer.alloc(40 * 16);
    for (let i = 0; i < 40; i++) hashes[i * 16 + 15] = 40 - i;
    const candidates = [[textDimension('a', long)]];
    const [section] = writeKeyRun(
      createKernel(),
      new BlockSink(file),
      { chunks: [0], chunkIds: new Int32Array(40), hashes, candidates, form: PLAIN },
      Int32Array.from({ length: 20 }, (_, i) => 2 * i),
      1,
    );
    expect(section.blocks.map(({ count }) => count)).toEqual([11, 9]);
    const read = section.blocks.flatMap((ref) => {
      const block = readKeyBlock(file, ref, 1);
      return Array.from({ length: ref.count }, (_, key) => Number.parseInt(String(valuesAt(block, key)[0][0]), 10));
    });
    expect(read).toEqual(Array.from({ length: 20 }, (_, i) => 38 - 2 * i));
  });
});

test('distinct keys are those of all runs together; all keys those of each', () => {
  fc.assert(
    fc.property(fc.array(keys, { minLength: 1, maxLength: 4 }), (files) => {
      const runs = files.map((rows) => writeRun(rows, 2));
      const distinct: string[] = [];
      let all = 0;
      for (const part of [0, 1]) {
        for (const chunk of CHUNKS) {
          const sections = sectionsOf(runs, part, chunk);
          visitDistinctKeys(sections, 2, (block, isCounted) => {
            expect(isCounted).toHaveLength(block.count);
            distinct.push(...countedIn(block, isCounted));
          });
          visitAllKeys(sections, 2, (block, isCounted) => {
            expect([...isCounted]).toEqual(new Array(block.count).fill(1));
            all += block.count;
          });
        }
      }
      const hashes = files.flat().map((row) => plainHashes(JSON.stringify(row)).hash128);
      expect(distinct.sort()).toEqual([...new Set(hashes)].sort());
      expect(all).toBe(hashes.length);
    }),
    { numRuns: 100 },
  );
});

test('keys that differ in the last bit alone, or are all zeros or ones, are told apart', () => {
  const hashes = ['00'.repeat(16), `${'00'.repeat(15)}01`, `${'ff'.repeat(15)}fe`, 'ff'.repeat(16)];
  const runs = [hashes, hashes.slice(1), [hashes[0], hashes[3]]].map((of): Run => {
    const file = new MemoryFile();
    const keys = { chunks: [0], chunkIds: new Int32Array(of.length), candidates: [], form: PLAIN };
    const bytes = Buffer.from(of.join(''), 'hex');
    const selected = Int32Array.from(of, (_, i) => i);
    return {
      file,
      sections: writeKeyRun(createKernel(), new BlockSink(file), { ...keys, hashes: bytes }, selected, 1),
    };
  });
  const counted: string[] = [];
  visitDistinctKeys(sectionsOf(runs, 0, 0), 0, (block, isCounted) => {
    counted.push(...countedIn(block, isCounted));
  });
  expect(counted.sort()).toEqual(hashes);
});

describe('ValueCounter', () => {
  function count(files: readonly (readonly Key[])[], bytesMax: number, candidates = EACH) {
    const form = { size: candidates[0].length, joined: false };
    const runs = files.map((rows) => writeRun(rows, 1, candidates));
    const spills: MemoryFile[] = [];
    const newSpill = () => {
      const spill = new MemoryFile();
      spills.push(spill);
      return spill;
    };
    const counter = new ValueCounter({ kernel: createKernel(), candidates: candidates.length, bytesMax, newSpill });
    const file = new MemoryFile();
    const sink = new BlockSink(file);
    const chunks = CHUNKS.map((chunk) => {
      visitDistinctKeys(sectionsOf(runs, 0, chunk), candidates.length, (block, isCounted) =>
        counter.add(block, isCounted),
      );
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
        const { chunks, values } = count(files, 1e9);
        CHUNKS.forEach((chunk, i) => {
          const rows = files.flat().filter((row) => row[0] === chunk);
          expect(chunks[i].keys).toBe(new Set(rows.map((row) => JSON.stringify(row))).size);
          expect(values[i]).toEqual([plainCounts(rows, 1), plainCounts(rows, 2)]);
        });
      }),
      { numRuns: 60 },
    );
  });

  // At the lower limit it spills after every block, at the other one values are left over for the chunk's end.
  test.each([10_000, 70_000])(
    'counts the same when it spills beyond %d bytes, and removes what it spilled',
    (bytesMax) => {
      const rows = Array.from({ length: 5000 }, (_, i): Key => [CHUNKS[i % 2], [`v${i % 700}`], [`w${i}`]]);
      const poisoned: Key = [CHUNKS[1], ['a', 'b'], ['x']];
      // Many runs: the counter looks at its memory after every block. In all of them there are keys that others have, too.
      const files = Array.from({ length: 20 }, (_, file) => rows.filter((_, i) => i % 20 === file || i % 7 === 0));
      files.push([poisoned]);
      const small = count(files, bytesMax);
      expect(small.values).toEqual(count(files, 1e9).values);
      expect(small.values[1][0]).toBeNull();
      expect(small.values[0][0]!.reduce((sum, [, keys]) => sum + keys, 0)).toBe(2500);
      expect(small.spills).toHaveLength(2);
      expect(small.spills.every(({ disposed }) => disposed)).toBe(true);
    },
  );

  test('counts tuples', () => {
    const rows: Key[] = [
      [0, ['b'], ['x']],
      [0, ['b'], []],
      [0, [], ['y']],
      [0, [], ['y', 'y']],
    ];
    expect(count([rows.slice(0, 3)], 1e9, [[1, 0]]).values[0]).toEqual([
      [
        [[null, 'b'], 1],
        [['x', 'b'], 1],
        [['y', null], 1],
      ],
    ]);
    expect(count([rows], 1e9, [[1, 0]]).values[0]).toEqual([null]);
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
