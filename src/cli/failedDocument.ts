import type { RowSample } from '../row/rowCounts.ts';
import type { SpecProblem } from '../spec/problem.ts';
import { errorMessages, samplesOf } from './errorText.ts';
import { BadSpecError } from './readJob.ts';

/** The document of `--json` after a failure. */
export interface FailedDocument {
  readonly status: 'FAILED';
  readonly error: string;
  /** What lay behind it, nearest first; absent where nothing did. */
  readonly causes?: readonly string[];
  /** What is wrong with the spec; absent where that is not the failure. */
  readonly problems?: readonly SpecProblem[];
  /** Bad rows, where they are the failure. */
  readonly samples?: readonly RowSample[];
}

export function failedDocument(thrown: unknown): FailedDocument {
  const [error, ...causes] = errorMessages(thrown);
  const samples = samplesOf(thrown);
  return {
    status: 'FAILED',
    error,
    ...(causes.length === 0 ? {} : { causes }),
    ...(thrown instanceof BadSpecError ? { problems: thrown.problems } : {}),
    ...(samples.length === 0 ? {} : { samples }),
  };
}
