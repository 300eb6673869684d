import type { LineBlock } from './lines/lineBlocks.ts';

/** Turns blocks of lines into records, whatever the format: the same calls for all, so that a map task needs to know none. */
export interface RecordScanner {
  /** Goes to the first line of a block, whose bytes must stay until its last line has been scanned. */
  begin(block: LineBlock): void;

  /**
   * Empties the batch and scans the next lines into it: at most `limit` lines or a full batch.
   *
   * @returns lines scanned, malformed ones included; 0 when the block has no more (or `limit` is 0)
   */
  next(limit: number): number;
}

/** What becomes of fields that are not among the batch's. */
export interface Discovery {
  /** They become slots of the batch, and it notes which fields each record has (schemaless input); else they are not kept. */
  readonly discover: boolean;
  /** Names that never become slots. */
  readonly exclusions?: ReadonlySet<string>;
}

/** Whether a name that has no slot gets one. */
export function isDiscovered(name: string, { discover, exclusions }: Discovery): boolean {
  return discover && exclusions?.has(name) !== true;
}

/** What every scanner is told. */
export interface ScannerOptions extends Discovery {
  /**
   * Told of every line that is not a record, in the order of the lines. What it throws comes out of `next`.
   *
   * @param start the line in `batch.bytes`
   * @param end one past its last byte, the line end left out
   * @param problem what is wrong with it
   */
  readonly onMalformed: (start: number, end: number, problem: string) => void;
}
