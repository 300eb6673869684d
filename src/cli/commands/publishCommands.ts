import { existsSync } from 'node:fs';
import type { Argv } from 'yargs';
import { outputPath } from '../../mapreduce/index/indexPublication.ts';
import { jobsFolder } from '../../mapreduce/index/jobDirectory.ts';
import type { MetadataStore } from '../../publish/metadata/MetadataStore.ts';
import { recover } from '../../publish/recover.ts';
import { checkStore, discardStaged, publishStaged } from '../../publish/stagedJob.ts';
import { removeSuperseded, type SupersededSegment } from '../../publish/superseded.ts';
import type { JobSpec } from '../../spec/jobSpec.ts';
import { isHdfsPath } from '../../storage/storage.ts';
import { cleanText } from '../cleanText.ts';
import type { Choose } from '../context.ts';
import { ExitCode } from '../exitCode.ts';
import { hadoopAt, hadoopOf } from '../hadoop.ts';
import { METADATA_OPTIONS, readMetadataArguments, storeOf, storeOfJob } from '../metadataOption.ts';
import { readJob } from '../readJob.ts';
import { type Retention, readRetention } from '../retention.ts';
import { JOB_OPTIONS, type JobArguments, withJob } from '../stagedJob.ts';
import { countOf } from '../text/numbers.ts';
import { printableLine } from '../text/printable.ts';
import { checkArguments, type RawArguments, UsageError } from '../usageError.ts';
import { writeText } from '../write.ts';
import { RUN_OPTIONS } from './indexCommand.ts';

const JOB = {
  type: 'string',
  demandOption: true,
  describe: 'The working directory of a job, as segmill index --stage tells it; or with --of its number',
} as const;
const HADOOP_OPTIONS = { 'hadoop-conf': RUN_OPTIONS['hadoop-conf'] } as const;
const OPTIONS = { ...METADATA_OPTIONS, ...HADOOP_OPTIONS, ...JOB_OPTIONS };
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
        const told = await withJob(jobArguments(args), 'SUCCESS', io, async (job) => {
          const { base } = job.state.begin;
          const store = storeOf(base, metadata, io);
          checkStore(job, store, metadata.metadata !== null);
          const inserted = await publishStaged(job, store, await hadoopAt(base, args['hadoop-conf'], io.env));
          const { dataSource, version, segments } = job.request;
          const what =
            inserted === 0
              ? 'was published already'
              : `is published: ${countOf(segments.length, 'segment')} in ${store.name}`;
          return `${dataSource} version ${version} ${what}`;
        });
        await writeText(io.stdout, `${printableLine(told)}\n`);
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
        const { dataSource, version } = await withJob(jobArguments(args), 'DISCARDED', io, async (job) => {
          const { base } = job.state.begin;
          await discardStaged(job, storeOf(base, metadata, io), await hadoopAt(base, args['hadoop-conf'], io.env));
          return job.request;
        });
        await writeText(io.stdout, `${printableLine(`${dataSource} version ${version} is removed`)}\n`);
        return ExitCode.done;
      });
    },
  );
}

function jobArguments(args: RawArguments): JobArguments {
  return { job: String(args.job), of: args.of === undefined ? null : String(args.of) };
}

const CLEAN_OPTIONS = {
  ...METADATA_OPTIONS,
  ...HADOOP_OPTIONS,
  retention: {
    type: 'string',
    requiresArg: true,
    describe: 'Also remove segments that newer ones have hidden for this long, such as P30D',
  },
  'dry-run': { type: 'boolean', describe: 'Only tell what would be removed' },
} as const;

/** `segmill clean`: removes what killed jobs left, and what newer segments hide. */
export function addCleanCommand(cli: Argv, choose: Choose): Argv {
  return cli.command(
    'clean <spec>',
    'Remove what killed jobs left, and superseded segments',
    (command) =>
      command
        .positional('spec', {
          type: 'string',
          demandOption: true,
          describe: 'The spec of the jobs: it tells where they work, and what they publish to',
        })
        .options(CLEAN_OPTIONS),
    (args) => {
      checkArguments(args, 'clean', ['spec', ...Object.keys(CLEAN_OPTIONS)]);
      const metadata = readMetadataArguments(args);
      const dryRun = args['dry-run'] ?? false;
      const retention = args.retention === undefined ? null : readRetention(args.retention);
      choose(async ({ io }) => {
        const { job } = await readJob({ spec: args.spec, quiet: true }, io);
        const store = storeOfJob(job, metadata, io);
        const hadoop = await hadoopOf(job, args['hadoop-conf'] ?? null, io.env);
        const leftovers = await recover(jobsFolder(job), { store, hadoop, dryRun, removeKept: true });
        const superseded = retention === null ? [] : await supersededBy(job, store, retention, dryRun);
        await writeText(io.stdout, cleanText({ leftovers, superseded, retention, dryRun }));
        return ExitCode.done;
      });
    },
  );
}

async function supersededBy(
  job: JobSpec,
  store: MetadataStore | null,
  { since }: Retention,
  dryRun: boolean,
): Promise<SupersededSegment[]> {
  const { dataSource, segmentOutputPath } = job;
  if (segmentOutputPath !== null && isHdfsPath(segmentOutputPath)) {
    throw new UsageError(
      "option --retention is for deep storage on this machine; what newer segments hide in HDFS is removed by Druid's kill tasks",
    );
  }
  const base = outputPath(job);
  if (store === null || !existsSync(base)) return [];
  await store.check();
  return removeSuperseded(store, { dataSource, base, since, dryRun });
}
