import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM_ROOT } from '../programRoot.ts';

/** What build/kernel.wasm exports; addresses and lengths are in bytes. Each is documented in assembly/. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heapBase(): number;
  murmur3x86_32(start: number, length: number): number;
  murmur3x64_128(start: number, length: number, out: number): void;
  hashGroupKeys(
    entries: number,
    columns: number,
    ids: number,
    slabRows: number,
    rows: number,
    close: number,
    closeLength: number,
    key: number,
    out32: number,
    out128: number,
  ): number;
  hashFragments(entry: number, key: number, table: number): void;
  sumFragments(entry: number, table: number, ids: number, rows: number, sums: number): number;
  dictionaryIntern(dictionary: number, at: number, length: number): number;
  dictionaryInternColumn(
    dictionary: number,
    bytes: number,
    kinds: number,
    starts: number,
    ends: number,
    records: number,
    from: number,
    count: number,
    cells: number,
    elementKinds: number,
    elementStarts: number,
    elementEnds: number,
    elementIds: number,
  ): number;
  dictionaryInternTexts(dictionary: number, bytes: number, ends: number, count: number, ids: number): void;
  dictionaryRehash(from: number, places: number, table: number, mask: number): void;
  dictionarySort(arena: number, valueEnds: number, count: number, sorted: number, scratch: number): void;
  dictionaryRanks(sorted: number, count: number, ranks: number): void;
  dictionaryMeasure(
    valueEnds: number,
    sorted: number,
    ranks: number,
    count: number,
    bytesMax: number,
    target: number,
  ): number;
  dictionaryGather(
    arena: number,
    valueEnds: number,
    sorted: number,
    ranks: number,
    count: number,
    target: number,
  ): void;
  dictionaryPlain(arena: number, valueEnds: number, count: number, plain: number): number;
  rowSort(columns: number, count: number, rows: number, order: number, scratch: number): void;
  rankCells(cells: number, count: number, ranks: number): void;
  orderCells(cells: number, order: number, count: number, target: number): void;
  numberRanks(
    cells: number,
    count: number,
    marks: number,
    used: number,
    groups: number,
    numbers: number,
    ranks: number,
  ): number;
  packCells(cells: number, count: number, numbers: number, width: number, target: number): void;
  bitmapStarts(starts: number, ends: number, ids: number): void;
  bitmapScatter(ids: number, count: number, firstRow: number, ends: number, rows: number): void;
  bitmapWrite(
    rows: number,
    starts: number,
    ends: number,
    from: number,
    to: number,
    out: number,
    outBytes: number,
    outEnds: number,
    containerTable: number,
  ): number;
  packIds(ids: number, count: number, cardinality: number, width: number, target: number): number;
  bitmapIndex(ids: number, count: number, cardinality: number, target: number, scratch: number): number;
  equalRows(times: number, rows: number, columns: number, count: number): number;
  longsOfTimes(times: number, rows: number, target: number): void;
  numberColumn(
    values: number,
    present: number,
    rows: number,
    valueBytes: number,
    target: number,
    scratch: number,
  ): number;
  numbersOfCells(
    dictionary: number,
    cells: number,
    width: number,
    rows: number,
    isFloat: boolean,
    values: number,
    present: number,
  ): number;
  stringColumn(
    dictionary: number,
    values: number,
    hasNull: boolean,
    lists: number,
    cells: number,
    width: number,
    rows: number,
    flags: number,
    hasBitmaps: boolean,
    target: number,
    scratch: number,
  ): number;
  listColumn(
    dictionary: number,
    values: number,
    hasNull: boolean,
    lists: number,
    cells: number,
    width: number,
    rows: number,
    flags: number,
    hasBitmaps: boolean,
    nullIds: number,
    idsMax: number,
    target: number,
    scratch: number,
  ): number;
  keySort(hashes: number, keys: number, count: number, scratch: number): void;
  keyBlockFill(columns: number, count: number, keys: number, from: number, to: number, bytesMax: number): number;
  keyBlockHashes(hashes: number, keys: number, from: number, to: number, target: number): void;
  keyBlockTexts(column: number, arena: number, prefix: number, target: number, ends: number): void;
  keyMergeBegin(state: number): void;
  keyMergeRun(state: number): number;
  keyMergeNext(state: number): void;
  textMergeBegin(state: number): void;
  textMergeRun(state: number): number;
  textElements(block: number, last: number, lastLength: number, out: number, outEnds: number): number;
  parseLongs(
    bytes: number,
    kinds: number,
    starts: number,
    ends: number,
    records: number,
    count: number,
    numbers: number,
    outcomes: number,
  ): void;
  parseDoubles(
    bytes: number,
    kinds: number,
    starts: number,
    ends: number,
    records: number,
    count: number,
    single: number,
    numbers: number,
    outcomes: number,
  ): void;
  putJsonKey(table: number, mask: number, key: number): void;
  scanJsonLines(state: number, from: number, end: number, limit: number): number;
  scanDelimitedLines(state: number, from: number, end: number, limit: number): number;
  lz4Encode(from: number, length: number, target: number, heads: number, chain: number): number;
  lz4Decode(from: number, end: number, target: number, capacity: number): number;
}

/** The part of the WebAssembly interface used here; the project's type libraries (ES, Node) don't declare it. */
interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const PAGE_BYTES = 65536;
/** Of a 32-bit WebAssembly memory. */
const MEMORY_MAX = 65536 * PAGE_BYTES;
/** Memory that nobody has touched costs nothing. */
const GROWTH = 1.5;
/** Every region begins on a vector boundary. */
const ALIGNMENT_BYTES = 16;
/** The kernel copies in whole vectors and so touches up to 16 bytes behind a region; they belong to nobody. */
const SLACK_BYTES = 16;

/**
 * One instance of the WASM compute kernel with its own memory.
 *
 * Regions are handed out by {@link Kernel.allocate} and live as long as the instance, but for scratch between
 * {@link Kernel.mark} and {@link Kernel.release}: whoever needs memory that comes and goes otherwise takes an instance of
 * its own ({@link createKernel}) and drops it. The memory grows only inside `allocate`,
 * which replaces `bytes` and `ints`: read them anew after each call, never keep them across one.
 */
export class Kernel {
  readonly exports: KernelExports;
  /** The whole memory as bytes. */
  bytes: Uint8Array;
  /** The whole memory as int32 words: byte address / 4. */
  ints: Int32Array;
  #top: number;

  /** @param exports of a fresh instance of the kernel module */
  constructor(exports: KernelExports) {
    this.exports = exports;
    this.bytes = new Uint8Array(exports.memory.buffer);
    this.ints = new Int32Array(exports.memory.buffer);
    this.#top = align(exports.heapBase());
  }

  /**
   * Takes a region of at least `size` bytes, aligned to 16 bytes, contents undefined.
   *
   * @returns its address
   * @throws RangeError when the memory cannot grow that far (4 GiB at most)
   */
  allocate(size: number): number {
    const address = this.#top;
    const top = align(address + size + SLACK_BYTES);
    // In large steps: each one detaches all views, and thousands of dimensions would grow it thousands of times.
    if (top > this.bytes.length) this.#grow(Math.max(top, Math.min(MEMORY_MAX, this.bytes.length * GROWTH)));
    this.#top = top;
    return address;
  }

  /** The top of the regions handed out: what `release` takes back to. */
  mark(): number {
    return this.#top;
  }

  /**
   * Takes back all regions handed out since `mark`: scratch of one piece of work, between whose two ends no lasting region
   * may be allocated.
   */
  release(mark: number): void {
    this.#top = mark;
  }

  /**
   * Grows the memory to at least `size` bytes in all, so that `allocate` need not for a while. Costs next to nothing: the
   * system gives memory when it is first touched.
   *
   * @throws RangeError when the memory cannot grow that far
   */
  reserve(size: number): void {
    if (size > this.bytes.length) this.#grow(size);
  }

  #grow(top: number): void {
    const { memory } = this.exports;
    const before = memory.buffer.byteLength;
    try {
      memory.grow(Math.ceil((top - before) / PAGE_BYTES));
    } catch (cause) {
      const change = `from ${before} to ${top} bytes`;
      const message = `the compute kernel cannot grow its memory ${change} (at most 4 GiB are possible)`;
      throw new RangeError(message, { cause });
    }
    this.bytes = new Uint8Array(memory.buffer);
    this.ints = new Int32Array(memory.buffer);
  }
}

function align(address: number): number {
  return Math.ceil(address / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyInterface }).WebAssembly;
let compiled: object | undefined;
let shared: Kernel | undefined;
let idle: Kernel | undefined;
/** A kernel that needed more is dropped afterwards: its memory would never shrink. */
const IDLE_BYTES_MAX = 64 << 20;

/**
 * Makes a new instance. The module is read and compiled once per thread.
 *
 * @throws Error when build/kernel.wasm is missing (`npm run build:kernel` makes it)
 */
export function createKernel(): Kernel {
  compiled ??= new Module(readModule());
  return new Kernel(new Instance(compiled).exports as KernelExports);
}

/** The thread's shared instance, for users with small, lasting regions (codecs). Made at the first call. */
export function threadKernel(): Kernel {
  shared ??= createKernel();
  return shared;
}

/**
 * Lends a kernel for work that leaves nothing there: all regions it takes are given back.
 *
 * @returns what the work returns, which must not be a view of the kernel's memory
 */
export function borrowKernel<Result>(work: (kernel: Kernel) => Result): Result {
  const kernel = idle ?? createKernel();
  idle = undefined;
  const mark = kernel.mark();
  const result = work(kernel);
  kernel.release(mark);
  if (kernel.bytes.length <= IDLE_BYTES_MAX) idle = kernel;
  return result;
}

function readModule(): Uint8Array {
  const path = join(PROGRAM_ROOT, 'build/kernel.wasm');
  try {
    return readFileSync(path);
  } catch (cause) {
    const message = `the compute kernel cannot be read from ${path}; run "npm run build:kernel" to make it`;
    throw new Error(message, { cause });
  }
}
