import fc from 'fast-check';
import { expect, test } from 'vitest';
import { borrowKernel } from '../../../src/kernel/kernel.ts';
import { mergeTexts, TextMerge } from '../../../src/rollup/merge/TextMerge.ts';
import { BlockWriter } from '../../../src/rollup/run/blockBytes.ts';
import type { BlockRef } from '../../../src/rollup/run/run.ts';
import type { RunSource } from '../../../src/rollup/run/runReader.ts';

/** Dictionary blocks in memory, handed out in the spare buffer where it is long enough, as a run file does. */
class Blocks implements RunSource {
  readonly refs: BlockRef[] = [];
  readonly #blocks: Uint8Array[] = [];

  constructor(values: readonly string[], valuesPerBlock: number) {
    for (let at = 0; at < values.length; at += valuesPerBlock) {
      const texts = values.slice(at, at + valuesPerBlock).map((value) => Buffer.from(value));
      const block = new BlockWriter();
      block.int32(1)[0] = texts.length;
      let end = 0;
      block.int32(texts.length).set(
        texts.map((text) => {
          end += text.length;
          return end;
        }),
      );
      block.uint8(end).set(Buffer.concat(texts));
      this.refs.push({ offset: this.#blocks.length, length: block.length, count: texts.length });
      this.#blocks.push(block.bytes().slice());
    }
  }

  read({ offset, length }: BlockRef, spare?: ArrayBuffer): Uint8Array {
    const isEnough = spare !== undefined && spare.byteLength >= length;
    const bytes = new Uint8Array(isEnough ? spare : new ArrayBuffer(length), 0, length);
    bytes.set(this.#blocks[offset]);
    return bytes;
  }
}

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

// Few letters of all lengths in UTF-8, so that values share beginnings; U+E000 and U+FFFF stand behind U+1F600 in UTF-16 order.
const text = fc.array(fc.constantFrom('a', 'b', 'é', 'ê', '\u{e000}', '\u{ffff}', '\u{1f600}', '\u{1f601}'), {
  maxLength: 6,
});
const dictionary = fc.uniqueArray(
  text.map((letters) => letters.join('')),
  { maxLength: 20 },
);

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

test('a single dictionary whose ids stay what they are is handed on as it is, and refused where it is not ascending', () => {
  const run = (values: readonly string[], perBlock: number) =>
    borrowKernel((kernel) => {
      const source = new Blocks(values, perBlock);
      const merged: string[] = [];
      const merge = new TextMerge(kernel);
      const count = merge.run([{ source, blocks: source.refs, values: values.length }], null, ({ bytes, ends }) => {
        for (let i = 0, start = 0; i < ends.length; start = ends[i++])
          merged.push(Buffer.from(bytes.subarray(start + 4, ends[i])).toString());
      });
      expect(count).toBe(values.length);
      return merged;
    });
  const refused = new Error('a dictionary of a run is out of order');
  for (const perBlock of [1, 2, 9]) {
    for (const values of [['', 'a', 'ab', 'b', 'é'], ['x'.repeat(700)], []])
      expect(run(values, perBlock)).toEqual(values);
    for (const values of [
      ['a', 'a'],
      ['', ''],
      ['b', 'a'],
      ['ab', 'a'],
    ])
      expect(() => run(values, perBlock)).toThrow(refused);
  }
});
