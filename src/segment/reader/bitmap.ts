import type { ByteReader } from './byteReader.ts';
import { decodeConcise } from './concise.ts';
import { decodeRoaring } from './roaring.ts';

/** Serialisation of bitmaps, as `bitmapSerdeFactory` names it. */
export type BitmapType = 'roaring' | 'concise';

/**
 * Decodes a serialised bitmap to the row numbers in it, ascending, in a new array. No bytes at all are an empty bitmap.
 *
 * @param rowCount rows of the segment; a row number from there on is an error, which also bounds the memory taken
 * @throws SegmentFormatError for malformed bytes
 */
export function decodeBitmap(type: BitmapType, bitmap: ByteReader, rowCount: number): Int32Array {
  if (bitmap.start === bitmap.end) return new Int32Array(0);
  return type === 'roaring' ? decodeRoaring(bitmap, rowCount) : decodeConcise(bitmap, rowCount);
}
