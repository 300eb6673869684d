import { roaringBitmap } from '../bitmap/RowGroups.ts';
import { type ByteSource, bytesSource } from './byteSource.ts';
import { int32Bytes } from './bytes.ts';

/** Row numbers of a numeric column's nulls, one bit per row; nothing is held until the first null. */
export class NullRows {
  #words: Int32Array = new Int32Array(0);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Marks `row`, which must not be marked yet. */
  add(row: number): void {
    const word = row >>> 5;
    if (word >= this.#words.length) this.#grow(word);
    this.#words[word] |= 1 << (row & 31);
    this.#count++;
  }

  /** The length-prefixed roaring bitmap that follows the value part, or nothing when there is no null. */
  parts(): ByteSource[] {
    if (this.#count === 0) return [];
    const rows = new Int32Array(this.#count);
    let filled = 0;
    for (let word = 0; word < this.#words.length; word++) {
      for (let bits = this.#words[word]; bits !== 0; bits &= bits - 1) {
        rows[filled++] = (word << 5) + 31 - Math.clz32(bits & -bits);
      }
    }
    const bitmap = roaringBitmap(rows);
    return [bytesSource(int32Bytes(bitmap.length)), bytesSource(bitmap)];
  }

  #grow(word: number): void {
    const longer = new Int32Array(Math.max(1024, this.#words.length * 2, word + 1));
    longer.set(this.#words);
    this.#words = longer;
  }
}
