import { borrowKernel, type Kernel } from '../../kernel/kernel.ts';
import type { ElementBatch } from '../writer/elementBatch.ts';

/** Elements written at once, at most, and their bytes. */
const BATCH_ELEMENTS = 8192;
const BATCH_BYTES = 1 << 18;
/** A marker and, at most, head and data of a bitmap: see `roaringBitmap`. */
const ELEMENT_BYTES = 12;
const CONTAINER_BYTES_MAX = 8 + 8192;
const BYTES_PER_ROW_MAX = 10;

/**
 * Row numbers grouped by id, in the memory of a kernel: id i has `rows[starts[i], ends[i])`, ascending. Takes 4 bytes per row (or per
 * id of a multi-value column) and 12 per id.
 */
export class RowGroups {
  /** Ids of the next rows to add go here. */
  readonly block: Int32Array;
  readonly starts: Int32Array;
  /** Ends so far: with no rows added, where they start. */
  readonly ends: Int32Array;
  readonly rows: Int32Array;
  readonly #kernel: Kernel;
  readonly #blockAt: number;
  readonly #startsAt: number;
  readonly #endsAt: number;
  readonly #rowsAt: number;
  readonly #outAt: number;
  readonly #outBytes: number;
  readonly #outEndsAt: number;
  readonly #containersAt: number;

  /**
   * @param kernel must lend nobody else memory as long as this is used
   * @param counts how many rows each id has, at most
   * @param blockInts room in `block`
   * @param rowsMax rows are below this
   */
  constructor(kernel: Kernel, counts: Int32Array, blockInts: number, rowsMax: number) {
    let total = 0;
    for (let id = 0; id < counts.length; id++) total += counts[id];
    const containers = (rowsMax >>> 16) + 1;
    const whole = ELEMENT_BYTES * counts.length + BYTES_PER_ROW_MAX * total;
    this.#kernel = kernel;
    this.#outBytes = Math.min(whole, Math.max(BATCH_BYTES, ELEMENT_BYTES + containers * CONTAINER_BYTES_MAX));
    this.#startsAt = kernel.allocate(4 * counts.length);
    this.#endsAt = kernel.allocate(4 * counts.length);
    this.#rowsAt = kernel.allocate(4 * total);
    this.#blockAt = kernel.allocate(4 * blockInts);
    this.#outAt = kernel.allocate(this.#outBytes);
    this.#outEndsAt = kernel.allocate(4 * Math.min(BATCH_ELEMENTS, counts.length));
    this.#containersAt = kernel.allocate(8 * containers);
    this.starts = intsAt(kernel, this.#startsAt, counts.length);
    this.ends = intsAt(kernel, this.#endsAt, counts.length);
    this.rows = intsAt(kernel, this.#rowsAt, total);
    this.block = intsAt(kernel, this.#blockAt, blockInts);
    this.starts.set(counts);
    kernel.exports.bitmapStarts(this.#startsAt, this.#endsAt, counts.length);
  }

  /** Adds `count` rows, `firstRow` and on, whose ids stand in `block`. */
  add(count: number, firstRow: number): void {
    this.#kernel.exports.bitmapScatter(this.#blockAt, count, firstRow, this.#endsAt, this.#rowsAt);
  }

  /** Hands on a roaring bitmap per id, in their order. A batch is valid during the call. */
  writeBitmaps(onBitmaps: (bitmaps: ElementBatch) => void): void {
    const { bytes, ints, exports } = this.#kernel;
    for (let id = 0; id < this.ends.length; ) {
      const next = exports.bitmapWrite(
        this.#rowsAt,
        this.#startsAt,
        this.#endsAt,
        id,
        Math.min(this.ends.length, id + BATCH_ELEMENTS),
        this.#outAt,
        this.#outBytes,
        this.#outEndsAt,
        this.#containersAt,
      );
      const ends = ints.subarray(this.#outEndsAt / 4, this.#outEndsAt / 4 + next - id);
      onBitmaps({ bytes: bytes.subarray(this.#outAt, this.#outAt + ends[ends.length - 1]), ends });
      id = next;
    }
  }
}

function intsAt({ ints }: Kernel, address: number, count: number): Int32Array {
  return ints.subarray(address / 4, address / 4 + count);
}

/**
 * A RoaringBitmap in the portable serialisation of the RoaringBitmap project (`RoaringFormatSpec`), with the containers that Java's
 * `runOptimize()` chooses, which is what Druid stores:
 *
 *     cookie       12346, then u32 container count                        no container is a run container
 *                  12347 | (count - 1) << 16, then a bit per container    else; a set bit marks a run container
 *     per container   u16 key (row >> 16), u16 cardinality - 1
 *     per container   u32 offset of its data                              left out with run containers and fewer than 4 containers
 *     data            array of u16, or 8192 bytes of bits, or u16 run count and (u16 start, u16 length - 1) per run
 *
 * All of it little-endian; lengths in bytes.
 *
 * @param rows ascending, without repetition
 * @returns no bytes for no rows, as Druid stores it
 */
export function roaringBitmap(rows: Int32Array): Uint8Array {
  return borrowKernel((kernel) => {
    const groups = new RowGroups(kernel, Int32Array.of(rows.length), 0, (rows.at(-1) ?? 0) + 1);
    groups.rows.set(rows);
    groups.ends[0] = rows.length;
    let bitmap = new Uint8Array(0);
    groups.writeBitmaps(({ bytes }) => {
      // Behind the marker of its element.
      bitmap = bytes.slice(4);
    });
    return bitmap;
  });
}
