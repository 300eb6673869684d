// LZ4 block encoder. The algorithm is described in src/kernel/lz4Plain.ts, its twin in plain TypeScript: both give the
// same bits for every input, so a change here is a change there.
//
// Here positions are linked ahead of the searches in a tight loop, which shows in no block. What nearly always suffices, 16
// bytes compared at once, stands inline, and what is rare in functions of its own: the main loop is short of registers, and
// each search depends on the one before.

const MIN_MATCH: usize = 4;
const LAST_LITERALS: usize = 5;
const MATCH_START_LIMIT: usize = 12;
const DISTANCE_MAX: usize = 65535;
const LONG_MATCH: usize = 64;
const SKIP_SHIFT: usize = 7;
const TABLE_BITS_MIN: i32 = 8;
const TABLE_BITS_MAX: i32 = 15;
const SAMPLE: usize = 256;
const REPEATS_PART: usize = 4;
// Bits of eight bytes that a hash leaves out.
const SIX_BYTES: u64 = 16;
const FOUR_BYTES: u64 = 32;
const LINK_AHEAD: usize = 512;
const VECTOR: usize = 16;

/**
 * Encodes `length` bytes at `from` as one LZ4 block at `target`. Up to 16 bytes around both are touched.
 *
 * @param target room for length + length / 255 + 16 bytes
 * @param heads scratch of 64 KiB: newest place per hash
 * @param chain scratch of 128 KiB: the former place of the same hash, per place
 * @returns length of the block
 */
export function lz4Encode(from: usize, length: usize, target: usize, heads: usize, chain: usize): usize {
  const end = from + length;
  let output = target;
  let anchor = from;
  if (length > MATCH_START_LIMIT) {
    const startEnd = end - MATCH_START_LIMIT + 1;
    const limit = end - LAST_LITERALS;
    const bits = max(TABLE_BITS_MIN, min(TABLE_BITS_MAX, 32 - clz<i32>(<i32>length - 1)));
    const shift = <u64>(64 - bits);
    store<u16>(chain, 0);
    let at = from;
    while (at < startEnd) {
      const base = at - 1;
      const windowEnd = min(startEnd, base + DISTANCE_MAX + 1);
      const sample = min(at + SAMPLE, windowEnd);
      memory.fill(heads, 0, <usize>2 << bits);
      let spare = SIX_BYTES;
      let linked = link(at, sample, base, heads, chain, spare, shift);
      if (isVaried(chain, sample - at)) {
        memory.fill(heads, 0, <usize>2 << bits);
        spare = FOUR_BYTES;
        linked = link(at, sample, base, heads, chain, spare, shift);
      }
      while (at < windowEnd) {
        if (at >= linked) linked = link(linked, min(at + LINK_AHEAD, windowEnd), base, heads, chain, spare, shift);
        const word = load<u32>(at);
        const place1 = <usize>load<u16>(chain + ((at - base) << 1));
        const place2 = <usize>load<u16>(chain + (place1 << 1));
        const is1 = <i32>(load<u32>(base + place1) == word) & <i32>(place1 != 0);
        const is2 = <i32>(load<u32>(base + place2) == word) & <i32>(place2 != 0);
        if (!(is1 | is2)) {
          at += 1 + ((at - anchor) >> SKIP_SHIFT);
          continue;
        }
        let best = MIN_MATCH - 1;
        let match: usize = 0;
        if (is1) {
          best = equalFrom(base + place1, at, limit);
          match = base + place1;
        }
        if (is2) {
          const found = equalFrom(base + place2, at, limit);
          if (found > best) {
            best = found;
            match = base + place2;
          }
        }
        let distance = at - match;
        const back = equalBefore(match, at, min(at - anchor, match - base - 1));
        at -= back;
        best += back;
        while (best < LONG_MATCH) {
          const probe = at + best - 2;
          if (probe >= windowEnd) break;
          if (probe >= linked) linked = link(linked, min(probe + LINK_AHEAD, windowEnd), base, heads, chain, spare, shift);
          const word = load<u32>(probe);
          const place1 = <usize>load<u16>(chain + ((probe - base) << 1));
          const place2 = <usize>load<u16>(chain + (place1 << 1));
          const place3 = <usize>load<u16>(chain + (place2 << 1));
          const is1 = <i32>(load<u32>(base + place1) == word) & <i32>(place1 != 0);
          const is2 = <i32>(load<u32>(base + place2) == word) & <i32>(place2 != 0);
          const is3 = <i32>(load<u32>(base + place3) == word) & <i32>(place3 != 0);
          // Written out for each candidate: what this loop costs are its instructions and spills.
          const room = probe - at;
          let longer = best;
          let before: usize = 0;
          if (is1) {
            const extra = equalBefore(base + place1, probe, min(room, place1 - 1));
            const found = extra + equalFrom(base + place1, probe, limit);
            if (found > longer) {
              longer = found;
              before = extra;
              match = base + place1;
            }
          }
          if (is2) {
            const extra = equalBefore(base + place2, probe, min(room, place2 - 1));
            const found = extra + equalFrom(base + place2, probe, limit);
            if (found > longer) {
              longer = found;
              before = extra;
              match = base + place2;
            }
          }
          if (is3) {
            const extra = equalBefore(base + place3, probe, min(room, place3 - 1));
            const found = extra + equalFrom(base + place3, probe, limit);
            if (found > longer) {
              longer = found;
              before = extra;
              match = base + place3;
            }
          }
          if (longer == best) break;
          if (room - before >= MIN_MATCH) {
            output = sequence(output, anchor, at - anchor, distance, room - before);
            anchor = probe - before;
          }
          distance = probe - match;
          at = probe - before;
          best = longer;
        }
        output = sequence(output, anchor, at - anchor, distance, best);
        at += best;
        anchor = at;
      }
    }
  }
  return literalRun(output, anchor, end - anchor) - target;
}

// Puts the positions from `first` to `end` at the heads of their chains; returns `end`.
function link(
  first: usize,
  end: usize,
  base: usize,
  heads: usize,
  chain: usize,
  spare: u64,
  shift: u64,
): usize {
  let at = first;
  let place = at - base;
  let former = chain + (place << 1);
  for (; at + 4 <= end; at += 4, place += 4, former += 8) {
    linkOne(at, place, heads, former, spare, shift);
    linkOne(at + 1, place + 1, heads, former + 2, spare, shift);
    linkOne(at + 2, place + 2, heads, former + 4, spare, shift);
    linkOne(at + 3, place + 3, heads, former + 6, spare, shift);
  }
  for (; at < end; at++, place++, former += 2) linkOne(at, place, heads, former, spare, shift);
  return end;
}

// @ts-ignore: decorator
@inline
function linkOne(at: usize, place: usize, heads: usize, former: usize, spare: u64, shift: u64): void {
  const head = heads + (<usize>(((load<u64>(at) << spare) * 0xcf1bbcdcbf9b) >>> shift) << 1);
  store<u16>(former, load<u16>(head));
  store<u16>(head, <u16>place);
}

// Whether few of the first `count` places, rounded down to a multiple of eight, have a former one.
function isVaried(chain: usize, count: usize): bool {
  const rounded = count & ~7;
  const none = i16x8.splat(0);
  const end = chain + 2 + (rounded << 1);
  let repeats = rounded;
  for (let at = chain + 2; at < end; at += VECTOR) {
    repeats -= popcnt<i32>(i16x8.bitmask(i16x8.eq(v128.load(at), none)));
  }
  return repeats * REPEATS_PART < rounded;
}

// Number of equal bytes from both addresses on, the later one staying below limit; four are known to be equal.
// @ts-ignore: decorator
@inline
function equalFrom(candidate: usize, at: usize, limit: usize): usize {
  const differing = differingFrom(candidate + MIN_MATCH, at + MIN_MATCH);
  if (differing == 0) return equalFromFar(candidate + MIN_MATCH + VECTOR, at + MIN_MATCH + VECTOR, limit) - at;
  return min(MIN_MATCH + <usize>ctz<i32>(differing), limit - at);
}

function equalFromFar(candidate: usize, at: usize, limit: usize): usize {
  for (let a = candidate, b = at; b < limit; a += VECTOR, b += VECTOR) {
    const differing = differingFrom(a, b);
    if (differing != 0) return min(b + <usize>ctz<i32>(differing), limit);
  }
  return limit;
}

// A bit for each of 16 bytes that differs.
// @ts-ignore: decorator
@inline
function differingFrom(a: usize, b: usize): i32 {
  return i8x16.bitmask(i8x16.ne(v128.load(a), v128.load(b)));
}

// Number of equal bytes just before both addresses, at most max.
// @ts-ignore: decorator
@inline
function equalBefore(candidate: usize, at: usize, countMax: usize): usize {
  const differing = differingFrom(candidate - VECTOR, at - VECTOR);
  if (differing == 0 && countMax > VECTOR) return equalBeforeFar(candidate, at, countMax);
  return min(<usize>clz<i32>(differing) - VECTOR, countMax);
}

function equalBeforeFar(candidate: usize, at: usize, countMax: usize): usize {
  for (let count = VECTOR; count < countMax; count += VECTOR) {
    const differing = differingFrom(candidate - count - VECTOR, at - count - VECTOR);
    if (differing != 0) return min(count + <usize>clz<i32>(differing) - VECTOR, countMax);
  }
  return countMax;
}

function sequence(target: usize, literals: usize, literalCount: usize, offset: usize, length: usize): usize {
  const output = literalRun(target, literals, literalCount);
  store<u16>(output, <u16>offset);
  const rest = length - MIN_MATCH;
  store<u8>(target, load<u8>(target) | <u8>min(rest, 15));
  if (rest >= 15 + 255) return extension(output + 2, rest - 15);
  // Lengths around 15 come in no order that a processor could guess.
  store<u8>(output + 2, <u8>(rest - 15));
  return output + 2 + <usize>(rest >= 15);
}

// Writes a token with the literal count only, and the literals.
function literalRun(target: usize, literals: usize, count: usize): usize {
  store<u8>(target, <u8>(min(count, 15) << 4));
  const output = count < 15 ? target + 1 : extension(target + 1, count - 15);
  let copied: usize = 0;
  do {
    v128.store(output + copied, v128.load(literals + copied));
    copied += VECTOR;
  } while (copied < count);
  return output + count;
}

function extension(target: usize, value: usize): usize {
  let output = target;
  let rest = value;
  for (; rest >= 255; rest -= 255) store<u8>(output++, 255);
  store<u8>(output, <u8>rest);
  return output + 1;
}
