import { estimateDense } from './estimate.ts';
import {
  checkImage,
  DENSE_BYTES,
  DENSE_REGISTERS_MIN,
  HEADER_BYTES,
  nonZeroNibbles,
  REGISTER_BYTES,
  REGISTER_COUNT,
  REGISTER_MAX,
  SPARSE_ENTRY_BYTES,
  VERSION,
} from './layout.ts';
import { WordPool } from './pool.ts';
import { Registers } from './registers.ts';

/**
 * Many hyperUnique collectors (Druid's `HyperLogLogCollector`) in pooled memory. Most collectors of a roll-up have seen a
 * handful of values, so registers are kept as a sorted list of (byte index, byte) until that list outgrows 128 entries;
 * from then on as 1024 bytes.
 *
 * Adding is Druid's to the bit. So is folding, with the one defect that an overflow value (a position that four bits can't
 * hold) gives way to a higher one: folds in another order can end in other bytes.
 */
export class HyperUniqueArena {
  readonly #pool = new WordPool();
  #count = 0;
  /** Word position of each collector's block. */
  #blocks = new Int32Array(16);
  /** Entries of a sparse list, or DENSE. */
  #lengths = new Uint16Array(16);
  /** log2 of the words of the block. */
  #sizes = new Uint8Array(16);
  #offsets = new Uint8Array(16);
  #nonZero = new Uint16Array(16);
  #overflowValues = new Uint8Array(16);
  #overflowRegisters = new Uint16Array(16);
  readonly #source = new Registers();
  readonly #swapped = new Registers();

  /** A new, empty collector: ids count up from 0 until `reset`. */
  create(): number {
    const id = this.#count++;
    if (id === this.#blocks.length) this.#grow();
    this.#blocks[id] = this.#pool.take(0);
    this.#lengths[id] = 0;
    this.#sizes[id] = 0;
    this.#offsets[id] = 0;
    this.#nonZero[id] = 0;
    this.#overflowValues[id] = 0;
    this.#overflowRegisters[id] = 0;
    return id;
  }

  /** Adds a value by its 16 hash bytes (`murmur3_128` of its UTF-8 text) that begin at `at`. */
  addHash(collector: number, hash16: Uint8Array, at: number): void {
    const register = ((hash16[at + 14] << 8) | hash16[at + 15]) & (REGISTER_COUNT - 1);
    // Position of the first 1 bit in the first 8 bytes, counted from 1. Druid goes through the bytes in order and through
    // the bits of a byte from the lowest up. No bit at all counts as position 64.
    let index = 0;
    while (index < 8 && hash16[at + index] === 0) index++;
    const position = index === 8 ? 64 : index * 8 + 32 - Math.clz32(lowestBit(hash16[at + index]));
    this.#add(collector, register, position);
  }

  /**
   * Folds a stored image into a collector.
   *
   * @param bytes holds the image from `start` up to `end`; an empty range changes nothing
   * @throws RangeError when the bytes are no such image
   */
  fold(collector: number, bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    checkImage(bytes, start, end);
    this.#source.readImage(bytes, start, end);
    this.#foldRegisters(collector, this.#source);
  }

  /** Folds collector `other` into `collector`; `other` stays as it is. */
  foldCollector(collector: number, other: number): void {
    this.#read(other, this.#source);
    this.#foldRegisters(collector, this.#source);
  }

  /** Bytes that `serialize` will write. */
  serializedLength(collector: number): number {
    const nonZero = this.#nonZero[collector];
    return nonZero < DENSE_REGISTERS_MIN ? HEADER_BYTES + SPARSE_ENTRY_BYTES * nonZero : DENSE_BYTES;
  }

  /**
   * Writes the stored image.
   *
   * @param target needs `serializedLength(collector)` bytes from `at` on
   * @returns the position behind the image
   */
  serialize(collector: number, target: Uint8Array, at: number): number {
    const end = at + this.serializedLength(collector);
    target[at] = VERSION;
    target[at + 1] = this.#offsets[collector];
    writeShort(target, at + 2, this.#nonZero[collector]);
    target[at + 4] = this.#overflowValues[collector];
    writeShort(target, at + 5, this.#overflowRegisters[collector]);
    target.fill(0, at + HEADER_BYTES, end);
    const source = this.#source;
    this.#read(collector, source);
    const dense = end - at === DENSE_BYTES;
    for (let i = 0, entry = at + HEADER_BYTES; i < source.length; i++, entry += SPARSE_ENTRY_BYTES) {
      if (dense) {
        target[at + HEADER_BYTES + source.indexes[i]] = source.bytes[i];
      } else {
        writeShort(target, entry, HEADER_BYTES + source.indexes[i]);
        target[entry + 2] = source.bytes[i];
      }
    }
    return end;
  }

  /** Number of distinct values a collector has seen, as Druid estimates it from a collector in memory. */
  estimate(collector: number): number {
    const registers = new Uint8Array(REGISTER_BYTES);
    this.#read(collector, this.#source);
    for (let i = 0; i < this.#source.length; i++) registers[this.#source.indexes[i]] = this.#source.bytes[i];
    return estimateDense(
      registers,
      0,
      this.#offsets[collector],
      this.#overflowValues[collector],
      this.#overflowRegisters[collector],
    );
  }

  /** Forgets all collectors and keeps the memory for the next ones. */
  reset(): void {
    this.#pool.reset();
    this.#count = 0;
  }

  /** Bytes held, used or not. */
  memoryUsage(): number {
    return this.#pool.memoryUsage() + this.#blocks.length * BYTES_PER_COLLECTOR;
  }

  #add(id: number, register: number, position: number): void {
    const offset = this.#offsets[id];
    if (position <= offset) return;
    if (position > offset + REGISTER_MAX) {
      const known = this.#overflowValues[id];
      if (position <= known) return;
      // The offset may have risen so far that the old overflow value fits a register now.
      if (known <= offset + REGISTER_MAX) this.#add(id, this.#overflowRegisters[id], known);
      this.#overflowValues[id] = position;
      this.#overflowRegisters[id] = register;
      return;
    }
    const value = position - offset;
    this.#merge(id, register >> 1, register & 1 ? value : value << 4);
    if (this.#nonZero[id] === REGISTER_COUNT) this.#raiseOffset(id);
  }

  /** Every register takes the greater of its value and that of `byte`'s nibble. */
  #merge(id: number, index: number, byte: number): void {
    if (this.#lengths[id] !== DENSE) {
      this.#mergeSparse(id, index, byte);
      return;
    }
    const at = this.#blocks[id] * 4 + index;
    const before = this.#pool.bytes[at];
    const after = maxNibbles(before, byte);
    this.#pool.bytes[at] = after;
    this.#nonZero[id] += nonZeroNibbles(after) - nonZeroNibbles(before);
  }

  /** A sparse list's words are `index << 8 | byte`, ascending. */
  #mergeSparse(id: number, index: number, byte: number): void {
    const words = this.#pool.words;
    const start = this.#blocks[id];
    const length = this.#lengths[id];
    let low = start;
    let high = start + length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (words[middle] >>> 8 < index) low = middle + 1;
      else high = middle;
    }
    if (low < start + length && words[low] >>> 8 === index) {
      const before = words[low] & 0xff;
      const after = maxNibbles(before, byte);
      words[low] = (index << 8) | after;
      this.#nonZero[id] += nonZeroNibbles(after) - nonZeroNibbles(before);
      return;
    }
    if (length === SPARSE_ENTRIES_MAX) {
      this.#densify(id);
      this.#merge(id, index, byte);
      return;
    }
    this.#nonZero[id] += nonZeroNibbles(byte);
    const at = length === 1 << this.#sizes[id] ? this.#enlarge(id, low - start) : low;
    this.#pool.words.copyWithin(at + 1, at, this.#blocks[id] + length);
    this.#pool.words[at] = (index << 8) | byte;
    this.#lengths[id] = length + 1;
  }

  /** Moves a sparse list to a block of twice the size and returns where its entry `place` now stands. */
  #enlarge(id: number, place: number): number {
    const size = this.#sizes[id];
    const from = this.#blocks[id];
    const to = this.#pool.take(size + 1);
    this.#pool.words.copyWithin(to, from, from + this.#lengths[id]);
    this.#pool.release(from, size);
    this.#blocks[id] = to;
    this.#sizes[id] = size + 1;
    return to + place;
  }

  #densify(id: number): void {
    const from = this.#blocks[id];
    const to = this.#pool.take(DENSE_SIZE);
    const { words, bytes } = this.#pool;
    bytes.fill(0, to * 4, to * 4 + REGISTER_BYTES);
    for (let i = 0; i < this.#lengths[id]; i++) bytes[to * 4 + (words[from + i] >>> 8)] = words[from + i] & 0xff;
    this.#pool.release(from, this.#sizes[id]);
    this.#blocks[id] = to;
    this.#sizes[id] = DENSE_SIZE;
    this.#lengths[id] = DENSE;
  }

  /** All registers are set: one is taken from each and added to the offset. Only dense collectors come here. */
  #raiseOffset(id: number): void {
    const bytes = this.#pool.bytes;
    const start = this.#blocks[id] * 4;
    let nonZero = 0;
    for (let at = start; at < start + REGISTER_BYTES; at++) {
      bytes[at] -= 0x11;
      nonZero += nonZeroNibbles(bytes[at]);
    }
    this.#offsets[id]++;
    this.#nonZero[id] = nonZero;
  }

  #foldRegisters(id: number, source: Registers): void {
    let other = source;
    if (this.#offsets[id] < other.offset) {
      // The higher offset stays, so the two change roles.
      this.#read(id, this.#swapped);
      this.#load(id, other);
      other = this.#swapped;
    }
    const difference = this.#offsets[id] - other.offset;
    for (let i = 0; i < other.length; i++) {
      const high = (other.bytes[i] >> 4) - difference;
      const low = (other.bytes[i] & 15) - difference;
      const byte = (Math.max(high, 0) << 4) | Math.max(low, 0);
      if (byte !== 0) this.#merge(id, other.indexes[i], byte);
    }
    if (this.#nonZero[id] === REGISTER_COUNT) this.#raiseOffset(id);
    this.#add(id, other.overflowRegister, other.overflowValue);
  }

  /** Copies a collector out of the pool. */
  #read(id: number, target: Registers): void {
    const { words, bytes } = this.#pool;
    const start = this.#blocks[id];
    target.length = 0;
    if (this.#lengths[id] === DENSE) {
      for (let index = 0; index < REGISTER_BYTES; index++) target.push(index, bytes[start * 4 + index]);
    } else {
      for (let i = start; i < start + this.#lengths[id]; i++) target.push(words[i] >>> 8, words[i] & 0xff);
    }
    target.offset = this.#offsets[id];
    target.overflowValue = this.#overflowValues[id];
    target.overflowRegister = this.#overflowRegisters[id];
  }

  /** Makes a collector equal to `source`. */
  #load(id: number, source: Registers): void {
    this.#pool.release(this.#blocks[id], this.#sizes[id]);
    this.#blocks[id] = this.#pool.take(0);
    this.#sizes[id] = 0;
    this.#lengths[id] = 0;
    this.#nonZero[id] = 0;
    this.#offsets[id] = source.offset;
    this.#overflowValues[id] = source.overflowValue;
    this.#overflowRegisters[id] = source.overflowRegister;
    for (let i = 0; i < source.length; i++) this.#merge(id, source.indexes[i], source.bytes[i]);
  }

  #grow(): void {
    const size = this.#blocks.length * 2;
    this.#blocks = grown(this.#blocks, new Int32Array(size));
    this.#lengths = grown(this.#lengths, new Uint16Array(size));
    this.#sizes = grown(this.#sizes, new Uint8Array(size));
    this.#offsets = grown(this.#offsets, new Uint8Array(size));
    this.#nonZero = grown(this.#nonZero, new Uint16Array(size));
    this.#overflowValues = grown(this.#overflowValues, new Uint8Array(size));
    this.#overflowRegisters = grown(this.#overflowRegisters, new Uint16Array(size));
  }
}

function lowestBit(byte: number): number {
  return byte & -byte;
}

function maxNibbles(a: number, b: number): number {
  return Math.max(a & 0xf0, b & 0xf0) | Math.max(a & 0x0f, b & 0x0f);
}

function writeShort(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 8;
  target[at + 1] = value;
}

function grown<T extends Int32Array | Uint16Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

const DENSE = 0xffff;
/** A list of more entries takes as much room as the registers themselves. */
const SPARSE_ENTRIES_MAX = 128;
const DENSE_SIZE = 8;
const BYTES_PER_COLLECTOR = 4 + 2 + 1 + 1 + 2 + 1 + 2;
