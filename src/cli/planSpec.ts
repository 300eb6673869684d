import { type FileHandle, open } from 'node:fs/promises';
import type { JobPlan } from '../mapreduce/index/plan/jobPlan.ts';
import type { Context } from './context.ts';
import { deadLettersOf, samplesOf } from './errorText.ts';
import { ExitCode } from './exitCode.ts';
import { failedDocument } from './failedDocument.ts';
import { hadoopOf } from './hadoop.ts';
import type { IndexArguments } from './indexSpec.ts';
import { interruptible } from './interrupt.ts';
import { columnsOf, hasColors } from './io.ts';
import { planText } from './planFile.ts';
import { progressDisplay } from './progress/progressDisplay.ts';
import { readJob } from './readJob.ts';
import { formatPlan } from './summary/formatPlan.ts';
import { writeSamples } from './summary/writeSamples.ts';
import { UsageError } from './usageError.ts';
import { writeText } from './write.ts';

export interface PlanArguments
  extends Pick<IndexArguments, 'spec' | 'workers' | 'quirks' | 'keepRuns' | 'hadoopConf' | 'json' | 'quiet'> {
  /** Path of the plan's document, or null. */
  readonly out: string | null;
}

/**
 * Reads a spec, finds what its job would make, tells about it.
 * @returns the exit code of success
 * @throws what went wrong, after it stands in the JSON document; the caller prints it
 */
export async function planSpec(args: PlanArguments, context: Context): Promise<number> {
  const { io } = context;
  let out: FileHandle | null = null;
  try {
    let plan: JobPlan;
    try {
      // Opened first: after a long scan is no time to learn that its plan has no place.
      if (args.out !== null) out = await openOut(args.out);
      plan = await makePlan(args, context);
    } catch (error) {
      if (args.json) await writeText(io.stdout, `${JSON.stringify(failedDocument(error), null, 2)}\n`);
      if (!args.quiet) writeSamples(samplesOf(error), deadLettersOf(error), io);
      throw error;
    }
    const text = planText(plan);
    if (out !== null) await out.writeFile(text);
    if (args.json) await writeText(io.stdout, text);
    else if (!args.quiet) {
      const options = { color: hasColors(io.stdout, io.env), columns: columnsOf(io.stdout) };
      await writeText(io.stdout, formatPlan(plan, options));
    }
    return ExitCode.done;
  } finally {
    await out?.close();
  }
}

async function makePlan(args: PlanArguments, { io, services }: Context): Promise<JobPlan> {
  const { job } = await readJob(args, io);
  const hadoop = await hadoopOf(job, args.hadoopConf, io.env);
  const planIndexJob = await services.loadPlanIndexJob();
  const display = progressDisplay(io, args.quiet);
  try {
    return await interruptible(
      io,
      () => display.stop(),
      (signal) =>
        planIndexJob(job, {
          workers: args.workers,
          quirks: args.quirks,
          keepRuns: args.keepRuns,
          ...(hadoop === undefined ? {} : { hadoop }),
          signal,
          onProgress: (progress) => display.update(progress),
        }),
    );
  } finally {
    display.stop();
  }
}

async function openOut(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    throw new UsageError(`cannot write the plan to ${path}: ${(error as Error).message}`);
  }
}
