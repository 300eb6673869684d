import { type ByteSource, concatChunks, totalLength } from './byteSource.ts';

/** A file of a segment directory. */
export interface SegmentFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** What the file consists of, in order. */
  readonly parts: readonly ByteSource[];
  /** All bytes. May be called again for another pass. A chunk is valid until the next one is asked for. */
  chunks(): Iterable<Uint8Array>;
}

/** A file made of `parts`. @param size bytes of all of them */
export function segmentFile(
  name: string,
  parts: readonly ByteSource[],
  size: number = totalLength(parts),
): SegmentFile {
  return { name, size, parts, chunks: () => concatChunks(parts) };
}
