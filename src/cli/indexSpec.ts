import { type FileHandle, open } from 'node:fs/promises';
import type { Quirks } from '../mapreduce/index/indexPayload.ts';
import type { IndexReport } from '../mapreduce/index/indexReport.ts';
import type { RowSample } from '../row/rowCounts.ts';
import { formatProblems } from '../spec/formatProblems.ts';
import type { JobSpec } from '../spec/jobSpec.ts';
import type { SpecProblem } from '../spec/problem.ts';
import { readSpec } from '../spec/readSpec.ts';
import type { Context } from './context.ts';
import { errorMessages, samplesOf } from './errorText.ts';
import { interruptible } from './interrupt.ts';
import { columnsOf, hasColors } from './io.ts';
import { maskSecrets } from './maskSecrets.ts';
import { problemCounts } from './problemCounts.ts';
import { progressDisplay } from './progress/progressDisplay.ts';
import { readSpecFile } from './specFile.ts';
import { formatSummary } from './summary/formatSummary.ts';
import { printableText } from './text/printable.ts';
import { UsageError } from './usageError.ts';
import { writeText } from './write.ts';

export interface IndexArguments {
  /** A file, `-` for stdin, or the spec itself. */
  readonly spec: string;
  readonly workers: number;
  readonly quirks: Quirks;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Path of the JSON report, or null. */
  readonly report: string | null;
}

/** The document of `--json` and `--report`. */
export type IndexDocument =
  | ({ readonly status: 'SUCCESS' } & IndexReport)
  | {
      readonly status: 'FAILED';
      readonly error: string;
      /** What lay behind it, nearest first; absent where nothing did. */
      readonly causes?: readonly string[];
      /** What is wrong with the spec; absent where that is not the failure. */
      readonly problems?: readonly SpecProblem[];
      /** Bad rows, where they are the failure. */
      readonly samples?: readonly RowSample[];
    };

/** The spec has errors; they are printed already. */
class BadSpecError extends UsageError {
  readonly problems: readonly SpecProblem[];

  constructor(name: string, problems: readonly SpecProblem[]) {
    super(`${name} is not valid${problemCounts(problems)}; nothing was run`);
    this.problems = problems;
  }
}

/**
 * Reads a spec, runs its job, tells about both.
 * @throws what went wrong, after it stands in the JSON document, for the caller to print
 */
export async function indexSpec(args: IndexArguments, context: Context): Promise<number> {
  // Opened first: after a long job is no time to learn that its report has no place.
  const report = args.report === null ? null : await openReport(args.report);
  try {
    const result = await runSpec(args, context);
    await writeDocument({ status: 'SUCCESS', ...result }, args, report, context);
    if (!args.json && !args.quiet) await writeSummary(result, context);
    return 0;
  } catch (error) {
    await writeDocument(failure(error), args, report, context);
    throw error;
  } finally {
    await report?.close();
  }
}
