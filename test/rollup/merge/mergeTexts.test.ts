import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeTexts } from '../../../src/rollup/merge/mergeValues.ts';
import { BlockWriter } from '../../../src/rollup/run/blockBytes.ts';
import type { BlockRef } from '../../../src/rollup/run/run.ts';
import { type RunSource, TextCursor } from '../../../src/rollup/run/runReader.ts';

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
  const cursors = dictionaries.map((values) => {
    const blocks = new Blocks(values, valuesPerBlock);
    return new TextCursor(blocks, blocks.refs);
  });
  const remaps = dictionaries.map((values) => new Int32Array(values.length + 1));
  const merged: string[] = [];
  const shared: number[] = [];
  const count = mergeTexts(cursors, remaps, (bytes, start, end, sharedBytes) => {
    merged.push(Buffer.from(bytes.subarray(start, end)).toString());
    shared.push(sharedBytes);
  });
  return { count, merged, shared, remaps: remaps.map((remap) => [...remap]) };
}

function sharedBytes(left: string, right: string): number {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  let count = 0;
  while (count < Math.min(a.length, b.length) && a[count] === b[count]) count++;
  return count;
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
      const { count, merged, shared, remaps } = merge(sorted, perBlock);
      expect(merged).toEqual(all);
      expect(count).toBe(all.length);
      expect(shared).toEqual(all.map((value, i) => (i === 0 ? 0 : sharedBytes(all[i - 1], value))));
      expect(remaps).toEqual(sorted.map((values) => [0, ...values.map((value) => all.indexOf(value) + 1)]));
    }),
    { numRuns: 300 },
  );
});

test('no dictionaries, and empty ones, give nothing', () => {
  expect(merge([], 1)).toEqual({ count: 0, merged: [], shared: [], remaps: [] });
  expect(merge([[], []], 1)).toEqual({ count: 0, merged: [], shared: [], remaps: [[0], [0]] });
  expect(merge([[''], [], ['']], 1)).toEqual({ count: 1, merged: [''], shared: [0], remaps: [[0, 1], [0], [0, 1]] });
});
