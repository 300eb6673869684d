import { type FileHandle, open } from 'node:fs/promises';
import pc from 'picocolors';
import type { Quirks } from '../mapreduce/index/indexPayload.ts';
import type { IndexReport } from '../mapreduce/index/indexReport.ts';
import type { RowSample } from '../row/rowCounts.ts';
import { formatProblems } from '../spec/formatProblems.ts';
import type { JobSpec } from '../spec/jobSpec.ts';
import type { SpecProblem } from '../spec/problem.ts';
import { readSpec } from '../spec/readSpec.ts';
import type { Context } from './context.ts';
import { errorMessages, samplesOf } from './errorText.ts';
import { ExitCode } from './exitCode.ts';
import { interruptible } from './interrupt.ts';
import { columnsOf, hasColors, type Io } from './io.ts';
import { maskSecrets } from './maskSecrets.ts';
import { progressDisplay } from './progress/progressDisplay.ts';
import { readSpecFile } from './specFile.ts';
import { formatSummary } from './summary/formatSummary.ts';
import { sampleLines } from './summary/sampleLines.ts';
import { printableText } from './text/printable.ts';
import { UsageError } from './usageError.ts';
import { verdict } from './verdict.ts';
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
    super(`${name} is ${verdict(false, problems)}; nothing was run`);
    this.problems = problems;
  }
}

/**
 * Reads a spec, runs its job, tells about both.
 * @returns the exit code of success
 * @throws what went wrong, after it stands in the JSON document; the caller prints it
 */
export async function indexSpec(args: IndexArguments, context: Context): Promise<number> {
  let report: FileHandle | null = null;
  try {
    let result: IndexReport;
    try {
      // Opened first: after a long job is no time to learn that its report has no place.
      if (args.report !== null) report = await openReport(args.report);
      result = await runSpec(args, context);
    } catch (error) {
      await writeDocument(failure(error), args, report, context.io);
      if (!args.quiet) writeSamples(samplesOf(error), context.io);
      throw error;
    }
    await writeDocument({ status: 'SUCCESS', ...result }, args, report, context.io);
    if (!args.json && !args.quiet) await writeSummary(result, context.io);
    return ExitCode.done;
  } finally {
    await report?.close();
  }
}

async function runSpec(args: IndexArguments, { io, services }: Context): Promise<IndexReport> {
  const job = await readJob(args, io);
  const runIndexJob = await services.loadRunIndexJob();
  const display = progressDisplay(io, args.quiet);
  try {
    return await interruptible(
      io,
      () => display.stop(),
      (signal) =>
        runIndexJob(job, {
          workers: args.workers,
          quirks: args.quirks,
          signal,
          onProgress: (progress) => display.update(progress),
        }),
    );
  } finally {
    display.stop();
  }
}

/** The job that a spec describes; what is to be said about the spec goes to stderr. @throws UsageError when it describes none */
async function readJob({ spec, quiet }: IndexArguments, io: Io): Promise<JobSpec> {
  const { name, text } = await readSpecFile(spec, io);
  const { job, problems: all } = readSpec(text, name);
  const problems = all.filter((problem) => problem.severity !== 'note');
  if (problems.length > 0 && !(quiet && job !== null)) {
    io.stderr.write(printableText(formatProblems(problems, name, maskSecrets(text))));
  }
  if (job === null) throw new BadSpecError(name, problems);
  return job;
}

function failure(thrown: unknown): IndexDocument {
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

async function openReport(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    throw new UsageError(`cannot write the report to ${path}: ${(error as Error).message}`);
  }
}

async function writeDocument(
  document: IndexDocument,
  { json, report: path }: IndexArguments,
  report: FileHandle | null,
  io: Io,
): Promise<void> {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (json) await writeText(io.stdout, text);
  try {
    await report?.writeFile(text);
  } catch (error) {
    const outcome = document.status === 'SUCCESS' ? 'the segments are stored' : `the job failed too: ${document.error}`;
    throw new Error(`cannot write the report to ${path}: ${(error as Error).message}; ${outcome}`);
  }
}

async function writeSummary(report: IndexReport, { stdout, env }: Io): Promise<void> {
  await writeText(stdout, formatSummary(report, { color: hasColors(stdout, env), columns: columnsOf(stdout) }));
}

function writeSamples(samples: readonly RowSample[], { stderr, env }: Io): void {
  const lines = sampleLines(samples, pc.createColors(hasColors(stderr, env)), columnsOf(stderr));
  if (lines.length > 0) stderr.write(`${lines.join('\n')}\n`);
}
