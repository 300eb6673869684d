/**
 * Writes RoaringBitmaps in the portable serialisation of the RoaringBitmap project (`RoaringFormatSpec`), with the containers
 * that Java's `runOptimize()` chooses, which is what Druid stores:
 *
 *     cookie       12346, then u32 container count                        no container is a run container
 *                  12347 | (count - 1) << 16, then a bit per container    else; a set bit marks a run container
 *     per container   u16 key (row >> 16), u16 cardinality - 1
 *     per container   u32 offset of its data                              left out with run containers and fewer than 4 containers
 *     data            array of u16, or 8192 bytes of bits, or u16 run count and (u16 start, u16 length - 1) per run
 *
 * All of it little-endian; lengths in bytes.
 */

const ARRAY_MAX_CARDINALITY = 4096;
const BITSET_BYTES = 8192;
const COOKIE_WITHOUT_RUNS = 12_346;
const COOKIE_WITH_RUNS = 12_347;
/** Containers from which offsets are written even when there are run containers. */
const OFFSETS_FROM_CONTAINERS = 4;

/** Length of a bitmap with one row. */
export const SINGLE_ROW_BYTES = 18;

/** Writes the bitmap that holds only `row`: most bitmaps of a dictionary with a million values. */
export function writeSingleRow(row: number, target: Uint8Array, at: number): void {
  target[at] = COOKIE_WITHOUT_RUNS & 0xff;
  target[at + 1] = COOKIE_WITHOUT_RUNS >>> 8;
  target[at + 2] = 0;
  target[at + 3] = 0;
  target[at + 4] = 1;
  target[at + 5] = 0;
  target[at + 6] = 0;
  target[at + 7] = 0;
  target[at + 8] = row >>> 16;
  target[at + 9] = row >>> 24;
  target[at + 10] = 0;
  target[at + 11] = 0;
  target[at + 12] = 16;
  target[at + 13] = 0;
  target[at + 14] = 0;
  target[at + 15] = 0;
  target[at + 16] = row;
  target[at + 17] = row >>> 8;
}

/**
 * Encodes one bitmap at a time from ascending row numbers: `measure` finds the containers and the exact length, `write` writes
 * them. One instance serves any number of bitmaps and makes no objects.
 */
export class RoaringEncoder {
  /** Per container: index after its last row. */
  #ends = new Int32Array(64);
  /** Per container: number of runs if it is stored as runs, else 0. */
  #runs = new Int32Array(64);
  #containers = 0;
  #runContainers = 0;

  /**
   * Length in bytes of the bitmap of `rows[start, end)`, which are ascending without repetition. An empty bitmap is zero bytes
   * long, as Druid stores it.
   */
  measure(rows: Int32Array, start: number, end: number): number {
    let containers = 0;
    let runContainers = 0;
    let dataBytes = 0;
    for (let i = start; i < end; ) {
      const key = rows[i] >>> 16;
      const first = i;
      let previous = rows[i++];
      let runs = 1;
      while (i < end && rows[i] >>> 16 === key) {
        if (rows[i] !== previous + 1) runs++;
        previous = rows[i++];
      }
      const cardinality = i - first;
      const plainBytes = cardinality > ARRAY_MAX_CARDINALITY ? BITSET_BYTES : 2 * cardinality;
      const runBytes = 2 + 4 * runs;
      const asRuns = runBytes < plainBytes;
      if (containers === this.#ends.length) this.#grow();
      this.#ends[containers] = i;
      this.#runs[containers] = asRuns ? runs : 0;
      containers++;
      if (asRuns) runContainers++;
      dataBytes += asRuns ? runBytes : plainBytes;
    }
    this.#containers = containers;
    this.#runContainers = runContainers;
    return containers === 0 ? 0 : this.#headBytes() + dataBytes;
  }

  /**
   * Writes the bitmap measured last.
   *
   * @param rows the rows given to `measure`
   * @param start the start given to `measure`
   * @param target must have room for the measured length from `at` on
   * @returns the offset after the last byte
   */
  write(rows: Int32Array, start: number, target: Uint8Array, at: number): number {
    const containers = this.#containers;
    if (containers === 0) return at;
    let head = at;
    if (this.#runContainers === 0) {
      head = putUint32(target, head, COOKIE_WITHOUT_RUNS);
      head = putUint32(target, head, containers);
    } else {
      head = putUint32(target, head, COOKIE_WITH_RUNS | ((containers - 1) << 16));
      const flags = (containers + 7) >>> 3;
      target.fill(0, head, head + flags);
      for (let c = 0; c < containers; c++) if (this.#runs[c] > 0) target[head + (c >>> 3)] |= 1 << (c & 7);
      head += flags;
    }
    let offsets = head + 4 * containers;
    const withOffsets = this.#runContainers === 0 || containers >= OFFSETS_FROM_CONTAINERS;
    let data = withOffsets ? offsets + 4 * containers : offsets;
    let from = start;
    for (let c = 0; c < containers; c++) {
      const to = this.#ends[c];
      head = putUint16(target, head, rows[from] >>> 16);
      head = putUint16(target, head, to - from - 1);
      if (withOffsets) offsets = putUint32(target, offsets, data - at);
      if (this.#runs[c] > 0) data = writeRuns(rows, from, to, this.#runs[c], target, data);
      else if (to - from > ARRAY_MAX_CARDINALITY) data = writeBitset(rows, from, to, target, data);
      else data = writeArray(rows, from, to, target, data);
      from = to;
    }
    return data;
  }

  #headBytes(): number {
    const containers = this.#containers;
    if (this.#runContainers === 0) return 8 + 8 * containers;
    const perContainer = containers >= OFFSETS_FROM_CONTAINERS ? 8 : 4;
    return 4 + ((containers + 7) >>> 3) + perContainer * containers;
  }

  #grow(): void {
    const ends = new Int32Array(this.#ends.length * 2);
    ends.set(this.#ends);
    this.#ends = ends;
    const runs = new Int32Array(ends.length);
    runs.set(this.#runs);
    this.#runs = runs;
  }
}

function writeArray(rows: Int32Array, from: number, to: number, target: Uint8Array, at: number): number {
  let next = at;
  for (let i = from; i < to; i++) {
    const row = rows[i];
    target[next] = row;
    target[next + 1] = row >>> 8;
    next += 2;
  }
  return next;
}

function writeBitset(rows: Int32Array, from: number, to: number, target: Uint8Array, at: number): number {
  target.fill(0, at, at + BITSET_BYTES);
  for (let i = from; i < to; i++) target[at + ((rows[i] & 0xffff) >>> 3)] |= 1 << (rows[i] & 7);
  return at + BITSET_BYTES;
}

function writeRuns(rows: Int32Array, from: number, to: number, runs: number, target: Uint8Array, at: number): number {
  let next = putUint16(target, at, runs);
  for (let i = from; i < to; ) {
    const first = rows[i];
    let last = first;
    for (i++; i < to && rows[i] === last + 1; i++) last++;
    next = putUint16(target, next, first);
    next = putUint16(target, next, last - first);
  }
  return next;
}

function putUint16(target: Uint8Array, at: number, value: number): number {
  target[at] = value;
  target[at + 1] = value >>> 8;
  return at + 2;
}

function putUint32(target: Uint8Array, at: number, value: number): number {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
  return at + 4;
}
