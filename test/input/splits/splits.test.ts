import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InputSplit, planSplits, splitLabel } from '../../../src/input/splits/splits.ts';
import type { FileStatus } from '../../../src/storage/storage.ts';

const file = (path: string, length: number): FileStatus => ({ path, length, modificationMs: 0, isDirectory: false });
const shape = (splits: readonly InputSplit[]) =>
  splits.map(({ inputs }) => inputs.map(({ index, start, end }) => `${index}:${start}-${end}`).join(' '));

describe('planSplits', () => {
  test('a large plain file is cut at multiples of the size', () => {
    expect(planSplits([file('/a', 250)], { maxSplitBytes: 100 })).toEqual([
      { index: 0, bytes: 100, inputs: [{ index: 0, path: '/a', start: 0, end: 100, length: 250, codec: 'none' }] },
      { index: 1, bytes: 100, inputs: [{ index: 0, path: '/a', start: 100, end: 200, length: 250, codec: 'none' }] },
      { index: 2, bytes: 50, inputs: [{ index: 0, path: '/a', start: 200, end: 250, length: 250, codec: 'none' }] },
    ]);
    expect(shape(planSplits([file('/a', 200)], { maxSplitBytes: 100 }))).toEqual(['0:0-100', '0:100-200']);
  });

  test('small files and rests are gathered in input order', () => {
    const files = [file('/a', 30), file('/b', 130), file('/c', 20), file('/d', 50), file('/e', 1), file('/f', 100)];
    expect(shape(planSplits(files, { maxSplitBytes: 100 }))).toEqual([
      '0:0-30',
      '1:0-100',
      '1:100-130 2:0-20 3:0-50',
      '4:0-1',
      '5:0-100',
    ]);
  });

  test('gzip files stay whole, small ones are gathered at eight times their size', () => {
    const files = [file('/a.gz', 500), file('/b.gz', 5), file('/c.gz', 6), file('/d.json', 12), file('/e.json', 1)];
    const splits = planSplits(files, { maxSplitBytes: 100 });
    expect(shape(splits)).toEqual(['0:0-500', '1:0-5 2:0-6 3:0-12', '4:0-1']);
    expect(splits[1]!.inputs.map(({ codec }) => codec)).toEqual(['gzip', 'gzip', 'none']);
  });

  test('files are numbered in UTF-16 order of paths, empty and repeated ones too', () => {
    const files = [file('/ｆ', 1), file('/b', 0), file('/😀', 2), file('/B', 3), file('/B', 3)];
    const splits = planSplits(files, { maxSplitBytes: 100 });
    expect(splits.flatMap(({ inputs }) => inputs.map(({ index, path }) => [index, path]))).toEqual([
      [0, '/B'],
      [1, '/B'],
      [3, '/😀'],
      [4, '/ｆ'],
    ]);
  });

  test('every byte once, in order, no split too large', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 12 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 120 }), (sizes, maxSplitBytes) => {
        const files = sizes.map((size, at) => file(`/${String(at).padStart(3, '0')}`, size));
        const splits = planSplits(files, { maxSplitBytes });
        const read = sizes.map(() => 0);
        let last = 0;
        for (const [at, split] of splits.entries()) {
          expect(split.index).toBe(at);
          expect(split.bytes).toBe(split.inputs.reduce((sum, { start, end }) => sum + end - start, 0));
          expect(split.bytes).toBeLessThanOrEqual(maxSplitBytes);
          for (const { index, start, end } of split.inputs) {
            expect(index).toBeGreaterThanOrEqual(last);
            expect(start).toBe(read[index]);
            expect(end).toBeGreaterThan(start);
            read[index] = end;
            last = index;
          }
        }
        expect(read).toEqual(sizes);
        // Two neighbours never fit into one split, or they would have been gathered.
        for (let at = 1; at < splits.length; at++) {
          expect(splits[at - 1]!.bytes + splits[at]!.inputs[0]!.end - splits[at]!.inputs[0]!.start).toBeGreaterThan(
            maxSplitBytes,
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  test('codecs that cannot be read are refused by name', () => {
    expect(() => planSplits([file('/a/x.json.bz2', 9)], { maxSplitBytes: 100 })).toThrow(
      new Error(
        'Cannot read /a/x.json.bz2: files ending in .bz2 are compressed, and only .gz is read so far. Unpack it, or pack it with gzip.',
      ),
    );
    expect(() => planSplits([], { maxSplitBytes: 0 })).toThrow(
      new Error('maxSplitBytes is 0; it must be a whole number of bytes above 0.'),
    );
  });
});

test('10,000 small files make few splits', () => {
  const files = Array.from({ length: 10_000 }, (_, i) => ({
    path: `/in/${i}.json`,
    length: 10_000,
    modificationMs: 0,
    isDirectory: false,
  }));
  expect(planSplits(files, { maxSplitBytes: 32 * 1024 * 1024 }).length).toBe(3);
});

test('splitLabel', () => {
  const label = (files: FileStatus[], at: number) => splitLabel(planSplits(files, { maxSplitBytes: 100 })[at]!);
  expect(label([file('/d/part-0.json', 250)], 1)).toBe('part-0.json bytes 100-200');
  expect(label([file('/d/a.json', 10)], 0)).toBe('a.json');
  expect(label([file('/d/a.json', 10), file('/d/b.json', 10)], 0)).toBe('a.json and 1 more file');
  expect(label([file('/d/a.json', 130), file('/d/b.json', 10), file('/d/c.json', 10)], 1)).toBe(
    'a.json bytes 100-130 and 2 more files',
  );
});
