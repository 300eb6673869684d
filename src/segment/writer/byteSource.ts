/** Bytes of known length that are read as a sequence of chunks: a piece of a segment file, in memory or in scratch. */
export interface ByteSource {
  /** Bytes in all chunks together. */
  readonly length: number;
  /**
   * True where a search for repeated strings finds next to nothing: compressed blocks, lists of offsets. Whoever compresses the file
   * saves the search there.
   */
  readonly isPacked?: boolean;
  /** All of them, where they lie in one array. */
  readonly bytes?: Uint8Array;
  /** May be called again for another pass. A chunk is valid until the next one is asked for. */
  chunks(): Iterable<Uint8Array>;
}

/** A byte array as a source; the array is not copied. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return new Bytes(bytes);
}

/** `source`, marked as packed. */
export function packedSource(source: ByteSource): ByteSource {
  return new Packed(source);
}

/** `source` without that mark. */
export function plainSource(source: ByteSource): ByteSource {
  return source instanceof Packed ? source.source : source;
}

// Classes, as a small segment has hundreds of these: a closure for each takes longer to make than its bytes to copy.
class Bytes implements ByteSource {
  readonly length: number;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.bytes = bytes;
  }

  chunks(): Iterable<Uint8Array> {
    return [this.bytes];
  }
}

class Packed implements ByteSource {
  readonly length: number;
  readonly isPacked = true;
  readonly source: ByteSource;

  constructor(source: ByteSource) {
    this.length = source.length;
    this.source = source;
  }

  chunks(): Iterable<Uint8Array> {
    return this.source.chunks();
  }
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
