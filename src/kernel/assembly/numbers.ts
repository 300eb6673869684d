// Reads one field of many records as numbers. Counterpart and caller: src/row/numberColumn.ts.

// Field kinds as in src/input/record.ts.
const KIND_NULL: i32 = 1;
const KIND_STRING: i32 = 2;
const KIND_INTEGER: i32 = 3;
const KIND_DECIMAL: i32 = 4;

/** What became of a field. */
const NOTHING: i32 = 0;
const NUMBER: i32 = 1;
const LEFT_TO_CALLER: i32 = 2;

const POINT: u32 = 0x2e;
const MINUS: u32 = 0x2d;
/** All integers of so many digits are exact doubles. */
const EXACT_DIGITS_MAX: i32 = 15;
/** All integers of so many digits are longs. */
const LONG_DIGITS_MAX: usize = 18;
/** Powers of ten that are exact doubles. */
const POWERS_OF_TEN = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]);
const POWER_MAX: usize = 22;

/**
 * Reads integers as longs, and texts that are integers, as most numbers of CSV files are.
 *
 * @param bytes where the spans begin to count
 * @param kinds a byte per record
 * @param records int32 numbers of the records wanted, or 0 for all from 0 on
 * @param numbers receives an int64 per wanted record
 * @param outcomes receives a byte per wanted record: 0 for absent and null, 1 for a number, 2 for a field left to the caller
 */
export function parseLongs(
  bytes: usize,
  kinds: usize,
  starts: usize,
  ends: usize,
  records: usize,
  count: i32,
  numbers: usize,
  outcomes: usize,
): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const record = records == 0 ? i : <usize>load<i32>(records + (i << 2));
    const kind = <i32>load<u8>(kinds + record);
    let outcome = LEFT_TO_CALLER;
    if (kind == KIND_INTEGER || kind == KIND_STRING) {
      const start = bytes + <usize>load<i32>(starts + (record << 2));
      const end = bytes + <usize>load<i32>(ends + (record << 2));
      if (kind == KIND_INTEGER || isInteger(start, end)) {
        store<i64>(numbers + (i << 3), long(start, end));
        outcome = NUMBER;
      }
    } else if (kind <= KIND_NULL) outcome = NOTHING;
    store<u8>(outcomes + i, <u8>outcome);
  }
}

/**
 * Reads integers and decimals as doubles, as far as one exact operation gives the nearest one, and, but for floats, texts that
 * are such numbers; parameters as for `parseLongs`.
 *
 * @param single 1 to round them to floats
 * @param numbers receives a float64 per wanted record
 */
export function parseDoubles(
  bytes: usize,
  kinds: usize,
  starts: usize,
  ends: usize,
  records: usize,
  count: i32,
  single: i32,
  numbers: usize,
  outcomes: usize,
): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const record = records == 0 ? i : <usize>load<i32>(records + (i << 2));
    const kind = <i32>load<u8>(kinds + record);
    let outcome = LEFT_TO_CALLER;
    if (kind == KIND_INTEGER || kind == KIND_DECIMAL || (kind == KIND_STRING && !single)) {
      const start = bytes + <usize>load<i32>(starts + (record << 2));
      const value = double(start, bytes + <usize>load<i32>(ends + (record << 2)), kind);
      // NaN equals nothing.
      if (value == value) {
        store<f64>(numbers + (i << 3), single ? <f64>(<f32>value) : value);
        outcome = NUMBER;
      }
    } else if (kind <= KIND_NULL) outcome = NOTHING;
    store<u8>(outcomes + i, <u8>outcome);
  }
}

// Whether a text is digits only, of which any number is within 64 bits, behind an optional minus.
// @ts-ignore: decorator
@inline
function isInteger(start: usize, end: usize): bool {
  let at = start + <usize>(<u32>load<u8>(start) == MINUS);
  if (at >= end || end - at > LONG_DIGITS_MAX) return false;
  while (at < end) if (<u32>load<u8>(at++) - 0x30 > 9) return false;
  return true;
}

// The literal of an integer within 64 bits.
// @ts-ignore: decorator
@inline
function long(start: usize, end: usize): i64 {
  const negative = <u32>load<u8>(start) == MINUS;
  let value: u64 = 0;
  for (let at = start + <usize>negative; at < end; at++) value = value * 10 + <u64>(<u32>load<u8>(at) - 0x30);
  return <i64>(negative ? 0 - value : value);
}

// The literal of a number, or a text that may be one. NaN is for texts that are none, and for those with an exponent or more
// digits than one exact operation can do (W. D. Clinger's fast path).
// @ts-ignore: decorator
@inline
function double(start: usize, end: usize, kind: i32): f64 {
  const negative = <u32>load<u8>(start) == MINUS;
  const first = start + <usize>negative;
  let mantissa: u64 = 0;
  let digits = 0;
  let pointAt: usize = 0;
  for (let at = first; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte - 0x30 < 10) {
      mantissa = mantissa * 10 + <u64>(byte - 0x30);
      digits += <i32>(mantissa != 0);
      if (digits > EXACT_DIGITS_MAX) return NaN;
    } else if (byte == POINT && pointAt == 0 && at > first && at + 1 < end) pointAt = at + 1;
    else return NaN;
  }
  const scale: usize = pointAt == 0 ? 0 : end - pointAt;
  if (first >= end || scale > POWER_MAX) return NaN;
  const value = <f64>mantissa / load<f64>(POWERS_OF_TEN + (scale << 3));
  if (!negative) return value;
  // The integer `-0` is 0, the decimal -0.0 is not, and what the text is, its reader says.
  if (mantissa == 0) return kind == KIND_INTEGER ? 0 : kind == KIND_DECIMAL ? -value : NaN;
  return -value;
}
