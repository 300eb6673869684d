/** Bytes of known length that are read as a sequence of chunks: a piece of a segment file, in memory or in scratch. */
export interface ByteSource {
  /** Bytes in all chunks together. */
  readonly length: number;
  /** May be called again for another pass. A chunk is valid until the next one is asked for. */
  chunks(): Iterable<Uint8Array>;
}

/** A byte array as a source; the array is not copied. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { length: bytes.length, chunks: () => [bytes] };
}

/** Sum of the lengths of `sources`, in bytes. */
export function totalLength(sources: readonly ByteSource[]): number {
  let length = 0;
  for (const source of sources) length += source.length;
  return length;
}

/** Chunks of `sources`, one source after the other. */
export function* concatChunks(sources: readonly ByteSource[]): Generator<Uint8Array> {
  for (const source of sources) yield* source.chunks();
}
