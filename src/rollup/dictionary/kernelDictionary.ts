import type { Kernel } from '../../kernel/kernel.ts';
import { copyText } from '../run/copyText.ts';

const INITIAL_VALUES = 256;
const INITIAL_BYTES = 4096;
/** End, hash and the share of the hash table: what a value counts for besides its bytes. */
const BYTES_PER_VALUE = 20;
/** Bytes of an entry of the hash table: id and hash. */
const PLACE_BYTES = 8;
const SORT_SCRATCH_PER_VALUE = 20;

/** Words of the header, see assembly/dictionary.ts. */
const ARENA = 0;
const ARENA_BYTES = 1;
const ENDS = 2;
const CAPACITY = 3;
const TABLE = 4;
const MASK = 5;
const COUNT = 6;
const TRUE = 7;
const FALSE = 8;
const LEFT = 9;
const NEEDED = 10;
const HEADER_WORDS = 11;

/** The cell of a field that {@link KernelDictionary.internColumn} leaves to its caller. */
export const LEFT_TO_CALLER = -0x8000_0000;

/** Where a column of fields lies in the kernel's memory, by addresses; see `RecordBatch` for what it holds. */
export interface FieldColumn {
  readonly bytes: number;
  readonly kinds: number;
  readonly starts: number;
  readonly ends: number;
  /** Int32 numbers of the records wanted, or 0 for all from 0 on. */
  readonly records: number;
  readonly count: number;
  /** Receives an int32 cell per wanted record. */
  readonly cells: number;
  /** Elements of lists; `elementKinds` is 0 when lists are left to the caller. */
  readonly elementKinds: number;
  readonly elementStarts: number;
  readonly elementEnds: number;
  /** Receives an int32 id per element of the lists met. */
  readonly elementIds: number;
}

/**
 * Distinct byte strings in the memory of a kernel, each with an id from 1 on in the order of first sight; id 0 stands for null
 * and has no bytes. Values lie one behind the other. Buffers double when they are full, which may replace `kernel.bytes` and
 * `kernel.ints`, and are kept over `clear`.
 */
export class KernelDictionary {
  readonly kernel: Kernel;
  readonly #header: number;
  #sorted = 0;
  #sortedCapacity = 0;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    const address = kernel.allocate(HEADER_WORDS * 4);
    this.#header = address / 4;
    const ends = kernel.allocate(INITIAL_VALUES * 4);
    const table = kernel.allocate(INITIAL_VALUES * 2 * PLACE_BYTES);
    const arena = kernel.allocate(INITIAL_BYTES);
    const { ints } = kernel;
    ints.fill(0, this.#header, this.#header + HEADER_WORDS);
    ints.fill(0, table / 4, table / 4 + INITIAL_VALUES * 2 * 2);
    ints[ends / 4] = 0;
    ints[this.#header + ARENA] = arena;
    ints[this.#header + ARENA_BYTES] = INITIAL_BYTES;
    ints[this.#header + ENDS] = ends;
    ints[this.#header + CAPACITY] = INITIAL_VALUES;
    ints[this.#header + TABLE] = table;
    ints[this.#header + MASK] = INITIAL_VALUES * 2 - 1;
    ints[this.#header + COUNT] = 1;
  }

  /** Ids given out, null's included: the next id. */
  get count(): number {
    return this.#word(COUNT);
  }

  /** Address of the values. */
  get arena(): number {
    return this.#word(ARENA);
  }

  /** Address of int32 offsets into the arena: value `id` is `[ends[id - 1], ends[id])`. */
  get ends(): number {
    return this.#word(ENDS);
  }

  /** Address of the ids in order, from rank 1 on: valid from `sort` until the next new value. */
  get sorted(): number {
    return this.#sorted;
  }

  /** The address of a value. */
  startOf(id: number): number {
    return this.arena + (this.kernel.ints[this.ends / 4 + id - 1] >>> 0);
  }

  /** The address behind a value. */
  endOf(id: number): number {
    return this.arena + (this.kernel.ints[this.ends / 4 + id] >>> 0);
  }

  /** The id of these bytes, new or known. They may lie anywhere, in the kernel's memory too. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const inKernel = bytes.buffer === this.kernel.bytes.buffer;
    const address = bytes.byteOffset + start;
    // Bytes from elsewhere go where they will stay if they are new.
    this.#reserve(1, length);
    const used = this.kernel.ints[this.ends / 4 + this.count - 1] >>> 0;
    const at = inKernel ? address : this.arena + used;
    if (!inKernel) copyText(bytes, start, end, this.kernel.bytes, at);
    return this.kernel.exports.dictionaryIntern(this.#header * 4, at, length);
  }

  /**
   * Interns many texts.
   *
   * @param bytes the texts one behind the other
   * @param textEnds where each ends
   * @returns their ids; a view of the kernel's memory, to be read before it is used again
   */
  internTexts(bytes: Uint8Array, textEnds: Int32Array): Int32Array {
    const { kernel } = this;
    const count = textEnds.length;
    this.#reserve(count, bytes.length);
    const mark = kernel.mark();
    const ids = kernel.allocate(count * 4);
    const ends = kernel.allocate(count * 4);
    const texts = kernel.allocate(bytes.length);
    kernel.ints.set(textEnds, ends / 4);
    kernel.bytes.set(bytes, texts);
    kernel.exports.dictionaryInternTexts(this.#header * 4, texts, ends, count, ids);
    kernel.release(mark);
    return kernel.ints.subarray(ids / 4, ids / 4 + count);
  }

  /**
   * Turns fields into cells: ids of strings, integers and booleans, 0 for absent and null, {@link LEFT_TO_CALLER} for all other
   * fields. Lists of such elements, unless left to the caller, leave their elements' ids in `elementIds`; lists of at most one
   * element become cells themselves, longer ones are left to the caller.
   *
   * @returns how many are left to the caller
   */
  internColumn(column: FieldColumn): number {
    const { exports } = this.kernel;
    for (let from = 0; ; ) {
      from = exports.dictionaryInternColumn(
        this.#header * 4,
        column.bytes,
        column.kinds,
        column.starts,
        column.ends,
        column.records,
        from,
        column.count,
        column.cells,
        column.elementKinds,
        column.elementStarts,
        column.elementEnds,
        column.elementIds,
      );
      if (from === column.count) return this.#word(LEFT);
      this.#reserve(1, this.#word(NEEDED));
    }
  }

  /** Sorts the values in UTF-16 order, so that {@link KernelDictionary.sorted} is valid. */
  sort(): void {
    const values = this.count - 1;
    const { kernel } = this;
    if (values > this.#sortedCapacity) {
      this.#sortedCapacity = this.#word(CAPACITY);
      this.#sorted = kernel.allocate(this.#sortedCapacity * 4);
    }
    const mark = kernel.mark();
    const scratch = kernel.allocate(values * SORT_SCRATCH_PER_VALUE);
    kernel.exports.dictionarySort(this.arena, this.ends, values, this.#sorted, scratch);
    kernel.release(mark);
  }

  /** Bytes in use, a function of the values alone: it decides where runs are cut. */
  memoryUsage(): number {
    const { count } = this;
    return (this.kernel.ints[this.ends / 4 + count - 1] >>> 0) + BYTES_PER_VALUE * count;
  }

  /** Forgets all values and keeps the buffers. */
  clear(): void {
    const { ints } = this.kernel;
    const table = this.#word(TABLE) / 4;
    ints.fill(0, table, table + (this.#word(MASK) + 1) * (PLACE_BYTES / 4));
    ints[this.#header + COUNT] = 1;
    ints[this.#header + TRUE] = 0;
    ints[this.#header + FALSE] = 0;
  }

  #word(word: number): number {
    return this.kernel.ints[this.#header + word] >>> 0;
  }

  /** Makes room for more values and bytes. */
  #reserve(values: number, bytes: number): void {
    const { count } = this;
    while (count + values > this.#word(CAPACITY)) this.#growValues();
    const used = this.kernel.ints[this.ends / 4 + count - 1] >>> 0;
    if (used + bytes > this.#word(ARENA_BYTES)) this.#growArena(used, used + bytes);
  }

  #growValues(): void {
    const { kernel, count } = this;
    const capacity = this.#word(CAPACITY) * 2;
    const ends = kernel.allocate(capacity * 4);
    const places = capacity * 2;
    const table = kernel.allocate(places * PLACE_BYTES);
    const { ints } = kernel;
    const oldEnds = this.ends / 4;
    ints.copyWithin(ends / 4, oldEnds, oldEnds + count);
    ints.fill(0, table / 4, table / 4 + places * (PLACE_BYTES / 4));
    kernel.exports.dictionaryRehash(this.#word(TABLE), this.#word(MASK) + 1, table, places - 1);
    ints[this.#header + ENDS] = ends;
    ints[this.#header + CAPACITY] = capacity;
    ints[this.#header + TABLE] = table;
    ints[this.#header + MASK] = places - 1;
  }

  #growArena(used: number, needed: number): void {
    const { kernel } = this;
    const size = Math.max(needed, this.#word(ARENA_BYTES) * 2);
    const arena = kernel.allocate(size);
    kernel.bytes.copyWithin(arena, this.arena, this.arena + used);
    kernel.ints[this.#header + ARENA] = arena;
    kernel.ints[this.#header + ARENA_BYTES] = size;
  }
}
