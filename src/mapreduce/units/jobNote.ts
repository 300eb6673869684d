import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the attempt directories of a run whose units may be taken over. */
export const JOB_FILE = 'job.json';

export interface JobNote {
  /** Names the job: see `UnitKeys.job`. */
  readonly job: string;
  /** The spec wants intermediate files of failed runs kept (cleanupOnFailure is false). */
  readonly isKept: boolean;
}

/** @returns null where there are no attempts of such a run */
export function readJobNote(attempts: string): JobNote | null {
  try {
    return JSON.parse(readFileSync(join(attempts, JOB_FILE), 'utf8'));
  } catch {
    return null;
  }
}
