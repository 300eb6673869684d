import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import { jobsFolder } from '../../mapreduce/index/jobDirectory.ts';
import { type Leftover, recover } from '../../publish/recover.ts';
import {
  discardStaged,
  openStagedJob,
  publishStaged,
  type StagedJob,
  StagedJobError,
} from '../../publish/stagedJob.ts';
import type { Choose } from '../context.ts';
import { ExitCode } from '../exitCode.ts';
import { hadoopAt, hadoopOf } from '../hadoop.ts';
import { METADATA_OPTIONS, readMetadataArguments, storeOf, storeOfJob } from '../metadataOption.ts';
import { readJob } from '../readJob.ts';
import { countOf } from '../text/numbers.ts';
import { printableLine } from '../text/printable.ts';
import { checkArguments, UsageError } from '../usageError.ts';
import { writeText } from '../write.ts';
import { RUN_OPTIONS } from './indexCommand.ts';

const JOB = {
  type: 'string',
  demandOption: true,
  describe: 'The working directory of a job, as segmill index --stage tells it',
} as const;
const OPTIONS = { ...METADATA_OPTIONS, 'hadoop-conf': RUN_OPTIONS['hadoop-conf'] } as const;
const NAMES = ['job', ...Object.keys(OPTIONS)];

/** `segmill publish`: makes the segments of a staged job visible. */
export function addPublishCommand(cli: Argv, choose: Choose): Argv {
  return cli.command(
    'publish <job>',
    'Make the segments of a staged job visible',
    (command) => command.positional('job', JOB).options(OPTIONS),
    (args) => {
      checkArguments(args, 'publish', NAMES);
      const metadata = readMetadataArguments(args);
      choose(async ({ io }) => {
        const job = open(args.job);
        const store = storeOf(job.state.begin.base, metadata, io);
        const inserted = await publishStaged(
          job,
          store,
          await hadoopAt(job.state.begin.base, args['hadoop-conf'], io.env),
        );
        const { dataSource, version, segments } = job.request;
        const what =
          inserted === 0
            ? 'was published already'
            : `is published: ${countOf(segments.length, 'segment')} in ${store.name}`;
        await writeText(io.stdout, `${printableLine(`${dataSource} version ${version} ${what}`)}\n`);
        return ExitCode.done;
      });
    },
  );
}

/** `segmill discard`: removes a staged job. */
export function addDiscardCommand(cli: Argv, choose: Choose): Argv {
  return cli.command(
    'discard <job>',
    'Remove a staged job and its segments',
    (command) => command.positional('job', JOB).options(OPTIONS),
    (args) => {
      checkArguments(args, 'discard', NAMES);
      const metadata = readMetadataArguments(args);
      choose(async ({ io }) => {
        const job = open(args.job);
        const { base } = job.state.begin;
        const hadoop = await hadoopAt(base, args['hadoop-conf'], io.env);
        await discardStaged(job, storeOf(base, metadata, io), hadoop);
        const { dataSource, version } = job.request;
        await writeText(io.stdout, `${printableLine(`${dataSource} version ${version} is removed`)}\n`);
        return ExitCode.done;
      });
    },
  );
}

/** @throws UsageError where the directory is not that of a staged job */
function open(directory: string): StagedJob {
  try {
    return openStagedJob(resolve(directory));
  } catch (error) {
    if (error instanceof StagedJobError) throw new UsageError(error.message);
    throw error;
  }
}

/** `segmill clean`: removes what killed jobs left. */
export function addCleanCommand(cli: Argv, choose: Choose): Argv {
  return cli.command(
    'clean <spec>',
    'Remove what killed jobs of a spec left behind',
    (command) =>
      command
        .positional('spec', {
          type: 'string',
          demandOption: true,
          describe: 'The spec of the jobs: it tells where they work, and what they publish to',
        })
        .options({ ...OPTIONS, 'dry-run': { type: 'boolean', describe: 'Only tell what would be removed' } }),
    (args) => {
      checkArguments(args, 'clean', ['spec', 'dry-run', ...Object.keys(OPTIONS)]);
      const metadata = readMetadataArguments(args);
      const dryRun = args['dry-run'] ?? false;
      choose(async ({ io }) => {
        const { job } = await readJob({ spec: args.spec, quiet: true }, io);
        const store = storeOfJob(job, metadata, io);
        const hadoop = await hadoopOf(job, args['hadoop-conf'] ?? null, io.env);
        const leftovers = await recover(jobsFolder(job), { store, hadoop, dryRun, removeKept: true });
        await writeText(io.stdout, cleanText(leftovers, dryRun));
        return ExitCode.done;
      });
    },
  );
}

function cleanText(leftovers: readonly Leftover[], dryRun: boolean): string {
  if (leftovers.length === 0) return 'nothing is left of any job\n';
  const words = { removed: dryRun ? 'would remove' : 'removed', kept: dryRun ? 'would keep' : 'kept' };
  return leftovers
    .map(({ directory, fate, reason }) => `${printableLine(`${words[fate]} ${directory}: ${reason}`)}\n`)
    .join('');
}
