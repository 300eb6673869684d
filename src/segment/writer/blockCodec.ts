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
  /** Appends the stored form of `source[start, end)`, at most 64 KiB, to `sink`; returns how many bytes were appended. */
  compress(source: Uint8Array, start: number, end: number, sink: ScratchFile): number;
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

/** Raw LZ4 blocks without frame or size. There is one per encoder, which owns one output buffer. */
export function lz4Codec(encoder: BlockEncoder): BlockCodec {
  const codec = lz4Codecs.get(encoder) ?? newLz4Codec(encoder);
  lz4Codecs.set(encoder, codec);
  return codec;
}

function newLz4Codec(encoder: BlockEncoder): BlockCodec {
  const target = new Uint8Array(encoder.maxEncodedLength(MAX_BLOCK_BYTES));
  return {
    id: 0x01,
    isPacked: true,
    compress(source, start, end, sink) {
      const length = encoder.encode(source, start, end, target, 0);
      sink.append(target, 0, length);
      return length;
    },
    decompress: (stored, length, output) => lz4WasmDecode(stored, 0, length, output, 0),
  };
}

const UNCOMPRESSED: BlockCodec = {
  id: 0xff,
  isPacked: false,
  compress(source, start, end, sink) {
    sink.append(source, start, end);
    return end - start;
  },
  decompress(stored, length, target) {
    target.set(stored.subarray(0, length));
    return length;
  },
};
