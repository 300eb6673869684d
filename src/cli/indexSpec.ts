import { type FileHandle, open, writeFile } from 'node:fs/promises';
import type { DeadLetterReport } from '../mapreduce/index/deadLetterFile.ts';
import type { IndexOptions, Resume } from '../mapreduce/index/indexJob.ts';
import type { Quirks } from '../mapreduce/index/indexPayload.ts';
import type { IndexPhase, IndexReport } from '../mapreduce/index/indexReport.ts';
import type { KeepRuns } from '../mapreduce/index/keepRuns.ts';
import type { KeptUnits } from '../mapreduce/units/Units.ts';
import type { MetadataStore } from '../publish/metadata/MetadataStore.ts';
import type { LockSpan } from '../publish/overlord/OverlordPublisher.ts';
import type { JobSpec } from '../spec/jobSpec.ts';
import type { ClusterArguments } from './clusterArguments.ts';
import type { Context } from './context.ts';
import { countsOf, deadLettersOf, samplesOf } from './errorText.ts';
import { ExitCode } from './exitCode.ts';
import { type FailedDocument, failedDocument } from './failedDocument.ts';
import { clusterOf, hadoopOf } from './hadoop.ts';
import { interruptible } from './interrupt.ts';
import { columnsOf, hasColors, type Io } from './io.ts';
import { logDeadLetters } from './logDeadLetters.ts';
import { type MetadataArguments, storeOfJob } from './metadataOption.ts';
import { type PlacedJob, placeJob } from './placeJob.ts';
import { readPlan } from './planFile.ts';
import { progressDisplay } from './progress/progressDisplay.ts';
import { readJob } from './readJob.ts';
import { recordOutcome } from './recordOutcome.ts';
import { formatSummary } from './summary/formatSummary.ts';
import { writeSamples } from './summary/writeSamples.ts';
import { type TaskOutcome, taskReport } from './taskReport.ts';
import { bytesText, countOf } from './text/numbers.ts';
import { printableText } from './text/printable.ts';
import { UsageError } from './usageError.ts';
import { writeText } from './write.ts';

export interface IndexArguments extends MetadataArguments {
  /** A file, `-` for stdin, or the spec itself; empty where a job is taken over. */
  readonly spec: string;
  /** An application of the job that is taken over, or null. */
  readonly application: string | null;
  /** How the job is submitted to a cluster; null where it runs here. */
  readonly cluster: ClusterArguments | null;
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
  readonly resume: Resume;
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
async function prepare(args: IndexArguments, context: Context, course: Course): Promise<Run> {
  const { io, services } = context;
  if (args.application !== null) return attach(args.application, args, context, course);
  const { job: spec, text } = await readJob(args, io);
  const placed = await placeJob(args.dropExisting ? { ...spec, dropExisting: true } : spec, args, io.env);
  course.specText = text;
  if (args.cluster !== null) return submit(placed, args.cluster, args, context, course);
  const { job, publisher } = placed;
  course.job = job;
  const store = storeOfPlaced(placed, args, io);
  const hadoop = await hadoopOf(job, args.hadoopConf, io.env);
  const plan = args.plan === null ? null : await readPlan(args.plan);
  const runIndexJob = await services.loadRunIndexJob();
  return (options) =>
    runIndexJob(job, {
      workers: args.workers,
      quirks: args.quirks,
      keepRuns: args.keepRuns,
      ...(plan === null ? {} : { plan }),
      publisher,
      store,
      stage: args.stage,
      resume: args.resume,
      onKept: (kept) => messages(args, io)(keptText(kept)),
      ...(hadoop === undefined ? {} : { hadoop }),
      ...options,
    });
}

/** A job for the cluster. */
async function submit(
  placed: PlacedJob,
  cluster: ClusterArguments,
  args: IndexArguments,
  { io, services }: Context,
  course: Course,
): Promise<Run> {
  const { job, publisher } = placed;
  course.job = job;
  const store = storeOfPlaced(placed, args, io);
  const hadoop = await clusterOf(args.hadoopConf, io.env, job);
  const plan = args.plan === null ? null : await readPlan(args.plan);
  const { runYarnIndexJob } = await services.loadYarn();
  const common = {
    ...cluster,
    quirks: args.quirks,
    hadoop,
    ...(plan === null ? {} : { plan }),
    publisher,
    store,
    stage: args.stage,
    onMessage: messages(args, io),
  };
  return (options) => runYarnIndexJob(job, { ...common, ...options });
}

/** A job that runs on the cluster already. @throws UsageError where it publishes, and it is not told how */
async function attach(application: string, args: IndexArguments, context: Context, course: Course): Promise<Run> {
  const { io, services } = context;
  const hadoop = await clusterOf(args.hadoopConf, io.env);
  const { findYarnJob, runYarnIndexJob } = await services.loadYarn();
  const { job, quirks, plan, submission, publishesTo, stage } = await findYarnJob(application, hadoop);
  const placed = await placeJob(job, { ...args, stage }, io.env);
  const { publisher } = placed;
  const store = storeOfPlaced({ job, publisher }, { ...args, stage }, io);
  const told = (publisher ?? store)?.name ?? null;
  if (told !== publishesTo) {
    await publisher?.close();
    throw new UsageError(
      `the job of ${application} ${publishesTo === null ? 'publishes to nobody' : `publishes to ${publishesTo}`}, and this command ` +
        `${told === null ? 'names nobody' : `names ${told}`}: give the command that began the job once more, or ` +
        `${publishesTo === null ? 'leave that out' : 'name the same by --metadata or --overlord'}`,
    );
  }
  course.job = job;
  const common = {
    ...submission,
    quirks,
    hadoop,
    ...(plan === null ? {} : { plan }),
    publisher,
    store,
    stage,
    onMessage: messages(args, io),
  };
  return (options) => runYarnIndexJob(job, { ...common, ...options });
}

/** Who learns of a job's segments beside a publisher. @throws UsageError where nobody does, and somebody must */
function storeOfPlaced({ job, publisher }: PlacedJob, args: IndexArguments, io: Io): MetadataStore | null {
  if (publisher !== null) return null;
  const store = storeOfJob(job, args, io);
  if (store !== null) return store;
  const wants = args.stage ? '--stage' : job.dropExisting ? 'dropExisting' : null;
  // Without deep storage the job itself complains.
  if (wants === null || job.segmentOutputPath === null) return null;
  throw new UsageError(
    `${wants} needs a metadata store, and deep storage in HDFS has none of its own: name that of your Druid by metadataUpdateSpec or --metadata`,
  );
}

function keptText({ tasks, bytes, directory }: KeptUnits): string {
  return (
    `what ${countOf(tasks, 'finished task')} made is kept in ${directory} (${bytesText(bytes)}): the same job, run again, goes on from ` +
    'there; segmill clean removes it'
  );
}

function messages({ quiet }: IndexArguments, io: Io): (message: string) => void {
  return (message) => {
    if (!quiet) io.stderr.write(printableText(`segmill: ${message}\n`));
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
