// Scans lines of delimited values (CSV, TSV) into the columns of a record batch. Counterpart and caller:
// src/input/delimited/blockScanner.ts; src/input/delimited/lineScanner.ts does the same in plain TypeScript and takes every
// line that stops this one. Quotes are those of Druid's CSVParser (opencsv's RFC4180Parser).

import { wellFormed } from './jsonValue';

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
const DEFERRED: usize = 52; // address of a list of fields that the caller has to decode
const DEFERRED_COUNT: usize = 56; // counted up here
const DEFERRED_MAX: usize = 60;
const COLUMNS: usize = 64; // address of the first field of each column's slot, -1 for unwanted columns
const COLUMN_COUNT: usize = 68;
const DELIMITER: usize = 72; // address
const DELIMITER_LENGTH: usize = 76; // in bytes
const LIST_DELIMITER: usize = 80;
const LIST_DELIMITER_LENGTH: usize = 84;
const QUOTED: usize = 88; // whether values may be quoted; the delimiter is then one byte
const INVALID: usize = 92; // whether there may be invalid UTF-8
const STOPPED_AT: usize = 96; // out: the line to go on with

// Field kinds as in src/input/record.ts.
const KIND_NULL: i32 = 1;
const KIND_STRING: i32 = 2;
const KIND_TEXT: i32 = 7;
const KIND_LIST: i32 = 9;

const LF: u32 = 0x0a;
const CR: u32 = 0x0d;
const QUOTE: u32 = 0x22;

const CHUNK: usize = 64;

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
let listDelimiter: usize = 0;
let listDelimiterLength: usize = 0;
let invalid: bool = false;

/**
 * Scans lines from `from` on, until `limit` lines are done, the batch is full or a line is odd: with quotes that RFC 4180 does not
 * allow, or more lists or decoded fields than there is room for. STOPPED_AT then is that line, of which nothing has been kept
 * but values in the fields of the next row.
 *
 * @param end one past the last line; 63 bytes behind it are read, whatever they are
 * @returns lines scanned, each of them a row
 */
export function scanDelimitedLines(state: usize, from: usize, end: usize, limit: i32): i32 {
  readState(state);
  const recordStarts = load<usize>(state, RECORD_STARTS);
  const recordEnds = load<usize>(state, RECORD_ENDS);
  const firstRow = load<usize>(state, ROWS);
  const rowsEnd = min(load<usize>(state, ROWS_MAX), firstRow + <usize>limit);
  const columns = load<usize>(state, COLUMNS);
  const columnsEnd = columns + (load<usize>(state, COLUMN_COUNT) << 2);
  const delimiter = load<usize>(state, DELIMITER);
  const delimiterLength = load<usize>(state, DELIMITER_LENGTH);
  const delimiterHead = <u32>load<u8>(delimiter);
  const listHead = <u32>load<u8>(listDelimiter);
  const quoted = load<u32>(state, QUOTED) != 0;

  const delimiters = i8x16.splat(<i8>delimiterHead);
  const lists = i8x16.splat(<i8>listHead);
  // Without quotes this looks for delimiters once more.
  const quotes = quoted ? i8x16.splat(<i8>QUOTE) : delimiters;

  let row = firstRow;
  let lineStart = from;
  let elementsKept = elements;
  let deferredKept = deferredCount;
  let fieldStart = from;
  let column = columns;
  // Of the current field. A closing quote, once found, is `quoteEnd`; the delimiter stands right behind it.
  let quoteEnd: usize = 0;
  let inQuotes = false;
  let hasPair = false;
  let hasList = false;
  // Special bytes before this place have been dealt with.
  let skipTo = from;

  if (row < rowsEnd && from < end) {
    for (let chunk = from; ; chunk += CHUNK) {
      let mask = specials(chunk, delimiters, lists, quotes);
      if (chunk + CHUNK > end) {
        // The end ends the last line.
        const rest = <u64>(end - chunk);
        mask = (mask & ((1 << rest) - 1)) | (1 << rest);
      }
      let done = false;
      while (mask != 0) {
        const at = chunk + <usize>ctz(mask);
        mask &= mask - 1;
        if (at < skipTo) continue;
        const byte = at < end ? <u32>load<u8>(at) : LF;
        const endsLine = byte == LF || byte == CR;
        if (inQuotes) {
          if (byte == QUOTE) {
            const next = at + 1 < end ? <u32>load<u8>(at, 1) : LF;
            if (next == QUOTE) {
              hasPair = true;
              skipTo = at + 2;
            } else if (next == delimiterHead || next == LF || next == CR) {
              quoteEnd = at;
              inQuotes = false;
            } else {
              done = true;
              break;
            }
          } else if (endsLine) {
            done = true;
            break;
          } else if (byte == listHead) hasList = true;
          continue;
        }
        if (!endsLine) {
          if (byte == QUOTE && quoted) {
            if (at == fieldStart) inQuotes = true;
            else if (at + 1 < end && load<u8>(at, 1) == QUOTE) hasPair = true;
            if (listHead == QUOTE) hasList = true;
            continue;
          }
          if (byte != delimiterHead || (delimiterLength > 1 && !matches(at, end, delimiter, delimiterLength))) {
            hasList = true;
            continue;
          }
        }
        if (column < columnsEnd) {
          const base = load<i32>(column);
          if (base >= 0) {
            const field = <usize>base + row;
            if (fieldStart == at) store<u8>(kinds + field, KIND_NULL);
            else {
              let start = fieldStart;
              let stop = at;
              if (quoteEnd != 0) {
                start++;
                stop = quoteEnd;
              }
              if (hasPair || hasList || invalid) {
                if (!putSpecial(field, start, stop, hasPair, hasList)) {
                  done = true;
                  break;
                }
              } else {
                store<u8>(kinds + field, KIND_STRING);
                store<u32>(starts + (field << 2), <u32>(start - origin));
                store<u32>(ends + (field << 2), <u32>(stop - origin));
              }
            }
          }
          column += 4;
        }
        quoteEnd = 0;
        hasPair = false;
        hasList = false;
        if (!endsLine) {
          fieldStart = at + delimiterLength;
          skipTo = fieldStart;
          continue;
        }
        store<u32>(recordStarts + (row << 2), <u32>(lineStart - origin));
        store<u32>(recordEnds + (row << 2), <u32>(at - origin));
        row++;
        lineStart = at + 1 + <usize>(byte == CR && at + 1 < end && load<u8>(at, 1) == LF);
        fieldStart = lineStart;
        skipTo = lineStart;
        column = columns;
        elementsKept = elements;
        deferredKept = deferredCount;
        if (row == rowsEnd || lineStart >= end) {
          done = true;
          break;
        }
      }
      if (done) break;
    }
  }
  store<usize>(state, row, ROWS);
  store<usize>(state, elementsKept, ELEMENTS);
  store<usize>(state, deferredKept, DEFERRED_COUNT);
  store<usize>(state, min(lineStart, end), STOPPED_AT);
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
  listDelimiter = load<usize>(state, LIST_DELIMITER);
  listDelimiterLength = load<usize>(state, LIST_DELIMITER_LENGTH);
  invalid = load<u32>(state, INVALID) != 0;
}

/** A bit for each of 64 bytes: delimiters and quotes (their first bytes) and line ends. */
// @ts-ignore: decorator
@inline
function specials(at: usize, delimiters: v128, lists: v128, quotes: v128): u64 {
  return (
    special(at, delimiters, lists, quotes) |
    (special(at + 16, delimiters, lists, quotes) << 16) |
    (special(at + 32, delimiters, lists, quotes) << 32) |
    (special(at + 48, delimiters, lists, quotes) << 48)
  );
}

// @ts-ignore: decorator
@inline
function special(at: usize, delimiters: v128, lists: v128, quotes: v128): u64 {
  const bytes = v128.load(at);
  const marks = v128.or(
    v128.or(i8x16.eq(bytes, delimiters), i8x16.eq(bytes, lists)),
    v128.or(i8x16.eq(bytes, quotes), v128.or(i8x16.eq(bytes, i8x16.splat(<i8>LF)), i8x16.eq(bytes, i8x16.splat(<i8>CR)))),
  );
  return <u64>(<u32>i8x16.bitmask(marks));
}

function matches(at: usize, end: usize, text: usize, length: usize): bool {
  if (at + length > end) return false;
  for (let i: usize = 1; i < length; i++) if (load<u8>(at + i) != load<u8>(text + i)) return false;
  return true;
}

/** Keeps a value that has to be looked at: false when there is no room. */
function putSpecial(field: usize, start: usize, end: usize, hasPair: bool, hasList: bool): bool {
  if (hasPair || (invalid && !wellFormed(start, end))) {
    if (deferredCount == deferredMax) return false;
    store<u32>(deferred + (deferredCount++ << 2), <u32>field);
    putSpan(field, KIND_TEXT, start, end);
    return true;
  }
  const first = elements;
  if (hasList) {
    let elementStart = start;
    for (let at = start; at + listDelimiterLength <= end; ) {
      if (load<u8>(at) != load<u8>(listDelimiter) || !matches(at, end, listDelimiter, listDelimiterLength)) {
        at++;
        continue;
      }
      if (!putElement(elementStart, at)) return false;
      at += listDelimiterLength;
      elementStart = at;
    }
    if (elements > first) {
      if (!putElement(elementStart, end)) return false;
      store<u8>(kinds + field, KIND_LIST);
      store<u32>(starts + (field << 2), <u32>first);
      store<u32>(ends + (field << 2), <u32>elements);
      return true;
    }
  }
  putSpan(field, KIND_STRING, start, end);
  return true;
}

function putSpan(field: usize, kind: i32, start: usize, end: usize): void {
  store<u8>(kinds + field, kind);
  store<u32>(starts + (field << 2), <u32>(start - origin));
  store<u32>(ends + (field << 2), <u32>(end - origin));
}

function putElement(start: usize, end: usize): bool {
  if (elements == elementsMax) return false;
  store<u8>(elementKinds + elements, KIND_STRING);
  store<u32>(elementStarts + (elements << 2), <u32>(start - origin));
  store<u32>(elementEnds + (elements << 2), <u32>(end - origin));
  elements++;
  return true;
}
