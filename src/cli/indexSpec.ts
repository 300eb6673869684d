import { type FileHandle, open, writeFile } from 'node:fs/promises';
import type { DeadLetterReport } from '../mapreduce/index/deadLetterFile.ts';
import type { Quirks } from '../mapreduce/index/indexPayload.ts';
import type { IndexPhase, IndexReport } from '../mapreduce/index/indexReport.ts';
import type { KeepRuns } from '../mapreduce/index/keepRuns.ts';
import type { LockSpan } from '../publish/overlord/OverlordPublisher.ts';
import type { JobSpec } from '../spec/jobSpec.ts';
import type { Context } from './context.ts';
import { countsOf, deadLettersOf, samplesOf } from './errorText.ts';
import { ExitCode } from './exitCode.ts';
import { type FailedDocument, failedDocument } from './failedDocument.ts';
import { hadoopOf } from './hadoop.ts';
import { interruptible } from './interrupt.ts';
import { columnsOf, hasColors, type Io } from './io.ts';
import { logDeadLetters } from './logDeadLetters.ts';
import { type MetadataArguments, storeOfJob } from './metadataOption.ts';
import { placeJob } from './placeJob.ts';
import { readPlan } from './planFile.ts';
import { progressDisplay } from './progress/progressDisplay.ts';
import { readJob } from './readJob.ts';
import { recordOutcome } from './recordOutcome.ts';
import { formatSummary } from './summary/formatSummary.ts';
import { writeSamples } from './summary/writeSamples.ts';
import { type TaskOutcome, taskReport } from './taskReport.ts';
import { UsageError } from './usageError.ts';
import { writeText } from './write.ts';

export interface IndexArguments extends MetadataArguments {
  /** A file, `-` for stdin, or the spec itself. */
  readonly spec: string;
  readonly workers: number;
  readonly quirks: Quirks;
  readonly keepRuns: KeepRuns;
  /** Address of an Overlord to publish through, `none`, or null: what the configuration says. */
  readonly overlord: string | null;
  readonly lock: LockSpan;
  /** A folder of Druid's configuration, or null. */
  readonly druidConf: string | null;
  /** Leaves the segments to `segmill publish`. */
  readonly stage: boolean;
  /** As if the spec had ioConfig.dropExisting. */
  readonly dropExisting: boolean;
  /** Folder of Hadoop's site files, or null for HADOOP_CONF_DIR's. */
  readonly hadoopConf: string | null;
  /** File of a plan to run, or null. */
  readonly plan: string | null;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Path of the task report, or null. */
  readonly report: string | null;
  /** Path of the dead-letter file; null: below workingPath, where it is needed. */
  readonly deadLetters: string | null;
}

/** The document of `--json`. */
export type IndexDocument = ({ readonly status: 'SUCCESS' } & IndexReport) | FailedDocument;

/** How far a command has come, for its report. */
interface Course {
  job: JobSpec | null;
  specText: string;
  phase: IndexPhase | null;
}

/**
 * Reads a spec, runs its job, tells about both.
 * @returns the exit code of success
 * @throws what went wrong, after it stands in the JSON document and the report; the caller prints it
 */
export async function indexSpec(args: IndexArguments, context: Context): Promise<number> {
  const course: Course = { job: null, specText: '', phase: null };
  const started = new Date().toISOString();
  let report: FileHandle | null = null;
  try {
    let result: IndexReport;
    try {
      // Opened first: after a long job is no time to learn that its report has no place.
      if (args.report !== null) report = await openReport(args.report);
      if (args.deadLetters !== null) await makeDeadLetterFile(args.deadLetters);
      result = await runSpec(args, context, course);
    } catch (error) {
      const document = failedDocument(error);
      await recordOutcome({ ...course, started }, document, context);
      if (args.json) await writeDocument(document, context.io);
      if (report !== null) await writeFailed(document, error, course, args.report, report);
      await logBadRows(deadLettersOf(error), args, course, context.io);
      if (!args.quiet) writeSamples(samplesOf(error), deadLettersOf(error), context.io);
      throw error;
    }
    await logBadRows(result.deadLetters, args, course, context.io);
    await recordOutcome({ ...course, started }, { status: 'SUCCESS', ...result }, context);
    if (args.json) await writeDocument({ status: 'SUCCESS', ...result }, context.io);
    if (report !== null) await writeSucceeded(result, course, args.report, report);
    if (!args.json && !args.quiet) await writeSummary(result, context.io);
    return ExitCode.done;
  } finally {
    await report?.close();
  }
}

async function runSpec(args: IndexArguments, { io, services }: Context, course: Course): Promise<IndexReport> {
  const { job: spec, text } = await readJob(args, io);
  const { job, publisher } = await placeJob(args.dropExisting ? { ...spec, dropExisting: true } : spec, args, io.env);
  course.job = job;
  course.specText = text;
  const store = publisher === null ? storeOfJob(job, args, io) : null;
  const hadoop = await hadoopOf(job, args.hadoopConf, io.env);
  const plan = args.plan === null ? null : await readPlan(args.plan);
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
          keepRuns: args.keepRuns,
          ...(plan === null ? {} : { plan }),
          deadLetters: args.deadLetters,
          publisher,
          store,
          stage: args.stage,
          ...(hadoop === undefined ? {} : { hadoop }),
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
  await writeReport(outcome, path, file, 'the segments are published');
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

async function logBadRows(
  deadLetters: DeadLetterReport | null,
  { quiet }: IndexArguments,
  { job }: Course,
  io: Io,
): Promise<void> {
  if (deadLetters !== null && !quiet && job?.tuning.logParseExceptions === true) await logDeadLetters(deadLetters, io);
}
