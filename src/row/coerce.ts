import { FieldKind } from '../input/record.ts';
import type { RecordBatch } from '../input/recordBatch.ts';
import type { NumericType } from '../spec/jobSpec.ts';
import {
  parseDoubleDimension,
  parseDoubleMetric,
  parseDoubleSpan,
  parseFloatDimension,
  parseFloatMetric,
  parseLongDimension,
  parseLongMetric,
  parseLongSpan,
} from './numbers/parse.ts';
import { floatOfLong, longOfDouble } from './numbers/rounding.ts';

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
/** All integers of so many digits are exact doubles. */
const EXACT_DIGITS_MAX = 15;

/**
 * A number on its way from a field to a column: a long as a (low, high) pair of int32, a double or float by the bits of the
 * double that it equals. `double` is another view of the same eight bytes.
 */
export interface NumberCell {
  readonly pair: Int32Array;
  readonly double: Float64Array;
  readonly long: BigInt64Array;
}

export function newNumber(): NumberCell {
  const pair = new Int32Array(2);
  return { pair, double: new Float64Array(pair.buffer), long: new BigInt64Array(pair.buffer) };
}

/**
 * Reads a field as a value of a numeric dimension (Druid's DimensionHandlerUtils.convertObjectToLong and its siblings).
 *
 * @param at the field's place in the batch's columns; its kind is neither absent nor null
 * @returns false where the value is none of this type
 */
export function coerceDimension(batch: RecordBatch, at: number, type: NumericType, target: NumberCell): boolean {
  switch (batch.kinds[at] as FieldKind) {
    case FieldKind.integer:
      return integer(batch, at, type, target);
    case FieldKind.decimal:
      return decimal(batch, at, type, target);
    case FieldKind.true:
    case FieldKind.false:
      if (type !== 'long') return false;
      putLong(target, batch.kinds[at] === FieldKind.true ? 1 : 0);
      return true;
    case FieldKind.string:
      if (type === 'long') {
        const small = parseLongSpan(batch.bytes, batch.starts[at], batch.ends[at]);
        if (!Number.isNaN(small)) {
          putLong(target, small);
          return true;
        }
      } else if (type === 'double' && plainNumber(batch, at) !== FieldKind.absent)
        return decimal(batch, at, type, target);
      return dimensionText(textOf(batch, at), type, target);
    case FieldKind.text:
      return dimensionText(textOf(batch, at), type, target);
    default:
      return false;
  }
}

/**
 * Reads a field as the input of a numeric aggregator (Druid's Rows.objectToNumber).
 *
 * @param at the field's place in the batch's columns; its kind is neither absent nor null
 * @returns false where the value is no number
 */
export function coerceMetric(batch: RecordBatch, at: number, type: NumericType, target: NumberCell): boolean {
  switch (batch.kinds[at] as FieldKind) {
    case FieldKind.integer:
      return integer(batch, at, type, target);
    case FieldKind.decimal:
      return decimal(batch, at, type, target);
    case FieldKind.string: {
      const kind = plainNumber(batch, at);
      if (kind === FieldKind.integer) return integer(batch, at, type, target);
      if (kind === FieldKind.decimal) return decimal(batch, at, type, target);
      return metricText(textOf(batch, at), type, target);
    }
    case FieldKind.text:
      return metricText(textOf(batch, at), type, target);
    default:
      return false;
  }
}

/**
 * Whether a text is a number that JSON would write so too, as most numbers of CSV files are: `integer` for up to 15 digits,
 * `decimal` for digits around a point, else `absent`.
 */
function plainNumber(batch: RecordBatch, at: number): FieldKind {
  const { bytes } = batch;
  const start = batch.starts[at];
  const end = batch.ends[at];
  const first = bytes[start] === MINUS ? start + 1 : start;
  let pointAt = -1;
  for (let i = first; i < end; i++) {
    const byte = bytes[i];
    if (byte >= ZERO && byte <= NINE) continue;
    if (byte !== POINT || pointAt >= 0 || i === first || i === end - 1) return FieldKind.absent;
    pointAt = i;
  }
  if (pointAt >= 0) return FieldKind.decimal;
  return end > first && end - first <= EXACT_DIGITS_MAX ? FieldKind.integer : FieldKind.absent;
}

/** The text of a `string` or `text` field. */
export function textOf(batch: RecordBatch, at: number): string {
  if (batch.kinds[at] === FieldKind.text) return batch.texts[batch.starts[at]];
  return literal(batch, at, 'utf8');
}

function literal(batch: RecordBatch, at: number, encoding: 'utf8' | 'latin1'): string {
  const { bytes } = batch;
  const start = batch.starts[at];
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, batch.ends[at] - start).toString(encoding);
}

function integer(batch: RecordBatch, at: number, type: NumericType, target: NumberCell): boolean {
  const small = parseLongSpan(batch.bytes, batch.starts[at], batch.ends[at]);
  if (!Number.isNaN(small)) {
    // `-0` is the long 0.
    if (type === 'long') putLong(target, small);
    else target.double[0] = (type === 'float' ? Math.fround(small) : small) + 0;
    return true;
  }
  const exact = BigInt(literal(batch, at, 'latin1'));
  if (type === 'long') target.long[0] = exact;
  else target.double[0] = type === 'float' ? floatOfLong(exact) : Number(exact);
  return true;
}

function decimal(batch: RecordBatch, at: number, type: NumericType, target: NumberCell): boolean {
  const value = parseDoubleSpan(batch.bytes, batch.starts[at], batch.ends[at]);
  if (type === 'long') target.long[0] = longOfDouble(value);
  else target.double[0] = type === 'float' ? Math.fround(value) : value;
  return true;
}

function dimensionText(text: string, type: NumericType, target: NumberCell): boolean {
  if (type === 'long') {
    const long = parseLongDimension(text);
    if (long === null) return false;
    target.long[0] = long;
    return true;
  }
  return putDouble(target, type === 'float' ? parseFloatDimension(text) : parseDoubleDimension(text));
}

function metricText(text: string, type: NumericType, target: NumberCell): boolean {
  if (type === 'long') {
    const long = parseLongMetric(text);
    if (long === null) return false;
    target.long[0] = long;
    return true;
  }
  return putDouble(target, type === 'float' ? parseFloatMetric(text) : parseDoubleMetric(text));
}

function putDouble(target: NumberCell, value: number | undefined): boolean {
  if (value === undefined) return false;
  target.double[0] = value;
  return true;
}

/** @param value a whole number within 2^53 */
function putLong(target: NumberCell, value: number): void {
  target.pair[0] = value % 0x1_0000_0000;
  target.pair[1] = Math.floor(value / 0x1_0000_0000);
}
