// Reads the values of a dictionary: for dictionary blocks of runs, and for the JSON of group keys.

/**
 * The ends of values in a block that holds them one behind the other, as many as fit.
 *
 * @param valueEnds offsets into the arena as in a dictionary
 * @param sorted ids in order: rank r is `sorted[r - 1]`
 * @param ranks int32 ranks of the values wanted, `count` of them
 * @param bytesMax stop once values and their ends take so many bytes
 * @param target receives an int32 end per value taken
 * @returns number of values taken, at least one if there are any
 */
export function dictionaryMeasure(
  valueEnds: usize,
  sorted: usize,
  ranks: usize,
  count: i32,
  bytesMax: u32,
  target: usize,
): i32 {
  let total: u32 = 0;
  let i = 0;
  for (; i < count && total + (<u32>i << 2) < bytesMax; i++) {
    const end = endOf(valueEnds, sorted, ranks, i);
    total += load<u32>(end) - load<u32>(end - 4);
    store<u32>(target + (<usize>i << 2), total);
  }
  return i;
}

/** Copies values by rank to `target`, one behind the other, and writes up to 16 bytes past them. */
export function dictionaryGather(
  arena: usize,
  valueEnds: usize,
  sorted: usize,
  ranks: usize,
  count: i32,
  target: usize,
): void {
  let to = target;
  for (let i = 0; i < count; i++) {
    const end = endOf(valueEnds, sorted, ranks, i);
    const start = load<u32>(end - 4);
    const length = <usize>(load<u32>(end) - start);
    const from = arena + start;
    if (length > 256) memory.copy(to, from, length);
    else for (let at: usize = 0; at < length; at += 16) v128.store(to + at, v128.load(from + at));
    to += length;
  }
}

/**
 * Notes which values read the same in JSON as they are: without quotes, backslashes, control characters and characters
 * beyond U+FFFF (whose lead bytes are F0 and up).
 *
 * @param count ids, 0 included
 * @param plain receives a byte per id: 1 for those, else 0
 * @returns the length in bytes of the longest text between the quotes that a value may give
 */
export function dictionaryPlain(arena: usize, valueEnds: usize, count: i32, plain: usize): u32 {
  let longest: u32 = 0;
  store<u8>(plain, 0);
  for (let id = 1; id < count; id++) {
    const end = valueEnds + (<usize>id << 2);
    const start = load<u32>(end - 4);
    const length = load<u32>(end) - start;
    const isPlain = needsNoEscape(arena + start, length);
    store<u8>(plain + <usize>id, <u8>isPlain);
    longest = max<u32>(longest, isPlain ? length : length * 6);
  }
  return longest;
}

function needsNoEscape(at: usize, length: u32): bool {
  let from = at;
  let rest = <i32>length;
  for (; rest > 0; rest -= 16, from += 16) {
    const text = v128.load(from);
    const special = v128.or(
      v128.or(i8x16.lt_u(text, i8x16.splat(0x20)), i8x16.ge_u(text, i8x16.splat(<i8>0xf0))),
      v128.or(i8x16.eq(text, i8x16.splat(0x22)), i8x16.eq(text, i8x16.splat(0x5c))),
    );
    let mask = i8x16.bitmask(special);
    if (rest < 16) mask &= (1 << rest) - 1;
    if (mask != 0) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function endOf(valueEnds: usize, sorted: usize, ranks: usize, i: i32): usize {
  const rank = <usize>load<i32>(ranks + (<usize>i << 2));
  return valueEnds + (<usize>load<i32>(sorted + (rank << 2) - 4) << 2);
}
