import type { RecordBatch } from '../../input/recordBatch.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { RangeDimension } from '../../partition/determine/rangeDimension.ts';
import type { HashedDimension } from '../../partition/hashShards.ts';
import type { RunColumn } from '../../rollup/run/runWriter.ts';

/**
 * One dimension of the rows in memory. A row holds a **cell** of it, an int32: 0 is null, a positive cell the id of a value,
 * a negative one (`-1 - n`) the n-th list of a multi-value dimension. Equal cells are equal dimension values and the other way
 * round, so a group key is a tuple of cells.
 */
export interface DimensionColumn {
  readonly name: string;
  /**
   * Turns one field of some records of a batch into cells.
   *
   * @param records the records wanted, `records[0..count)`, ascending
   * @param cells receives a cell per wanted record
   * @param faulty set at the number of each record whose value is none of this type (its cell is then null)
   */
  assemble(batch: RecordBatch, records: Int32Array, count: number, cells: Int32Array, faulty: Uint8Array): void;
  /** Puts the values in order, for `rank`. */
  sort(): void;
  /**
   * Puts the cells of all rows in order. The result is valid until values are added.
   *
   * @param kernel that of the batches; gives room for the ranks, which is in use as long as the result is
   */
  rank(cells: Int32Array, rows: number, kernel: Kernel): RunColumn;
  /**
   * The cells of all rows as their hash wants them; valid until values are added.
   *
   * @param asSets lists enter the hash as sorted sets of their values: so over all dimensions, not among partition dimensions
   */
  hashed(cells: Int32Array, asSets: boolean): HashedDimension;
  /** The cells of all rows as range partitioning wants them; valid until values are added. */
  ranged(cells: Int32Array): RangeDimension;
  /** The texts that a cell has in the JSON of a group key over all dimensions: distinct and sorted; none for null. */
  keyTexts(cell: number): readonly string[];
  /** Bytes in use, a function of the values alone: it decides where runs are cut. */
  memoryUsage(): number;
  /** Forgets all values, between runs. */
  clear(): void;
}
