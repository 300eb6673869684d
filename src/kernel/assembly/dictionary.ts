// A dictionary of byte strings: ids from 1 on in the order of first sight, 0 for null. Nothing is allocated here: a call that
// finds no room says so, and the caller makes room and calls again. Caller: src/rollup/dictionary/kernelDictionary.ts.

// The header of a dictionary, in int32 words.
const ARENA: usize = 0; // address of the values, one behind the other, with 16 bytes to spare behind them
const ARENA_BYTES: usize = 4; // room there
const ENDS: usize = 8; // address of int32 offsets into the arena: value `id` is [ends[id - 1], ends[id]), ends[0] is 0
const CAPACITY: usize = 12; // ids that the ends have room for, 0 among them
const TABLE: usize = 16; // address of the hash table: open addressing over (id, hash) pairs of int32, id 0 for an empty place
const MASK: usize = 20; // places of the table - 1; there are at least twice as many as ids
const COUNT: usize = 24; // ids given out, null's included: the next id
const TRUE: usize = 28; // id of "true", 0 while unknown
const FALSE: usize = 32; // id of "false", 0 while unknown
const LEFT: usize = 36; // fields that dictionaryInternColumn left to the caller
const NEEDED: usize = 40; // bytes of the value that found no room

// Kinds of fields, see FieldKind in src/input/record.ts.
const KIND_NULL: i32 = 1;
const KIND_STRING: i32 = 2;
const KIND_INTEGER: i32 = 3;
const KIND_TRUE: i32 = 5;
const KIND_FALSE: i32 = 6;
const KIND_LIST: i32 = 9;

/** In place of an id: no room. */
const NO_ROOM: i32 = -1;
/** In place of a cell: the caller's to fill in. */
const LEFT_TO_CALLER: i32 = i32.MIN_VALUE;

const MINUS_ZERO: i32 = 0x302d;
const TRUE_TEXT = memory.data<u8>([0x74, 0x72, 0x75, 0x65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const FALSE_TEXT = memory.data<u8>([0x66, 0x61, 0x6c, 0x73, 0x65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

/** The id of `length` bytes, new or known, or -1 when there is no room for a new one. Reads up to 16 bytes past the end. */
export function dictionaryIntern(dictionary: usize, at: usize, length: i32): i32 {
  return intern(dictionary, at, length);
}

/**
 * Interns texts that lie one behind the other; there is room for them all.
 *
 * @param ends int32 ends of the texts, the first one beginning at 0
 * @param ids receives their ids
 */
export function dictionaryInternTexts(dictionary: usize, bytes: usize, ends: usize, count: i32, ids: usize): void {
  let start: u32 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const end = load<u32>(ends + (i << 2));
    store<i32>(ids + (i << 2), intern(dictionary, bytes + start, <i32>(end - start)));
    start = end;
  }
}

/**
 * Turns one field of many records into cells: the ids of strings, integers and booleans, 0 for absent and null. Lists of these
 * leave the ids of their elements in `elementIds` (also `LEFT_TO_CALLER` for elements of other kinds); a list of one such
 * element is that element, an empty one is null. All other fields get the cell `LEFT_TO_CALLER` and are counted in the header.
 *
 * @param kinds a byte per record
 * @param bytes where the spans begin to count
 * @param records int32 numbers of the records wanted, or 0 for all from 0 on
 * @param from the place among the wanted records to begin at
 * @param elementKinds a byte per element, or 0 to leave lists to the caller
 * @returns the place of the record that found no room, all before it being done, or `count`
 */
export function dictionaryInternColumn(
  dictionary: usize,
  bytes: usize,
  kinds: usize,
  starts: usize,
  ends: usize,
  records: usize,
  from: i32,
  count: i32,
  cells: usize,
  elementKinds: usize,
  elementStarts: usize,
  elementEnds: usize,
  elementIds: usize,
): i32 {
  let left = from == 0 ? 0 : load<i32>(dictionary, LEFT);
  let i = from;
  for (; i < count; i++) {
    const record = <usize>(records == 0 ? i : load<i32>(records + (<usize>i << 2)));
    const kind = <i32>load<u8>(kinds + record);
    let cell = 0;
    if (kind == KIND_LIST && elementKinds != 0) {
      const first = load<i32>(starts + (record << 2));
      const end = load<i32>(ends + (record << 2));
      for (let element = <usize>first; element < <usize>end; element++) {
        const span = element << 2;
        const elementKind = <i32>load<u8>(elementKinds + element);
        cell = internField(dictionary, bytes, elementKind, elementStarts + span, elementEnds + span);
        if (cell == NO_ROOM) break;
        store<i32>(elementIds + span, cell);
      }
      if (cell == NO_ROOM) break;
      if (end - first > 1) cell = LEFT_TO_CALLER;
    } else if (kind > KIND_NULL) {
      const span = record << 2;
      cell = internField(dictionary, bytes, kind, starts + span, ends + span);
      if (cell == NO_ROOM) break;
    }
    if (cell == LEFT_TO_CALLER) left++;
    store<i32>(cells + (<usize>i << 2), cell);
  }
  store<i32>(dictionary, left, LEFT);
  return i;
}

/** Enters all values into an empty table of another size. */
export function dictionaryRehash(from: usize, places: i32, table: usize, mask: u32): void {
  for (let entry = from, end = from + (<usize>places << 3); entry < end; entry += 8) {
    const pair = load<u64>(entry);
    if (<u32>pair == 0) continue;
    let place = <u32>(pair >>> 32) & mask;
    while (load<u32>(table + (<usize>place << 3)) != 0) place = (place + 1) & mask;
    store<u64>(table + (<usize>place << 3), pair);
  }
}

// @ts-ignore: decorator
@inline
function internField(dictionary: usize, bytes: usize, kind: i32, starts: usize, ends: usize): i32 {
  if (kind == KIND_STRING) {
    const start = load<i32>(starts);
    return intern(dictionary, bytes + <usize>start, load<i32>(ends) - start);
  }
  if (kind <= KIND_NULL) return 0;
  if (kind == KIND_INTEGER) {
    let start = load<i32>(starts);
    let length = load<i32>(ends) - start;
    // The literal of an integer is Java's text of it, but for "-0".
    if (length == 2 && <i32>load<u16>(bytes + <usize>start) == MINUS_ZERO) {
      start++;
      length = 1;
    }
    return intern(dictionary, bytes + <usize>start, length);
  }
  if (kind == KIND_TRUE) return internConstant(dictionary, dictionary + TRUE, TRUE_TEXT, 4);
  if (kind == KIND_FALSE) return internConstant(dictionary, dictionary + FALSE, FALSE_TEXT, 5);
  return LEFT_TO_CALLER;
}

// @ts-ignore: decorator
@inline
function internConstant(dictionary: usize, known: usize, text: usize, length: i32): i32 {
  let id = load<i32>(known);
  if (id == 0) {
    id = intern(dictionary, text, length);
    if (id > 0) store<i32>(known, id);
  }
  return id;
}

function intern(dictionary: usize, at: usize, length: i32): i32 {
  const hash = hashBytes(at, length);
  const table = load<usize>(dictionary, TABLE);
  const mask = load<u32>(dictionary, MASK);
  let entry = table + (<usize>(hash & mask) << 3);
  for (let place = hash; load<u32>(entry) != 0; entry = table + (<usize>(++place & mask) << 3)) {
    if (load<u32>(entry, 4) != hash) continue;
    const id = load<u32>(entry);
    const ends = load<usize>(dictionary, ENDS) + (<usize>id << 2);
    const start = load<u32>(ends - 4);
    if (load<u32>(ends) - start == <u32>length && equal(load<usize>(dictionary, ARENA) + start, at, length)) return id;
  }
  return add(dictionary, at, length, hash, entry);
}

function add(dictionary: usize, at: usize, length: i32, hash: u32, entry: usize): i32 {
  const id = load<u32>(dictionary, COUNT);
  const ends = load<usize>(dictionary, ENDS) + (<usize>id << 2);
  const start = load<u32>(ends - 4);
  if (id >= load<u32>(dictionary, CAPACITY) || start + <u32>length > load<u32>(dictionary, ARENA_BYTES)) {
    store<i32>(dictionary, length, NEEDED);
    return NO_ROOM;
  }
  const target = load<usize>(dictionary, ARENA) + start;
  if (length > 256) memory.copy(target, at, length);
  else for (let i: usize = 0; i < <usize>length; i += 16) v128.store(target + i, v128.load(at + i));
  store<u32>(ends, start + <u32>length);
  store<u32>(entry, id);
  store<u32>(entry, hash, 4);
  store<u32>(dictionary, id + 1, COUNT);
  return <i32>id;
}

// @ts-ignore: decorator
@inline
function equal(left: usize, right: usize, length: i32): bool {
  let a = left;
  let b = right;
  let rest = length;
  for (; rest >= 8; rest -= 8, a += 8, b += 8) if (load<u64>(a) != load<u64>(b)) return false;
  return rest == 0 || (load<u64>(a) ^ load<u64>(b)) << (64 - (<u64>rest << 3)) == 0;
}

// Over eight bytes at a time, in two lanes where there are many; never leaves the process, so nothing depends on its form.
// @ts-ignore: decorator
@inline
function hashBytes(at: usize, length: i32): u32 {
  let hash = <u64>length * 0x9e3779b97f4a7c15;
  let from = at;
  let rest = length;
  if (rest > 16) {
    let other: u64 = 0x2545f4914f6cdd1d;
    do {
      hash = (hash ^ load<u64>(from)) * 0xff51afd7ed558ccd;
      other = (other ^ load<u64>(from, 8)) * 0xc4ceb9fe1a85ec53;
      hash ^= hash >>> 32;
      other ^= other >>> 32;
      from += 16;
      rest -= 16;
    } while (rest > 16);
    hash ^= rotl<u64>(other, 21);
  }
  if (rest > 8) {
    hash = (hash ^ load<u64>(from)) * 0xff51afd7ed558ccd;
    hash ^= hash >>> 32;
    from += 8;
    rest -= 8;
  }
  if (rest > 0) hash ^= load<u64>(from) << (64 - (<u64>rest << 3));
  hash *= 0xc4ceb9fe1a85ec53;
  hash ^= hash >>> 32;
  hash *= 0x9e3779b97f4a7c15;
  return <u32>(hash >>> 32);
}
