import type { RecordBatch } from '../recordBatch.ts';
import { type Discovery, isDiscovered } from '../recordScanner.ts';
import { decodeJsonString } from './text.ts';

/** Field names remembered at most; records with more distinct names still scan, only without prediction. */
const KEYS_MAX = 65_536;

/** The field names met so far, as their raw bytes between the quotes, and the slot that each one fills (-1: unwanted). */
export class KeyTable {
  readonly #slots: number[] = [];
  readonly #names: Uint8Array[] = [];
  /** Raw text to key id. */
  readonly #ids = new Map<string, number>();
  readonly #slotsByName: Map<string, number>;
  readonly #batch: RecordBatch;
  readonly #discovery: Discovery;

  /** @param discovery which names without a slot get one */
  constructor(batch: RecordBatch, discovery: Discovery) {
    this.#batch = batch;
    this.#discovery = discovery;
    this.#slotsByName = new Map(batch.fieldNames.map((name, slot) => [name, slot]));
  }

  /** Ids given out: the next one. */
  get count(): number {
    return this.#names.length;
  }

  /** The bytes of a key as they stand between the quotes. */
  nameOf(key: number): Uint8Array {
    return this.#names[key];
  }

  /** @returns the slot that a key fills, or -1 */
  slotOf(key: number): number {
    return key < 0 ? -key - 2 : this.#slots[key];
  }

  lengthOf(key: number): number {
    return this.#names[key].length;
  }

  /** Whether this key and its closing quote stand at a place. */
  matchesAt(key: number, bytes: Uint8Array, at: number, end: number): boolean {
    const name = this.#names[key];
    const length = name.length;
    if (at + length >= end || bytes[at + length] !== 0x22) return false;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== name[i]) return false;
    return true;
  }

  /** @returns the id of a key; when the table is full, a negative number that `slotOf` understands */
  find(bytes: Uint8Array, start: number, close: number, escaped: boolean): number {
    const raw = Buffer.from(bytes.buffer, bytes.byteOffset + start, close - start).toString('latin1');
    const known = this.#ids.get(raw);
    if (known !== undefined) return known;
    const slot = this.#slotFor(decodeJsonString(bytes, start, close, escaped));
    if (this.#names.length >= KEYS_MAX) return -slot - 2;
    const id = this.#names.length;
    this.#ids.set(raw, id);
    // A copy: the slice of a Buffer would be a view of the block, which is overwritten.
    this.#names.push(Uint8Array.from(bytes.subarray(start, close)));
    this.#slots.push(slot);
    return id;
  }

  #slotFor(name: string): number {
    const slot = this.#slotsByName.get(name);
    if (slot !== undefined) return slot;
    if (!isDiscovered(name, this.#discovery)) return -1;
    const added = this.#batch.addField(name);
    this.#slotsByName.set(name, added);
    return added;
  }
}
