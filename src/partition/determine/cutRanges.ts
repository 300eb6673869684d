import { readTuple, type Tuple, type TupleForm } from './tuple.ts';

/** A shard of a range partitioning: rows whose tuple is at least `start` and less than `end`. */
export interface RowRange {
  /** Null: unbounded. */
  readonly start: Tuple | null;
  readonly end: Tuple | null;
  /** Distinct keys counted in it. */
  readonly rows: number;
  /** Distinct values counted in it. */
  readonly values: number;
}

/** How rows are cut into shards; both in sampled rows (`sampledRows`). */
export interface RangeLimits {
  readonly targetRows: number;
  readonly maxRows: number;
}

export interface CutOptions {
  readonly form: TupleForm;
  readonly limits: RangeLimits;
  /**
   * A short last shard joins the one before it even where the two are more than the maximum together, as in Druid, which then refuses
   * the dimension.
   */
  readonly joinsOverMax: boolean;
  /**
   * The spec is `single_dim` and Druid's quirks are wanted: a cut before null counts as unbounded on either side, since a `single`
   * shard spec writes both as null (docs/quirks.md, row 2).
   */
  readonly nullIsUnbounded: boolean;
}

/** A last shard of less than this share of the target joins the one before it (SHARD_COMBINE_THRESHOLD). */
const TAIL_SHARE = 0.25;

/** Ranges cut, with what choosing among candidates needs to know. */
export interface CutRanges {
  readonly ranges: readonly RowRange[];
  readonly rows: number;
  readonly values: number;
  /** The value of most rows; of several the first. Null where there are no rows. */
  readonly largest: { readonly tuple: Tuple; readonly rows: number } | null;
}

/**
 * Cuts the counted values of a candidate into shards, as they stream by in order (`DeterminePartitionsDimSelectionReducer`): a cut
 * is made before a value that would take a shard over its target, unless the shard is empty; a short last shard joins the one
 * before it. So a shard has at most the target's rows, or one value alone, or is the last one.
 */
export class RangeCutter {
  readonly #options: CutOptions;
  readonly #ranges: RowRange[] = [];
  #start: Tuple | null = null;
  #rows = 0;
  #values = 0;
  #largest = new Uint8Array(0);
  #largestRows = 0;

  constructor(options: CutOptions) {
    this.#options = options;
  }

  /** Takes the next value, `bytes[start..end)` as a tuple text, of `rows` keys. */
  add(bytes: Uint8Array, start: number, end: number, rows: number): void {
    if (this.#rows > 0 && this.#rows + rows > this.#options.limits.targetRows) {
      const tuple = readTuple(this.#options.form, bytes, start, end);
      this.#cut(this.#options.nullIsUnbounded && tuple[0] === null ? null : tuple);
    }
    this.#rows += rows;
    this.#values++;
    if (rows > this.#largestRows) {
      this.#largestRows = rows;
      this.#largest = bytes.slice(start, end);
    }
  }

  finish(): CutRanges {
    const ranges = this.#ranges;
    if (this.#rows > 0) {
      const last = ranges.at(-1);
      if (last !== undefined && this.#joins(last.rows)) {
        ranges.pop();
        this.#start = last.start;
        this.#rows += last.rows;
        this.#values += last.values;
      }
      this.#cut(null);
    }
    const largest = this.#largest;
    return {
      ranges,
      rows: ranges.reduce((sum, range) => sum + range.rows, 0),
      values: ranges.reduce((sum, range) => sum + range.values, 0),
      largest:
        this.#largestRows === 0
          ? null
          : { tuple: readTuple(this.#options.form, largest, 0, largest.length), rows: this.#largestRows },
    };
  }

  /** Whether the last shard is short enough to join the one before it. */
  #joins(rowsBefore: number): boolean {
    const { limits, joinsOverMax } = this.#options;
    if (this.#rows >= limits.targetRows * TAIL_SHARE) return false;
    return joinsOverMax || rowsBefore + this.#rows <= limits.maxRows;
  }

  #cut(end: Tuple | null): void {
    this.#ranges.push({ start: this.#start, end, rows: this.#rows, values: this.#values });
    this.#start = end;
    this.#rows = 0;
    this.#values = 0;
  }
}
