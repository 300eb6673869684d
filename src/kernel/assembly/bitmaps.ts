// Bitmap indexes: row numbers grouped by dictionary id, by counting sort, and a RoaringBitmap for each id. Caller:
// src/segment/bitmap/RowGroups.ts, where the form of the bitmaps is described.

const ARRAY_MAX_CARDINALITY: i32 = 4096;
const BITSET_BYTES: i32 = 8192;
const COOKIE_WITHOUT_RUNS: i32 = 12346;
const COOKIE_WITH_RUNS: i32 = 12347;
/** Containers from which offsets are written even when there are run containers. */
const OFFSETS_FROM_CONTAINERS: i32 = 4;
const SINGLE_ROW_BYTES: i32 = 18;

// Of the bitmap measured last: per container the index after its last row, and its number of runs if it is stored as runs, else 0.
let table: usize = 0;
let containers: i32 = 0;
let runContainers: i32 = 0;

/**
 * Sets where each id's rows begin, by how often each occurs.
 *
 * @param starts has the counts of `ids` ids, and receives the starts
 * @param ends receives the same
 */
export function bitmapStarts(starts: usize, ends: usize, ids: i32): void {
  let sum = 0;
  for (let id: usize = 0; id < <usize>ids; id++) {
    const count = load<i32>(starts + (id << 2));
    store<i32>(starts + (id << 2), sum);
    store<i32>(ends + (id << 2), sum);
    sum += count;
  }
}

/** Puts `count` further rows, `firstRow` and on, behind the rows of their ids, and moves the ends of these. */
export function bitmapScatter(ids: usize, count: i32, firstRow: i32, ends: usize, rows: usize): void {
  for (let i = 0; i < count; i++) {
    const end = ends + (<usize>load<i32>(ids + (<usize>i << 2)) << 2);
    const at = load<i32>(end);
    store<i32>(rows + (<usize>at << 2), firstRow + i);
    store<i32>(end, at + 1);
  }
}

/**
 * Writes the bitmaps of ids from `from` on as elements of a GenericIndexed, each behind a marker of four zero bytes, until `to` or
 * until there is no room.
 *
 * @param outEnds receives an int32 per element: where it ends, counted from the first
 * @param containerTable room for 8 bytes per 65,536 rows
 * @returns the id after the last one written
 */
export function bitmapWrite(
  rows: usize,
  starts: usize,
  ends: usize,
  from: i32,
  to: i32,
  out: usize,
  outBytes: i32,
  outEnds: usize,
  containerTable: usize,
): i32 {
  table = containerTable;
  let used = 0;
  for (let id = from; id < to; id++) {
    const start = load<i32>(starts + (<usize>id << 2));
    const end = load<i32>(ends + (<usize>id << 2));
    const isSingle = end - start == 1;
    const length = 4 + (isSingle ? SINGLE_ROW_BYTES : measure(rows, start, end));
    if (used + length > outBytes) return id;
    const at = out + <usize>used;
    store<i32>(at, 0);
    if (isSingle) writeSingle(load<i32>(rows + (<usize>start << 2)), at + 4);
    else if (length > 4) write(rows, start, at + 4);
    used += length;
    store<i32>(outEnds + (<usize>(id - from) << 2), used);
  }
  return to;
}

// @ts-ignore: decorator
@inline
function writeSingle(row: i32, at: usize): void {
  store<i32>(at, COOKIE_WITHOUT_RUNS);
  store<i32>(at + 4, 1);
  store<i32>(at + 8, row >>> 16);
  store<i32>(at + 12, 16);
  store<i16>(at + 16, <i16>row);
}

/** Finds the containers of `rows[start, end)`, which ascend. @returns bytes of their bitmap, 0 where there is no row */
function measure(rows: usize, start: i32, end: i32): i32 {
  containers = 0;
  runContainers = 0;
  let data = 0;
  for (let i = start; i < end; ) {
    let previous = rowAt(rows, i);
    const key = previous >>> 16;
    const first = i++;
    let runs = 1;
    for (; i < end; i++) {
      const row = rowAt(rows, i);
      if (row >>> 16 != key) break;
      runs += i32(row != previous + 1);
      previous = row;
    }
    const cardinality = i - first;
    const plainBytes = cardinality > ARRAY_MAX_CARDINALITY ? BITSET_BYTES : 2 * cardinality;
    const runBytes = 2 + 4 * runs;
    const asRuns = runBytes < plainBytes;
    const entry = table + (<usize>containers << 3);
    store<i32>(entry, i);
    store<i32>(entry + 4, asRuns ? runs : 0);
    containers++;
    runContainers += i32(asRuns);
    data += asRuns ? runBytes : plainBytes;
  }
  if (containers == 0) return 0;
  if (runContainers == 0) return 8 + 8 * containers + data;
  return 4 + ((containers + 7) >>> 3) + (containers >= OFFSETS_FROM_CONTAINERS ? 8 : 4) * containers + data;
}

/** Writes the bitmap measured last. */
function write(rows: usize, start: i32, at: usize): void {
  let head = at;
  if (runContainers == 0) {
    store<i32>(head, COOKIE_WITHOUT_RUNS);
    store<i32>(head + 4, containers);
    head += 8;
  } else {
    store<i32>(head, COOKIE_WITH_RUNS | ((containers - 1) << 16));
    const flags = <usize>((containers + 7) >>> 3);
    memory.fill(head + 4, 0, flags);
    for (let c = 0; c < containers; c++) {
      if (load<i32>(table + (<usize>c << 3) + 4) == 0) continue;
      const flag = head + 4 + <usize>(c >>> 3);
      store<u8>(flag, <u8>(<i32>load<u8>(flag) | (1 << (c & 7))));
    }
    head += 4 + flags;
  }
  let offsets = head + (<usize>containers << 2);
  const withOffsets = runContainers == 0 || containers >= OFFSETS_FROM_CONTAINERS;
  let data = withOffsets ? offsets + (<usize>containers << 2) : offsets;
  let from = start;
  for (let c = 0; c < containers; c++) {
    const entry = table + (<usize>c << 3);
    const to = load<i32>(entry);
    const runs = load<i32>(entry + 4);
    store<u16>(head, <u16>(rowAt(rows, from) >>> 16));
    store<u16>(head + 2, <u16>(to - from - 1));
    head += 4;
    if (withOffsets) {
      store<i32>(offsets, <i32>(data - at));
      offsets += 4;
    }
    if (runs > 0) data = writeRuns(rows, from, to, runs, data);
    else if (to - from > ARRAY_MAX_CARDINALITY) data = writeBitset(rows, from, to, data);
    else data = writeArray(rows, from, to, data);
    from = to;
  }
}

function writeArray(rows: usize, from: i32, to: i32, at: usize): usize {
  let next = at;
  for (let i = from; i < to; i++, next += 2) store<u16>(next, <u16>rowAt(rows, i));
  return next;
}

function writeBitset(rows: usize, from: i32, to: i32, at: usize): usize {
  memory.fill(at, 0, <usize>BITSET_BYTES);
  for (let i = from; i < to; i++) {
    const row = rowAt(rows, i);
    const byte = at + <usize>((row & 0xffff) >>> 3);
    store<u8>(byte, <u8>(<i32>load<u8>(byte) | (1 << (row & 7))));
  }
  return at + <usize>BITSET_BYTES;
}

function writeRuns(rows: usize, from: i32, to: i32, runs: i32, at: usize): usize {
  store<u16>(at, <u16>runs);
  let next = at + 2;
  for (let i = from; i < to; next += 4) {
    const first = rowAt(rows, i);
    let last = first;
    for (i++; i < to && rowAt(rows, i) == last + 1; i++) last++;
    store<u16>(next, <u16>first);
    store<u16>(next + 2, <u16>(last - first));
  }
  return next;
}

// @ts-ignore: decorator
@inline
function rowAt(rows: usize, i: i32): i32 {
  return load<i32>(rows + (<usize>i << 2));
}
