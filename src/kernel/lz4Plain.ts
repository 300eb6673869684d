/** Rules of the LZ4 block format: the shortest match, and what a block must end with. */
const MIN_MATCH = 4;
const LAST_LITERALS = 5;
const MATCH_START_LIMIT = 12;
const DISTANCE_MAX = 65535;

/** Places compared at a position, and at a probe: three for both make blocks 0.5% to 0.7% smaller and take a tenth longer. */
const CANDIDATES = 2;
const PROBE_CANDIDATES = 3;
/** A match of this length is taken without looking for a longer one. */
const LONG_MATCH = 64;
/** After 2^7 literals in a row every 2nd position is searched, after 2^8 every 3rd, and so on. */
const SKIP_SHIFT = 7;
/** The hash table is about as large as the input, within these bounds: clearing it must not cost more than encoding. */
const TABLE_BITS_MIN = 8;
const TABLE_BITS_MAX = 15;
/** Positions, and the part of them that must have come before, for chains by six bytes. */
const SAMPLE = 256;
const REPEATS_PART = 4;
/** A prime of 48 bits, by its halves and its lower 32. */
const FACTOR_HIGH = 0xcf1bbc;
const FACTOR_LOW = 0xdcbf9b;
const FACTOR_LOW_32 = 0xbcdcbf9b;

/**
 * LZ4 block encoder in plain TypeScript. assembly/lz4Encode.ts is the same algorithm and gives the same bits.
 *
 * Every position of the input is linked into the chain of the positions whose next bytes have the same hash. A search
 * walks such a chain from its newest entry and keeps the first of the longest matches. Matches are found in two steps:
 *
 * 1. From the left, the first position that has a match at all.
 * 2. Two bytes before that match ends, a search asks for a longer match across the end; it may reach back as far as the
 *    first one began. Where it begins four or more bytes later, the first match is cut short there and written; else it
 *    is dropped. This repeats with the longer match. The second search begins with bytes on which the first match
 *    failed, so it finds what the chain at the first position held too deep down: in columns of small numbers most
 *    chains are full of zeros.
 *
 * A hash covers six bytes where many of the first six bytes come again: in columns of few values four bytes are nearly
 * everywhere, and chains by six lead to longer matches. Otherwise it covers four, the shortest match: six bytes are two
 * ids of three bytes, which hardly come again.
 *
 * Places in tables are 16 bits, counted from 1 at the beginning of a window. Inputs of up to 64 KiB are one window; longer
 * ones are cut into several, and no match reaches back into the window before.
 */
export class PlainLz4Encoder {
  /** Newest place per hash, 0 for none. */
  readonly #heads = new Uint16Array(1 << TABLE_BITS_MAX);
  /** Per place the former one of the same hash, 0 at the chain's end. */
  readonly #chain = new Uint16Array(DISTANCE_MAX + 1);

  /**
   * Encodes `source[sourceStart, sourceEnd)` as one block into `target` from `targetStart` on.
   *
   * @returns length of the block in bytes; where it exceeds the room in `target`, the rest of the block is lost
   */
  encode(source: Uint8Array, sourceStart: number, sourceEnd: number, target: Uint8Array, targetStart: number): number {
    const length = sourceEnd - sourceStart;
    let output = targetStart;
    let anchor = sourceStart;
    if (length > MATCH_START_LIMIT) {
      const startEnd = sourceEnd - MATCH_START_LIMIT + 1;
      const limit = sourceEnd - LAST_LITERALS;
      const bits = Math.max(TABLE_BITS_MIN, Math.min(TABLE_BITS_MAX, 32 - Math.clz32(length - 1)));
      const chain = this.#chain;
      let at = sourceStart;
      while (at < startEnd) {
        const base = at - 1;
        const windowEnd = Math.min(startEnd, base + DISTANCE_MAX + 1);
        this.#linkWindow(source, base, windowEnd, bits);
        while (at < windowEnd) {
          let best = search(source, base, at, at, limit, MIN_MATCH - 1, chain, CANDIDATES);
          if (best < MIN_MATCH) {
            at += 1 + ((at - anchor) >> SKIP_SHIFT);
            continue;
          }
          let distance = foundDistance;
          // Only positions that were skipped can have been the match's true beginning.
          const back = equalBefore(source, at - distance, at, Math.min(at - anchor, at - distance - base - 1));
          at -= back;
          best += back;
          while (best < LONG_MATCH) {
            const probe = at + best - 2;
            if (probe >= windowEnd) break;
            const longer = search(source, base, probe, at, limit, best, chain, PROBE_CANDIDATES);
            if (longer === best) break;
            if (foundStart - at >= MIN_MATCH) {
              output = writeSequence(source, anchor, at, target, output, distance, foundStart - at);
              anchor = foundStart;
            }
            at = foundStart;
            best = longer;
            distance = foundDistance;
          }
          output = writeSequence(source, anchor, at, target, output, distance, best);
          at += best;
          anchor = at;
        }
      }
    }
    return writeLiterals(source, anchor, sourceEnd, target, output) - targetStart;
  }

  /** Links all positions between `base` and `windowEnd`. */
  #linkWindow(source: Uint8Array, base: number, windowEnd: number, bits: number): void {
    const first = base + 1;
    const sampleEnd = Math.min(first + SAMPLE, windowEnd);
    this.#heads.fill(0, 0, 1 << bits);
    this.#link(source, base, first, sampleEnd, hashOfSix, bits);
    if (!this.#isVaried(sampleEnd - first)) {
      this.#link(source, base, sampleEnd, windowEnd, hashOfSix, bits);
      return;
    }
    this.#heads.fill(0, 0, 1 << bits);
    this.#link(source, base, first, windowEnd, hashOfFour, bits);
  }

  #link(source: Uint8Array, base: number, first: number, end: number, hash: typeof hashOfSix, bits: number): void {
    for (let at = first; at < end; at++) {
      const head = hash(source, at, bits);
      this.#chain[at - base] = this.#heads[head];
      this.#heads[head] = at - base;
    }
  }

  /** Whether few of the first `count` places, rounded down to a multiple of eight, have a former one. */
  #isVaried(count: number): boolean {
    const rounded = count & ~7;
    let repeats = 0;
    for (let place = 1; place <= rounded; place++) if (this.#chain[place] !== 0) repeats++;
    return repeats * REPEATS_PART < rounded;
  }
}

// Distance and first byte of the match whose length search() returned.
let foundDistance = 0;
let foundStart = 0;

/**
 * Finds the longest match that covers `at` to `at + 3` and begins at `low` or later.
 *
 * @returns its length (then see `foundDistance`, `foundStart`), or `floor` when none is longer than that
 */
function search(
  source: Uint8Array,
  base: number,
  at: number,
  low: number,
  limit: number,
  floor: number,
  chain: Uint16Array,
  candidates: number,
): number {
  const word = wordAt(source, at);
  let best = floor;
  let place = chain[at - base];
  for (let left = candidates; place !== 0 && left > 0; left--) {
    const candidate = base + place;
    if (wordAt(source, candidate) === word) {
      const before = equalBefore(source, candidate, at, Math.min(at - low, place - 1));
      const length = before + equalFrom(source, candidate, at, limit);
      if (length > best) {
        best = length;
        foundDistance = at - candidate;
        foundStart = at - before;
      }
    }
    place = chain[place];
  }
  return best;
}

/** The upper `bits` of 32: the product of four bytes and the factor. */
function hashOfFour(source: Uint8Array, at: number, bits: number): number {
  return Math.imul(wordAt(source, at), FACTOR_LOW_32) >>> (32 - bits);
}

/** The upper `bits` of 48: the product of six bytes and the factor, by halves that doubles multiply exactly. */
function hashOfSix(source: Uint8Array, at: number, bits: number): number {
  const low = source[at] | (source[at + 1] << 8) | (source[at + 2] << 16);
  const high = source[at + 3] | (source[at + 4] << 8) | (source[at + 5] << 16);
  const upper = Math.floor((low * FACTOR_LOW) / 2 ** 24) + low * FACTOR_HIGH + high * FACTOR_LOW;
  return (upper % 2 ** 24) >>> (24 - bits);
}

function wordAt(source: Uint8Array, at: number): number {
  return source[at] | (source[at + 1] << 8) | (source[at + 2] << 16) | (source[at + 3] << 24);
}

/** Number of equal bytes from both positions on, the later one staying below `limit`; four are known to be equal. */
function equalFrom(source: Uint8Array, candidate: number, at: number, limit: number): number {
  let a = candidate + MIN_MATCH;
  let b = at + MIN_MATCH;
  while (b < limit && source[a] === source[b]) {
    a++;
    b++;
  }
  return b - at;
}

/** Number of equal bytes just before both positions, at most `countMax`. */
function equalBefore(source: Uint8Array, candidate: number, at: number, countMax: number): number {
  let count = 0;
  while (count < countMax && source[candidate - count - 1] === source[at - count - 1]) count++;
  return count;
}

function writeSequence(
  source: Uint8Array,
  literalsStart: number,
  literalsEnd: number,
  target: Uint8Array,
  token: number,
  distance: number,
  length: number,
): number {
  const output = writeLiterals(source, literalsStart, literalsEnd, target, token);
  target[output] = distance;
  target[output + 1] = distance >>> 8;
  const rest = length - MIN_MATCH;
  target[token] |= Math.min(rest, 15);
  return rest < 15 ? output + 2 : writeExtension(target, output + 2, rest - 15);
}

/** Writes a token with the literal count only, and the literals; returns the position behind them. */
function writeLiterals(source: Uint8Array, start: number, end: number, target: Uint8Array, token: number): number {
  const count = end - start;
  target[token] = Math.min(count, 15) << 4;
  let output = count < 15 ? token + 1 : writeExtension(target, token + 1, count - 15);
  for (let from = start; from < end; from++) target[output++] = source[from];
  return output;
}

/** Writes what a token's 4 bits cannot hold: bytes of 255, then the rest below that. */
function writeExtension(target: Uint8Array, start: number, value: number): number {
  let output = start;
  let rest = value;
  for (; rest >= 255; rest -= 255) target[output++] = 255;
  target[output++] = rest;
  return output;
}
