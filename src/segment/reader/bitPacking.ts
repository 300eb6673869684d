/** Bits a value may take in a delta- or table-encoded long column. @see org.apache.druid.segment.data.VSizeLongSerde */
export const packedWidths: readonly number[] = [1, 2, 4, 8, 12, 16, 20, 24, 32, 40, 48, 56, 64];

/** Spare bytes that every packed block ends with, so that wide reads stay inside it. */
export const packedPadding = 4;

/**
 * The low 32 bits of the value at `index`, as an unsigned number. Values are packed most significant bit first from byte `start` on;
 * bytes past the end count as zero.
 */
export function packedLow(bytes: Uint8Array, start: number, bits: number, index: number): number {
  if (bits > 32) {
    const at = start + (index * bits) / 8 + (bits - 32) / 8;
    return bigEndian(bytes, at) >>> 0;
  }
  const bit = index * bits;
  const at = start + Math.floor(bit / 8);
  if (bits === 32) return bigEndian(bytes, at) >>> 0;
  return (bigEndian(bytes, at) << (bit & 7)) >>> (32 - bits);
}

/** The bits above the low 32 of the value at `index`, as an unsigned number; 0 for widths up to 32. */
export function packedHigh(bytes: Uint8Array, start: number, bits: number, index: number): number {
  if (bits <= 32) return 0;
  const at = start + (index * bits) / 8;
  return bigEndian(bytes, at) >>> (64 - bits);
}

function bigEndian(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}
