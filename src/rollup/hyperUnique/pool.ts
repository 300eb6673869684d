/**
 * Blocks of 4-byte words in one growing buffer, in sizes of powers of two; released blocks are handed out again by size.
 * Positions count words. The two views are of the same memory and are replaced when it grows: read them anew after `take`.
 */
export class WordPool {
  words = new Uint32Array(1024);
  bytes = new Uint8Array(this.words.buffer);
  #used = 0;
  /** First free block by log2 of the size, -1 for none; a free block's first word links to the next one (plus 1). */
  readonly #free = new Int32Array(FREE_LISTS).fill(-1);

  /** A block of `2^sizeLog` words, not cleared. */
  take(sizeLog: number): number {
    const reused = this.#free[sizeLog];
    if (reused >= 0) {
      this.#free[sizeLog] = this.words[reused] - 1;
      return reused;
    }
    const at = this.#used;
    const end = at + (1 << sizeLog);
    if (end > this.words.length) this.#grow(end);
    this.#used = end;
    return at;
  }

  release(at: number, sizeLog: number): void {
    this.words[at] = this.#free[sizeLog] + 1;
    this.#free[sizeLog] = at;
  }

  /** Forgets all blocks and keeps the memory. */
  reset(): void {
    this.#used = 0;
    this.#free.fill(-1);
  }

  /** Bytes held. */
  memoryUsage(): number {
    return this.bytes.length;
  }

  #grow(wordsMin: number): void {
    const words = new Uint32Array(Math.max(wordsMin, this.words.length * 2));
    words.set(this.words);
    this.words = words;
    this.bytes = new Uint8Array(words.buffer);
  }
}

/** Sizes of 1 to 256 words. */
const FREE_LISTS = 9;
