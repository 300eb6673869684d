// Scans lines of JSON objects into the columns of a record batch. Counterpart and caller: src/input/json/blockScanner.ts.
// src/input/json/scanner.ts does the same in plain TypeScript and has the last word on every line that stops this one.

import { blankEnd, high, isLong, literalEnd, nestedEnd, numberEnd, plainEnd, stringEnd, wellFormed } from './jsonValue';
import { findKey, hasName, KEY_COLUMN, KEY_LENGTH, KEY_NEXT } from './jsonKeys';

// The state: 32-bit words, written by the caller before each call.
const BYTES: usize = 0; // address that all spans are relative to
const KINDS: usize = 4; // addresses of the columns
const STARTS: usize = 8;
const ENDS: usize = 12;
const RECORD_STARTS: usize = 16;
const RECORD_ENDS: usize = 20;
const ROWS: usize = 24; // rows filled: counted up here
const ROWS_MAX: usize = 28;
const ELEMENT_KINDS: usize = 32; // addresses of the elements of lists
const ELEMENT_STARTS: usize = 36;
const ELEMENT_ENDS: usize = 40;
const ELEMENTS: usize = 44; // elements filled: counted up here
const ELEMENTS_MAX: usize = 48;
const DEFERRED: usize = 52; // address of int32 words: fields left to the caller to decode; ~element for those of lists
const DEFERRED_COUNT: usize = 56; // counted up here
const DEFERRED_MAX: usize = 60;
const KEY_TABLE: usize = 64; // see jsonKeys.ts
const KEY_MASK: usize = 68;
const FIRST_KEY: usize = 72; // a key without a name: what comes before the first one of a record
const STOPPED_AT: usize = 76; // out: the line to go on with
const ORDER: usize = 80; // address of int32 words: columns that records have, in their order; 0 for not wanted
const ORDER_ENDS: usize = 84; // of each row
const ORDER_COUNT: usize = 88; // counted up here
const ORDER_MAX: usize = 92;

// Field kinds as in src/input/record.ts.
const KIND_ABSENT: i32 = 0;
const KIND_NULL: i32 = 1;
const KIND_STRING: i32 = 2;
const KIND_INTEGER: i32 = 3;
const KIND_DECIMAL: i32 = 4;
const KIND_TRUE: i32 = 5;
const KIND_FALSE: i32 = 6;
const KIND_TEXT: i32 = 7;
const KIND_NESTED: i32 = 8;
const KIND_LIST: i32 = 9;

const LF: u32 = 0x0a;
const CR: u32 = 0x0d;
const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const MINUS: u32 = 0x2d;
const COLON: u32 = 0x3a;
const OPEN_BRACKET: u32 = 0x5b;
const CLOSE_BRACKET: u32 = 0x5d;
const LETTER_N: u32 = 0x6e;
const LETTER_T: u32 = 0x74;
const OPEN_BRACE: u32 = 0x7b;
const CLOSE_BRACE: u32 = 0x7d;

let origin: usize = 0;
let kinds: usize = 0;
let starts: usize = 0;
let ends: usize = 0;
let elementKinds: usize = 0;
let elementStarts: usize = 0;
let elementEnds: usize = 0;
let elements: usize = 0;
let elementsMax: usize = 0;
let deferred: usize = 0;
let deferredCount: usize = 0;
let deferredMax: usize = 0;
let keyTable: usize = 0;
let keyMask: u32 = 0;
let firstKey: usize = 0;
let order: usize = 0;
let orderCount: usize = 0;
let orderMax: usize = 0;

/**
 * Scans lines from `from` on, until `limit` lines are done, the batch is full or a line is odd: malformed, with a key not
 * met before, or beyond what is provided for here. STOPPED_AT then is that line, of which nothing has been kept but
 * values in the fields of the next row.
 *
 * @param end one past the last line; line feeds must stand there and in the 63 bytes behind
 * @returns lines scanned, each of them a row
 */
export function scanJsonLines(state: usize, from: usize, end: usize, limit: i32): i32 {
  readState(state);
  const recordStarts = load<usize>(state, RECORD_STARTS);
  const recordEnds = load<usize>(state, RECORD_ENDS);
  const orderEnds = load<usize>(state, ORDER_ENDS);
  const firstRow = load<usize>(state, ROWS);
  const rowsEnd = min(load<usize>(state, ROWS_MAX), firstRow + <usize>limit);
  let row = firstRow;
  let at = from;
  while (row < rowsEnd && at < end) {
    const elementsBefore = elements;
    const deferredBefore = deferredCount;
    const orderBefore = orderCount;
    let stop = scanRecord(at, row);
    if (stop == 0) {
      elements = elementsBefore;
      deferredCount = deferredBefore;
      orderCount = orderBefore;
      break;
    }
    // As Jackson does, what follows the object is ignored.
    if (load<u8>(stop) != LF) stop = lineEnd(stop);
    store<u32>(recordStarts + (row << 2), <u32>(at - origin));
    store<u32>(recordEnds + (row << 2), <u32>(stop - origin));
    if (order != 0) store<u32>(orderEnds + (row << 2), <u32>orderCount);
    at = stop + 1 + <usize>(load<u8>(stop) == CR && load<u8>(stop, 1) == LF);
    row++;
  }
  store<usize>(state, row, ROWS);
  store<usize>(state, elements, ELEMENTS);
  store<usize>(state, deferredCount, DEFERRED_COUNT);
  store<usize>(state, orderCount, ORDER_COUNT);
  store<usize>(state, min(at, end), STOPPED_AT);
  return <i32>(row - firstRow);
}

function readState(state: usize): void {
  origin = load<usize>(state, BYTES);
  kinds = load<usize>(state, KINDS);
  starts = load<usize>(state, STARTS);
  ends = load<usize>(state, ENDS);
  elementKinds = load<usize>(state, ELEMENT_KINDS);
  elementStarts = load<usize>(state, ELEMENT_STARTS);
  elementEnds = load<usize>(state, ELEMENT_ENDS);
  elements = load<usize>(state, ELEMENTS);
  elementsMax = load<usize>(state, ELEMENTS_MAX);
  deferred = load<usize>(state, DEFERRED);
  deferredCount = load<usize>(state, DEFERRED_COUNT);
  deferredMax = load<usize>(state, DEFERRED_MAX);
  keyTable = load<usize>(state, KEY_TABLE);
  keyMask = load<u32>(state, KEY_MASK);
  firstKey = load<usize>(state, FIRST_KEY);
  order = load<usize>(state, ORDER);
  orderCount = load<usize>(state, ORDER_COUNT);
  orderMax = load<usize>(state, ORDER_MAX);
}

// The first LF or CR from a place on; there is one.
function lineEnd(start: usize): usize {
  let at = start;
  while (true) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(0x0a)), i8x16.eq(bytes, i8x16.splat(0x0d))));
    if (found != 0) return at + <usize>ctz(found);
    at += 16;
  }
}

// Scans an object into a row; returns the address behind it, or 0 for "odd".
function scanRecord(start: usize, row: usize): usize {
  let at = blankEnd(start);
  if (load<u8>(at) != OPEN_BRACE) return 0;
  at = blankEnd(at + 1);
  if (load<u8>(at) == CLOSE_BRACE) return at + 1;
  let key = firstKey;
  while (true) {
    if (load<u8>(at) != QUOTE) return 0;
    at++;
    const former = key;
    key = load<usize>(former, KEY_NEXT);
    if (key == 0 || !hasName(key, at)) {
      key = findKey(keyTable, keyMask, at);
      if (key == 0) return 0;
      store<usize>(former, key, KEY_NEXT);
    }
    at += load<usize>(key, KEY_LENGTH) + 1;
    if (load<u8>(at) != COLON) {
      at = blankEnd(at);
      if (load<u8>(at) != COLON) return 0;
    }
    at = blankEnd(at + 1);
    const column = load<i32>(key, KEY_COLUMN);
    const field = <usize>column + row;
    if (order != 0 && column >= 0 && !noteOrder(column, field)) return 0;
    const first = <u32>load<u8>(at);
    if (first == QUOTE) {
      const from = at + 1;
      at = plainEnd(from);
      if (load<u8>(at) != QUOTE) {
        at = stringEnd(at);
        if (at == 0 || (column >= 0 && !deferField(KIND_TEXT, from, at, field))) return 0;
      } else if (column >= 0) {
        if (high == 0 || wellFormed(from, at)) keep(KIND_STRING, from, at, field);
        else if (!deferField(KIND_TEXT, from, at, field)) return 0;
      }
      at++;
    } else if (first - MINUS > 12) {
      // No number: those begin with a byte from "-" to "9".
      if (first == OPEN_BRACKET && column >= 0) at = scanList(at, field);
      else if (first == OPEN_BRACE || first == OPEN_BRACKET) {
        const from = at;
        at = nestedEnd(from);
        if (at != 0 && column >= 0 && !deferField(KIND_NESTED, from, at, field)) return 0;
      } else {
        at = literalEnd(at);
        if (column >= 0) store<u8>(kinds + field, literalKind(first));
      }
      if (at == 0) return 0;
    } else {
      const from = at;
      at = numberEnd(from);
      if (at == 0) return 0;
      if (column >= 0) keep(isLong ? KIND_INTEGER : KIND_DECIMAL, from, at, field);
    }
    if (load<u8>(at) != COMMA) {
      at = blankEnd(at);
      if (load<u8>(at) == CLOSE_BRACE) return at + 1;
      if (load<u8>(at) != COMMA) return 0;
    }
    at = blankEnd(at + 1);
  }
}

// Notes that the record has a field, which stands where it was first; false for "odd".
function noteOrder(column: i32, field: usize): bool {
  if (load<u8>(kinds + field) != KIND_ABSENT) return true;
  if (orderCount == orderMax) return false;
  store<i32>(order + (orderCount++ << 2), column);
  return true;
}

// @ts-ignore: decorator
@inline
function keep(kind: i32, from: usize, to: usize, field: usize): void {
  store<u8>(kinds + field, kind);
  store<u32>(starts + (field << 2), <u32>(from - origin));
  store<u32>(ends + (field << 2), <u32>(to - origin));
}

// Leaves a value to the caller; false for "odd". With duplicate keys the order of decoding would count: odd, too.
function deferField(kind: i32, from: usize, to: usize, field: usize): bool {
  if (load<u8>(kinds + field) != KIND_ABSENT || !defer(<i32>field)) return false;
  keep(kind, from, to, field);
  return true;
}

function defer(what: i32): bool {
  if (deferredCount == deferredMax) return false;
  store<i32>(deferred + (deferredCount++ << 2), what);
  return true;
}

// @ts-ignore: decorator
@inline
function literalKind(first: u32): i32 {
  return first == LETTER_N ? KIND_NULL : first == LETTER_T ? KIND_TRUE : KIND_FALSE;
}

// Scans a wanted list: flat ones become elements, others are left to the caller as a whole.
function scanList(open: usize, field: usize): usize {
  const deferredBefore = deferredCount;
  const firstElement = elements;
  let element = firstElement;
  let at = blankEnd(open + 1);
  if (load<u8>(at) == CLOSE_BRACKET) at++;
  else {
    while (true) {
      if (element == elementsMax) return 0;
      const first = <u32>load<u8>(at);
      if (first == OPEN_BRACE || first == OPEN_BRACKET) {
        deferredCount = deferredBefore;
        at = nestedEnd(open);
        return at != 0 && deferField(KIND_NESTED, open, at, field) ? at : 0;
      }
      at = scanElement(at, first, element);
      if (at == 0) return 0;
      element++;
      at = blankEnd(at);
      const next = <u32>load<u8>(at++);
      if (next == CLOSE_BRACKET) break;
      if (next != COMMA) return 0;
      at = blankEnd(at);
    }
  }
  store<u8>(kinds + field, KIND_LIST);
  store<u32>(starts + (field << 2), <u32>firstElement);
  store<u32>(ends + (field << 2), <u32>element);
  elements = element;
  return at;
}

function scanElement(start: usize, first: u32, element: usize): usize {
  if (first == QUOTE) {
    const from = start + 1;
    let at = plainEnd(from);
    let kind = KIND_STRING;
    if (load<u8>(at) != QUOTE) {
      at = stringEnd(at);
      if (at == 0) return 0;
      kind = KIND_TEXT;
    } else if (high != 0 && !wellFormed(from, at)) kind = KIND_TEXT;
    if (kind == KIND_TEXT && !defer(~(<i32>element))) return 0;
    keepElement(kind, from, at, element);
    return at + 1;
  }
  if (first == MINUS || first - 0x30 < 10) {
    const at = numberEnd(start);
    if (at != 0) keepElement(isLong ? KIND_INTEGER : KIND_DECIMAL, start, at, element);
    return at;
  }
  store<u8>(elementKinds + element, literalKind(first));
  return literalEnd(start);
}

// @ts-ignore: decorator
@inline
function keepElement(kind: i32, from: usize, to: usize, element: usize): void {
  store<u8>(elementKinds + element, kind);
  store<u32>(elementStarts + (element << 2), <u32>(from - origin));
  store<u32>(elementEnds + (element << 2), <u32>(to - origin));
}
