import type { BlockEncoder } from '../../kernel/lz4.ts';
import type { BlockRef } from '../../rollup/run/run.ts';
import { Scratch } from '../../segment/scratch.ts';
import type { OpenRun, TaskContext } from '../job.ts';
import type { IndexConfig, ReduceManifest, ReducePayload } from './indexPayload.ts';
import { reduceIndex } from './reduceTask.ts';
import { openRunFile } from './runFile.ts';

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
  const scratch = new Scratch(context.attemptDirectory);
  const runs = new OpenRuns(context.openRun ?? openRunFile);
  const made: ReduceManifest[] = [];
  try {
    const lending = { ...context, openRun: runs.open };
    for (const { interval, sections, temporaryZip } of segments) {
      // Spelled out: V8 takes microseconds for a field behind others that were spread.
      made.push(await reduceIndex({ config, interval, sections, temporaryZip }, lending, scratch, encoder));
      scratch.clear();
    }
    return made;
  } finally {
    runs.close();
    scratch.dispose();
  }
}

/** A run that somebody else closes. */
class LentRun implements OpenRun {
  readonly #run: OpenRun;

  constructor(run: OpenRun) {
    this.#run = run;
  }

  read(ref: BlockRef, spare?: ArrayBuffer): Uint8Array {
    return this.#run.read(ref, spare);
  }

  close(): void {}
}

/** Runs stay open from segment to segment: small ones have their sections in the same few files. */
class OpenRuns {
  readonly #openRun: (path: string) => OpenRun;
  readonly #runs = new Map<string, OpenRun>();

  constructor(openRun: (path: string) => OpenRun) {
    this.#openRun = openRun;
  }

  readonly open = (path: string): OpenRun => {
    let run = this.#runs.get(path);
    if (run === undefined) {
      run = this.#openRun(path);
      this.#runs.set(path, run);
    }
    return new LentRun(run);
  };

  close(): void {
    for (const run of this.#runs.values()) run.close();
  }
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
