import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTuples, readTuple, type Tuple, TupleWriter } from '../../../src/partition/determine/tuple.ts';
import { compareUtf8 } from '../../../src/segment/utf8Order.ts';

const value = fc.option(
  fc.oneof(
    fc.string({ unit: fc.constantFrom('\u0000', '\u0001', '\u0002', '\u0003', ' ', ',', 'a', 'b'), maxLength: 4 }),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
    fc.constantFrom('\ufeff', '\uff46', '\u{1f600}', ''),
  ),
);
const tuple = (size: number) => fc.array(value, { minLength: size, maxLength: size });

function textOf(size: number, joined: boolean, value: Tuple): Uint8Array {
  const writer = new TupleWriter({ size, joined });
  writer.addTuple(['gone', ...value.slice(1)]);
  writer.clear();
  writer.addTuple(value);
  return writer.bytes.slice(0, writer.length);
}

function compareTexts(left: Uint8Array, right: Uint8Array): number {
  return Math.sign(compareUtf8(left, 0, left.length, right, 0, right.length));
}

test.each([1, 2, 3])('texts of %d values keep tuples and their order', (size) => {
  fc.assert(
    fc.property(tuple(size), tuple(size), (left, right) => {
      const text = textOf(size, false, left);
      expect(readTuple({ size, joined: false }, text, 0, text.length)).toEqual(left);
      expect(compareTexts(text, textOf(size, false, right))).toBe(Math.sign(compareTuples(left, right)));
    }),
    { numRuns: 200 },
  );
});

test.each([1, 2, 3])('joined texts of %d values sort as Druid sorts', (size) => {
  fc.assert(
    fc.property(tuple(size), tuple(size), (left, right) => {
      const text = textOf(size, true, left);
      expect(readTuple({ size, joined: true }, text, 0, text.length)).toEqual(left);
      const [a, b] = [left, right].map((values) => values.map((value) => value ?? '').join(','));
      const order = a < b ? -1 : a > b ? 1 : Math.sign(compareTuples(left, right));
      expect(compareTexts(text, textOf(size, true, right))).toBe(order);
    }),
    { numRuns: 200 },
  );
});

test('null comes first, then UTF-16 order', () => {
  const ordered = [null, '', '\u0000', '\u0001', 'a', 'a\u0000', 'ab', '\u07ff', '\u{1f600}', '\uff46'];
  const texts = ordered.map((value) => textOf(2, false, [value, 'x']));
  expect(texts.slice(1).map((text, i) => compareTexts(texts[i], text))).toEqual(texts.slice(1).map(() => -1));
});
