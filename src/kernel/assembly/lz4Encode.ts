// LZ4 block encoder. The algorithm is described in src/kernel/lz4Plain.ts, its twin in plain TypeScript: both give the
// same bits for every input, so a change here is a change there.

const MIN_MATCH: usize = 4;
const LAST_LITERALS: usize = 5;
const MATCH_START_LIMIT: usize = 12;
const DISTANCE_MAX: usize = 65535;
const CANDIDATES_MAX: i32 = 3;
const LONG_MATCH: usize = 64;
const SKIP_SHIFT: usize = 7;
const TABLE_BITS_MIN: i32 = 8;
const TABLE_BITS_MAX: i32 = 15;

let source: usize = 0;
let heads: usize = 0;
let chain: usize = 0;
let hashShift: i32 = 0;
// Distance and first byte of the match whose length search() returned.
let distance: usize = 0;
let start: usize = 0;

/**
 * Encodes `length` bytes at `from` as one LZ4 block at `target`. Up to 16 bytes around both are touched.
 *
 * @param target room for length + length / 255 + 16 bytes
 * @param headsAt scratch of 128 KiB: newest position per hash
 * @param chainAt scratch of 128 KiB: distance to the former position of the same hash, per position modulo 64 Ki
 * @returns length of the block
 */
export function lz4Encode(from: usize, length: usize, target: usize, headsAt: usize, chainAt: usize): usize {
  const end = from + length;
  let output = target;
  let anchor = from;
  if (length > MATCH_START_LIMIT) {
    prepare(from, <i32>length, headsAt, chainAt);
    const startLimit = end - MATCH_START_LIMIT;
    const limit = end - LAST_LITERALS;
    let linked = from;
    let at = from;
    while (at <= startLimit) {
      linkAll(linked, at);
      linked = at + 1;
      let best = search(at, at, limit, MIN_MATCH - 1);
      if (best < MIN_MATCH) {
        at += 1 + ((at - anchor) >> SKIP_SHIFT);
        continue;
      }
      let bestDistance = distance;
      const back = equalBefore(at - bestDistance, at, min(at - anchor, at - bestDistance - from));
      at -= back;
      best += back;
      while (best < LONG_MATCH && at + best - 2 <= startLimit) {
        const probe = at + best - 2;
        linkAll(linked, probe);
        linked = probe + 1;
        const longer = search(probe, at, limit, best);
        if (longer == best) break;
        if (start - at >= MIN_MATCH) {
          output = sequence(output, anchor, at - anchor, bestDistance, start - at);
          anchor = start;
        }
        at = start;
        best = longer;
        bestDistance = distance;
      }
      output = sequence(output, anchor, at - anchor, bestDistance, best);
      at += best;
      anchor = at;
    }
  }
  return literalRun(output, anchor, end - anchor) - target;
}

function prepare(from: usize, length: i32, headsAt: usize, chainAt: usize): void {
  const bits = max(TABLE_BITS_MIN, min(TABLE_BITS_MAX, 32 - clz<i32>(length - 1)));
  source = from;
  heads = headsAt;
  chain = chainAt;
  hashShift = 32 - bits;
  memory.fill(headsAt, 0xff, <usize>4 << bits);
}

// Puts a position at the head of its hash's chain; returns the distance to the next one in it, 0 at the chain's end.
// @ts-ignore: decorator
@inline
function link(at: usize): usize {
  const head = heads + (<usize>((load<u32>(at) * 2654435761) >>> hashShift) << 2);
  const position = at - source;
  const former = load<i32>(head);
  store<i32>(head, <i32>position);
  let delta = position - <usize>former;
  if (former < 0 || delta > DISTANCE_MAX) delta = 0;
  store<u16>(chain + ((position & DISTANCE_MAX) << 1), <u16>delta);
  return delta;
}

function linkAll(first: usize, end: usize): void {
  for (let at = first; at < end; at++) link(at);
}

// Inlined twice: the first call, with low = at, needs nothing of the backward part.
// @ts-ignore: decorator
@inline
function search(at: usize, low: usize, limit: usize, floor: usize): usize {
  const word = load<u32>(at);
  let best = floor;
  let candidate = at;
  let delta = link(at);
  for (let left = CANDIDATES_MAX; delta != 0 && left > 0; left--) {
    candidate -= delta;
    const offset = at - candidate;
    if (offset > DISTANCE_MAX) break;
    if (load<u32>(candidate) == word && load<u8>(low + best) == load<u8>(low + best - offset)) {
      const before = equalBefore(candidate, at, min(at - low, candidate - source));
      const length = before + equalFrom(candidate, at, limit);
      if (length > best) {
        best = length;
        distance = offset;
        start = at - before;
        if (low + best >= limit) break;
      }
    }
    delta = load<u16>(chain + (((candidate - source) & DISTANCE_MAX) << 1));
  }
  return best;
}

// Number of equal bytes from both addresses on, the later one staying below limit; four are known to be equal.
// @ts-ignore: decorator
@inline
function equalFrom(candidate: usize, at: usize, limit: usize): usize {
  let a = candidate + MIN_MATCH;
  let b = at + MIN_MATCH;
  while (b < limit) {
    const difference = load<u64>(a) ^ load<u64>(b);
    if (difference != 0) return min(b + <usize>(ctz<u64>(difference) >> 3), limit) - at;
    a += 8;
    b += 8;
  }
  return limit - at;
}

// Number of equal bytes just before both addresses, at most max.
// @ts-ignore: decorator
@inline
function equalBefore(candidate: usize, at: usize, countMax: usize): usize {
  let count: usize = 0;
  while (count < countMax) {
    const difference = load<u64>(candidate - count - 8) ^ load<u64>(at - count - 8);
    if (difference != 0) return min(count + <usize>(clz<u64>(difference) >> 3), countMax);
    count += 8;
  }
  return countMax;
}

function sequence(target: usize, literals: usize, literalCount: usize, offset: usize, length: usize): usize {
  const output = literalRun(target, literals, literalCount);
  store<u16>(output, <u16>offset);
  const rest = length - MIN_MATCH;
  store<u8>(target, load<u8>(target) | <u8>min(rest, 15));
  return rest < 15 ? output + 2 : extension(output + 2, rest - 15);
}

// Writes a token with the literal count only, and the literals.
function literalRun(target: usize, literals: usize, count: usize): usize {
  store<u8>(target, <u8>(min(count, 15) << 4));
  let output = count < 15 ? target + 1 : extension(target + 1, count - 15);
  const outputEnd = output + count;
  for (let from = literals; output < outputEnd; output += 16, from += 16) v128.store(output, v128.load(from));
  return outputEnd;
}

function extension(target: usize, value: usize): usize {
  let output = target;
  let rest = value;
  for (; rest >= 255; rest -= 255) store<u8>(output++, 255);
  store<u8>(output, <u8>rest);
  return output + 1;
}
