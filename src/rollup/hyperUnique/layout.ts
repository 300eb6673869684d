/**
 * The stored form of a hyperUnique value: Druid's `HyperLogLogCollector`, version 1. All numbers are big-endian.
 *
 *     u8  version, 1
 *     u8  register offset: added to every register to get its true value
 *     u16 number of non-zero registers
 *     u8  overflow value: the highest position that no register could hold, 0 for none
 *     u16 overflow register: where it was seen
 *     dense:  1024 bytes; register r is in byte r >> 1, even r in the high nibble
 *     sparse: for each non-zero byte in order u16 (7 + its index), u8 the byte; then zeros up to 3 bytes per non-zero register
 *
 * @see org.apache.druid.hll.VersionOneHyperLogLogCollector
 */

export const VERSION = 1;
export const HEADER_BYTES = 7;
export const REGISTER_COUNT = 2048;
export const REGISTER_BYTES = 1024;
export const DENSE_BYTES = HEADER_BYTES + REGISTER_BYTES;
export const SPARSE_ENTRY_BYTES = 3;
/** From so many non-zero registers on the image is dense. */
export const DENSE_REGISTERS_MIN = 128;
/** Registers have four bits. */
export const REGISTER_MAX = 15;

/** Complains about an image that Druid could not have written. `start` and `end` bound it in its buffer. */
export function checkImage(bytes: Uint8Array, start: number, end: number): void {
  const length = end - start;
  if (length < HEADER_BYTES || bytes[start] !== VERSION) {
    throw new RangeError(
      `a hyperUnique value of ${length} bytes does not begin with version 1 and a header of 7 bytes; ` +
        "only that form of Druid's HyperLogLogCollector is read",
    );
  }
  if (length === DENSE_BYTES) return;
  if ((length - HEADER_BYTES) % SPARSE_ENTRY_BYTES !== 0) {
    throw new RangeError(
      `a hyperUnique value of ${length} bytes is neither dense (1031 bytes) nor sparse (7 bytes and 3 for each register)`,
    );
  }
  for (let at = start + HEADER_BYTES; at < end; at += SPARSE_ENTRY_BYTES) {
    const index = ((bytes[at] << 8) | bytes[at + 1]) - HEADER_BYTES;
    if (index >= REGISTER_BYTES || (index < 0 && bytes[at + 2] !== 0)) {
      throw new RangeError(`a sparse hyperUnique value names register byte ${index}, beyond 0 to 1023`);
    }
  }
}

/** Non-zero nibbles of a byte: registers it holds that are set. */
export function nonZeroNibbles(byte: number): number {
  return (byte & 0xf0 ? 1 : 0) + (byte & 0x0f ? 1 : 0);
}
