/** Rules of the LZ4 block format: the shortest match, and what a block must end with. */
const MIN_MATCH = 4;
const LAST_LITERALS = 5;
const MATCH_START_LIMIT = 12;
const DISTANCE_MAX = 65535;

/** Positions compared per search. Eight make the blocks of a bench segment 3% smaller and take a third longer. */
const CANDIDATES_MAX = 3;
/** A match of this length is taken without looking for a longer one. */
const LONG_MATCH = 64;
/** After 2^7 literals in a row every 2nd position is searched, after 2^8 every 3rd, and so on. */
const SKIP_SHIFT = 7;
/** The hash table is about as large as the input, within these bounds: clearing it must not cost more than encoding. */
const TABLE_BITS_MIN = 8;
const TABLE_BITS_MAX = 15;
const HASH_FACTOR = 0x9e3779b1;

/**
 * LZ4 block encoder in plain TypeScript. assembly/lz4Encode.ts is the same algorithm, statement by statement, and gives
 * the same bits.
 *
 * Every position of the input is linked into the chain of the positions whose next four bytes have the same hash. A
 * search walks such a chain from its newest entry and keeps the first of the longest matches. Matches are found in two
 * steps:
 *
 * 1. From the left, the first position that has a match at all.
 * 2. Two bytes before that match ends, a search asks for a longer match across the end; it may reach back as far as the
 *    first one began. Where it begins four or more bytes later, the first match is cut short there and written; else it
 *    is dropped. This repeats with the longer match. The second search begins with bytes on which the first match
 *    failed, so it finds what the chain at the first position held too deep down: in columns of small numbers most
 *    chains are full of zeros.
 */
export class PlainLz4Encoder {
  /** Newest position per hash, -1 for none. */
  readonly #heads = new Int32Array(1 << TABLE_BITS_MAX);
  /** Per position modulo 64 Ki, the distance to the former position of the same hash; 0 at the chain's end. */
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
      const bits = Math.max(TABLE_BITS_MIN, Math.min(TABLE_BITS_MAX, 32 - Math.clz32(length - 1)));
      const shift = 32 - bits;
      const heads = this.#heads;
      const chain = this.#chain;
      heads.fill(-1, 0, 1 << bits);
      const startLimit = sourceEnd - MATCH_START_LIMIT;
      const limit = sourceEnd - LAST_LITERALS;
      let linked = sourceStart;
      let at = sourceStart;
      while (at <= startLimit) {
        for (; linked < at; linked++) link(source, sourceStart, linked, heads, chain, shift);
        linked = at + 1;
        let best = search(source, sourceStart, at, at, limit, MIN_MATCH - 1, heads, chain, shift);
        if (best < MIN_MATCH) {
          at += 1 + ((at - anchor) >> SKIP_SHIFT);
          continue;
        }
        let bestDistance = foundDistance;
        // Only positions that were skipped can have been the match's true beginning.
        const back = equalBefore(source, at - bestDistance, at, Math.min(at - anchor, at - bestDistance - sourceStart));
        at -= back;
        best += back;
        while (best < LONG_MATCH && at + best - 2 <= startLimit) {
          const probe = at + best - 2;
          for (; linked < probe; linked++) link(source, sourceStart, linked, heads, chain, shift);
          linked = probe + 1;
          const longer = search(source, sourceStart, probe, at, limit, best, heads, chain, shift);
          if (longer === best) break;
          if (foundStart - at >= MIN_MATCH) {
            output = writeSequence(source, anchor, at, target, output, bestDistance, foundStart - at);
            anchor = foundStart;
          }
          at = foundStart;
          best = longer;
          bestDistance = foundDistance;
        }
        output = writeSequence(source, anchor, at, target, output, bestDistance, best);
        at += best;
        anchor = at;
      }
    }
    return writeLiterals(source, anchor, sourceEnd, target, output) - targetStart;
  }
}

// Distance and first byte of the match whose length search() returned.
let foundDistance = 0;
let foundStart = 0;

/** Puts a position at the head of its chain; returns the distance to the next one in it, 0 at the chain's end. */
function link(
  source: Uint8Array,
  sourceStart: number,
  at: number,
  heads: Int32Array,
  chain: Uint16Array,
  shift: number,
): number {
  const hash = Math.imul(wordAt(source, at), HASH_FACTOR) >>> shift;
  const position = at - sourceStart;
  const former = heads[hash];
  const delta = former < 0 || position - former > DISTANCE_MAX ? 0 : position - former;
  heads[hash] = position;
  chain[position & DISTANCE_MAX] = delta;
  return delta;
}

/**
 * Finds the longest match that covers `at` to `at + 3` and begins at `low` or later.
 *
 * @returns its length (then see `foundDistance`, `foundStart`), or `floor` when none is longer than that
 */
function search(
  source: Uint8Array,
  sourceStart: number,
  at: number,
  low: number,
  limit: number,
  floor: number,
  heads: Int32Array,
  chain: Uint16Array,
  shift: number,
): number {
  const word = wordAt(source, at);
  let best = floor;
  let candidate = at;
  let delta = link(source, sourceStart, at, heads, chain, shift);
  for (let left = CANDIDATES_MAX; delta !== 0 && left > 0; left--) {
    candidate -= delta;
    const distance = at - candidate;
    if (distance > DISTANCE_MAX) break;
    // A longer match would cover the byte at low + best.
    if (source[low + best] === source[low + best - distance] && wordAt(source, candidate) === word) {
      const before = equalBefore(source, candidate, at, Math.min(at - low, candidate - sourceStart));
      const length = before + equalFrom(source, candidate, at, limit);
      if (length > best) {
        best = length;
        foundDistance = distance;
        foundStart = at - before;
        if (low + best >= limit) break;
      }
    }
    delta = chain[(candidate - sourceStart) & DISTANCE_MAX];
  }
  return best;
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
