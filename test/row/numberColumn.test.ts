import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BATCH_ROWS, type RecordBatch } from '../../src/input/recordBatch.ts';
import { createKernel } from '../../src/kernel/kernel.ts';
import { coerceDimension, coerceMetric, newNumber } from '../../src/row/coerce.ts';
import { NumberColumn, Outcome } from '../../src/row/numberColumn.ts';
import type { NumericType } from '../../src/spec/jobSpec.ts';
import { batchOf } from './dimension/fields.ts';

const TYPES: readonly NumericType[] = ['long', 'float', 'double'];
const kernel = createKernel();

/** A batch with a field `n` (in slot 1) per JSON text; `undefined` leaves it out. */
function batchOfNumbers(texts: readonly (string | undefined)[]): RecordBatch {
  const records = texts.map((text) => (text === undefined ? '{"m":1}' : `{"n":${text},"m":1}`));
  return batchOf(kernel, ['m', 'n'], records);
}

/** What the column makes of a field: `nothing`, `left`, or the number. */
function read(text: string | undefined, type: NumericType): number | bigint | 'nothing' | 'left' {
  const mark = kernel.mark();
  const column = new NumberColumn();
  column.read(batchOfNumbers([text]), 1, Int32Array.of(0), 1, type);
  kernel.release(mark);
  if (column.outcomes[0] === Outcome.nothing) return 'nothing';
  if (column.outcomes[0] === Outcome.leftToCaller) return 'left';
  return type === 'long' ? new BigInt64Array(column.pairs.buffer)[0] : column.doubles[0];
}

describe('NumberColumn', () => {
  test.each([
    ['0', 0n],
    ['-0', 0n],
    ['-17', -17n],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['"42"', 42n],
    ['"-0"', 0n],
    ['"007"', 7n],
    ['"999999999999999999"', 10n ** 18n - 1n],
    ['null', 'nothing'],
    [undefined, 'nothing'],
    ['1.5', 'left'],
    ['9223372036854775808', 'left'],
    ['"9223372036854775807"', 'left'],
    ['"1,000"', 'left'],
    ['""', 'left'],
    ['"-"', 'left'],
    ['"1:"', 'left'],
    ['true', 'left'],
    ['[1]', 'left'],
  ])('long: %s is %s', (text, expected) => {
    expect(read(text, 'long')).toBe(expected);
  });

  test.each([
    ['0', 0],
    ['-0', 0],
    ['-0.0', -0],
    ['12', 12],
    ['-12.25', -12.25],
    ['0.1', 0.1],
    ['999999999999999', 999999999999999],
    ['0.0000000000000000000001', 1e-22],
    ['"0.3"', 0.3],
    ['"-8"', -8],
    ['null', 'nothing'],
    ['1e3', 'left'],
    ['1234567890.123456', 'left'],
    ['0.00000000000000000000001', 'left'],
    ['"-0"', 'left'],
    ['".5"', 'left'],
    ['"5."', 'left'],
    ['"1.2.3"', 'left'],
    ['"-"', 'left'],
    ['""', 'left'],
  ])('double: %s is %s', (text, expected) => {
    expect(read(text, 'double')).toBe(expected);
  });

  test('float: rounded once more, and no texts', () => {
    expect(read('0.1', 'float')).toBe(Math.fround(0.1));
    expect(read('"0.1"', 'float')).toBe('left');
  });

  test('a number is what the readers of single fields make of it, for all records and for some', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 20 });
    const number = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.constantFrom('0', '7', '12', '900719925474099', '1234567890123456789'),
        digits,
      )
      .map(([sign, whole, fraction]) => [`${sign}${whole}`, `${sign}${whole}.${fraction}`]);
    const field = fc.oneof(
      fc.constantFrom(undefined, 'null', 'true', '"x"', '"\\u0031"', '[1,2]', '{"a":1}', '1E2', '"+1"', '" 1"'),
      number.map(([whole]) => whole),
      number.map(([, decimal]) => decimal),
      number.map(([whole]) => `"${whole}"`),
      number.map(([, decimal]) => `"${decimal}"`),
      digits.map((text) => `"${text}"`),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(field, fc.boolean()), { maxLength: 20 }),
        fc.constantFrom(...TYPES),
        (fields, type) => {
          const mark = kernel.mark();
          const batch = batchOfNumbers(fields.map(([text]) => text));
          const records = Int32Array.from(fields.flatMap(([, wanted], i) => (wanted ? [i] : [])));
          const column = new NumberColumn();
          column.read(batch, 1, records, records.length, type);
          const expected = newNumber();
          records.forEach((record, i) => {
            const at = BATCH_ROWS + record;
            if (fields[record][0] === undefined || fields[record][0] === 'null') {
              expect(column.outcomes[i]).toBe(Outcome.nothing);
              return;
            }
            if (column.outcomes[i] === Outcome.leftToCaller) return;
            expect(column.outcomes[i]).toBe(Outcome.number);
            for (const coerce of [coerceMetric, coerceDimension]) {
              expect(coerce(batch, at, type, expected)).toBe(true);
              expect([...column.pairs.subarray(2 * i, 2 * i + 2)]).toEqual([...expected.pair]);
            }
          });
          kernel.release(mark);
        },
      ),
      { numRuns: 200 },
    );
  });
});
