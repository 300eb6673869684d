import { type Candidate, chooseCandidate } from './chooseCandidate.ts';
import { type CountCursor, mergeCounts } from './countRun.ts';
import { type CutRanges, RangeCutter, type RangeLimits, type RowRange } from './cutRanges.ts';
import { sampledRows } from './sampling.ts';
import type { TupleForm } from './tuple.ts';

/** Options of a job that cuts its time chunks into ranges. */
export interface RangeOptions {
  readonly type: 'single_dim' | 'range';
  /** The partition dimensions as one candidate, or each dimension as one, in the order of the dimensionsSpec. */
  readonly candidates: readonly (readonly string[])[];
  readonly targetRowsPerSegment: number;
  readonly maxRowsPerSegment: number;
  /** determinePartitionsSamplingFactor */
  readonly samplingFactor: number;
  /** `--quirks druid` */
  readonly druid: boolean;
}

/** A time chunk's counts from all reducers. */
export interface ChunkValues {
  /** Start of the time chunk, epoch milliseconds. */
  readonly chunk: number;
  readonly keys: number;
  /** In the order of the candidates. */
  readonly candidates: readonly {
    /** By any of the reducers. */
    readonly poisoned: boolean;
    /** One per reducer. */
    readonly cursors: readonly CountCursor[];
  }[];
}

/** The shards of a time chunk. */
export interface RangePlan {
  readonly dimensions: readonly string[];
  /** In order; by default they join end to start, from null to null. */
  readonly ranges: readonly RowRange[];
  /** The value of most keys; null where none were counted. */
  readonly largest: CutRanges['largest'];
}

/** How the tuples of a job are ordered: that of its key runs' counts and of its cuts. */
export function tupleForm(options: Pick<RangeOptions, 'candidates' | 'druid'>): TupleForm {
  return { size: options.candidates[0]?.length ?? 1, joined: options.druid };
}

/**
 * Plans the shards of one time chunk from its counted values, which it reads through once.
 *
 * @returns no ranges where there are no keys. A chunk whose rows all fell out of the sample has none too: it wants `oneRange`
 * @throws NoPartitionDimensionError
 */
export function planRanges(values: ChunkValues, options: RangeOptions): RangePlan {
  const limits: RangeLimits = {
    targetRows: sampledRows(options.targetRowsPerSegment, options.samplingFactor),
    maxRows: sampledRows(options.maxRowsPerSegment, options.samplingFactor),
  };
  if (values.keys === 0) return { dimensions: options.candidates[0], ranges: [], largest: null };
  const cutOptions = {
    form: tupleForm(options),
    limits,
    joinsOverMax: options.druid,
    nullIsUnbounded: options.druid && options.type === 'single_dim',
  };
  const candidates = values.candidates.map(({ poisoned, cursors }, i): Candidate => {
    if (poisoned) return { dimensions: options.candidates[i], cut: null };
    const cutter = new RangeCutter(cutOptions);
    mergeCounts(cursors, (bytes, start, end, count) => cutter.add(bytes, start, end, count));
    return { dimensions: options.candidates[i], cut: cutter.finish() };
  });
  const { dimensions, cut } = chooseCandidate(candidates, {
    chunk: values.chunk,
    keys: values.keys,
    limits,
    samplingFactor: options.samplingFactor,
    druidTies: options.druid,
  });
  return { dimensions, ranges: cut.ranges, largest: cut.largest };
}

/** One shard for every row: for a time chunk whose rows all fell out of the sample. */
export function oneRange(options: RangeOptions): RangePlan {
  const all = { start: null, end: null, rows: 0, values: 0 };
  return { dimensions: options.candidates[0], ranges: [all], largest: null };
}

/**
 * Which candidates Druid takes for poisoned, per time chunk: its mapper drops a dimension at the first row of several values, for
 * all chunks that it reads after that one.
 *
 * @param poisoned per chunk in order of time, per candidate
 */
export function poisonLaterChunks(poisoned: readonly (readonly boolean[])[]): boolean[][] {
  const dropped: boolean[] = [];
  return poisoned.map((chunk) => chunk.map((now, i) => (dropped[i] ||= now)));
}
