import type { Scratch } from '../scratch.ts';
import { type ByteSource, bytesSource } from './byteSource.ts';
import { putInt32 } from './bytes.ts';
import type { ElementBatch } from './elementBatch.ts';
import { GENERIC_INDEXED_HEAD_BYTES, GenericIndexedWriter, putGenericIndexedHead } from './genericIndexed.ts';

/** Values, and their bytes, of a short dictionary. */
const SHORT_VALUES = 4095;
const SHORT_BYTES = 65_536;
const MARKER_BYTES = 4;

/** A dictionary whose values came at once, as it stands in the column. */
interface ShortDictionary {
  readonly bytes: Uint8Array;
  /** Where the values begin, null left aside. */
  readonly valuesAt: number;
}

/**
 * The UTF-8 dictionary of a string column: a GenericIndexed with flag 1, values strictly ascending in UTF-16 code unit order
 * (Java's `String.compareTo`), null before everything. Ids are positions.
 */
export class DictionaryWriter {
  /** Number of values, null included. */
  cardinality = 0;
  hasNull = false;
  readonly #column: string;
  readonly #scratch: Scratch;
  /** What small segments consist of. */
  #short: ShortDictionary | null = null;
  /** Null while the dictionary is short. */
  #long: GenericIndexedWriter | null = null;

  constructor(column: string, scratch: Scratch) {
    this.#column = column;
    this.#scratch = scratch;
  }

  /** True as long as the column holds nothing but nulls. */
  get isNullOnly(): boolean {
    return this.cardinality === (this.hasNull ? 1 : 0);
  }

  /** Adds null, which must be the first value. */
  addNull(): void {
    if (this.cardinality > 0) {
      throw new Error(
        `dictionary of column "${this.#column}": null must come first, before ${this.cardinality} value(s)`,
      );
    }
    this.hasNull = true;
    this.cardinality = 1;
  }

  /** Adds values that come behind those added so far. */
  addAll(texts: ElementBatch): void {
    const { bytes, ends } = texts;
    if (this.isNullOnly && ends.length <= SHORT_VALUES && bytes.length <= SHORT_BYTES) this.#short = this.#store(texts);
    else this.#takeLong().appendAll(texts);
    this.cardinality += ends.length;
  }

  parts(): ByteSource[] {
    return this.#short === null ? this.#takeLong().parts(true) : [bytesSource(this.#short.bytes)];
  }

  #store({ bytes, ends }: ElementBatch): ShortDictionary {
    const nullBytes = this.hasNull ? MARKER_BYTES : 0;
    const count = ends.length + (this.hasNull ? 1 : 0);
    let at = GENERIC_INDEXED_HEAD_BYTES;
    const valuesAt = at + 4 * count + nullBytes;
    const all = this.#scratch.piece(valuesAt + bytes.length);
    putGenericIndexedHead(all, true, count, nullBytes + bytes.length);
    if (this.hasNull) {
      putInt32(all, at, nullBytes);
      putInt32(all, valuesAt - nullBytes, -1);
      at += 4;
    }
    putEnds(all, at, ends, nullBytes);
    all.set(bytes, valuesAt);
    return { bytes: all, valuesAt };
  }

  /** The dictionary is short no more. */
  #takeLong(): GenericIndexedWriter {
    if (this.#long !== null) return this.#long;
    const values = new GenericIndexedWriter(this.#column, 'dictionary', this.#scratch);
    this.#long = values;
    if (this.hasNull) values.appendNull();
    if (this.#short !== null) {
      const { bytes, valuesAt } = this.#short;
      const nullBytes = this.hasNull ? MARKER_BYTES : 0;
      const endsAt = GENERIC_INDEXED_HEAD_BYTES + nullBytes;
      const view = new DataView(bytes.buffer, bytes.byteOffset + endsAt);
      const count = (valuesAt - nullBytes - endsAt) / 4;
      const ends = Int32Array.from({ length: count }, (_, i) => view.getInt32(4 * i) - nullBytes);
      values.appendAll({ bytes: bytes.subarray(valuesAt), ends });
      this.#short = null;
    }
    return values;
  }
}

// The loop is a function of its own, which is compiled in no time.
function putEnds(target: Uint8Array, from: number, ends: Int32Array, first: number): void {
  for (let i = 0, at = from; i < ends.length; i++, at += 4) putInt32(target, at, first + ends[i]);
}
