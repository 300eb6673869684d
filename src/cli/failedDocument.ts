import type { DeadLetterReport } from '../mapreduce/index/deadLetterFile.ts';
import type { RowSample } from '../row/rowCounts.ts';
import type { SpecProblem } from '../spec/problem.ts';
import { deadLettersOf, errorMessages, samplesOf } from './errorText.ts';
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
  /** The file of bad rows, where they are the failure. */
  readonly deadLetters?: DeadLetterReport;
}

export function failedDocument(thrown: unknown): FailedDocument {
  const [error, ...causes] = errorMessages(thrown);
  const samples = samplesOf(thrown);
  const deadLetters = deadLettersOf(thrown);
  return {
    status: 'FAILED',
    error,
    ...(causes.length === 0 ? {} : { causes }),
    ...(thrown instanceof BadSpecError ? { problems: thrown.problems } : {}),
    ...(samples.length === 0 ? {} : { samples }),
    ...(deadLetters === null ? {} : { deadLetters }),
  };
}
