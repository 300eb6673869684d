import * as zlib from 'node:zlib';
import { lz4Decode } from '../../kernel/lz4Decode.ts';
import { ByteReader } from './byteReader.ts';
import { lzfDecode } from './lzf.ts';

/** How blocks of a column are compressed. `none` means that the column has no blocks at all. */
export type Compression = 'lzf' | 'lz4' | 'zstd' | 'uncompressed' | 'none';

/** The most bytes a block may hold when plain: Druid decompresses into buffers of this size. */
export const maxBlockBytes = 65536;

const compressionById: Readonly<Record<number, Compression>> = {
  0: 'lzf',
  1: 'lz4',
  2: 'zstd',
  255: 'uncompressed',
  254: 'none',
};

/**
 * The most plain bytes that one stored byte can stand for, by codec; what a column claims beyond it is refused before memory is asked
 * for. lz4 and lzf follow from their formats; a zstd frame of maxBlockBytes takes at least 11 bytes.
 */
const mostPlainBytesPerByte: Readonly<Record<Compression, number>> = {
  lzf: 132,
  lz4: 255,
  zstd: 6000,
  uncompressed: 1,
  none: 1,
};

/** Reads a compression id. @see org.apache.druid.segment.data.CompressionStrategy */
export function readCompression(reader: ByteReader): Compression {
  const at = reader.position;
  return compressionOf(reader, reader.u8('the compression id'), at);
}

/** The codec of an id that was read at `at`. */
export function compressionOf(reader: ByteReader, id: number, at: number): Compression {
  const compression = compressionById[id];
  if (compression === undefined) {
    throw reader.error(
      `compression id ${id} is unknown, expected 0 (lzf), 1 (lz4), 2 (zstd), 255 (uncompressed) or 254 (none)`,
      at,
    );
  }
  return compression;
}

/** Refuses a claim of `plainBytes` that `storedBytes` cannot hold, so that a corrupt count is not answered with gigabytes of memory. */
export function checkPlausible(
  reader: ByteReader,
  compression: Compression,
  plainBytes: number,
  storedBytes: number,
): void {
  if (plainBytes > storedBytes * mostPlainBytesPerByte[compression]) {
    throw reader.error(
      `${plainBytes} bytes of values are claimed, more than ${storedBytes} bytes of ${compression} can hold`,
    );
  }
}

/**
 * Decompresses one block, `source` from its position to its end, to the start of `target`.
 *
 * @returns number of plain bytes, at most `target.length`
 * @throws SegmentFormatError when the block is malformed, longer than `target`, or zstd on a Node.js without it
 */
export function decompressBlock(compression: Compression, source: ByteReader, target: Uint8Array): number {
  const { bytes, position, end } = source;
  try {
    switch (compression) {
      case 'lz4':
        return position === end ? 0 : lz4Decode(bytes, position, end, target, 0);
      case 'lzf':
        return lzfDecode(bytes, position, end, target);
      case 'zstd':
        return zstdDecode(source, target);
      default:
        if (end - position > target.length) throw new RangeError(`the block has ${end - position} bytes`);
        target.set(bytes.subarray(position, end));
        return end - position;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw source.error(
      `expected a ${compression} block of at most ${target.length} plain bytes in bytes ${position} to ${end}: ${error.message}`,
    );
  }
}

type ZstdDecompress = (data: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

function zstdDecode(source: ByteReader, target: Uint8Array): number {
  const decompress = (zlib as { zstdDecompressSync?: ZstdDecompress }).zstdDecompressSync;
  if (decompress === undefined) {
    throw source.error(
      `the block is compressed with zstd, which Node.js ${process.versions.node} cannot read; run segmill on Node.js 22.15 or later`,
    );
  }
  let plain: Uint8Array;
  try {
    plain = decompress(source.rest(), { maxOutputLength: Math.max(1, target.length) });
  } catch (error) {
    throw new RangeError(error instanceof Error ? error.message : String(error));
  }
  if (plain.length > target.length) throw new RangeError(`it holds ${plain.length} bytes`);
  target.set(plain);
  return plain.length;
}

/** Gathers blocks whose total size is not known beforehand; memory grows only with what was really decompressed. */
export class BlockSink {
  readonly #scratch = new Uint8Array(maxBlockBytes);
  #bytes = new Uint8Array(1024);
  #length = 0;

  append(compression: Compression, block: ByteReader): void {
    const length = decompressBlock(compression, block, this.#scratch);
    if (this.#length + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length + length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(this.#scratch.subarray(0, length), this.#length);
    this.#length += length;
  }

  /** What was gathered, as a reader; `block` tells where it came from. */
  finish(block: ByteReader, what: string): ByteReader {
    const { segment, file, entry } = block.place;
    const place = { segment, file: `${what} decompressed from ${file}`, entry };
    return new ByteReader(this.#bytes.subarray(0, this.#length), place);
  }
}
