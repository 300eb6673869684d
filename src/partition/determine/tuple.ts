import { copyText } from '../../rollup/run/copyText.ts';

/** The values of a row in the partition dimensions: null for none, and for several in one dimension. */
export type Tuple = readonly (string | null)[];

const END = 0x01;
const ESCAPE = 0x02;
/** Stands before a value. */
export const VALUE = 0x02;
const COMMA = 0x2c;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const INITIAL_BYTES = 256;

/** How the tuples of a job are put in order. */
export interface TupleForm {
  /** Dimensions of a tuple. */
  readonly size: number;
  /**
   * Druid's shuffle compares the values joined by commas, null as the empty text, so tuples with commas or characters before the
   * comma come in another order than the ranges they are looked up by (docs/quirks.md, row 2). False: component by component,
   * null first.
   */
  readonly joined: boolean;
}

/**
 * Writes tuples as **tuple texts**: bytes whose order by `compareUtf8` is that of the tuples, so that dictionaries, sorts and merges
 * of texts do for tuples as well. Each component but the last: `02`, the text with 00 to 02 as `02 03` to `02 05`, `01`; null is
 * `01` alone. The last one: `02` and the text as it is; null is nothing. The joined form puts the escaped joined text and `01` in
 * front.
 *
 * Give the components one by one, then read `bytes[0..length)`, which is valid until `clear`.
 */
export class TupleWriter {
  bytes = new Uint8Array(INITIAL_BYTES);
  length = 0;
  readonly #form: TupleForm;
  readonly #joined: TupleWriter | null;
  #components = 0;

  constructor(form: TupleForm) {
    this.#form = form;
    this.#joined = form.joined ? new TupleWriter({ size: 2, joined: false }) : null;
  }

  clear(): void {
    this.length = 0;
    this.#components = 0;
    this.#joined?.clear();
  }

  addNull(): void {
    this.#beginJoined();
    if (++this.#components < this.#form.size) this.#byte(END);
    else this.#endJoined();
  }

  /** Adds a component: UTF-8 text `bytes[start..end)`, copied. */
  add(bytes: Uint8Array, start: number, end: number): void {
    this.#beginJoined();
    this.#joined?.escaped(bytes, start, end);
    this.#byte(VALUE);
    if (++this.#components < this.#form.size) {
      this.escaped(bytes, start, end);
      this.#byte(END);
    } else {
      this.#reserve(end - start);
      copyText(bytes, start, end, this.bytes, this.length);
      this.length += end - start;
      this.#endJoined();
    }
  }

  addTuple(tuple: Tuple): void {
    for (const value of tuple) {
      if (value === null) this.addNull();
      else {
        const bytes = encoder.encode(value);
        this.add(bytes, 0, bytes.length);
      }
    }
  }

  /** Appends a text in which nothing sorts before what ends it. */
  escaped(source: Uint8Array, start: number, end: number): void {
    this.#reserve((end - start) * 2);
    const { bytes } = this;
    let at = this.length;
    for (let from = start; from < end; from++) {
      const byte = source[from];
      if (byte <= ESCAPE) {
        bytes[at++] = ESCAPE;
        bytes[at++] = byte + 3;
      } else bytes[at++] = byte;
    }
    this.length = at;
  }

  #beginJoined(): void {
    if (this.#joined !== null && this.#components > 0) this.#joined.#byte(COMMA);
  }

  /** Puts the joined text before the tuple, which is whole now. */
  #endJoined(): void {
    const joined = this.#joined;
    if (joined === null) return;
    joined.#byte(END);
    this.#reserve(joined.length);
    this.bytes.copyWithin(joined.length, 0, this.length);
    this.bytes.set(joined.bytes.subarray(0, joined.length));
    this.length += joined.length;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = value;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.length + more, this.bytes.length * 2));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }
}

/** The tuple that a TupleWriter of the same form wrote to `bytes[start..end)`. */
export function readTuple(form: TupleForm, bytes: Uint8Array, start: number, end: number): Tuple {
  let at = start;
  if (form.joined) at = bytes.indexOf(END, at) + 1;
  const tuple: (string | null)[] = [];
  while (tuple.length < form.size - 1) {
    const stop = bytes.indexOf(END, at);
    tuple.push(at === stop ? null : unescaped(bytes, at + 1, stop));
    at = stop + 1;
  }
  tuple.push(at === end ? null : decoder.decode(bytes.subarray(at + 1, end)));
  return tuple;
}

/** Compares tuples as Druid's `StringTuple` does: component by component in UTF-16 order, null first. */
export function compareTuples(left: Tuple, right: Tuple): number {
  for (let i = 0; i < left.length; i++) {
    const order = compareValues(left[i], right[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(left: string | null, right: string | null): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  // JavaScript compares strings by UTF-16 code units, as Java does.
  return left < right ? -1 : 1;
}

function unescaped(bytes: Uint8Array, start: number, end: number): string {
  const text = new Uint8Array(end - start);
  let length = 0;
  for (let at = start; at < end; at++) text[length++] = bytes[at] === ESCAPE ? bytes[++at] - 3 : bytes[at];
  return decoder.decode(text.subarray(0, length));
}
