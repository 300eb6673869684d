import { formatProblems } from '../spec/formatProblems.ts';
import type { JobSpec } from '../spec/jobSpec.ts';
import type { SpecProblem } from '../spec/problem.ts';
import { readSpec } from '../spec/readSpec.ts';
import type { Io } from './io.ts';
import { maskSecrets } from './maskSecrets.ts';
import { readSpecFile } from './specFile.ts';
import { printableText } from './text/printable.ts';
import { UsageError } from './usageError.ts';
import { verdict } from './verdict.ts';

/** The spec has errors; they are printed already. */
export class BadSpecError extends UsageError {
  readonly problems: readonly SpecProblem[];

  constructor(name: string, problems: readonly SpecProblem[]) {
    super(`${name} is ${verdict(false, problems)}; nothing was run`);
    this.problems = problems;
  }
}

export interface SpecArguments {
  /** A file, `-` for stdin, or the spec itself. */
  readonly spec: string;
  /** No warnings. */
  readonly quiet: boolean;
}

/**
 * The job that a spec describes, and the spec's text; what is to be said about the spec goes to stderr.
 *
 * @throws UsageError when it describes none
 */
export async function readJob({ spec, quiet }: SpecArguments, io: Io): Promise<{ job: JobSpec; text: string }> {
  const { name, text } = await readSpecFile(spec, io);
  const { job, problems: all } = readSpec(text, name);
  const problems = all.filter((problem) => problem.severity !== 'note');
  if (problems.length > 0 && !(quiet && job !== null)) {
    io.stderr.write(printableText(formatProblems(problems, name, maskSecrets(text))));
  }
  if (job === null) throw new BadSpecError(name, problems);
  return { job, text };
}
