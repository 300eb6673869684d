import { once } from 'node:events';
import { constants, crc32, createDeflateRaw, type DeflateRaw, deflateRawSync } from 'node:zlib';
import { type ByteSource, totalLength } from './writer/byteSource.ts';

/** Bytes deflated at a time. */
const PIECE_BYTES = 1 << 19;
/** Shorter parts are deflated the way of their neighbours: to change it would cost more than it gains. */
const PART_BYTES_MIN = 16 * 1024;
const OUTPUT_BYTES = 1 << 18;
/** Bytes for which a window of 4 KiB does what one of 32 KiB does, with a tenth of the memory to set up. */
const TINY_BYTES = 3072;
const TINY = { windowBits: 12, memLevel: 6 };

/** With the largest tables level 1 is a tenth faster, for 0.3% more bytes. */
const LEVEL = 1;
const MEMORY_LEVEL = 9;

/** Bytes of a file that are deflated in one way. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly isPacked: boolean;
}

/** What went into a deflate stream; complete when the stream has ended. */
export interface DeflateTotals {
  /** Bytes before compression. */
  size: number;
  crc: number;
}

/**
 * Deflates `parts` to one raw stream (RFC 1951) that any inflater reads: packed parts by Huffman codes alone, all others at level 1.
 * Where the way changes follows from the lengths of parts alone, so the same parts give the same bytes.
 *
 * On a segment of 68 MB this takes 0.4 of the time of level 4 throughout, and 5% more bytes.
 *
 * @param totals counted up as parts are read
 */
export async function* deflateParts(
  parts: readonly ByteSource[],
  totals: DeflateTotals,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (isOnePiece(parts)) {
    yield deflateOnePiece(parts, totals);
    return;
  }
  const ready: Uint8Array<ArrayBuffer>[] = [];
  const deflate = createDeflateRaw({ level: LEVEL, memLevel: MEMORY_LEVEL, chunkSize: OUTPUT_BYTES });
  deflate.on('data', (chunk: Uint8Array<ArrayBuffer>) => ready.push(chunk));
  try {
    let isPacked = false;
    let written = Promise.resolve();
    for (const piece of cutPieces(parts)) {
      totals.size += piece.bytes.length;
      totals.crc = crc32(piece.bytes, totals.crc);
      await written;
      if (piece.isPacked !== isPacked) {
        isPacked = piece.isPacked;
        await setStrategy(deflate, isPacked ? constants.Z_HUFFMAN_ONLY : constants.Z_DEFAULT_STRATEGY);
      }
      // The next piece is gathered meanwhile.
      written = write(deflate, piece.bytes);
      // Whoever stops here, for an error or otherwise, destroys the stream and with it this write.
      written.catch(() => undefined);
      yield* ready.splice(0);
    }
    await written;
    const ended = once(deflate, 'end');
    deflate.end();
    await ended;
    yield* ready;
  } finally {
    deflate.destroy();
  }
}

/** Whether parts are so few bytes that they are deflated at once, by `deflateOnePiece`. */
export function isOnePiece(parts: readonly ByteSource[]): boolean {
  return (
    totalLength(parts) <= PIECE_BYTES && parts.every((part) => part.isPacked !== true || part.length < PART_BYTES_MIN)
  );
}

/** What the stream makes of a single piece, at once: for the small files of segments, of which a job may write thousands. */
export function deflateOnePiece(parts: readonly ByteSource[], totals: DeflateTotals): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.allocUnsafe(totalLength(parts));
  let at = 0;
  for (const part of parts) {
    for (const chunk of part.chunks()) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
  }
  totals.size += bytes.length;
  totals.crc = crc32(bytes, totals.crc);
  // Deflate makes bytes longer by a few per block at most, so that one chunk holds the result.
  const chunkSize = bytes.length + (bytes.length >>> 8) + 1024;
  const tables = bytes.length <= TINY_BYTES ? TINY : { memLevel: MEMORY_LEVEL };
  return deflateRawSync(bytes, { level: LEVEL, chunkSize, ...tables }) as Uint8Array<ArrayBuffer>;
}

/** @returns when the stream needs `bytes` no longer */
function write(deflate: DeflateRaw, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    deflate.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

function setStrategy(deflate: DeflateRaw, strategy: number): Promise<void> {
  return new Promise((resolve) => {
    deflate.params(LEVEL, strategy, () => resolve());
  });
}

/** Cuts the bytes of `parts` into pieces of at most PIECE_BYTES. A piece is valid until the second one after it is asked for. */
function* cutPieces(parts: readonly ByteSource[]): Generator<Piece> {
  const size = Math.min(PIECE_BYTES, totalLength(parts));
  let buffer = new Uint8Array(size);
  let other: Uint8Array<ArrayBuffer> | null = null;
  let filled = 0;
  let isPacked = false;
  const take = (): Piece => {
    const bytes = buffer.subarray(0, filled);
    [buffer, other] = [other ?? new Uint8Array(size), buffer];
    filled = 0;
    return { bytes, isPacked };
  };
  for (const part of parts) {
    const partIsPacked = part.isPacked === true;
    if (partIsPacked !== isPacked && part.length >= PART_BYTES_MIN) {
      if (filled >= PART_BYTES_MIN) yield take();
      isPacked = partIsPacked;
    }
    for (const chunk of part.chunks()) {
      for (let from = 0; from < chunk.length; ) {
        if (filled === PIECE_BYTES) yield take();
        const count = Math.min(chunk.length - from, PIECE_BYTES - filled);
        buffer.set(chunk.subarray(from, from + count), filled);
        filled += count;
        from += count;
      }
    }
  }
  if (filled > 0) yield take();
}
