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

/** A file made of `parts`. */
export function segmentFile(name: string, parts: readonly ByteSource[]): SegmentFile {
  return { name, size: totalLength(parts), parts, chunks: () => concatChunks(parts) };
}
