import type { SegmentWriter } from '../../segment/writer/segmentWriter.ts';
import type { BlockReader, BlockWriter } from '../run/blockBytes.ts';

/**
 * The values of one metric for many rows: what an aggregator has gathered so far. The same class serves rows in memory, blocks
 * of runs and the output of a merge. A row that was never touched is empty: null, or the aggregator's value for "no rows".
 */
export interface MetricState {
  /** Makes room for rows 0 to `rows - 1`; rows beyond the former capacity are empty. */
  ensure(rows: number): void;
  /** Empties the first rows again. */
  clear(rows: number): void;
  /** Combines row `sourceRow` of a state of the same metric into row `row`; the source comes later in position order. */
  fold(row: number, source: MetricState, sourceRow: number): void;
  /** Takes over rows 0 to `rows - 1` of a state of the same metric as its own rows from `first` on, which are empty. */
  take(first: number, source: MetricState, rows: number): void;
  /** Writes rows `order[from..to)`. */
  write(block: BlockWriter, order: Int32Array, from: number, to: number): void;
  /** Takes the rows of a written block in place of its own, to fold from, take over or append; may keep views of the block. */
  read(block: BlockReader, rows: number): void;
  /** Hands rows 0 to `rows - 1` to a segment. */
  append(segment: SegmentWriter, metric: number, rows: number): void;
  /** Bytes of a row, about, in memory and in a block. */
  readonly bytesPerRow: number;
  /** Bytes in use besides those of the rows (texts, sketches), a function of what was added alone: it decides where runs are cut. */
  extraMemory(): number;
}
