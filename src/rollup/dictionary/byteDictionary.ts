const INITIAL_VALUES = 256;
const INITIAL_BYTES = 4096;
/** End, hash and the share of the hash table, which is at most half full. */
const BYTES_PER_VALUE = 20;

/**
 * Distinct byte strings, each with an id from 1 on in the order of first sight; id 0 stands for null and has no bytes.
 * Values lie one behind the other in one buffer; looking one up makes no object.
 */
export class ByteDictionary {
  /** All values; value `id` is `bytes[ends[id - 1]..ends[id])`. Valid until the next `intern`. */
  bytes = new Uint8Array(INITIAL_BYTES);
  ends = new Int32Array(INITIAL_VALUES);
  /** Ids given out, null's included: the next id. */
  count = 1;
  #hashes = new Int32Array(INITIAL_VALUES);
  /** Open addressing; 0 is an empty place, which is why null needs none. */
  #table = new Int32Array(INITIAL_VALUES * 2);

  /** The id of these bytes, new or known. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end);
    const table = this.#table;
    const mask = table.length - 1;
    let place = hash & mask;
    for (;;) {
      const id = table[place];
      if (id === 0) return this.#add(bytes, start, end, hash, place);
      if (this.#hashes[id] === hash && this.#equals(id, bytes, start, end)) return id;
      place = (place + 1) & mask;
    }
  }

  /** Bytes in use, a function of the values alone: it decides where runs are cut. */
  memoryUsage(): number {
    return this.ends[this.count - 1] + BYTES_PER_VALUE * this.count;
  }

  /** Forgets all values and keeps the buffers. */
  clear(): void {
    this.#table.fill(0);
    this.count = 1;
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.ends[id - 1];
    const length = end - start;
    if (this.ends[id] - from !== length) return false;
    const own = this.bytes;
    for (let i = 0; i < length; i++) if (own[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, place: number): number {
    const id = this.count++;
    if (id === this.ends.length) this.#growValues();
    const from = this.ends[id - 1];
    const length = end - start;
    if (from + length > this.bytes.length) this.#growBytes(from + length);
    if (length < 24) for (let i = 0; i < length; i++) this.bytes[from + i] = bytes[start + i];
    else this.bytes.set(bytes.subarray(start, end), from);
    this.ends[id] = from + length;
    this.#hashes[id] = hash;
    this.#table[place] = id;
    if (id * 2 > this.#table.length) this.#rehash();
    return id;
  }

  #growValues(): void {
    const size = this.ends.length * 2;
    const ends = new Int32Array(size);
    ends.set(this.ends);
    this.ends = ends;
    const hashes = new Int32Array(size);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
  }

  #growBytes(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    bytes.set(this.bytes);
    this.bytes = bytes;
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let id = 1; id < this.count; id++) {
      let place = this.#hashes[id] & mask;
      while (table[place] !== 0) place = (place + 1) & mask;
      table[place] = id;
    }
    this.#table = table;
  }
}

/** A 32-bit hash over four bytes at a time; never leaves the process, so nothing depends on its form. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = (end - start) | 0;
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
