import { compareUtf8, orderOf } from '../../segment/utf8Order.ts';

/** Groups up to this size are sorted by insertion. */
const SMALL = 12;

/**
 * Sorts the values 1..count-1 of a dictionary in the order of `compareUtf8`: a radix sort on four bytes at a time, from the
 * front, which reads each byte about once instead of at every comparison.
 *
 * @param bytes the values one behind the other
 * @param ends value `id` is `bytes[ends[id - 1]..ends[id])`
 * @returns the ids in order
 */
export function sortUtf8(bytes: Uint8Array, ends: Int32Array, count: number): Int32Array {
  const sorter = new Sorter(bytes, ends, Math.max(0, count - 1));
  sorter.sort(0, sorter.ids.length, 0);
  return sorter.ids;
}

class Sorter {
  readonly ids: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #ends: Int32Array;
  readonly #keys: Uint32Array;
  readonly #otherIds: Int32Array;
  readonly #otherKeys: Uint32Array;
  readonly #counts = new Int32Array(2048 * 3);

  constructor(bytes: Uint8Array, ends: Int32Array, size: number) {
    this.#bytes = bytes;
    this.#ends = ends;
    this.ids = new Int32Array(size);
    for (let i = 0; i < size; i++) this.ids[i] = i + 1;
    this.#keys = new Uint32Array(size);
    this.#otherIds = new Int32Array(size);
    this.#otherKeys = new Uint32Array(size);
  }

  /** Sorts `ids[from..to)`, which agree in their first `depth` bytes. */
  sort(from: number, to: number, depth: number): void {
    if (to - from <= SMALL) {
      this.#insertionSort(from, to, depth);
      return;
    }
    this.#fillKeys(from, to, depth);
    if (to - from < 2048) this.#shellSort(from, to);
    else this.#radixSort(from, to);
    const keys = this.#keys;
    for (let start = from; start < to; ) {
      const key = keys[start];
      let end = start + 1;
      while (end < to && keys[end] === key) end++;
      // A last byte of 0 may mean "the text ends here": then shorter ones come first, which a comparison decides.
      if (end - start > 1) {
        if ((key & 0xff) === 0) this.#mixedEnds(start, end, depth);
        else this.sort(start, end, depth + 4);
      }
      start = end;
    }
  }

  /** Four bytes from `depth` on, padded with 0: a text that ends early sorts before or together with one that goes on. */
  #fillKeys(from: number, to: number, depth: number): void {
    const bytes = this.#bytes;
    const ends = this.#ends;
    for (let i = from; i < to; i++) {
      const id = this.ids[i];
      let at = ends[id - 1] + depth;
      const end = ends[id];
      let key = 0;
      for (let k = 0; k < 4; k++, at++) key = (key << 8) | (at < end ? orderOf(bytes[at]) : 0);
      this.#keys[i] = key;
    }
  }

  /** Texts that share a key with padding or NUL characters: those that end within it come first, by length. */
  #mixedEnds(from: number, to: number, depth: number): void {
    let kept = from;
    for (let i = from; i < to; i++) {
      const id = this.ids[i];
      if (this.#ends[id] - this.#ends[id - 1] >= depth + 4) continue;
      this.ids[i] = this.ids[kept];
      this.ids[kept++] = id;
    }
    this.#insertionSort(from, kept, depth);
    this.sort(kept, to, depth + 4);
  }

  #insertionSort(from: number, to: number, depth: number): void {
    const ids = this.ids;
    for (let i = from + 1; i < to; i++) {
      const id = ids[i];
      let at = i;
      while (at > from && this.#compare(ids[at - 1], id, depth) > 0) {
        ids[at] = ids[at - 1];
        at--;
      }
      ids[at] = id;
    }
  }

  #compare(left: number, right: number, depth: number): number {
    const ends = this.#ends;
    const bytes = this.#bytes;
    return compareUtf8(bytes, ends[left - 1] + depth, ends[left], bytes, ends[right - 1] + depth, ends[right]);
  }

  #shellSort(from: number, to: number): void {
    const ids = this.ids;
    const keys = this.#keys;
    for (const gap of GAPS) {
      for (let i = from + gap; i < to; i++) {
        const key = keys[i];
        const id = ids[i];
        let at = i;
        while (at - gap >= from && keys[at - gap] > key) {
          keys[at] = keys[at - gap];
          ids[at] = ids[at - gap];
          at -= gap;
        }
        keys[at] = key;
        ids[at] = id;
      }
    }
  }

  #radixSort(from: number, to: number): void {
    const counts = this.#counts.fill(0);
    const keys = this.#keys;
    for (let i = from; i < to; i++) {
      const key = keys[i];
      counts[key & 2047]++;
      counts[2048 + ((key >>> 11) & 2047)]++;
      counts[4096 + (key >>> 22)]++;
    }
    let sourceKeys = keys;
    let sourceIds = this.ids;
    let targetKeys = this.#otherKeys;
    let targetIds = this.#otherIds;
    for (let pass = 0; pass < 3; pass++) {
      const base = pass * 2048;
      for (let i = base, sum = from; i < base + 2048; i++) {
        const count = counts[i];
        counts[i] = sum;
        sum += count;
      }
      const shift = pass * 11;
      for (let i = from; i < to; i++) {
        const key = sourceKeys[i];
        const at = counts[base + ((key >>> shift) & 2047)]++;
        targetKeys[at] = key;
        targetIds[at] = sourceIds[i];
      }
      [sourceKeys, targetKeys] = [targetKeys, sourceKeys];
      [sourceIds, targetIds] = [targetIds, sourceIds];
    }
    keys.set(sourceKeys.subarray(from, to), from);
    this.ids.set(sourceIds.subarray(from, to), from);
  }
}

/** Ciura's gaps. */
const GAPS = [701, 301, 132, 57, 23, 10, 4, 1];
