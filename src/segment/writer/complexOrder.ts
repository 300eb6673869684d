import { compareUtf8 } from '../utf8Order.ts';

/** Compares two serialised objects, `left[leftStart, leftEnd)` and `right[rightStart, rightEnd)`: negative, zero or positive. */
export type ElementOrder = (
  left: Uint8Array,
  leftStart: number,
  leftEnd: number,
  right: Uint8Array,
  rightStart: number,
  rightEnd: number,
) => number;

/**
 * How Druid's `ObjectStrategy` of a complex type orders its objects. It shows in one bit of the column only, which readers of
 * metrics never use; null (the bit stays 0) is right for types that cannot be ordered by their bytes.
 */
export function complexOrder(typeName: string): ElementOrder | null {
  switch (typeName) {
    case 'hyperUnique':
      return compareSignedBytes;
    case 'serializablePairLongString':
      return compareLongStringPairs;
    default:
      return null;
  }
}

/** Java's `ByteBuffer.compareTo`: byte by byte as signed numbers, then the shorter first. */
const compareSignedBytes: ElementOrder = (left, leftStart, leftEnd, right, rightStart, rightEnd) => {
  const shared = Math.min(leftEnd - leftStart, rightEnd - rightStart);
  for (let i = 0; i < shared; i++) {
    const difference = ((left[leftStart + i] << 24) >> 24) - ((right[rightStart + i] << 24) >> 24);
    if (difference !== 0) return difference;
  }
  return leftEnd - leftStart - (rightEnd - rightStart);
};

const TIME_BYTES = 8;
/** i64 time, i32 length. */
const PAIR_HEAD_BYTES = 12;

/** i64 time as a signed number, then the string in UTF-16 order, no string first. */
const compareLongStringPairs: ElementOrder = (left, leftStart, leftEnd, right, rightStart, rightEnd) => {
  const signs = ((left[leftStart] << 24) >> 24) - ((right[rightStart] << 24) >> 24);
  if (signs !== 0) return signs;
  for (let i = 1; i < TIME_BYTES; i++) {
    const difference = left[leftStart + i] - right[rightStart + i];
    if (difference !== 0) return difference;
  }
  return compareUtf8(left, leftStart + PAIR_HEAD_BYTES, leftEnd, right, rightStart + PAIR_HEAD_BYTES, rightEnd);
};
