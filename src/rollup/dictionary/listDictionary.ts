const INITIAL_LISTS = 64;
const INITIAL_IDS = 256;
/** End, hash and the share of the hash table, which is at most half full. */
const BYTES_PER_LIST = 20;

/** Distinct lists of int32 ids, numbered from 0 in the order of first sight. */
export class ListDictionary {
  /** All lists one behind the other; list `n` is `ids[ends[n - 1]..ends[n])`, with `ends[-1]` meaning 0. */
  ids = new Int32Array(INITIAL_IDS);
  ends = new Int32Array(INITIAL_LISTS);
  count = 0;
  #hashes = new Int32Array(INITIAL_LISTS);
  /** List number + 1; 0 is empty. */
  #table = new Int32Array(INITIAL_LISTS * 2);

  startOf(list: number): number {
    return list === 0 ? 0 : this.ends[list - 1];
  }

  intern(ids: Int32Array, length: number): number {
    let hash = length;
    for (let i = 0; i < length; i++) {
      hash = Math.imul(hash ^ ids[i], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const mask = this.#table.length - 1;
    let place = hash & mask;
    for (;;) {
      const list = this.#table[place] - 1;
      if (list < 0) return this.#add(ids, length, hash, place);
      if (this.#hashes[list] === hash && this.#equals(list, ids, length)) return list;
      place = (place + 1) & mask;
    }
  }

  /** Bytes in use, a function of the lists alone: it decides where runs are cut. */
  memoryUsage(): number {
    return 4 * this.startOf(this.count) + BYTES_PER_LIST * this.count;
  }

  clear(): void {
    this.#table.fill(0);
    this.count = 0;
  }

  #equals(list: number, ids: Int32Array, length: number): boolean {
    const from = this.startOf(list);
    if (this.ends[list] - from !== length) return false;
    for (let i = 0; i < length; i++) if (this.ids[from + i] !== ids[i]) return false;
    return true;
  }

  #add(ids: Int32Array, length: number, hash: number, place: number): number {
    const list = this.count++;
    if (list === this.ends.length) {
      this.ends = grown(this.ends, list * 2);
      this.#hashes = grown(this.#hashes, list * 2);
    }
    const from = this.startOf(list);
    if (from + length > this.ids.length) this.ids = grown(this.ids, Math.max(from + length, this.ids.length * 2));
    for (let i = 0; i < length; i++) this.ids[from + i] = ids[i];
    this.ends[list] = from + length;
    this.#hashes[list] = hash;
    this.#table[place] = list + 1;
    if (this.count * 2 > this.#table.length) this.#rehash();
    return list;
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let list = 0; list < this.count; list++) {
      let place = this.#hashes[list] & mask;
      while (table[place] !== 0) place = (place + 1) & mask;
      table[place] = list + 1;
    }
    this.#table = table;
  }
}

function grown(values: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(values);
  return larger;
}
