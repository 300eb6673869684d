import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseDoubleDimension,
  parseDoubleMetric,
  parseDoubleSpan,
  parseFloatDimension,
  parseFloatMetric,
  parseLongDimension,
  parseLongMetric,
  parseLongSpan,
} from '../../../src/row/numbers/parse.ts';
import { floatOfDecimal, floatOfLong, longOfDouble } from '../../../src/row/numbers/rounding.ts';

/** Text; then as long, double, float dimension and as long, float, double metric: decimal or hex bits, or "error". */
type Coercions = [text: string, ...results: [string, string, string, string, string, string]];

/** Made with Druid 33's DimensionHandlerUtils and Rows on Java 17. */
const DRUID = JSON.parse(
  readFileSync(new URL('../../fixtures/row/numberTexts.json', import.meta.url), 'utf8'),
) as Coercions[];

const view = new DataView(new ArrayBuffer(8));

function doubleBits(value: number | undefined): string {
  if (value === undefined) return 'error';
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16);
}

function floatBits(value: number | undefined): string {
  if (value === undefined) return 'error';
  view.setFloat32(0, value);
  expect(Object.is(view.getFloat32(0), value)).toBe(true);
  return view.getUint32(0).toString(16);
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(`9${text}9`, 'latin1');
}

describe('text coercions', () => {
  it('agree with Druid on every text of the fixture', () => {
    const ours = DRUID.map(
      ([text]): Coercions => [
        text,
        parseLongDimension(text)?.toString() ?? 'error',
        doubleBits(parseDoubleDimension(text)),
        floatBits(parseFloatDimension(text)),
        parseLongMetric(text)?.toString() ?? 'error',
        floatBits(parseFloatMetric(text)),
        doubleBits(parseDoubleMetric(text)),
      ],
    );
    const wrong = ours.flatMap((row, i) => (row.join() === DRUID[i].join() ? [] : [{ ours: row, druid: DRUID[i] }]));
    expect(wrong).toEqual([]);
  });

  it('take the examples of the documentation', () => {
    expect(['7', '+7', '-7', '7.0', '7.', '.0', '1e2'].map(parseLongDimension)).toEqual([
      7n,
      7n,
      -7n,
      7n,
      7n,
      0n,
      100n,
    ]);
    expect(['7.9', ' 7', '0x1', '7L', '9223372036854775808'].map(parseLongDimension)).toEqual(Array(5).fill(null));
    expect(['5f', '5d', '0x1p3', ' 5', 'inf'].map(parseDoubleDimension)).toEqual([5, 5, 8, undefined, undefined]);
    expect(['1,000', '12.7', ' 5 ', '1e3', ''].map(parseLongMetric)).toEqual([1000n, 12n, 5n, 1000n, null]);
  });
});

describe('roundings', () => {
  it('round decimals to floats once', () => {
    expect(Math.fround(Number('1.00000017881393432617187499'))).not.toBe(1 + 2 ** -23);
    expect(floatOfDecimal('1.00000017881393432617187499')).toBe(1 + 2 ** -23);
    expect(floatOfDecimal('7.006492321624086e-46')).toBe(2 ** -149);
    expect(floatOfDecimal('3.4028235677973366e38')).toBe(3.4028234663852886e38);
    expect(floatOfDecimal('3.4028235677973367e38')).toBe(Number.POSITIVE_INFINITY);
  });

  it('round longs to floats once', () => {
    // 2^62 + 2^38 + 1: as a double it is exactly between two floats, and would go to the even one below.
    expect(floatOfLong(2n ** 62n + 2n ** 38n + 1n)).toBe(2 ** 62 + 2 ** 39);
    expect(floatOfLong(-(2n ** 62n) - 2n ** 38n)).toBe(-(2 ** 62));
    expect(floatOfLong(0n)).toBe(0);
  });

  it('cast doubles to longs as Java does', () => {
    expect([7.9, -7.9, Number.NaN, 1e300, -1e300, 2 ** 53].map(longOfDouble)).toEqual([
      7n,
      -7n,
      0n,
      9223372036854775807n,
      -9223372036854775808n,
      9007199254740992n,
    ]);
  });
});

describe('parseLongSpan', () => {
  it('reads up to 15 digits and leaves the rest to the slow path', () => {
    const parse = (text: string) => parseLongSpan(bytesOf(text), 1, text.length + 1);
    expect(['0', '-0', '7', '-123', '999999999999999', '-999999999999999'].map(parse)).toEqual([
      0, 0, 7, -123, 999999999999999, -999999999999999,
    ]);
    expect(['', '-', '1.5', '1e2', '+1', '1000000000000000', '-1000000000000000', '1 '].map(parse)).toEqual(
      Array(8).fill(Number.NaN),
    );
  });
});

describe('parseDoubleSpan', () => {
  const parse = (text: string) => parseDoubleSpan(bytesOf(text), 1, text.length + 1);

  it.each([
    '0',
    '-0',
    '0.0',
    '-0.0',
    '1.5',
    '-2.25',
    '1e3',
    '1E+3',
    '1e-3',
    '1.5e22',
    '1.5e23',
    '1e22',
    '1e23',
    '1e-22',
    '1e-23',
    '0.000001',
    '123456789012345',
    '1234567890123456',
    '0.1234567890123456789',
    '9007199254740993',
    '1e400',
    '-1e400',
    '1e-400',
    '4.9e-324',
    '0.00000000000000000000000000000001',
    '123456.789e-30',
    '0e99999',
    '1.7976931348623157e308',
    '100000000000000000000',
  ])('reads %s exactly', (text) => {
    expect(Object.is(parse(text), Number(text))).toBe(true);
  });

  it('equals Number on any JSON number', () => {
    const literal = fc
      .tuple(
        fc.boolean(),
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        fc.nat(25),
        fc.integer({ min: -40, max: 40 }),
        fc.nat(2),
      )
      .map(([negative, digits, point, exponent, form]) => {
        const text = digits.toString().padStart(point + 1, '0');
        const whole = text.slice(0, text.length - point);
        const decimal = point === 0 ? whole : `${whole}.${text.slice(-point)}`;
        return `${negative ? '-' : ''}${decimal}${form === 0 ? '' : `${form === 1 ? 'e' : 'E+'}${form === 1 ? exponent : Math.abs(exponent)}`}`;
      });
    fc.assert(
      fc.property(literal, (text) => {
        expect(Object.is(parse(text), Number(text))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
