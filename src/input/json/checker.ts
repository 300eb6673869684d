import { FieldKind } from '../record.ts';
import { endsValue, escapeEnd, fitsLong, isDigit, literalEnd, skipSpace } from './tokens.ts';

/** Jackson's StreamReadConstraints at their defaults, of 2.15 and later: Druid 33 still has 2.12, which has no such limits. */
const NESTING_MAX = 1000;
const NUMBER_LENGTH_MAX = 1000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Finds where JSON values end, and whether they are well-formed (RFC 8259), straight over bytes. Each function gives the place
 * behind what it checked, or -1 with the reason in `problem`.
 */
export class JsonChecker {
  /** Why the last check failed, and at which byte. */
  problem = '';
  problemAt = 0;
  /** Of the string checked last: whether it has escapes. */
  escaped = false;
  /** Of the string checked last: whether it has bytes beyond ASCII. */
  high = false;
  /** Of the number checked last. */
  numberKind: FieldKind = FieldKind.integer;
  readonly #nesting = new Uint8Array(NESTING_MAX + 1);

  /**
   * Checks a value of any kind.
   *
   * @param at its first byte
   * @param levels lists and maps around it
   */
  valueEnd(bytes: Uint8Array, at: number, end: number, levels: number): number {
    if (at >= end) return this.failAt('a value', at);
    const first = bytes[at];
    if (first === OPEN_BRACE || first === OPEN_BRACKET) return this.nestedEnd(bytes, at, end, levels);
    if (first === QUOTE) {
      const close = this.stringEnd(bytes, at + 1, end);
      return close < 0 ? this.failAt('the end of a string', end) : close + 1;
    }
    if (first === MINUS || isDigit(first)) return this.numberEnd(bytes, at, end);
    const after = literalEnd(bytes, at, end);
    return after < 0 ? this.failAt('a value', at) : after;
  }

  /**
   * Checks a map or list of any depth without recursion.
   *
   * @param open its bracket
   * @param levels lists and maps around it
   */
  nestedEnd(bytes: Uint8Array, open: number, end: number, levels: number): number {
    const nesting = this.#nesting;
    let depth = 0;
    let at = open;
    for (;;) {
      // At a value.
      if (at >= end) return this.failAt('a value', at);
      const first = bytes[at];
      let closed = false;
      if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        if (depth + levels >= NESTING_MAX) return this.failAt(`at most ${NESTING_MAX} levels of nesting`, at);
        nesting[depth++] = first;
        at = skipSpace(bytes, at + 1, end);
        if (at < end && bytes[at] === (first === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET)) {
          closed = true;
        } else if (first === OPEN_BRACE) {
          at = this.#keyInNested(bytes, at, end);
          if (at < 0) return -1;
          continue;
        } else continue;
      } else if (first === QUOTE) {
        const close = this.stringEnd(bytes, at + 1, end);
        if (close < 0) return this.failAt('the end of a string', end);
        at = close + 1;
      } else if (first === MINUS || (first >= 0x30 && first <= 0x39)) {
        at = this.numberEnd(bytes, at, end);
        if (at < 0) return -1;
      } else {
        const after = literalEnd(bytes, at, end);
        if (after < 0) return this.failAt('a value', at);
        at = after;
      }
      // Behind a value: close what ends here.
      for (;;) {
        if (closed) {
          depth--;
          at++;
          if (depth === 0) return at;
          closed = false;
        }
        at = skipSpace(bytes, at, end);
        if (at >= end) return this.failAt('the end of a list or map', at);
        const next = bytes[at];
        const inMap = nesting[depth - 1] === OPEN_BRACE;
        if (next === COMMA) {
          at = skipSpace(bytes, at + 1, end);
          if (inMap) {
            at = this.#keyInNested(bytes, at, end);
            if (at < 0) return -1;
          }
          break;
        }
        if (next !== (inMap ? CLOSE_BRACE : CLOSE_BRACKET)) return this.failAt(inMap ? '"," or "}"' : '"," or "]"', at);
        closed = true;
      }
    }
  }

  #keyInNested(bytes: Uint8Array, at: number, end: number): number {
    if (at >= end || bytes[at] !== QUOTE) return this.failAt('a field name', at);
    const close = this.stringEnd(bytes, at + 1, end);
    if (close < 0) return this.failAt('the end of a field name', end);
    const colon = skipSpace(bytes, close + 1, end);
    if (colon >= end || bytes[colon] !== COLON) return this.failAt('":"', colon);
    return skipSpace(bytes, colon + 1, end);
  }

  /**
   * Looks for the closing quote of a string, from behind the opening one on; leaves `problem` to the caller.
   *
   * @returns its place, or -1
   */
  stringEnd(bytes: Uint8Array, start: number, end: number): number {
    let seen = 0;
    this.escaped = false;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.high = seen >= 0x80;
        return at;
      }
      if (byte === BACKSLASH) {
        at = escapeEnd(bytes, at + 1, end);
        if (at < 0) return -1;
        this.escaped = true;
      } else if (byte < 0x20) return -1;
      seen |= byte;
    }
    return -1;
  }

  /** Checks a number at `start`. */
  numberEnd(bytes: Uint8Array, start: number, end: number): number {
    let at = bytes[start] === MINUS ? start + 1 : start;
    const digitsFrom = at;
    if (at < end && bytes[at] === 0x30) at++;
    else while (at < end && isDigit(bytes[at])) at++;
    if (at === digitsFrom) return this.failAt('a digit', at);
    const digits = at - digitsFrom;
    let integer = true;
    if (at < end && bytes[at] === 0x2e) {
      integer = false;
      const from = ++at;
      while (at < end && isDigit(bytes[at])) at++;
      if (at === from) return this.failAt('a digit', at);
    }
    if (at < end && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
      integer = false;
      at++;
      if (at < end && (bytes[at] === 0x2b || bytes[at] === MINUS)) at++;
      const from = at;
      while (at < end && isDigit(bytes[at])) at++;
      if (at === from) return this.failAt('a digit', at);
    }
    if (at < end && !endsValue(bytes[at])) return this.failAt('the end of a number', at);
    if (at - start > NUMBER_LENGTH_MAX)
      return this.failAt(`a number of at most ${NUMBER_LENGTH_MAX} characters`, start);
    this.numberKind =
      integer && (digits < 19 || (digits === 19 && fitsLong(bytes, digitsFrom, at, digitsFrom > start)))
        ? FieldKind.integer
        : FieldKind.decimal;
    return at;
  }

  /** Notes what was expected at a place. */
  failAt(expected: string, at: number): -1 {
    this.problem = `not valid JSON: expected ${expected}`;
    this.problemAt = at;
    return -1;
  }
}
