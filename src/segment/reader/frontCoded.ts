import type { ByteOrder } from './byteOrder.ts';
import { type ByteReader, utf8 } from './byteReader.ts';
import type { StringDictionary } from './dictionary.ts';

/**
 * A dictionary in buckets of `bucketSize` values that share prefixes. The first value of a bucket is whole; each further one is the
 * length of the prefix it shares (format version 0: with the bucket's first value; 1: with the value before it) and its suffix.
 * Null, if there, is id 0 and not stored.
 *
 * @see org.apache.druid.segment.data.FrontCodedIndexed, FrontCodedIndexedWriter
 */
export class FrontCodedDictionary implements StringDictionary {
  readonly version: 0 | 1;
  readonly bucketSize: number;
  readonly hasNull: boolean;
  readonly size: number;
  readonly #stored: number;
  readonly #bucketEnds: ByteReader;
  readonly #buckets: ByteReader;
  readonly #order: ByteOrder;

  constructor(
    version: 0 | 1,
    bucketSize: number,
    hasNull: boolean,
    stored: number,
    bucketEnds: ByteReader,
    buckets: ByteReader,
    order: ByteOrder,
  ) {
    this.version = version;
    this.bucketSize = bucketSize;
    this.hasNull = hasNull;
    this.size = stored + (hasNull ? 1 : 0);
    this.#stored = stored;
    this.#bucketEnds = bucketEnds;
    this.#buckets = buckets;
    this.#order = order;
  }

  get(id: number): string | null {
    if (this.hasNull && id === 0) return null;
    const stored = this.hasNull ? id - 1 : id;
    const bucket = Math.floor(stored / this.bucketSize);
    const within = stored % this.bucketSize;
    const value = this.#bucket(bucket, within + 1).at(-1);
    return value === undefined ? null : utf8(value, 0, value.length);
  }

  toArray(): (string | null)[] {
    const values: (string | null)[] = this.hasNull ? [null] : [];
    for (let first = 0; first < this.#stored; first += this.bucketSize) {
      const count = Math.min(this.bucketSize, this.#stored - first);
      for (const value of this.#bucket(first / this.bucketSize, count)) values.push(utf8(value, 0, value.length));
    }
    return values;
  }

  /** The first `count` values of a bucket, as UTF-8. */
  #bucket(bucket: number, count: number): Uint8Array[] {
    const reader = this.#bucketReader(bucket);
    const length = reader.vbyte('the length of the first value of a bucket');
    let base = reader.slice(length, 'the first value of a bucket').rest();
    const values = [base];
    while (values.length < count) {
      const at = reader.position;
      const prefix = reader.vbyte('a prefix length');
      const suffix = reader.slice(reader.vbyte('a suffix length'), 'a suffix').rest();
      if (prefix > base.length) {
        throw reader.error(`a value shares ${prefix} bytes with one of ${base.length} bytes`, at);
      }
      const value = new Uint8Array(prefix + suffix.length);
      value.set(base.subarray(0, prefix));
      value.set(suffix, prefix);
      values.push(value);
      if (this.version === 1) base = value;
    }
    return values;
  }

  #bucketReader(bucket: number): ByteReader {
    const buckets = this.#buckets;
    const last = Math.ceil(this.#stored / this.bucketSize) - 1;
    const start = bucket === 0 ? 0 : this.#bucketEnd(bucket - 1);
    const end = bucket === last ? buckets.end - buckets.start : this.#bucketEnd(bucket);
    if (start < 0 || start > end || end > buckets.end - buckets.start) {
      throw this.#bucketEnds.error(`bucket ${bucket} of the dictionary is said to take bytes ${start} to ${end}`);
    }
    return buckets.window(start, end);
  }

  #bucketEnd(bucket: number): number {
    return this.#bucketEnds.view.getInt32(this.#bucketEnds.start + bucket * 4, this.#order === 'LITTLE_ENDIAN');
  }
}

/** Reads the head of a front-coded dictionary, from its format version on, and moves the reader behind its buckets. */
export function readFrontCoded(reader: ByteReader, order: ByteOrder): FrontCodedDictionary {
  const at = reader.position;
  const version = reader.u8('the front-coding version');
  if (version !== 0 && version !== 1) {
    throw reader.error(`the front-coding version is ${version}, expected 0 or 1`, at);
  }
  const bucketSize = reader.u8('the bucket size');
  if (bucketSize === 0 || bucketSize > 128 || (bucketSize & (bucketSize - 1)) !== 0) {
    throw reader.error(`the bucket size is ${bucketSize}, expected a power of two from 1 to 128`, at + 1);
  }
  const hasNull = reader.u8('the null flag') === 1;
  const stored = reader.vbyte('the value count');
  const body = reader.slice(reader.vbyte('the length of the dictionary'), 'the dictionary');
  // Every value takes a byte or more, which bounds a corrupt count.
  if (stored > body.remaining) throw body.error(`${stored} values are said to lie in ${body.remaining} bytes`);
  const bucketCount = Math.ceil(stored / bucketSize);
  const bucketEnds = body.slice(Math.max(0, bucketCount - 1) * 4, 'the bucket offsets');
  const buckets = body.slice(body.remaining, 'the buckets');
  return new FrontCodedDictionary(version, bucketSize, hasNull, stored, bucketEnds, buckets, order);
}
