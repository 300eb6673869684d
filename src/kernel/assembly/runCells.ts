// The cells of a run's rows: their ranks, in the order of the rows, and packed for the blocks of a section. Callers:
// src/row/dimension/, src/rollup/run/runWriter.ts and usedRanks.ts.

/** Replaces cells by their ranks. @param ranks int32 rank of each cell */
export function rankCells(cells: usize, count: i32, ranks: usize): void {
  const end = cells + (<usize>count << 2);
  for (let at = cells; at < end; at += 4) store<i32>(at, load<i32>(ranks + (<usize>load<u32>(at) << 2)));
}

/** Puts the cells of rows one behind the other. @param order int32 numbers of the rows */
export function orderCells(cells: usize, order: usize, count: i32, target: usize): void {
  const bytes = <usize>count << 2;
  for (let at: usize = 0; at < bytes; at += 4) {
    store<i32>(target + at, load<i32>(cells + (<usize>load<u32>(order + at) << 2)));
  }
}

/**
 * Numbers the ranks that cells have from 1 on in their order. Rank 0, null, has the number 0. Ranks that are not used cost little: 64
 * of them have one byte in `used`, and eight such bytes are looked at at once.
 *
 * @param marks a byte per rank, `groups * 64` of them, all 0 before and after
 * @param used a byte per 64 ranks, all 0 before and after; room for a multiple of 8
 * @param numbers receives the int32 number of each rank that is used, and is left as it is elsewhere
 * @param ranks receives the ranks in their order, int32
 * @returns how many there are, null not among them; their bits inverted where null is used
 */
export function numberRanks(
  cells: usize,
  count: i32,
  marks: usize,
  used: usize,
  groups: i32,
  numbers: usize,
  ranks: usize,
): i32 {
  const end = cells + (<usize>count << 2);
  for (let at = cells; at < end; at += 4) {
    const rank = <usize>load<u32>(at);
    // The highest bit, so that the marks of 16 ranks are a bit mask in one instruction.
    store<u8>(marks + rank, 0x80);
    store<u8>(used + (rank >>> 6), 1);
  }
  const none = i64x2.splat(0);
  const hasNull = load<u8>(marks) != 0;
  let to = ranks;
  let number = 0;
  store<i32>(numbers, 0);
  store<u8>(marks, 0);
  for (let first = 0; first < groups; first += 8) {
    let rest = load<u64>(used + <usize>first);
    if (rest == 0) continue;
    store<u64>(used + <usize>first, 0);
    do {
      const place = <i32>(ctz(rest) >>> 3);
      rest &= rest - 1;
      const base = (first + place) << 6;
      const at = marks + <usize>base;
      let bits = <u64>i8x16.bitmask(v128.load(at)) | (<u64>i8x16.bitmask(v128.load(at, 16)) << 16);
      bits |= (<u64>i8x16.bitmask(v128.load(at, 32)) << 32) | (<u64>i8x16.bitmask(v128.load(at, 48)) << 48);
      v128.store(at, none);
      v128.store(at, none, 16);
      v128.store(at, none, 32);
      v128.store(at, none, 48);
      for (; bits != 0; bits &= bits - 1, to += 4) {
        const rank = base + <i32>ctz(bits);
        store<i32>(to, rank);
        store<i32>(numbers + (<usize>rank << 2), ++number);
      }
    } while (rest != 0);
  }
  return hasNull ? ~number : number;
}

/**
 * Writes the numbers of cells.
 *
 * @param numbers int32 number of each cell
 * @param width of a number in the target: 1, 2 or 4 bytes
 * @param target receives the numbers, and zeros up to a multiple of 8 bytes; it may be where the cells are
 */
export function packCells(cells: usize, count: i32, numbers: usize, width: i32, target: usize): void {
  const end = cells + (<usize>count << 2);
  let to = target;
  let at = cells;
  if (width == 1) for (; at < end; at += 4, to += 1) store<u8>(to, <u8>numberAt(numbers, at));
  else if (width == 2) for (; at < end; at += 4, to += 2) store<u16>(to, <u16>numberAt(numbers, at));
  else for (; at < end; at += 4, to += 4) store<i32>(to, numberAt(numbers, at));
  for (; (to & 7) != 0; to++) store<u8>(to, 0);
}

// @ts-ignore: decorator
@inline
function numberAt(numbers: usize, cell: usize): i32 {
  return load<i32>(numbers + (<usize>load<u32>(cell) << 2));
}
