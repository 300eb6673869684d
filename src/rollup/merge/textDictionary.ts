import type { Kernel } from '../../kernel/kernel.ts';
import type { BlockRef, SectionColumn } from '../run/run.ts';
import type { RunSource } from '../run/runReader.ts';

/** A sorted dictionary of texts of a section. */
export interface TextDictionary {
  readonly source: RunSource;
  readonly blocks: readonly BlockRef[];
  readonly values: number;
}

/** The dictionary of a section's column. */
export function textDictionary(source: RunSource, { dictionary, values }: SectionColumn): TextDictionary {
  return { source, blocks: dictionary, values };
}

/** Takes the blocks that are read, which go to the kernel at once. */
let blockBuffer = new ArrayBuffer(0);

/** Reads a block into the memory of a kernel. @param address of room for the longest block of the dictionary */
export function readToKernel(kernel: Kernel, source: RunSource, ref: BlockRef, address: number): void {
  if (blockBuffer.byteLength < ref.length) blockBuffer = new ArrayBuffer(ref.length);
  kernel.bytes.set(source.read(ref, blockBuffer), address);
}

/** Bytes of the longest block of a dictionary. */
export function longestBlock(blocks: readonly BlockRef[]): number {
  let longest = 0;
  for (let i = 0; i < blocks.length; i++) longest = Math.max(longest, blocks[i].length);
  return longest;
}

/** A dictionary that is not sorted would make wrong query results, not errors. */
export function unordered(): Error {
  return new Error('a dictionary of a run is out of order');
}
