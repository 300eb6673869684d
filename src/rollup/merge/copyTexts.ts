import type { Kernel } from '../../kernel/kernel.ts';
import type { ElementBatch } from '../../segment/writer/elementBatch.ts';
import { longestBlock, readToKernel, type TextDictionary, unordered } from './textDictionary.ts';

/**
 * Hands on the texts of a sorted dictionary as they are, block by block, through a kernel that is left as it was; what `mergeTexts` does
 * for a single dictionary, for a fraction of the price.
 *
 * @param onTexts takes the texts in order; a batch is valid during the call
 * @throws Error when the dictionary is not strictly ascending
 */
export function copyTexts(
  kernel: Kernel,
  { source, blocks }: TextDictionary,
  onTexts: (texts: ElementBatch) => void,
): void {
  const mark = kernel.mark();
  const longest = longestBlock(blocks);
  // The block before is still there when the first text is compared with its last one.
  const rooms = [kernel.allocate(longest), blocks.length > 1 ? kernel.allocate(longest) : 0];
  const top = kernel.mark();
  let last = 0;
  let lastLength = -1;
  for (let i = 0; i < blocks.length; i++) {
    const block = rooms[i % 2];
    readToKernel(kernel, source, blocks[i], block);
    // See run.ts: the number of texts, their ends and they themselves, each part aligned to 8 bytes.
    const count = kernel.ints[block / 4];
    const outEnds = kernel.allocate(4 * count);
    const out = kernel.allocate(blocks[i].length + 4 * count);
    const used = kernel.exports.textElements(block, last, lastLength, out, outEnds);
    if (used < 0) throw unordered();
    const { bytes, ints } = kernel;
    onTexts({ bytes: bytes.subarray(out, out + used), ends: ints.subarray(outEnds / 4, outEnds / 4 + count) });
    const lastEnd = block / 4 + 2 + count - 1;
    const start = count === 1 ? 0 : ints[lastEnd - 1];
    last = block + 8 + ((4 * count + 7) & ~7) + start;
    lastLength = ints[lastEnd] - start;
    kernel.release(top);
  }
  kernel.release(mark);
}
