/** What `MergeSource.next` returns for a cursor that has ended; it loses to all others. */
export const ENDED = -1;

/** Sorted sequences of keys to merge. A key consists of parts (bytes of a text, columns of a row) and is compared part by part. */
export interface MergeSource {
  /** After `compare`: how many leading parts the two keys have in common. */
  readonly shared: number;
  /**
   * Moves a cursor to its next key, at first to its first one.
   *
   * @returns how many leading parts that key has in common with the cursor's key before it, or ENDED
   */
  next(cursor: number): number;
  /** Compares the keys of two cursors, whose first `from` parts are the same; also sets `shared`. */
  compare(left: number, right: number, from: number): number;
}

/**
 * A tournament of sorted sequences. Every inner node keeps the loser of its game, and every cursor how many leading parts its key
 * has in common with the key it lost to. On the way of a new key to the root, that is the key taken last for all of them, and it is
 * below them all: the one that has more in common with it is the smaller one, and only where both have the same number further
 * parts are looked at. So no part is compared twice, however long the beginnings are that neighbours share.
 * (LCP-aware multiway merge: Ng and Kakehi, "Merging String Sequences by Longest Common Prefixes", 2008.)
 */
export class MergeTree {
  /** The cursor with the smallest key, or ENDED. */
  top = ENDED;
  /** Leading parts that the top's key has in common with the top's key before it. */
  shared = 0;
  readonly #source: MergeSource;
  readonly #losers: Int32Array;
  readonly #shared: Int32Array;

  /** @param size number of cursors; equal keys come in ascending order of cursor */
  constructor(size: number, source: MergeSource) {
    this.#source = source;
    this.#losers = new Int32Array(size);
    this.#shared = new Int32Array(size).fill(ENDED);
    for (let cursor = 0; cursor < size; cursor++) if (source.next(cursor) !== ENDED) this.#shared[cursor] = 0;
    if (size > 0) this.#crown(this.#playAll(1));
  }

  /** Moves the top cursor to its next key and finds the new top. */
  next(): void {
    const shared = this.#shared;
    const losers = this.#losers;
    let winner = this.top;
    shared[winner] = this.#source.next(winner);
    for (let node = (winner + losers.length) >> 1; node > 0; node >>= 1) {
      const other = losers[node];
      const difference = shared[winner] - shared[other];
      if (difference > 0 || (difference === 0 && this.#isBefore(winner, other))) continue;
      losers[node] = winner;
      winner = other;
    }
    this.#crown(winner);
  }

  #crown(winner: number): void {
    this.shared = this.#shared[winner];
    this.top = this.shared === ENDED ? ENDED : winner;
  }

  /** Plays all games below a node; cursor i is leaf (number of cursors) + i. */
  #playAll(node: number): number {
    const losers = this.#losers;
    if (node >= losers.length) return node - losers.length;
    const left = this.#playAll(2 * node);
    const right = this.#playAll(2 * node + 1);
    const difference = this.#shared[left] - this.#shared[right];
    const leftWins = difference > 0 || (difference === 0 && this.#isBefore(left, right));
    losers[node] = leftWins ? right : left;
    return leftWins ? left : right;
  }

  /** Compares two keys of which the same number of parts is known, and notes for the loser how many are shared by both. */
  #isBefore(left: number, right: number): boolean {
    const known = this.#shared[left];
    if (known === ENDED) return true;
    const order = this.#source.compare(left, right, known);
    const isBefore = order === 0 ? left < right : order < 0;
    this.#shared[isBefore ? right : left] = this.#source.shared;
    return isBefore;
  }
}
