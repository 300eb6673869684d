// Scans and checks single JSON values (RFC 8259) in lines that end in LF or CR. Rules are those of
// src/input/json/scanner.ts. Each function gives the address behind what it scanned (of the closing quote, for strings),
// or 0 for what JSON does not allow or this scanner does not do.

/** Jackson's StreamReadConstraints. */
const NUMBER_LENGTH_MAX: usize = 1000;
/** Levels of a nested value, one bit each; the caller has its own way for deeper ones. */
const LEVELS_MAX: i32 = 64;

const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const MINUS: u32 = 0x2d;
const COLON: u32 = 0x3a;
const BACKSLASH: u32 = 0x5c;
const OPEN_BRACKET: u32 = 0x5b;
const OPEN_BRACE: u32 = 0x7b;
/** Lies between a closing bracket or brace and its opening one. */
const CLOSE_DISTANCE: u32 = 2;

/** Whether the number scanned last is an integer that fits in 64 bits. */
export let isLong: bool = false;
/** Not 0 when bytes beyond ASCII stood before the place that `plainEnd` gave last. */
export let high: i32 = 0;

/** Skips spaces and tabs: line ends are no blanks here. */
// @ts-ignore: decorator
@inline
export function blankEnd(start: usize): usize {
  let at = start;
  while (load<u8>(at) <= 0x20 && (load<u8>(at) == 0x20 || load<u8>(at) == 0x09)) at++;
  return at;
}

/** Jackson refuses a number or literal that runs into other text, such as `12abc` or `012`. */
// @ts-ignore: decorator
@inline
function endsValue(byte: u32): bool {
  return byte == COMMA || (byte | 0x20) == 0x7d || byte <= 0x20;
}

/** The first quote, backslash or control byte in a string. There is one: the end of the line. */
// @ts-ignore: decorator
@inline
export function plainEnd(start: usize): usize {
  let at = start;
  let beyond = 0;
  while (true) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
        i8x16.eq(bytes, i8x16.min_u(bytes, i8x16.splat(0x1f))),
      ),
    );
    if (found != 0) {
      // Only what stands before the place counts.
      high = beyond | (i8x16.bitmask(bytes) & (found ^ (found - 1)));
      return at + <usize>ctz(found);
    }
    beyond |= i8x16.bitmask(bytes);
    at += 16;
  }
}

/** The closing quote of a string, escapes checked, from any of its characters on. */
export function stringEnd(start: usize): usize {
  let at = plainEnd(start);
  while (load<u8>(at) == BACKSLASH) {
    at = escapeEnd(at + 1);
    if (at == 0) return 0;
    at = plainEnd(at);
  }
  return load<u8>(at) == QUOTE ? at : 0;
}

function escapeEnd(at: usize): usize {
  switch (load<u8>(at)) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 1;
    case 0x75: // u
      for (let digit = at + 1; digit <= at + 4; digit++) {
        const byte = <u32>load<u8>(digit);
        if (byte - 0x30 >= 10 && (byte | 0x20) - 0x61 >= 6) return 0;
      }
      return at + 5;
    default:
      return 0;
  }
}

/** Whether the bytes up to a quote are well-formed UTF-8 (RFC 3629, section 4). */
export function wellFormed(start: usize, quote: usize): bool {
  let at = start;
  while (at < quote) {
    const beyond = i8x16.bitmask(v128.load(at));
    if (beyond == 0) {
      at += 16;
      continue;
    }
    at += <usize>ctz(beyond);
    if (at >= quote) return true;
    // Lead byte lowest; a sequence that is cut off runs into the quote, which is no continuation byte.
    const word = load<u32>(at);
    if ((word & 0xc0c0f0) == 0x8080e0) {
      // Neither overlong (below U+0800) nor a surrogate.
      const bits = word & 0x200f;
      if (bits == 0 || bits == 0x200d) return false;
      at += 3;
    } else if ((word & 0xc0e0) == 0x80c0) {
      if ((word & 0x1e) == 0) return false;
      at += 2;
    } else if ((word & 0xc0c0c0f8) == 0x808080f0) {
      const plane = ((word & 7) << 2) | ((word >>> 12) & 3);
      if (plane == 0 || plane > 16) return false;
      at += 4;
    } else return false;
  }
  return true;
}

/** Scans a number and sets `isLong`. */
export function numberEnd(start: usize): usize {
  let at = start;
  let byte = <u32>load<u8>(at);
  if (byte == MINUS) byte = load<u8>(++at);
  const digitsFrom = at;
  if (byte == 0x30) byte = load<u8>(++at);
  else {
    while (byte - 0x30 < 10) byte = load<u8>(++at);
    if (at == digitsFrom) return 0;
  }
  const digits = at - digitsFrom;
  let long = true;
  if (byte == 0x2e) {
    long = false;
    const from = at + 1;
    do byte = load<u8>(++at);
    while (byte - 0x30 < 10);
    if (at == from) return 0;
  }
  if ((byte | 0x20) == 0x65) {
    long = false;
    byte = load<u8>(++at);
    if (byte == 0x2b || byte == MINUS) byte = load<u8>(++at);
    const from = at;
    while (byte - 0x30 < 10) byte = load<u8>(++at);
    if (at == from) return 0;
  }
  if (!endsValue(byte) || at - start > NUMBER_LENGTH_MAX) return 0;
  isLong = long && (digits < 19 || (digits == 19 && longFits(digitsFrom, digitsFrom > start)));
  return at;
}

/** Whether 19 digits stay within 64 bits. */
function longFits(start: usize, negative: bool): bool {
  let value: u64 = 0;
  for (let at = start; at < start + 19; at++) value = value * 10 + (load<u8>(at) - 0x30);
  return value <= <u64>i64.MAX_VALUE + <u64>negative;
}

/** Scans `null`, `true` or `false`. */
// @ts-ignore: decorator
@inline
export function literalEnd(at: usize): usize {
  const word = load<u32>(at);
  let end: usize = 0;
  if (word == 0x6c6c756e || word == 0x65757274) end = at + 4;
  else if (word == 0x736c6166 && load<u8>(at, 4) == 0x65) end = at + 5;
  else return 0;
  return endsValue(load<u8>(end)) ? end : 0;
}

/** Scans a map or list. */
export function nestedEnd(open: usize): usize {
  // One bit a level, the innermost lowest: whether it is a map.
  let maps: u64 = 0;
  let depth = 0;
  let at = open;
  while (true) {
    const first = <u32>load<u8>(at);
    if (first == OPEN_BRACE || first == OPEN_BRACKET) {
      if (depth == LEVELS_MAX) return 0;
      depth++;
      const isMap = first == OPEN_BRACE;
      maps = (maps << 1) | <u64>isMap;
      at = blankEnd(at + 1);
      if (load<u8>(at) != first + CLOSE_DISTANCE) {
        if (isMap) at = nestedKeyEnd(at);
        if (at == 0) return 0;
        continue;
      }
      // Empty: falls through to where it is closed.
    } else {
      at = scalarEnd(at, first);
      if (at == 0) return 0;
      at = blankEnd(at);
    }
    // Behind a value, or at the end of an empty one: close what ends here.
    while (true) {
      const next = <u32>load<u8>(at);
      if (next == COMMA) {
        at = blankEnd(at + 1);
        if (maps & 1) at = nestedKeyEnd(at);
        if (at == 0) return 0;
        break;
      }
      if (next != (maps & 1 ? OPEN_BRACE : OPEN_BRACKET) + CLOSE_DISTANCE) return 0;
      at++;
      if (--depth == 0) return at;
      maps >>>= 1;
      at = blankEnd(at);
    }
  }
}

/** Where the value behind a key begins. */
function nestedKeyEnd(start: usize): usize {
  if (load<u8>(start) != QUOTE) return 0;
  let at = stringEnd(start + 1);
  if (at == 0) return 0;
  at = blankEnd(at + 1);
  return load<u8>(at) == COLON ? blankEnd(at + 1) : 0;
}

function scalarEnd(at: usize, first: u32): usize {
  if (first == QUOTE) {
    const quote = stringEnd(at + 1);
    return quote == 0 ? 0 : quote + 1;
  }
  return first == MINUS || first - 0x30 < 10 ? numberEnd(at) : literalEnd(at);
}
