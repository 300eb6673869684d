/**
 * Compares two UTF-8 texts in the order of Java's `String.compareTo` (UTF-16 code units), which is the order of every
 * dictionary and range of a segment. It differs from byte order in one place: supplementary characters (lead bytes F0 to F4)
 * come before U+E000 to U+FFFF (lead bytes EE and EF).
 *
 * @returns negative, 0 or positive
 */
export function compareUtf8(
  left: Uint8Array,
  leftStart: number,
  leftEnd: number,
  right: Uint8Array,
  rightStart: number,
  rightEnd: number,
): number {
  const shared = Math.min(leftEnd - leftStart, rightEnd - rightStart);
  for (let i = 0; i < shared; i++) {
    const a = left[leftStart + i];
    const b = right[rightStart + i];
    if (a !== b) return orderOf(a) - orderOf(b);
  }
  return leftEnd - leftStart - (rightEnd - rightStart);
}

/** A byte's place in UTF-16 order: EE and EF go behind F4. */
export function orderOf(byte: number): number {
  return byte === 0xee || byte === 0xef ? byte + 7 : byte;
}
