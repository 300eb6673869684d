import type { InputSplit } from '../../input/splits/splits.ts';
import type { IndexConfig } from './indexPayload.ts';

/** Whether runs of the determine pass are kept for the next one: `--keep-runs`. */
export type KeepRuns = 'auto' | 'always' | 'never';

/** A run that is smaller than this is kept on `auto`, however small its split. */
export const SMALL_RUN_BYTES = 1024 * 1024;

/**
 * What is asked of the determine pass. Druid's ranges are of texts of the input, which runs do not hold, and it reads the input
 * twice. So are dimensions found in the data ordered by what runs do not hold.
 */
export function keepRunsOf(keepRuns: KeepRuns, { job, quirks }: IndexConfig): KeepRuns {
  if (job.dimensions.discover) return 'never';
  return quirks === 'none' || job.tuning.partitions.type === 'hashed' ? keepRuns : 'never';
}

/**
 * Whether a map task that decides by itself keeps its runs, by what it knows when it has written the first one. Reading again what is
 * packed costs more than any run. From plain input a run pays unless it is larger than the text it was made of, as it is where rows do
 * not roll up and metrics are wide. What is decided follows from the split alone, and the segments are the same either way.
 *
 * @param runBytes of the first run
 * @param readBytes of the split, read until the run was written
 */
export function paysToKeep(split: InputSplit, runBytes: number, readBytes: number): boolean {
  return runBytes <= SMALL_RUN_BYTES || runBytes <= readBytes || split.inputs.some(({ codec }) => codec !== 'none');
}
