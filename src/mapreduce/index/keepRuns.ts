import type { InputSplit } from '../../input/splits/splits.ts';
import type { IndexConfig } from './indexPayload.ts';

/** Whether runs of the determine pass are kept for the next one: `--keep-runs`. */
export type KeepRuns = 'auto' | 'always' | 'never';

/** Records rolled up into one row, from which on runs of plain files are kept on `auto`. */
export const KEPT_ROLLUP_MIN = 1.05;

/**
 * What is asked of the determine pass. Druid's ranges are of texts of the input, which runs do not hold, and it reads the input
 * twice. So are dimensions found in the data ordered by what runs do not hold.
 */
export function keepRunsOf(keepRuns: KeepRuns, { job, quirks }: IndexConfig): KeepRuns {
  if (job.dimensions.discover) return 'never';
  return quirks === 'none' || job.tuning.partitions.type === 'hashed' ? keepRuns : 'never';
}

/**
 * Whether a map task keeps its runs, by what it knows when it writes the first one. What it decides follows from its split alone, and
 * the segments are the same either way. Reading again what is packed costs more than any run.
 */
export function keepsRuns(keepRuns: KeepRuns, split: InputSplit, records: number, rows: number): boolean {
  if (keepRuns !== 'auto') return keepRuns === 'always';
  return split.inputs.some(({ codec }) => codec !== 'none') || records >= KEPT_ROLLUP_MIN * rows;
}
