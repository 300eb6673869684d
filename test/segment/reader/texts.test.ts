import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intervalText, isoInstant } from '../../../src/segment/reader/isoInstant.ts';
import {
  doubleText,
  floatText,
  JsonDouble,
  jsonText,
  longText,
  RawJson,
} from '../../../src/segment/reader/jsonText.ts';

describe('numbers as text', () => {
  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [0, '0.0'],
    [203.5, '203.5'],
    [0.001, '0.001'],
    [0.0001, '1.0E-4'],
    [9999999, '9999999.0'],
    [1e7, '1.0E7'],
    [12345678.5, '1.23456785E7'],
    [1e300, '1.0E300'],
    [-2.5e-10, '-2.5E-10'],
    [Number.MIN_VALUE, '4.9E-324'],
    [Number.MAX_VALUE, '1.7976931348623157E308'],
    [Number.NaN, '"NaN"'],
    [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  ])('double %d is %s', (value, text) => {
    expect(doubleText(value)).toBe(text);
  });

  it.each([
    [Math.fround(0.1), '0.1'],
    [Math.fround(3.4e38), '3.4E38'],
    [143.953125, '143.95312'],
    [257.265625, '257.26562'],
    [-166.421875, '-166.42188'],
    [16777216, '1.6777216E7'],
    [5, '5.0'],
    [Number.NaN, '"NaN"'],
  ])('float %d is %s', (value, text) => {
    expect(floatText(value)).toBe(text);
  });

  it('any double and float can be read back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(JSON.parse(doubleText(value))).toBe(value);
        const float = Math.fround(value);
        if (Number.isFinite(float)) expect(Math.fround(JSON.parse(floatText(float)))).toBe(float);
      }),
      { numRuns: 300 },
    );
  });

  it('longs are exact', () => {
    const longs = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
      fc.constantFrom(2n ** 53n, -(2n ** 53n), 2n ** 53n + 1n, -(2n ** 53n) - 1n, -1n, 2n ** 63n - 1n),
    );
    fc.assert(
      fc.property(longs, (long) => {
        expect(longText(new Int32Array(BigInt64Array.of(0n, long).buffer), 1)).toBe(long.toString());
      }),
      { numRuns: 300 },
    );
  });
});

describe('jsonText', () => {
  it('writes what JSON.stringify cannot', () => {
    const map = new Map<string, unknown>([
      ['b', 2n ** 63n - 1n],
      ['1', [new JsonDouble(1), null, 'x']],
    ]);
    expect(jsonText({ map, raw: new RawJson('{\n  "a": "b  c"\n}\n'), none: undefined })).toBe(
      '{"map":{"b":9223372036854775807,"1":[1.0,null,"x"]},"raw":{"a": "b  c"}}',
    );
  });
});

describe('instants as text', () => {
  it('agree with Date where it reaches', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62135596800000, max: 253402300799999 }), (millis) => {
        expect(isoInstant(BigInt(millis))).toBe(new Date(millis).toISOString());
      }),
      { numRuns: 200 },
    );
  });

  it("reach Druid's eternity", () => {
    expect(intervalText(-(2n ** 62n), 2n ** 62n - 1n)).toBe(
      '-146136543-09-08T08:23:32.096Z/146140482-04-24T15:36:27.903Z',
    );
  });
});
