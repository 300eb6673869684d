import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TIME_MS } from '../../src/time/calendar.ts';
import { isoText } from '../../src/time/isoText.ts';
import { compileTimestampParser, type TimestampParser } from '../../src/time/timestampParser.ts';
import { readRows, readVectors } from './fixtures.ts';

const utf8 = new TextEncoder();

/** Parses bytes that lie in the middle of others, so that reading past an end shows. */
function parseInside(parser: TimestampParser, text: string): number {
  const bytes = utf8.encode(`7${text}7`);
  return parser.parseBytes(bytes, 1, bytes.length - 1);
}

describe('real Druid', () => {
  const { timestamps } = readVectors();
  for (const [format, cases] of Object.entries(timestamps)) {
    it(`reads ${format} alike`, () => {
      const parser = compileTimestampParser(format);
      for (const [value, expected] of Object.entries(cases)) {
        const ms = expected.startsWith('ERR') ? Number.NaN : Number(expected);
        const number = /^(?:Long|Double):(.*)$/.exec(value);
        if (number !== null) {
          const text = number[1] as string;
          expect(parser.parseNumber(Number(text)), value).toBe(ms);
          expect(parser.parseNumberBytes(utf8.encode(text), 0, text.length), value).toBe(ms);
        } else if (value.startsWith("'")) {
          expect(parser.parseText(value.slice(1, -1)), value).toBe(ms);
          expect(parseInside(parser, value.slice(1, -1)), value).toBe(ms);
        } else {
          // A JSON boolean comes as its text.
          expect(parser.parseText(value.slice('Boolean:'.length)), value).toBe(ms);
        }
      }
    });
  }

  it('reads texts of many patterns alike', () => {
    const parsers = new Map<string, TimestampParser>();
    for (const [format, kind, value, expected] of readRows('jodaTimestamps.tsv') as [
      string,
      string,
      string,
      string,
    ][]) {
      const parser = parsers.get(format) ?? compileTimestampParser(format, 2026);
      parsers.set(format, parser);
      const ms = expected === 'invalid' ? Number.NaN : Number(expected);
      const found = kind === 'text' ? parseInside(parser, value) : parser.parseNumber(Number(value));
      expect(found, `${format} ${kind} ${value}`).toBe(ms);
    }
  });
});

describe('ISO texts', () => {
  const iso = compileTimestampParser('iso');
  const auto = compileTimestampParser('auto');
  const anyTime = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });

  it('come back from what isoText prints', () => {
    const whole = fc.maxSafeInteger();
    fc.assert(
      fc.property(fc.oneof(anyTime, whole), (ms) => {
        expect(iso.parseText(isoText(ms))).toBe(ms);
        expect(auto.parseText(isoText(ms))).toBe(ms);
      }),
      { numRuns: 300 },
    );
  });

  it('mean the same as text and as bytes, with any separator, fraction and offset', () => {
    const text = fc
      .record({
        ms: anyTime,
        separator: fc.constantFrom('T', ' ', 't'),
        fraction: fc.constantFrom('', '.5', '.12', '.123', ',123456', '.123456789', '.1234567890', '.'),
        offset: fc.constantFrom('', 'Z', 'z', '+02:00', '-0830', '+05', '+1', '+24:00', '+05:30:15.25', ' UTC'),
        cut: fc.nat({ max: 24 }),
      })
      .map(({ ms, separator, fraction, offset, cut }) => {
        const whole = isoText(ms).slice(0, 19).replace('T', separator) + fraction + offset;
        return whole.slice(0, Math.max(4, whole.length - (cut > 19 ? cut - 15 : 0)));
      });
    fc.assert(
      fc.property(text, (t) => {
        expect(parseInside(iso, t)).toBe(iso.parseText(t));
        expect(parseInside(auto, t)).toBe(auto.parseText(t));
      }),
      { numRuns: 500 },
    );
  });

  it('agree with JavaScript where it reads the same form', () => {
    fc.assert(
      fc.property(anyTime, fc.integer({ min: -1439, max: 1439 }), (ms, minutes) => {
        const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
        const size = Math.abs(minutes);
        const text = `${isoText(ms).slice(0, -1)}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
        expect(iso.parseText(text)).toBe(Date.parse(text));
      }),
      { numRuns: 200 },
    );
  });

  it('of a date that repeats are not remembered when the date is none', () => {
    expect(iso.parseText('2023-02-29T00:00:00')).toBeNaN();
    expect(iso.parseText('2023-02-29T00:00:00')).toBeNaN();
    expect(iso.parseText('2024-02-29T00:00:00')).toBe(1_709_164_800_000);
  });
});

describe('numbers', () => {
  it('are cut exactly where a double cannot hold them', () => {
    const nano = compileTimestampParser('nano');
    const text = '1704164645677999999';
    expect(nano.parseText(text)).toBe(1_704_164_645_677);
    expect(nano.parseNumberBytes(utf8.encode(text), 0, text.length)).toBe(1_704_164_645_677);
    expect(compileTimestampParser('micro').parseText('-9223372036854775808')).toBe(Number.NaN);
    expect(nano.parseText('-9223372036854775808')).toBe(-9_223_372_036_854);
    expect(nano.parseText('9223372036854775808')).toBeNaN();
    expect(nano.parseText('00000000000000000000001000000')).toBe(1);
  });

  it('beyond 2^53 ms are no times', () => {
    const millis = compileTimestampParser('millis');
    expect(millis.parseText(String(MAX_TIME_MS))).toBe(MAX_TIME_MS);
    expect(millis.parseText('9007199254740992')).toBeNaN();
    expect(compileTimestampParser('posix').parseNumber(MAX_TIME_MS)).toBeNaN();
  });

  it('in text formats count as what Java writes', () => {
    expect(compileTimestampParser('yyyy.M').parseNumber(2024.5)).toBe(1_714_521_600_000);
    // 1.20234565E7 and 1.0E21.
    const scientific = compileTimestampParser("d.SSSSSSSS'E'H");
    expect(scientific.parseNumber(12_023_456.5)).toBe(Date.UTC(2000, 0, 1, 7, 0, 0, 202));
    expect(scientific.parseNumber(1e21)).toBe(Date.UTC(2000, 0, 1, 21));
    expect(compileTimestampParser('yyyyMMdd').parseNumberBytes(utf8.encode('20240102'), 0, 8)).toBe(1_704_153_600_000);
  });

  it('with a fraction or an exponent are no digits in text formats, whole or not', () => {
    const read = (format: string, text: string) =>
      compileTimestampParser(format).parseNumberBytes(utf8.encode(text), 0, text.length);
    // Java writes 1.7E9, 2.0240102E7, 2024.0.
    for (const text of ['1.7e9', '1700000000.0', '17e8']) expect(read('iso', text), text).toBeNaN();
    for (const text of ['20240102.0', '2.0240102e7', '2024010.2e1']) expect(read('yyyyMMdd', text), text).toBeNaN();
    expect(read("yyyy'.0'", '2024.0')).toBe(1_704_067_200_000);
    expect(read("yyyy'.0'", '2.024e3')).toBe(1_704_067_200_000);
    expect(read('iso', '1700000000')).toBe(1_700_000_000);
  });

  it('never come back as minus zero', () => {
    for (const format of ['auto', 'millis', 'posix', 'micro', 'nano', 'ruby']) {
      const parser = compileTimestampParser(format);
      expect(parser.parseNumber(-0), format).toBe(0);
      expect(parser.parseNumber(-0.4), format).toBe(format === 'ruby' ? -400 : 0);
      expect(parser.parseNumberBytes(utf8.encode('-0'), 0, 2), format).toBe(0);
    }
  });
});

describe('patterns', () => {
  it('compare literals beyond ASCII byte by byte', () => {
    const parser = compileTimestampParser("yyyy'年'MM'月'");
    expect(parser.parseText('2024年02月')).toBe(1_706_745_600_000);
    expect(parser.parseText('2024月02年')).toBeNaN();
  });

  it('give the same for a text that comes twice, and not for its neighbour', () => {
    const parser = compileTimestampParser('yyyy-MM-dd HH:mm');
    expect(parser.parseText('2024-01-02 03:04')).toBe(1_704_164_640_000);
    expect(parser.parseText('2024-01-02 03:04')).toBe(1_704_164_640_000);
    expect(parser.parseText('2024-01-02 03:05')).toBe(1_704_164_700_000);
    expect(parser.parseText('2024-01-02 03:0')).toBe(1_704_164_400_000);
  });

  it('are refused with a sentence', () => {
    expect(() => compileTimestampParser('')).toThrow(
      'The timestamp format is empty; give "auto", "iso" or a Joda pattern.',
    );
    expect(() => compileTimestampParser('yyyy-MM-ddTHH')).toThrow(
      'The timestamp format "yyyy-MM-ddTHH" has "T", which is no field of a Joda pattern; ' +
        "put literal letters in quotes, as in yyyy-MM-dd'T'HH:mm.",
    );
    expect(() => compileTimestampParser('HH zzzz')).toThrow(
      'The timestamp format "HH zzzz" has "zzzz": full names of time zones cannot be read; use z, Z or ZZZ.',
    );
  });
});
