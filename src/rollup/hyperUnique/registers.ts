import { DENSE_BYTES, HEADER_BYTES, REGISTER_BYTES, SPARSE_ENTRY_BYTES } from './layout.ts';

/** A collector's registers outside the pool: its non-zero bytes in ascending order of their index. */
export class Registers {
  readonly indexes = new Uint16Array(REGISTER_BYTES);
  readonly bytes = new Uint8Array(REGISTER_BYTES);
  length = 0;
  offset = 0;
  overflowValue = 0;
  overflowRegister = 0;

  /** Appends a byte unless it is zero. */
  push(index: number, byte: number): void {
    if (byte === 0) return;
    this.indexes[this.length] = index;
    this.bytes[this.length++] = byte;
  }

  /** Reads a stored image that `checkImage` has passed. */
  readImage(bytes: Uint8Array, start: number, end: number): void {
    this.length = 0;
    this.offset = bytes[start + 1];
    this.overflowValue = bytes[start + 4];
    this.overflowRegister = (bytes[start + 5] << 8) | bytes[start + 6];
    const registers = start + HEADER_BYTES;
    if (end - start === DENSE_BYTES) {
      for (let index = 0; index < REGISTER_BYTES; index++) this.push(index, bytes[registers + index]);
    } else {
      for (let at = registers; at < end; at += SPARSE_ENTRY_BYTES) {
        this.push(((bytes[at] << 8) | bytes[at + 1]) - HEADER_BYTES, bytes[at + 2]);
      }
    }
  }
}
