import { type FileHandle, open, writeFile } from 'node:fs/promises';
import pc from 'picocolors';
import type { DeadLetterReport } from '../mapreduce/index/deadLetterFile.ts';
import type { IndexOptions } from '../mapreduce/index/indexJob.ts';
import type { Quirks } from '../mapreduce/index/indexPayload.ts';
import type { IndexPhase, IndexReport } from '../mapreduce/index/indexReport.ts';
import type { KeepRuns } from '../mapreduce/index/partitioning.ts';
import type { RowSample } from '../row/rowCounts.ts';
import { formatProblems } from '../spec/formatProblems.ts';
import type { JobSpec } from '../spec/jobSpec.ts';
import type { SpecProblem } from '../spec/problem.ts';
import { readSpec } from '../spec/readSpec.ts';
import type { ClusterArguments } from './clusterArguments.ts';
import type { Context } from './context.ts';
import { countsOf, deadLettersOf, errorMessages, samplesOf } from './errorText.ts';
import { ExitCode } from './exitCode.ts';
import { clusterOf, hadoopOf } from './hadoop.ts';
import { interruptible } from './interrupt.ts';
import { columnsOf, hasColors, type Io } from './io.ts';
import { maskSecrets } from './maskSecrets.ts';
import { progressDisplay } from './progress/progressDisplay.ts';
import { readSpecFile } from './specFile.ts';
import { deadLetterLines, formatSummary } from './summary/formatSummary.ts';
import { sampleLines } from './summary/sampleLines.ts';
import { type TaskOutcome, taskReport } from './taskReport.ts';
import { printableText } from './text/printable.ts';
import { UsageError } from './usageError.ts';
import { verdict } from './verdict.ts';
import { writeText } from './write.ts';

export interface IndexArguments {
  /** A file, `-` for stdin, or the spec itself; empty where a job is taken over. */
  readonly spec: string;
  /** An application of the job that is taken over, or null. */
  readonly application: string | null;
  /** How the job is submitted to a cluster; null where it runs here. */
  readonly cluster: ClusterArguments | null;
  readonly workers: number;
  readonly quirks: Quirks;
  readonly keepRuns: KeepRuns;
  /** Folder of Hadoop's site files, or null for HADOOP_CONF_DIR's. */
  readonly hadoopConf: string | null;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Path of the task report, or null. */
  readonly report: string | null;
  /** Path of the dead-letter file; null: below workingPath, where it is needed. */
  readonly deadLetters: string | null;
}

/** The document of `--json`. */
export type IndexDocument = ({ readonly status: 'SUCCESS' } & IndexReport) | FailedDocument;

interface FailedDocument {
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

/** The spec has errors; they are printed already. */
class BadSpecError extends UsageError {
  readonly problems: readonly SpecProblem[];

  constructor(name: string, problems: readonly SpecProblem[]) {
    super(`${name} is ${verdict(false, problems)}; nothing was run`);
    this.problems = problems;
  }
}

/** How far a command has come, for its report. */
interface Course {
  job: JobSpec | null;
  phase: IndexPhase | null;
}

/**
 * Reads a spec, runs its job, tells about both.
 * @returns the exit code of success
 * @throws what went wrong, after it stands in the JSON document and the report; the caller prints it
 */
export async function indexSpec(args: IndexArguments, context: Context): Promise<number> {
  const course: Course = { job: null, phase: null };
  let report: FileHandle | null = null;
  try {
    let result: IndexReport;
    try {
      // Opened first: after a long job is no time to learn that its report has no place.
      if (args.report !== null) report = await openReport(args.report);
      if (args.deadLetters !== null) await makeDeadLetterFile(args.deadLetters);
      result = await runSpec(args, context, course);
    } catch (error) {
      const document = failure(error);
      if (args.json) await writeDocument(document, context.io);
      if (report !== null) await writeFailed(document, error, course, args.report, report);
      if (!args.quiet) writeSamples(samplesOf(error), deadLettersOf(error), context.io);
      throw error;
    }
    if (args.json) await writeDocument({ status: 'SUCCESS', ...result }, context.io);
    if (report !== null) await writeSucceeded(result, course, args.report, report);
    if (!args.json && !args.quiet) await writeSummary(result, context.io);
    return ExitCode.done;
  } finally {
    await report?.close();
  }
}

async function runSpec(args: IndexArguments, context: Context, course: Course): Promise<IndexReport> {
  const { io } = context;
  const run = await prepare(args, context, course);
  const display = progressDisplay(io, args.quiet);
  try {
    return await interruptible(
      io,
      () => display.stop(),
      (signal) =>
        run({
          deadLetters: args.deadLetters,
          signal,
          onProgress: (progress) => {
            course.phase = progress.phase;
            display.update(progress);
          },
        }),
    );
  } finally {
    display.stop();
  }
}

/** A job that is ready to run. */
type Run = (options: Pick<IndexOptions, 'signal' | 'onProgress' | 'deadLetters'>) => Promise<IndexReport>;

/** Reads the spec, or finds the job on the cluster, and chooses the engine. */
async function prepare(args: IndexArguments, { io, services }: Context, course: Course): Promise<Run> {
  const onMessage = (message: string) => {
    if (!args.quiet) io.stderr.write(printableText(`segmill: ${message}\n`));
  };
  if (args.application !== null) {
    const hadoop = await clusterOf(args.hadoopConf, io.env);
    const { findYarnJob, runYarnIndexJob } = await services.loadYarn();
    const { job, quirks, submission } = await findYarnJob(args.application, hadoop);
    course.job = job;
    return (options) => runYarnIndexJob(job, { ...submission, quirks, hadoop, onMessage, ...options });
  }
  const job = await readJob(args, io);
  course.job = job;
  const { workers, quirks, keepRuns, cluster } = args;
  if (cluster !== null) {
    const hadoop = await clusterOf(args.hadoopConf, io.env, job);
    const { runYarnIndexJob } = await services.loadYarn();
    return (options) => runYarnIndexJob(job, { ...cluster, quirks, hadoop, onMessage, ...options });
  }
  const hadoop = await hadoopOf(job, args.hadoopConf, io.env);
  const runIndexJob = await services.loadRunIndexJob();
  return (options) =>
    runIndexJob(job, { workers, quirks, keepRuns, ...(hadoop === undefined ? {} : { hadoop }), ...options });
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

function failure(thrown: unknown): FailedDocument {
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

async function openReport(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    throw new UsageError(`cannot write the report to ${path}: ${(error as Error).message}`);
  }
}

/** Empty at first, and after a job without bad rows. */
async function makeDeadLetterFile(path: string): Promise<void> {
  try {
    await writeFile(path, '', { mode: 0o600 });
  } catch (error) {
    throw new UsageError(`cannot write bad rows to ${path}: ${(error as Error).message}`);
  }
}

async function writeDocument(document: IndexDocument, { stdout }: Io): Promise<void> {
  await writeText(stdout, `${JSON.stringify(document, null, 2)}\n`);
}

async function writeSucceeded(
  { counts, samples, deadLetters, segments, version }: IndexReport,
  { job, phase }: Course,
  path: string | null,
  file: FileHandle,
): Promise<void> {
  const outcome = {
    job,
    idSuffix: version,
    phase,
    counts,
    samples,
    deadLetters,
    segments: segments.length,
    error: null,
  };
  await writeReport(outcome, path, file, 'the segments are stored');
}

async function writeFailed(
  document: FailedDocument,
  thrown: unknown,
  { job, phase }: Course,
  path: string | null,
  file: FileHandle,
): Promise<void> {
  const { error, causes = [] } = document;
  const outcome: TaskOutcome = {
    job,
    idSuffix: new Date().toISOString(),
    phase,
    counts: countsOf(thrown),
    samples: samplesOf(thrown),
    deadLetters: deadLettersOf(thrown),
    segments: 0,
    error: [error, ...causes].join('\n'),
  };
  await writeReport(outcome, path, file, `the job failed too: ${error}`);
}

async function writeReport(outcome: TaskOutcome, path: string | null, file: FileHandle, after: string): Promise<void> {
  try {
    await file.writeFile(`${JSON.stringify(taskReport(outcome), null, 2)}\n`);
  } catch (error) {
    throw new Error(`cannot write the report to ${path}: ${(error as Error).message}; ${after}`);
  }
}

async function writeSummary(report: IndexReport, { stdout, env }: Io): Promise<void> {
  await writeText(stdout, formatSummary(report, { color: hasColors(stdout, env), columns: columnsOf(stdout) }));
}

function writeSamples(samples: readonly RowSample[], deadLetters: DeadLetterReport | null, { stderr, env }: Io): void {
  const paint = pc.createColors(hasColors(stderr, env));
  const lines = [...sampleLines(samples, paint, columnsOf(stderr)), ...deadLetterLines(deadLetters, paint)];
  if (lines.length > 0) stderr.write(`${lines.join('\n')}\n`);
}
