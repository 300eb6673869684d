import type { BlockWriter } from '../../rollup/run/blockBytes.ts';
import type { BlockRef } from '../../rollup/run/run.ts';
import type { RunSource } from '../../rollup/run/runReader.ts';
import type { RunSink } from '../../rollup/run/runWriter.ts';

/** Appends blocks to one file and tells where each went. */
export class BlockSink {
  readonly #sink: RunSink;
  #offset = 0;

  /** @param sink still empty; this one alone writes to it */
  constructor(sink: RunSink) {
    this.#sink = sink;
  }

  /** Appends what the writer holds and clears it. @param count values or keys in the block */
  append(block: BlockWriter, count: number): BlockRef {
    const bytes = block.bytes();
    const ref = { offset: this.#offset, length: bytes.length, count };
    this.#sink.append(bytes);
    this.#offset += bytes.length;
    block.clear();
    return ref;
  }
}

/** A temporary file of blocks: written first, read afterwards. */
export interface SpillFile extends RunSink, RunSource {
  /** Removes it. */
  dispose(): void;
}
