import { javaDoubleText } from '../../../../src/row/numbers/javaText.ts';

/** A value of a record as Druid's parser has it: integers of 64 bits are Longs (bigint), all other numbers Doubles. */
export type Value = null | boolean | string | bigint | number | readonly Value[] | ReadonlyMap<string, Value>;

export type SourceRecord = ReadonlyMap<string, Value>;

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const MARK = '\u0000#';
/** What may follow a record on its line. */
const TRAILING = / trailing$/;

/** @returns null for what is no JSON object */
export function parseRecord(line: string): SourceRecord | null {
  const marked = line
    .replace(TRAILING, '')
    .replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"\\u0000#${token}"`));
  try {
    const value = JSON.parse(marked, (_key, inner) => {
      if (typeof inner === 'string' && inner.startsWith(MARK)) return numberOf(inner.slice(MARK.length));
      const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      return isObject ? new Map(Object.entries(inner)) : inner;
    });
    return value instanceof Map ? value : null;
  } catch {
    return null;
  }
}

function numberOf(literal: string): bigint | number {
  if (/[.eE]/.test(literal)) return Number(literal);
  const exact = BigInt(literal);
  return BigInt.asIntN(64, exact) === exact ? exact : Number(literal);
}

/** Java's `String.valueOf`, as UTF-8 holds it: lone surrogates become `?`. */
export function textOf(value: Value): string {
  return javaText(value).replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '?');
}

function javaText(value: Value): string {
  if (typeof value === 'number') return javaDoubleText(value);
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (value instanceof Map) return `{${[...value].map(([key, inner]) => `${key}=${javaText(inner)}`).join(', ')}}`;
  return String(value);
}

/** What a row stores in a dimension. A list has several values, or is null's only sibling of one. */
export type Cell = null | string | bigint | number | readonly (string | null)[];

/** Marks what a column cannot take: it is stored as null, and the row counts as one with errors. */
export const BAD = Symbol('bad value');

export function stringCell(value: Value, handling: 'SORTED_ARRAY' | 'SORTED_SET' | 'ARRAY'): Cell {
  if (value === null) return null;
  if (!Array.isArray(value)) return textOf(value);
  const texts = value.map((element) => (element === null ? null : textOf(element)));
  if (texts.length < 2) return texts[0] ?? null;
  if (handling !== 'ARRAY') texts.sort(compareTexts);
  const kept = handling === 'SORTED_SET' ? [...new Set(texts)] : texts;
  return kept.length === 1 ? kept[0] : kept;
}

/** Null first, then by UTF-16 code units. */
export function compareTexts(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  return a < b ? -1 : Number(a > b);
}

const JAVA_DOUBLE = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;

function javaDouble(text: string): number | typeof BAD {
  return JAVA_DOUBLE.test(text) ? Number(text.replace(/^\+/, '').replace(/[fFdD]$/, '')) : BAD;
}

/** Java's casts: to a long truncating and saturating, to a float rounding. */
function cast(value: bigint | number, type: 'long' | 'float' | 'double'): bigint | number {
  if (type === 'double') return Number(value);
  if (type === 'float') return Math.fround(Number(value));
  if (typeof value === 'bigint') return value;
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return value < -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(value));
}

export function numericCell(value: Value, type: 'long' | 'float' | 'double'): Cell | typeof BAD {
  if (value === null) return null;
  if (typeof value === 'bigint' || typeof value === 'number') return cast(value, type);
  if (typeof value === 'boolean') return type === 'long' ? BigInt(value) : BAD;
  if (typeof value !== 'string') return BAD;
  if (type === 'long') return exactLong(value);
  const double = javaDouble(value);
  return double === BAD ? BAD : cast(double, type);
}

/** A decimal without fraction, such as `7`, `7.0` or `1e2`, that fits in 64 bits. */
function exactLong(text: string): bigint | typeof BAD {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null || match[2] + match[3] === '') return BAD;
  const exponent = Number(match[4] ?? 0) - match[3].length;
  const digits = BigInt(match[2] + match[3]);
  const unit = 10n ** BigInt(Math.abs(exponent));
  if (exponent < 0 && digits % unit !== 0n) return BAD;
  const magnitude = exponent < 0 ? digits / unit : digits * unit;
  const value = match[1] === '-' ? -magnitude : magnitude;
  return BigInt.asIntN(64, value) === value ? value : BAD;
}

/** The number that a metric takes (Druid's `Rows.objectToNumber`); null where there is none. */
export function metricNumber(value: Value, type: 'long' | 'float' | 'double'): bigint | number | null | typeof BAD {
  if (value === null) return null;
  if (typeof value === 'bigint' || typeof value === 'number') return cast(value, type);
  if (typeof value !== 'string') return BAD;
  const text = value
    .trim()
    .replaceAll(',', '')
    .replace(/^\+(?=\d)/, '');
  if (/^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) return cast(BigInt(text), type);
  const double = javaDouble(text);
  return double === BAD ? BAD : cast(double, type);
}
