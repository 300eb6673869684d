import type { Kernel } from '../../kernel/kernel.ts';
import { BATCH_ROWS } from '../recordBatch.ts';
import type { KeyTable } from './keyTable.ts';

/** Layout of a key in kernel memory: src/kernel/assembly/jsonKeys.ts. */
const KEY_BYTES = 64;
const KEY_LENGTH = 4;
const KEY_COLUMN = 8;
const KEY_NAME = 12;
const KEY_HEAD = 32;
const KEY_HEAD_MASK = 48;
const HEAD_BYTES = 16;

const KEYS_INITIAL = 64;
const NAMES_REGION_BYTES = 16_384;
const QUOTE = 0x22;

/** A KeyTable's names in kernel memory, for the scanner there. */
export class KernelKeys {
  /** Address of the nameless key that comes before the first one of a record. */
  readonly first: number;
  /** Address of the table by hash. */
  table: number;
  /** Places of the table - 1. */
  mask: number;
  readonly #kernel: Kernel;
  readonly #keys: KeyTable;
  /** Keys taken over so far, and where they stand. */
  readonly #addresses: number[] = [];
  #regionTop = 0;
  #regionEnd = 0;
  #namesTop = 0;
  #namesEnd = 0;

  /** @param keys names and slots; those added later are taken over by `update` */
  constructor(kernel: Kernel, keys: KeyTable) {
    this.#kernel = kernel;
    this.#keys = keys;
    this.first = this.#newKey();
    this.mask = KEYS_INITIAL * 2 - 1;
    this.table = this.#newTable();
  }

  /** Takes over what was added to the KeyTable. */
  update(): void {
    for (let id = this.#addresses.length; id < this.#keys.count; id++) this.#add(id);
  }

  #add(id: number): void {
    const { exports } = this.#kernel;
    const name = this.#keys.nameOf(id);
    const key = this.#newKey();
    const nameAddress = this.#newName(name);
    const { bytes, ints } = this.#kernel;
    const slot = this.#keys.slotOf(id);
    ints[(key + KEY_LENGTH) >> 2] = name.length;
    ints[(key + KEY_COLUMN) >> 2] = slot < 0 ? -1 : slot * BATCH_ROWS;
    ints[(key + KEY_NAME) >> 2] = nameAddress;
    const head = Math.min(name.length + 1, HEAD_BYTES);
    bytes.copyWithin(key + KEY_HEAD, nameAddress, nameAddress + head);
    bytes.fill(0xff, key + KEY_HEAD_MASK, key + KEY_HEAD_MASK + head);
    this.#addresses.push(key);
    if (this.#addresses.length * 2 <= this.mask) exports.putJsonKey(this.table, this.mask, key);
    else {
      this.mask = this.mask * 2 + 1;
      this.table = this.#newTable();
      for (const address of this.#addresses) exports.putJsonKey(this.table, this.mask, address);
    }
  }

  /** All zero. */
  #newKey(): number {
    if (this.#regionTop === this.#regionEnd) {
      const size = KEY_BYTES * Math.max(KEYS_INITIAL, this.#addresses.length);
      this.#regionTop = this.#kernel.allocate(size);
      this.#regionEnd = this.#regionTop + size;
      this.#kernel.bytes.fill(0, this.#regionTop, this.#regionEnd);
    }
    const key = this.#regionTop;
    this.#regionTop += KEY_BYTES;
    return key;
  }

  /** A copy of the name and its closing quote. */
  #newName(name: Uint8Array): number {
    const size = name.length + 1;
    if (this.#namesTop + size > this.#namesEnd) {
      const region = Math.max(size, NAMES_REGION_BYTES);
      this.#namesTop = this.#kernel.allocate(region);
      this.#namesEnd = this.#namesTop + region;
    }
    const address = this.#namesTop;
    this.#namesTop += size;
    this.#kernel.bytes.set(name, address);
    this.#kernel.bytes[address + name.length] = QUOTE;
    return address;
  }

  #newTable(): number {
    const size = (this.mask + 1) * 4;
    const table = this.#kernel.allocate(size);
    this.#kernel.bytes.fill(0, table, table + size);
    return table;
  }
}
