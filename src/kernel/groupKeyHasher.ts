import type { Kernel } from './kernel.ts';

/** Rows handed to the kernel at once: enough to forget the cost of the call, few enough that the ids stay in cache. */
const SLAB_ROWS_MAX = 2048;
const SLAB_ROWS_MIN = 64;
/** Ids of one slab over all columns; fewer rows per slab keep very wide tables under it. */
const SLAB_IDS_MAX = 256 * 1024;
/** Words of an entry, see assembly/groupKeys.ts. */
const BYTES = 0;
const ENDS = 1;
const COUNT = 2;
const VALUES = 3;
const ARENA = 4;
const VALUE_ENDS = 5;
const PLAIN = 6;
const PREFIX = 7;
const PREFIX_LENGTH = 8;
const ENTRY_WORDS = 9;
const ENTRY_BYTES = ENTRY_WORDS * 4;
/** What stands behind a dictionary's value: `"]`. */
const SUFFIX_BYTES = 2;
/** The kernel copies fragments in whole vectors, up to this far past the end of a key. */
const VECTOR_BYTES = 16;
const HASH128_BYTES = 16;
const COMMA = 0x2c;

/** Fragments of the open part are set under this column number. */
export const OPEN_FRAGMENTS = -1;

/**
 * Hashes Druid group keys, many rows at a time, in WASM. A key is never built for longer than its own hashing.
 *
 * A key is a concatenation of byte fragments: one `open` fragment (one per distinct time, like `[1709251200000,{`), for
 * each column at most one fragment (like `,"dim":["v"]`), then the `close` bytes (`}]`). Every column fragment begins
 * with a comma, which is skipped for the first one present in a row. That is the JSON that Druid's index_hadoop hashes
 * (`HashBasedNumberedShardSpec`, `Rows.toGroupKey`); with partitionDimensions open is `[`, fragments are `,["v"]`, and
 * close is `]`.
 *
 * The fragments of a column are given as they are (`setFragments`), or made of the values of a dictionary in the same
 * kernel (`setDictionary`), which are put between a prefix and `"]` and escaped on the way.
 *
 * A hasher takes its memory from the kernel for good: make it between `mark` and `release`, and use it no longer.
 */
export class GroupKeyHasher {
  readonly columnCount: number;
  readonly #kernel: Kernel;
  readonly #slabRows: number;
  readonly #entries: number;
  readonly #ids: number;
  readonly #close: number;
  readonly #closeLength: number;
  readonly #out32: number;
  readonly #out128: number;
  /** Per entry (0 is open, column c is c + 1): room at the addresses in the entry, and longest fragment, in bytes. */
  readonly #bytesCapacity: Float64Array;
  readonly #endsCapacity: Float64Array;
  readonly #longest: Float64Array;
  #key = 0;
  #keyCapacity = 0;

  /**
   * @param columnCount number of columns; fragments of none are set yet
   * @param close bytes that end every key; copied
   */
  constructor(kernel: Kernel, columnCount: number, close: Uint8Array) {
    const entryCount = columnCount + 1;
    const slabRows = Math.floor(SLAB_IDS_MAX / entryCount);
    this.columnCount = columnCount;
    this.#kernel = kernel;
    this.#slabRows = Math.max(SLAB_ROWS_MIN, Math.min(SLAB_ROWS_MAX, slabRows));
    this.#entries = kernel.allocate(entryCount * ENTRY_BYTES);
    this.#ids = kernel.allocate(entryCount * this.#slabRows * 4);
    this.#close = kernel.allocate(close.length);
    this.#closeLength = close.length;
    this.#out32 = kernel.allocate(this.#slabRows * 4);
    this.#out128 = kernel.allocate(this.#slabRows * HASH128_BYTES);
    this.#bytesCapacity = new Float64Array(entryCount);
    this.#endsCapacity = new Float64Array(entryCount);
    this.#longest = new Float64Array(entryCount);
    kernel.bytes.set(close, this.#close);
    kernel.bytes.fill(0, this.#entries, this.#entries + entryCount * ENTRY_BYTES);
  }

  /**
   * Replaces the fragments of a column; fragment i is `bytes[ends[i - 1], ends[i])`, the first one beginning at 0. An empty
   * one means that the column is absent. Everything is copied; a dictionary set before is forgotten.
   *
   * @param column 0 to columnCount - 1, or {@link OPEN_FRAGMENTS}
   * @param ends ascending, at least `count` entries
   * @throws RangeError when there is no such column, the ends don't ascend within `bytes`, or a fragment of a column
   *   does not begin with a comma
   */
  setFragments(column: number, bytes: Uint8Array, ends: Int32Array, count: number): void {
    const kernel = this.#kernel;
    if (!Number.isInteger(column) || column < OPEN_FRAGMENTS || column >= this.columnCount) {
      throw new RangeError(`there is no column ${column}: the hasher was made for ${this.columnCount} columns`);
    }
    const entry = column + 1;
    this.#longest[entry] = longestFragment(column, bytes, ends, count);
    const byteCount = count === 0 ? 0 : ends[count - 1];
    const entryWord = (this.#entries >>> 2) + entry * ENTRY_WORDS;
    if (byteCount > this.#bytesCapacity[entry]) {
      const capacity = Math.max(byteCount, this.#bytesCapacity[entry] * 2);
      const address = kernel.allocate(capacity);
      kernel.ints[entryWord + BYTES] = address;
      this.#bytesCapacity[entry] = capacity;
    }
    if (count + 1 > this.#endsCapacity[entry]) {
      const capacity = Math.max(count + 1, this.#endsCapacity[entry] * 2);
      const address = kernel.allocate(capacity * 4);
      kernel.ints[entryWord + ENDS] = address;
      this.#endsCapacity[entry] = capacity;
    }
    kernel.ints[entryWord + COUNT] = count;
    kernel.ints[entryWord + VALUES] = 0;
    kernel.bytes.set(bytes.subarray(0, byteCount), kernel.ints[entryWord + BYTES] >>> 0);
    const endsWord = kernel.ints[entryWord + ENDS] >>> 2;
    kernel.ints[endsWord] = 0;
    kernel.ints.set(ends.subarray(0, count), endsWord + 1);
  }

  /**
   * Makes a column one of a dictionary's values, given by addresses in this hasher's kernel, which are read at every `hash`.
   * Positive ids of the column are ids of the dictionary then; others, negated, are fragments: 0 that of null, -1 - n those
   * of lists.
   *
   * @param arena address of the values, UTF-8
   * @param ends address of int32 offsets into them: value `id` is `[ends[id - 1], ends[id])`
   * @param count ids, 0 included
   * @param prefix what stands before a value, from the comma to the quote: `,"dim":["`; copied
   * @param fragments as for `setFragments`: that of null, then those of lists
   * @throws RangeError when there is no such column or the fragments are wrong
   */
  setDictionary(
    column: number,
    arena: number,
    ends: number,
    count: number,
    prefix: Uint8Array,
    fragments: { readonly bytes: Uint8Array; readonly ends: Int32Array; readonly count: number },
  ): void {
    this.setFragments(column, fragments.bytes, fragments.ends, fragments.count);
    const kernel = this.#kernel;
    const plain = kernel.allocate(count);
    const prefixAddress = kernel.allocate(prefix.length);
    kernel.bytes.set(prefix, prefixAddress);
    const longest = kernel.exports.dictionaryPlain(arena, ends, count, plain) + prefix.length + SUFFIX_BYTES;
    this.#longest[column + 1] = Math.max(this.#longest[column + 1], longest);
    const entryWord = (this.#entries >>> 2) + (column + 1) * ENTRY_WORDS;
    const { ints } = kernel;
    ints[entryWord + VALUES] = count;
    ints[entryWord + ARENA] = arena;
    ints[entryWord + VALUE_ENDS] = ends;
    ints[entryWord + PLAIN] = plain;
    ints[entryWord + PREFIX] = prefixAddress;
    ints[entryWord + PREFIX_LENGTH] = prefix.length;
  }

  /**
   * Hashes the keys of rows `firstRow` to `firstRow + rows - 1`.
   *
   * @param openIds id of the open fragment of each row, indexed by row
   * @param columnIds per column the fragment id of each row, indexed by row; -1 where the column is absent. For columns
   *   of a dictionary see `setDictionary`
   * @param out32 receives murmur3_x86_32 (seed 0, int32) of each key from index 0 on; null for none
   * @param out128 receives murmur3_x64_128 (seed 0, 16 bytes as Guava's `asBytes`) of each key from index 0 on; null
   *   for none
   * @throws RangeError when an id names no fragment or an array is too short
   */
  hash(
    openIds: Int32Array,
    columnIds: readonly Int32Array[],
    firstRow: number,
    rows: number,
    out32: Int32Array | null,
    out128: Uint8Array | null,
  ): void {
    const kernel = this.#kernel;
    if (columnIds.length !== this.columnCount) {
      throw new RangeError(`${columnIds.length} columns of ids were given to a hasher of ${this.columnCount} columns`);
    }
    if (out32 !== null && out32.length < rows) throw tooShort('32-bit hashes', rows, out32.length);
    if (out128 !== null && out128.length < rows * HASH128_BYTES) {
      throw tooShort('128-bit hashes', rows * HASH128_BYTES, out128.length);
    }
    this.#reserveKey(kernel);
    for (let done = 0; done < rows; done += this.#slabRows) {
      const row = firstRow + done;
      const slab = Math.min(this.#slabRows, rows - done);
      this.#hashSlab(kernel, openIds, columnIds, row, slab, out32 !== null, out128 !== null);
      const word = this.#out32 >>> 2;
      if (out32 !== null) out32.set(kernel.ints.subarray(word, word + slab), done);
      if (out128 !== null) {
        out128.set(kernel.bytes.subarray(this.#out128, this.#out128 + slab * HASH128_BYTES), done * HASH128_BYTES);
      }
    }
  }

  /**
   * Adds up the hashes of the fragments of each key of rows 0 to `rows - 1`: murmur3_x64_128, both its halves modulo 2^64. Such a sum
   * tells keys apart as well as the hash of the whole does, and takes a fraction of the time, since each distinct fragment is hashed
   * once. Its halves are spread evenly. Columns must have fragments that no other column has.
   *
   * @param openIds as for `hash`
   * @param columnIds as for `hash`
   * @param sums receives 16 bytes per key
   * @throws RangeError when an id names no fragment or an array is too short
   */
  sum(openIds: Int32Array, columnIds: readonly Int32Array[], rows: number, sums: Uint8Array): void {
    const kernel = this.#kernel;
    if (sums.length < rows * HASH128_BYTES) throw tooShort('sums', rows * HASH128_BYTES, sums.length);
    this.#reserveKey(kernel);
    const target = kernel.allocate(rows * HASH128_BYTES);
    const ids = kernel.allocate(rows * 4);
    kernel.bytes.fill(0, target, target + rows * HASH128_BYTES);
    for (let entry = 0; entry <= this.columnCount; entry++) {
      const idsOf = entry === 0 ? openIds : columnIds[entry - 1];
      if (idsOf.length < rows) throw tooShort(`ids of ${entryName(entry)}`, rows, idsOf.length);
      const mark = kernel.mark();
      const entryWord = this.#entries / 4 + entry * ENTRY_WORDS;
      const fragments = kernel.ints[entryWord + COUNT] + kernel.ints[entryWord + VALUES];
      const table = kernel.allocate(fragments * HASH128_BYTES);
      kernel.ints.set(idsOf.subarray(0, rows), ids / 4);
      kernel.exports.hashFragments(entryWord * 4, this.#key, table);
      const wrong = kernel.exports.sumFragments(entryWord * 4, table, ids, rows, target);
      kernel.release(mark);
      if (wrong >= 0) this.#refuse(entry, wrong, kernel.ints[ids / 4 + wrong]);
    }
    sums.set(kernel.bytes.subarray(target, target + rows * HASH128_BYTES));
  }

  #hashSlab(
    kernel: Kernel,
    openIds: Int32Array,
    columnIds: readonly Int32Array[],
    firstRow: number,
    rows: number,
    want32: boolean,
    want128: boolean,
  ): void {
    const { ints } = kernel;
    let word = this.#ids >>> 2;
    for (let entry = 0; entry <= this.columnCount; entry++) {
      const ids = entry === 0 ? openIds : columnIds[entry - 1];
      if (ids.length < firstRow + rows) throw tooShort(`ids of ${entryName(entry)}`, firstRow + rows, ids.length);
      ints.set(ids.subarray(firstRow, firstRow + rows), word);
      word += this.#slabRows;
    }
    const wrong = kernel.exports.hashGroupKeys(
      this.#entries,
      this.columnCount,
      this.#ids,
      this.#slabRows,
      rows,
      this.#close,
      this.#closeLength,
      this.#key,
      want32 ? this.#out32 : 0,
      want128 ? this.#out128 : 0,
    );
    if (wrong < 0) return;
    const entry = Math.floor(wrong / this.#slabRows);
    this.#refuse(entry, firstRow + (wrong % this.#slabRows), ints[(this.#ids >>> 2) + wrong]);
  }

  #refuse(entry: number, row: number, id: number): never {
    const { ints } = this.#kernel;
    const entryWord = (this.#entries >>> 2) + entry * ENTRY_WORDS;
    const values = ints[entryWord + VALUES];
    const known =
      id > 0 && values > 0
        ? `its dictionary has only ${values - 1} values`
        : `only ${ints[entryWord + COUNT]} fragments are set`;
    throw new RangeError(`row ${row} of ${entryName(entry)} has id ${id}, but ${known}`);
  }

  /** Makes the key scratch as long as the longest key that the fragments allow. */
  #reserveKey(kernel: Kernel): void {
    let length = this.#closeLength + VECTOR_BYTES;
    for (const fragment of this.#longest) length += fragment;
    if (length <= this.#keyCapacity) return;
    this.#keyCapacity = Math.max(length, this.#keyCapacity * 2);
    this.#key = kernel.allocate(this.#keyCapacity);
  }
}

/** Length in bytes of the longest fragment, all being checked. */
function longestFragment(column: number, bytes: Uint8Array, ends: Int32Array, count: number): number {
  let longest = 0;
  let start = 0;
  if (ends.length < count) throw tooShort(`ends of ${entryName(column + 1)}`, count, ends.length);
  for (let i = 0; i < count; i++) {
    const end = ends[i];
    if (end < start || end > bytes.length) {
      const range = `between ${start} and ${bytes.length}`;
      throw new RangeError(`fragment ${i} of ${entryName(column + 1)} ends at ${end}; expected an end ${range}`);
    }
    if (column !== OPEN_FRAGMENTS && end > start && bytes[start] !== COMMA) {
      throw new RangeError(`fragment ${i} of ${entryName(column + 1)} must begin with a comma`);
    }
    if (end - start > longest) longest = end - start;
    start = end;
  }
  return longest;
}

function entryName(entry: number): string {
  return entry === 0 ? 'the open fragments' : `column ${entry - 1}`;
}

function tooShort(what: string, needed: number, length: number): RangeError {
  return new RangeError(`the array for ${what} has ${length} entries; expected at least ${needed}`);
}
