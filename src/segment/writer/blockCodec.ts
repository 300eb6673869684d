import type { BlockEncoder } from '../../kernel/lz4.ts';
import { lz4WasmDecode } from '../../kernel/lz4WasmDecode.ts';
import type { BlockCompression } from '../../spec/jobSpec.ts';
import type { Scratch, ScratchFile } from '../scratch.ts';

/** No block of a segment is longer than this before compression: readers decompress into buffers of this size. */
export const MAX_BLOCK_BYTES = 65_536;

/**
 * Room for a block of `length` bytes: `block`, or a longer copy of it. Buffers begin empty and double, so that thousands of small
 * segments do not each fill whole blocks with zeros first.
 */
export function roomForBlock(block: Uint8Array, length: number, scratch: Scratch): Uint8Array {
  if (block.length >= length) return block;
  const longer = scratch.piece(Math.min(MAX_BLOCK_BYTES, Math.max(length, block.length * 2)));
  longer.set(block);
  return longer;
}

/** One way to store blocks. Siblings differ in id and bytes only. */
export interface BlockCodec {
  /** Druid's `CompressionStrategy` id, the byte in column headers. */
  readonly id: number;
  /** Whether stored blocks are compressed. */
  readonly isPacked: boolean;
  /** Most bytes that the stored form of `length` bytes takes. */
  maxStoredLength(length: number): number;
  /** Writes the stored form of `source[start, end)`, at most 64 KiB, to `target` from `at` on; returns how many bytes were written. */
  compress(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number;
  /** Undoes `compress` for `stored[0, length)` into `target` from 0; returns the number of bytes written. */
  decompress(stored: Uint8Array, length: number, target: Uint8Array): number;
}

/**
 * The codec for a name of the index spec.
 *
 * @param field the index spec's field, for errors
 * @param lz4 the codec to share where the name is lz4
 * @throws Error for compressions that are not written yet, naming the index spec's field
 */
export function blockCodec(compression: BlockCompression, field: string, lz4: BlockCodec): BlockCodec {
  switch (compression) {
    case 'lz4':
      return lz4;
    case 'uncompressed':
      return UNCOMPRESSED;
    default:
      throw new Error(
        `indexSpec.${field} "${compression}" cannot be written yet: use "lz4" or "uncompressed" (Druid reads all of them alike)`,
      );
  }
}

const lz4Codecs = new WeakMap<BlockEncoder, BlockCodec>();

/** Raw LZ4 blocks without frame or size. There is one per encoder. */
export function lz4Codec(encoder: BlockEncoder): BlockCodec {
  const codec = lz4Codecs.get(encoder) ?? newLz4Codec(encoder);
  lz4Codecs.set(encoder, codec);
  return codec;
}

function newLz4Codec(encoder: BlockEncoder): BlockCodec {
  return {
    id: 0x01,
    isPacked: true,
    maxStoredLength: (length) => encoder.maxEncodedLength(length),
    compress: (source, start, end, target, at) => encoder.encode(source, start, end, target, at),
    decompress: (stored, length, output) => lz4WasmDecode(stored, 0, length, output, 0),
  };
}

const UNCOMPRESSED: BlockCodec = {
  id: 0xff,
  isPacked: false,
  maxStoredLength: (length) => length,
  compress(source, start, end, target, at) {
    target.set(source.subarray(start, end), at);
    return end - start;
  },
  decompress(stored, length, target) {
    target.set(stored.subarray(0, length));
    return length;
  },
};

/** Holds a block between codec and file. */
let stored: Uint8Array = new Uint8Array(0);

/** Appends the stored form of `block[0, length)`, at most 64 KiB, to `sink`. */
export function appendBlock(codec: BlockCodec, block: Uint8Array, length: number, sink: ScratchFile): void {
  const room = codec.maxStoredLength(length);
  if (stored.length < room) stored = new Uint8Array(codec.maxStoredLength(MAX_BLOCK_BYTES));
  sink.append(stored, 0, codec.compress(block, 0, length, stored, 0));
}
