import type { BlockEncoder } from '../../kernel/lz4.ts';
import type { TaskContext } from '../job.ts';
import type { IndexConfig, ReduceManifest, ReducePayload } from './indexPayload.ts';
import { reduceIndex } from './reduceTask.ts';

/** Rows below which the next segment is made by the same task. */
const BATCH_ROWS = 8192;

/** Segments of one task. */
export interface ReduceBatch {
  readonly config: IndexConfig;
  readonly segments: readonly Omit<ReducePayload, 'config'>[];
}

/** Makes the segments of a task, one after the other. */
export async function reduceBatch(
  { config, segments }: ReduceBatch,
  context: TaskContext,
  encoder?: BlockEncoder,
): Promise<ReduceManifest[]> {
  const made: ReduceManifest[] = [];
  for (const segment of segments) made.push(await reduceIndex({ config, ...segment }, context, encoder));
  return made;
}

/**
 * Gathers segments for tasks: small ones go together, as a task of its own costs more than a small segment does. What goes together
 * follows from the rows alone.
 *
 * @param rowsOf rows of a segment before they are rolled up
 */
export function batchSegments<Segment>(
  segments: readonly Segment[],
  rowsOf: (segment: Segment) => number,
): readonly (readonly [Segment, ...Segment[]])[] {
  const batches: [Segment, ...Segment[]][] = [];
  let rows = BATCH_ROWS;
  for (const segment of segments) {
    if (rows >= BATCH_ROWS) {
      batches.push([segment]);
      rows = 0;
    } else (batches.at(-1) as Segment[]).push(segment);
    rows += rowsOf(segment);
  }
  return batches;
}
