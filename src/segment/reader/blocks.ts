import type { ByteReader } from './byteReader.ts';
import { type Compression, checkPlausible, decompressBlock, maxBlockBytes } from './compression.ts';
import { GenericIndexed } from './genericIndexed.ts';
import type { Smoosh } from './smoosh.ts';

/** Values of a fixed width in compressed blocks: where they lie, not yet decompressed. */
export interface BlockList {
  readonly compression: Compression;
  /** Number of values in all blocks. */
  readonly count: number;
  /** Values in each block but the last. */
  readonly perBlock: number;
  readonly blocks: GenericIndexed;
  /** At the list's first byte, for errors. */
  readonly origin: ByteReader;
}

/**
 * Reads the head of a block list and moves the reader behind it.
 *
 * @param bits bits a value takes in a block; with `perBlock` it must fit Druid's buffers of 64 KiB
 */
export function readBlockList(
  reader: ByteReader,
  smoosh: Smoosh,
  compression: Compression,
  count: number,
  perBlock: number,
  bits: number,
): BlockList {
  const origin = reader.slice(0, 'blocks');
  if (perBlock < 1 || Math.ceil((perBlock * bits) / 8) > maxBlockBytes) {
    throw reader.error(
      `${perBlock} values of ${bits} bits a block are said, expected 1 to ${(maxBlockBytes * 8) / bits}`,
    );
  }
  const blocks = GenericIndexed.read(reader, smoosh, 'the blocks');
  const needed = Math.ceil(count / perBlock);
  if (blocks.count !== needed) {
    throw origin.error(`${count} values at ${perBlock} a block need ${needed} blocks, but there are ${blocks.count}`);
  }
  checkPlausible(origin, compression, Math.ceil((count * bits) / 8), blocks.valueBytes);
  return { compression, count, perBlock, blocks, origin };
}

/** Decompresses all blocks of values of `width` bytes, one after the other. The result is new and the caller's. */
export function decompressAll(list: BlockList, width: number): Uint8Array<ArrayBuffer> {
  const { compression, count, perBlock, blocks } = list;
  const target = new Uint8Array(count * width);
  for (let block = 0; block < blocks.count; block++) {
    const from = block * perBlock * width;
    const to = Math.min(from + perBlock * width, target.length);
    decompressExactly(list, block, compression, target.subarray(from, to));
  }
  return target;
}

/** Decompresses block `block` to the start of `target`; fewer than `target.length` bytes are an error. */
function decompressExactly(list: BlockList, block: number, compression: Compression, target: Uint8Array): void {
  const source = blockAt(list, block);
  const length = decompressBlock(compression, source, target);
  if (length !== target.length) {
    throw source.error(`block ${block} holds ${length} plain bytes, expected ${target.length}`);
  }
}

/** A reader on block `block`; a null element is an error. */
export function blockAt(list: BlockList, block: number): ByteReader {
  const source = list.blocks.element(block);
  if (source === null) throw list.origin.error(`block ${block} is null, expected compressed values`);
  return source;
}
