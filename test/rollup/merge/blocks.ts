import fc from 'fast-check';
import { BlockWriter } from '../../../src/rollup/run/blockBytes.ts';
import type { BlockRef } from '../../../src/rollup/run/run.ts';
import type { RunSource } from '../../../src/rollup/run/runReader.ts';

/** Dictionary blocks in memory, handed out in the spare buffer where it is long enough, as a run file does. */
export class Blocks implements RunSource {
  readonly refs: BlockRef[] = [];
  readonly #blocks: Uint8Array[] = [];

  constructor(values: readonly string[], valuesPerBlock: number) {
    for (let at = 0; at < values.length; at += valuesPerBlock) {
      const texts = values.slice(at, at + valuesPerBlock).map((value) => Buffer.from(value));
      const block = new BlockWriter();
      block.int32(1)[0] = texts.length;
      let end = 0;
      block.int32(texts.length).set(
        texts.map((text) => {
          end += text.length;
          return end;
        }),
      );
      block.uint8(end).set(Buffer.concat(texts));
      this.refs.push({ offset: this.#blocks.length, length: block.length, count: texts.length });
      this.#blocks.push(block.bytes().slice());
    }
  }

  read({ offset, length }: BlockRef, spare?: ArrayBuffer): Uint8Array {
    const isEnough = spare !== undefined && spare.byteLength >= length;
    const bytes = new Uint8Array(isEnough ? spare : new ArrayBuffer(length), 0, length);
    bytes.set(this.#blocks[offset]);
    return bytes;
  }
}

// Few letters of all lengths in UTF-8, so that values share beginnings; U+E000 and U+FFFF stand behind U+1F600 in UTF-16 order.
const text = fc.array(fc.constantFrom('a', 'b', 'é', 'ê', '\u{e000}', '\u{ffff}', '\u{1f600}', '\u{1f601}'), {
  maxLength: 6,
});
export const dictionary = fc.uniqueArray(
  text.map((letters) => letters.join('')),
  { maxLength: 20 },
);
