import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Scratch } from '../../../src/segment/scratch.ts';
import { compareUtf8 } from '../../../src/segment/utf8Order.ts';
import { DictionaryWriter } from '../../../src/segment/writer/dictionary.ts';
import { textElements } from './textElements.ts';

const scratch = new Scratch('.');

function dictionary(...values: (string | null)[]): DictionaryWriter {
  const writer = new DictionaryWriter('page', scratch);
  for (const value of values) {
    if (value === null) writer.addNull();
    else writer.addAll(textElements([value]));
  }
  return writer;
}

test('bytes compare as JavaScript (and Java) compares the strings', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.string({
      unit: fc.constantFrom('a', '\u07ff', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1f600}'),
      maxLength: 4,
    }),
  );
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [left, right] = [Buffer.from(a), Buffer.from(b)];
      const order = compareUtf8(left, 0, left.length, right, 0, right.length);
      expect(Math.sign(order)).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
    { numRuns: 150 },
  );
});

test('null, then empty, then values', () => {
  const writer = dictionary(null, '', 'a', 'b', '\u{1f600}', '\ue000');
  expect(writer.cardinality).toBe(6);
  expect(writer.hasNull).toBe(true);
  expect(writer.isNullOnly).toBe(false);
});

test('only nulls, or nothing at all', () => {
  expect(dictionary(null).isNullOnly).toBe(true);
  expect(dictionary().isNullOnly).toBe(true);
  expect(dictionary('').isNullOnly).toBe(false);
});

test('null comes first', () => {
  expect(() => dictionary('a', null)).toThrow(
    new Error('dictionary of column "page": null must come first, before 1 value(s)'),
  );
});
