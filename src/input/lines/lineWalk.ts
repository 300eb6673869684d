import { BATCH_ROWS, type RecordBatch } from '../recordBatch.ts';
import type { LineBlock } from './lineBlocks.ts';
import { nextLineEnd, nextLineStart } from './lineEnds.ts';

/** The lines of a block one by one, for scanners that are simple rather than fast. */
export class LineWalk {
  /** The lines of the block where they came from. */
  bytes: Buffer = Buffer.alloc(0);
  readonly #batch: RecordBatch;
  #hasLoneCarriageReturns = false;
  #at = 0;

  constructor(batch: RecordBatch) {
    this.#batch = batch;
  }

  /** Goes to the first line of a block. */
  begin(block: LineBlock): void {
    this.bytes = block.bytes.subarray(block.start, block.end);
    this.#hasLoneCarriageReturns = block.hasLoneCarriageReturns;
    this.#at = 0;
    this.#batch.begin(this.bytes);
  }

  /**
   * Has the next lines scanned, at most `limit` or as many as give a full batch.
   *
   * @param scan told where a line stands in `bytes`, the line end left out
   * @returns lines scanned
   */
  next(limit: number, scan: (start: number, end: number) => void): number {
    const { bytes } = this;
    let lines = 0;
    while (lines < limit && this.#batch.rows < BATCH_ROWS && this.#at < bytes.length) {
      const start = this.#at;
      const end = nextLineEnd(bytes, start, bytes.length, this.#hasLoneCarriageReturns);
      this.#at = nextLineStart(bytes, end, bytes.length);
      lines++;
      scan(start, end);
    }
    return lines;
  }
}
