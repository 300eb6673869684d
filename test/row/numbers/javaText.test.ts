import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  javaDoubleText,
  javaDoubleTextJdk17,
  javaFloatText,
  javaTextOfJson,
} from '../../../src/row/numbers/javaText.ts';

const view = new DataView(new ArrayBuffer(8));

/** What Java 17's Double.toString printed: bits in hex, text. Some 400 of them are not the shortest text. */
const JDK17 = readFileSync(new URL('../../fixtures/row/doubleTextJdk17.txt', import.meta.url), 'latin1')
  .trimEnd()
  .split('\n')
  .map((line) => {
    const [bits, text] = line.split(' ');
    view.setBigUint64(0, BigInt(`0x${bits}`));
    return { value: view.getFloat64(0), text };
  });

function significantDigits(text: string): number {
  return text
    .replace(/E.*/, '')
    .replace(/[^0-9]/g, '')
    .replace(/^0+|0+$/g, '').length;
}

const anyDouble = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((bits) => {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
});
const anyFloat = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((bits) => {
  view.setUint32(0, bits);
  return view.getFloat32(0);
});

describe('javaDoubleTextJdk17', () => {
  it('prints thousands of doubles as a JDK 17 does', () => {
    const wrong = JDK17.filter(({ value, text }) => javaDoubleTextJdk17(value) !== text);
    expect(wrong).toEqual([]);
  });

  it('keeps the famous departures from the shortest text', () => {
    expect([1e23, 2e23, 8.41e21, 2e-3, 5e-324, 2.2e-322, 1e21].map(javaDoubleTextJdk17)).toEqual([
      '9.999999999999999E22',
      '1.9999999999999998E23',
      '8.409999999999999E21',
      '0.002',
      '4.9E-324',
      '2.2E-322',
      '1.0E21',
    ]);
  });
});

describe('javaDoubleText', () => {
  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [0, '0.0'],
    [100, '100.0'],
    [9999999, '9999999.0'],
    [1e7, '1.0E7'],
    [12345678.5, '1.23456785E7'],
    [0.001, '0.001'],
    [9.99e-4, '9.99E-4'],
    [-0.25, '-0.25'],
    [1e20, '1.0E20'],
    [1e21, '1.0E21'],
    [123456789012345680000, '1.2345678901234568E20'],
    [1e23, '1.0E23'],
    [1e300, '1.0E300'],
    [1.5e-7, '1.5E-7'],
    [5e-324, '4.9E-324'],
    [1e-323, '9.9E-324'],
    [2e-323, '2.0E-323'],
    [2.2250738585072014e-308, '2.2250738585072014E-308'],
    [1.7976931348623157e308, '1.7976931348623157E308'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('writes %d as %s', (value, text) => {
    expect(javaDoubleText(value)).toBe(text);
  });

  it('differs from Java 17 only where Java 17 writes a longer or a farther text', () => {
    for (const { value, text } of JDK17) {
      const ours = javaDoubleText(value);
      if (ours === text) continue;
      expect(Number(ours)).toBe(value);
      expect(significantDigits(ours)).toBeLessThanOrEqual(Math.max(2, significantDigits(text)));
    }
  });

  it('gives the double back, in Java notation', () => {
    fc.assert(
      fc.property(fc.oneof(anyDouble, fc.double()), (value) => {
        const text = javaDoubleText(value);
        expect(Number(text)).toBe(value);
        if (Number.isFinite(value)) expect(text).toMatch(/^-?(?:[0-9]{1,7}\.[0-9]+|[1-9]\.[0-9]+E-?[0-9]+)$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('javaFloatText', () => {
  it.each([
    [1, '1.0'],
    [Math.fround(0.1), '0.1'],
    [Math.fround(1e10), '1.0E10'],
    [Math.fround(3.4028234663852886e38), '3.4028235E38'],
    [2 ** -149, '1.4E-45'],
    [2 ** -126, '1.1754944E-38'],
    [Math.fround(16777216), '1.6777216E7'],
    [Math.fround(8.5899346e9), '8.589935E9'],
    [2 ** -44, '5.684342E-14'],
    [-0, '-0.0'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('writes %d as %s', (value, text) => {
    expect(javaFloatText(value)).toBe(text);
  });

  it('gives the float back with no digit too many', () => {
    fc.assert(
      fc.property(anyFloat, (value) => {
        const text = javaFloatText(value);
        expect(Math.fround(Number(text))).toBe(value);
        const digits = significantDigits(text);
        if (Number.isFinite(value) && digits > 2) {
          expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(value);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('finds the shortest text of every power of two', () => {
    for (let exponent = -126; exponent < 128; exponent++) {
      const value = 2 ** exponent;
      const text = javaFloatText(value);
      expect(Math.fround(Number(text))).toBe(value);
      const shorter = significantDigits(text) - 1;
      if (shorter < 2) continue;
      const below = value.toExponential(shorter - 1);
      const [mantissa, power] = below.split('e');
      const above = `${(Number(mantissa) + 10 ** (1 - shorter)).toFixed(shorter - 1)}e${power}`;
      expect([below, above].map((candidate) => Math.fround(Number(candidate)))).not.toContain(value);
    }
  });
});

describe('javaTextOfJson', () => {
  it('prints maps and lists as Java does, longs and doubles apart', () => {
    const value = new Map<string, unknown>([
      ['k', 1n],
      ['l', [1n, 2.5, null, true, 'a b']],
      ['m', new Map([['2', 1]])],
      ['empty', new Map()],
    ]);
    expect(javaTextOfJson(value)).toBe('{k=1, l=[1, 2.5, null, true, a b], m={2=1.0}, empty={}}');
    expect(javaTextOfJson([])).toBe('[]');
    expect(javaTextOfJson({ a: 1e23 }, javaDoubleTextJdk17)).toBe('{a=9.999999999999999E22}');
    expect(javaTextOfJson([8.41e21], javaDoubleTextJdk17)).toBe('[8.409999999999999E21]');
    expect(javaTextOfJson(null)).toBe('null');
    expect(javaTextOfJson('text')).toBe('text');
  });
});
