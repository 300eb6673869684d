const INITIAL_VALUES = 256;
/** The value and its share of the hash table, which is at most half full. */
const BYTES_PER_VALUE = 20;

/**
 * Distinct 64-bit values (longs, or the bits of doubles) as little-endian pairs of int32, each with an id from 1 on; id 0
 * stands for null.
 */
export class NumericDictionary {
  /** Value `id` is `pairs[2 * id]` (low) and `pairs[2 * id + 1]` (high). Valid until the next `intern`. */
  pairs = new Int32Array(INITIAL_VALUES * 2);
  count = 1;
  #table = new Int32Array(INITIAL_VALUES * 2);

  intern(low: number, high: number): number {
    const mask = this.#table.length - 1;
    let place = hashPair(low, high) & mask;
    for (;;) {
      const id = this.#table[place];
      if (id === 0) return this.#add(low, high, place);
      if (this.pairs[2 * id] === low && this.pairs[2 * id + 1] === high) return id;
      place = (place + 1) & mask;
    }
  }

  /** Bytes in use, a function of the values alone: it decides where runs are cut. */
  memoryUsage(): number {
    return BYTES_PER_VALUE * this.count;
  }

  clear(): void {
    this.#table.fill(0);
    this.count = 1;
  }

  #add(low: number, high: number, place: number): number {
    const id = this.count++;
    if (id * 2 === this.pairs.length) {
      const pairs = new Int32Array(this.pairs.length * 2);
      pairs.set(this.pairs);
      this.pairs = pairs;
    }
    this.pairs[2 * id] = low;
    this.pairs[2 * id + 1] = high;
    this.#table[place] = id;
    if (id * 2 > this.#table.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let id = 1; id < this.count; id++) {
      let place = hashPair(this.pairs[2 * id], this.pairs[2 * id + 1]) & mask;
      while (table[place] !== 0) place = (place + 1) & mask;
      table[place] = id;
    }
    this.#table = table;
  }
}

function hashPair(low: number, high: number): number {
  let hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return hash ^ (hash >>> 13);
}
