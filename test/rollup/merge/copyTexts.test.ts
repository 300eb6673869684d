import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { copyTexts } from '../../../src/rollup/merge/copyTexts.ts';
import { mergeTexts } from '../../../src/rollup/merge/TextMerge.ts';
import type { ElementBatch } from '../../../src/segment/writer/elementBatch.ts';
import { Blocks, dictionary } from './blocks.ts';

const kernel = createKernel();

/** All elements that a walk hands on, and where they end. */
function elementsOf(walk: (onTexts: (texts: ElementBatch) => void) => void) {
  const parts: Uint8Array[] = [];
  const ends: number[] = [];
  walk((texts) => {
    const before = ends.at(-1) ?? 0;
    parts.push(texts.bytes.slice());
    for (const end of texts.ends) ends.push(before + end);
  });
  return { ends, bytes: Buffer.concat(parts).toString('latin1') };
}

function copied(values: readonly string[], perBlock: number) {
  const source = new Blocks(values, perBlock);
  const mark = kernel.mark();
  const elements = elementsOf((onTexts) =>
    copyTexts(kernel, { source, blocks: source.refs, values: values.length }, onTexts),
  );
  expect(kernel.mark()).toBe(mark);
  return elements;
}

function merged(values: readonly string[], perBlock: number) {
  const source = new Blocks(values, perBlock);
  const remaps = [new Int32Array(values.length + 1)];
  return elementsOf((onTexts) => mergeTexts([{ source, blocks: source.refs, values: values.length }], remaps, onTexts));
}

test('a single dictionary gives the elements that a merge makes of it', () => {
  fc.assert(
    fc.property(dictionary, fc.integer({ min: 1, max: 7 }), (values, perBlock) => {
      const sorted = [...values].sort((a, b) => (a < b ? -1 : 1));
      expect(copied(sorted, perBlock)).toEqual(merged(sorted, perBlock));
    }),
    { numRuns: 300 },
  );
  expect(copied([], 1)).toEqual({ ends: [], bytes: '' });
});

test('texts of all lengths in blocks of several lengths', () => {
  const values = Array.from({ length: 2000 }, (_, i) => `${String(i).padStart(5, '0')}${'é'.repeat(i % 150)}`);
  values.push('x'.repeat(300_000), 'y'.repeat(600_000));
  expect(copied(values, 700)).toEqual(merged(values, 700));
});

test('a dictionary that is not strictly ascending is refused, in whichever block', () => {
  const refused = new Error('a dictionary of a run is out of order');
  for (const perBlock of [1, 2, 9]) {
    for (const values of [
      ['b', 'a'],
      ['ab', 'a'],
      ['a', 'a'],
      ['', ''],
      ['a', 'c', 'cb', 'ca'],
      ['\ue000', '\u{1f600}'],
    ])
      expect(() => copied(values, perBlock)).toThrow(refused);
  }
});
