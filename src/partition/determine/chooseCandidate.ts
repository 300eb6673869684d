import { isoText } from '../../time/isoText.ts';
import type { CutRanges, RangeLimits } from './cutRanges.ts';
import { javaHashOrder } from './javaHashOrder.ts';
import { valueText } from './valueText.ts';

/** A dimension, or a tuple of them, that rows may be partitioned by. */
export interface Candidate {
  readonly dimensions: readonly string[];
  /** Null where it is poisoned: rows of the time chunk have several values in it. */
  readonly cut: CutRanges | null;
}

export interface ChooseOptions {
  /** Start of the time chunk, for messages. */
  readonly chunk: number;
  /** Distinct keys of the time chunk that were counted. */
  readonly keys: number;
  /** In sampled rows. */
  readonly limits: RangeLimits;
  /** determinePartitionsSamplingFactor, for messages. */
  readonly samplingFactor: number;
  /** Of equally good candidates Druid takes the first of a `HashMap`; otherwise it is the first of the dimensionsSpec. */
  readonly druidTies: boolean;
}

/** Above so many values the candidate with the most of them is taken (HIGH_CARDINALITY_THRESHOLD). */
const MANY_VALUES = 3_000_000;

/** No candidate can cut the rows of a time chunk; Druid says "No suitable partitioning dimension found!". */
export class NoPartitionDimensionError extends Error {
  readonly retryable = false;

  constructor(chunk: number, reasons: readonly string[]) {
    super(
      `The rows of the time chunk that starts at ${isoText(chunk)} cannot be cut into ranges.\n` +
        `${reasons.map((reason) => `  ${reason}\n`).join('')}` +
        'Name another partitionDimension, raise maxRowsPerSegment or targetRowsPerSegment, or use hashed partitioning.',
    );
    this.name = 'NoPartitionDimensionError';
  }
}

/**
 * Picks the candidate that rows are partitioned by: of those that are fit, the one whose shards come nearest to the target by mean
 * squared distance, or where one has more than 3,000,000 values the one that has most (`DeterminePartitionsDimSelectionReducer`).
 *
 * @param candidates in the order of the dimensionsSpec
 * @throws NoPartitionDimensionError with a sentence per candidate when none is fit
 */
export function chooseCandidate(
  candidates: readonly Candidate[],
  options: ChooseOptions,
): Candidate & { cut: CutRanges } {
  const { limits } = options;
  const fit = inOrder(candidates, options.druidTies).filter(
    (candidate): candidate is Candidate & { cut: CutRanges } => unfitReason(candidate, options) === null,
  );
  if (fit.length === 0) {
    const reasons = candidates.map((candidate) => `${nameOf(candidate)}: ${unfitReason(candidate, options)}`);
    throw new NoPartitionDimensionError(options.chunk, reasons);
  }
  const most = fit.reduce((best, candidate) => (candidate.cut.values > best.cut.values ? candidate : best));
  if (most.cut.values > MANY_VALUES) return most;
  const distances = fit.map(({ cut }) => meanSquaredDistance(cut, limits.targetRows));
  let nearest = 0;
  for (let i = 1; i < fit.length; i++) if (distances[i] < distances[nearest]) nearest = i;
  return fit[nearest];
}

/** Candidates in the order in which the first of equals wins. */
function inOrder(candidates: readonly Candidate[], druid: boolean): readonly Candidate[] {
  // Several dimensions are one candidate; Druid leaves poisoned ones out of its map.
  if (!druid || candidates.length === 1) return candidates;
  const put = candidates.filter(({ cut }) => cut !== null).sort((a, b) => (a.dimensions[0] < b.dimensions[0] ? -1 : 1));
  return javaHashOrder(put.map(({ dimensions }) => dimensions[0])).map((i) => put[i]);
}

/** Why a candidate cannot be taken, as the rest of a sentence; null where it can. */
function unfitReason({ cut }: Candidate, { keys, limits, samplingFactor }: ChooseOptions): string | null {
  if (cut === null) return 'rows have several values in it';
  if (cut.rows !== keys) return `only ${cut.rows} of ${keys} rows were counted in it`;
  const { maxRows } = limits;
  const sample = samplingFactor === 1 ? '' : `, of a sample of 1 in ${samplingFactor}`;
  const allowed = `and maxRowsPerSegment allows ${maxRows}${sample}`;
  const { largest } = cut;
  if (largest !== null && largest.rows > maxRows) {
    const have = largest.tuple.length === 1 ? 'has' : 'have';
    return `${valueText(largest.tuple)} alone ${have} ${largest.rows} rows, ${allowed}`;
  }
  const over = cut.ranges.find(({ rows }) => rows > maxRows);
  return over === undefined ? null : `a segment would have ${over.rows} rows, ${allowed}`;
}

function nameOf({ dimensions }: Candidate): string {
  return dimensions.join(', ');
}

/** In Druid's 64-bit integers, division rounding to zero. */
function meanSquaredDistance(cut: CutRanges, target: number): bigint {
  let sum = 0n;
  for (const { rows } of cut.ranges) sum += BigInt(rows - target) ** 2n;
  return BigInt.asIntN(64, sum) / BigInt(cut.ranges.length);
}
