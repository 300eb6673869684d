import { ByteReader, utf8 } from './byteReader.ts';
import type { Smoosh } from './smoosh.ts';

/**
 * Druid's list of byte strings (dictionary values, compressed blocks, bitmaps, serialised objects). Elements are looked up in place;
 * nothing is copied. An element is bounds-checked when it is read.
 *
 * Version 1 is one stretch of bytes. Version 2, for lists beyond 2 GiB, spreads the elements over the entries `<base>_value_<k>` of the
 * container, 2^n elements each, with their end offsets in `<base>_header`.
 *
 * @see org.apache.druid.segment.data.GenericIndexed
 */
export class GenericIndexed {
  readonly version: 1 | 2;
  /** Whether values are strictly ascending, so that a value's index can be searched for. */
  readonly sorted: boolean;
  readonly count: number;
  /** Bytes said to follow the length field; version 1 only, else 0. */
  readonly bytesSaid: number;
  readonly #ends: ByteReader;
  readonly #endsLittle: boolean;
  readonly #values: readonly ByteReader[];
  readonly #logPerValueFile: number;

  /** Use {@link GenericIndexed.read}. */
  constructor(
    version: 1 | 2,
    sorted: boolean,
    count: number,
    bytesSaid: number,
    ends: ByteReader,
    values: readonly ByteReader[],
    logPerValueFile: number,
  ) {
    this.version = version;
    this.sorted = sorted;
    this.count = count;
    this.bytesSaid = bytesSaid;
    this.#ends = ends;
    this.#endsLittle = version === 2;
    this.#values = values;
    this.#logPerValueFile = logPerValueFile;
  }

  /** Reads the head of a list at the reader's position and moves the reader behind the list. `what` names it in errors. */
  static read(reader: ByteReader, smoosh: Smoosh, what: string): GenericIndexed {
    const at = reader.position;
    const version = reader.u8(`the version of ${what}`);
    const sorted = reader.u8(`the sorted flag of ${what}`) === 1;
    if (version === 1) return readVersionOne(reader, sorted, what);
    if (version === 2) return readVersionTwo(reader, sorted, smoosh, what);
    throw reader.error(`the version of ${what} is ${version}, expected 1 or 2 (GenericIndexed)`, at);
  }

  /** Bytes that the values take, markers included. */
  get valueBytes(): number {
    return this.#values.reduce((total, values) => total + values.end - values.start, 0);
  }

  /** A reader on element `index`, or null for a null element. `index` must be from 0 up to `count` (exclusive). */
  element(index: number): ByteReader | null {
    const file = index >>> this.#logPerValueFile;
    const values = this.#values[file];
    const first = index === file * 2 ** this.#logPerValueFile;
    const from = values.start + (first ? 0 : this.#end(index - 1));
    const to = values.start + this.#end(index);
    if (from < values.start || to < from + 4 || to > values.end) {
      throw this.#ends.error(
        `element ${index} of ${this.count} is said to take bytes ${from} to ${to}; its values lie from ${values.start} to ${values.end}`,
        this.#ends.start + index * 4,
      );
    }
    // The four bytes before a value are no length but a marker: 0 for a value (be it empty), -1 for null.
    if (to === from + 4 && values.view.getInt32(from) === -1) return null;
    return new ByteReader(values.bytes, values.place, from + 4, to);
  }

  /** Element `index` as UTF-8 text. */
  text(index: number): string | null {
    const element = this.element(index);
    return element === null ? null : utf8(element.bytes, element.start, element.end);
  }

  #end(index: number): number {
    return this.#ends.view.getInt32(this.#ends.start + index * 4, this.#endsLittle);
  }
}

function readVersionOne(reader: ByteReader, sorted: boolean, what: string): GenericIndexed {
  const bytesSaid = reader.size(`the length of ${what}`);
  const body = reader.slice(bytesSaid, what);
  const count = body.size(`the element count of ${what}`);
  const ends = body.slice(count * 4, `the end offsets of ${what}`);
  const values = body.slice(body.remaining, `the values of ${what}`);
  return new GenericIndexed(1, sorted, count, bytesSaid, ends, [values], 31);
}

function readVersionTwo(reader: ByteReader, sorted: boolean, smoosh: Smoosh, what: string): GenericIndexed {
  const at = reader.position;
  const log = reader.i32(`the number of elements a value file of ${what}`);
  if (log < 0 || log > 31) throw reader.error(`log2 of the elements a value file is ${log}, expected 0 to 31`, at);
  const count = reader.size(`the element count of ${what}`);
  const base = reader.text(reader.size(`the length of the base name of ${what}`), `the base name of ${what}`);
  const ends = smoosh.get(`${base}_header`, what);
  ends.need(count * 4, `the end offsets of ${what}`);
  const values: ByteReader[] = [];
  for (let file = 0; file * 2 ** log < count; file++) values.push(smoosh.get(`${base}_value_${file}`, what));
  return new GenericIndexed(2, sorted, count, 0, ends, values, log);
}
