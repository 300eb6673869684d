/** Byte order of the numbers in a column, as its descriptor says it. */
export type ByteOrder = 'LITTLE_ENDIAN' | 'BIG_ENDIAN';

/** Order of this machine's typed arrays. */
const machineOrder: ByteOrder = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'LITTLE_ENDIAN' : 'BIG_ENDIAN';

/** Turns numbers of `width` bytes (4 or 8) from `order` into this machine's, in place. */
export function toMachineOrder(bytes: Uint8Array, width: 4 | 8, order: ByteOrder): void {
  if (order === machineOrder) return;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 4) buffer.swap32();
  else buffer.swap64();
}

/** Index of the low 32 bits of 64-bit number `i` in an Int32Array over the same buffer is `2 * i + lowWord`. */
export const lowWord = machineOrder === 'LITTLE_ENDIAN' ? 0 : 1;

/** Likewise for the high 32 bits. */
export const highWord = 1 - lowWord;
