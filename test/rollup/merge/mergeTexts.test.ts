import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeTexts } from '../../../src/rollup/merge/TextMerge.ts';
import { Blocks, dictionary } from './blocks.ts';

function merge(dictionaries: readonly (readonly string[])[], valuesPerBlock: number) {
  const inputs = dictionaries.map((values) => {
    const source = new Blocks(values, valuesPerBlock);
    return { source, blocks: source.refs, values: values.length };
  });
  const remaps = dictionaries.map((values) => new Int32Array(values.length + 1));
  const merged: string[] = [];
  const batches: number[] = [];
  const count = mergeTexts(inputs, remaps, ({ bytes, ends }) => {
    batches.push(ends.length);
    let start = 0;
    for (const end of ends) {
      expect([...bytes.subarray(start, start + 4)]).toEqual([0, 0, 0, 0]);
      merged.push(Buffer.from(bytes.subarray(start + 4, end)).toString());
      start = end;
    }
    expect(start).toBe(bytes.length);
  });
  return { count, merged, batches, remaps: remaps.map((remap) => [...remap]) };
}

test('sorted dictionaries become one, in the order of JavaScript (and Java) strings', () => {
  fc.assert(
    fc.property(fc.array(dictionary, { maxLength: 9 }), fc.integer({ min: 1, max: 7 }), (dictionaries, perBlock) => {
      const sorted = dictionaries.map((values) => [...values].sort((a, b) => (a < b ? -1 : 1)));
      const all = [...new Set(sorted.flat())].sort((a, b) => (a < b ? -1 : 1));
      const { count, merged, remaps } = merge(sorted, perBlock);
      expect(merged).toEqual(all);
      expect(count).toBe(all.length);
      expect(remaps).toEqual(sorted.map((values) => [0, ...values.map((value) => all.indexOf(value) + 1)]));
    }),
    { numRuns: 300 },
  );
});

test('no dictionaries, and empty ones, give nothing', () => {
  expect(merge([], 1)).toEqual({ count: 0, merged: [], batches: [], remaps: [] });
  expect(merge([[], []], 1)).toEqual({ count: 0, merged: [], batches: [], remaps: [[0], [0]] });
  expect(merge([[''], [], ['']], 1)).toEqual({ count: 1, merged: [''], batches: [1], remaps: [[0, 1], [0], [0, 1]] });
});

test('what is longer than a batch goes on in several, each text whole', () => {
  const texts = (from: number) =>
    Array.from(
      { length: 20_000 },
      (_, i) => `${String(2 * i + from).padStart(6, '0')}${'é'.repeat(i % 7 === 0 ? 150 : i % 19)}`,
    );
  const [even, odd] = [texts(0), texts(1)];
  const long = ['x'.repeat(300_000), 'y'.repeat(600_000)];
  const all = [...even.flatMap((value, i) => [value, odd[i]]), ...long];
  const { merged, batches, remaps } = merge([[...even, ...long], [...odd, ...long], all], 3000);
  expect(merged).toEqual(all);
  expect(batches.length).toBeGreaterThan(5);
  expect(Math.max(...batches)).toBe(8192);
  expect(remaps[2]).toEqual(Array.from({ length: all.length + 1 }, (_, i) => i));
  expect(remaps[1].slice(0, 3)).toEqual([0, 2, 4]);
});

test('a dictionary that is not sorted is refused, in whichever block', () => {
  const refused = new Error('a dictionary of a run is out of order');
  for (const perBlock of [1, 2, 9]) {
    expect(() => merge([['b', 'a']], perBlock)).toThrow(refused);
    expect(() =>
      merge(
        [
          ['a', 'c'],
          ['b', 'd', 'ca'],
        ],
        perBlock,
      ),
    ).toThrow(refused);
    expect(() => merge([['ab', 'a']], perBlock)).toThrow(refused);
    expect(() => merge([['\ue000', '\u{1f600}']], perBlock)).toThrow(refused);
  }
  expect(merge([['a']], 1).merged).toEqual(['a']);
});
