/** Big-endian integers and UTF-8, as the containers of a V9 segment hold them. */

/** UTF-8 bytes of `text`; an unpaired surrogate becomes `?`, as in Java. */
export function utf8(text: string): Uint8Array {
  return Buffer.from(text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?'));
}

/** Writes a signed 32-bit integer, big-endian. */
export function putInt32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}

/** Writes a signed 32-bit integer, little-endian. */
export function putInt32LittleEndian(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
}

/** Four bytes of a big-endian int32. */
export function int32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putInt32(bytes, 0, value);
  return bytes;
}

/** All parts in one array. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * The bytes behind a typed array, not copied. Values in numeric blocks are little-endian, so this is their stored form on the
 * machines that Node runs on; a big-endian machine is refused rather than given a broken segment.
 */
export function littleEndianBytes(values: Int32Array | Float32Array | Float64Array, length: number): Uint8Array {
  if (!LITTLE_ENDIAN_MACHINE)
    throw new Error('segments can only be written on a little-endian machine (x86-64, ARM64)');
  return new Uint8Array(values.buffer, values.byteOffset, length * values.BYTES_PER_ELEMENT);
}

const LITTLE_ENDIAN_MACHINE = new Uint8Array(new Int32Array([1]).buffer)[0] === 1;
