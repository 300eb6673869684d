import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import type { Resume } from '../../mapreduce/index/indexJob.ts';
import type { Quirks } from '../../mapreduce/index/indexPayload.ts';
import type { KeepRuns } from '../../mapreduce/index/keepRuns.ts';
import type { LockSpan } from '../../publish/overlord/OverlordPublisher.ts';
import {
  CLUSTER_OPTIONS,
  readClusterArguments,
  refuseClusterArguments,
  refuseLocalArguments,
} from '../clusterArguments.ts';
import type { Choose } from '../context.ts';
import { EXIT_CODES_TEXT } from '../exitCode.ts';
import { type IndexArguments, indexSpec } from '../indexSpec.ts';
import { METADATA_OPTIONS, readMetadataArguments } from '../metadataOption.ts';
import { STDIN } from '../specFile.ts';
import { checkArguments, oneOf, type RawArguments, UsageError, wholeNumber } from '../usageError.ts';

/** A thread per core is the most that helps; this keeps slips of the pen from starting a million. */
const WORKERS_MAX = 1024;
const QUIRKS: readonly Quirks[] = ['none', 'druid'];
const ENGINES = ['local', 'yarn'] as const;
const KEEP_RUNS: readonly KeepRuns[] = ['auto', 'always', 'never'];
const RESUMES: readonly Resume[] = ['auto', 'never'];
const LOCKS: readonly LockSpan[] = ['publish', 'job'];

/** Options of every command that reads a spec's input. */
export const RUN_OPTIONS = {
  workers: { requiresArg: true, describe: `Worker threads [default: one per core, here ${availableParallelism()}]` },
  quirks: {
    requiresArg: true,
    describe: 'druid: the same segments as Druid even where it is wrong; none: the right ones [default: none]',
  },
  'keep-runs': {
    requiresArg: true,
    describe:
      'Where shards follow from the data: always keeps sorted runs on disk, never reads the input twice [default: auto]',
  },
  'hadoop-conf': {
    type: 'string',
    requiresArg: true,
    describe: "Folder of Hadoop's site files, for paths in HDFS [default: HADOOP_CONF_DIR]",
  },
} as const;

const OPTIONS = {
  ...RUN_OPTIONS,
  engine: {
    requiresArg: true,
    describe: 'yarn: as MapReduce jobs on a Hadoop cluster; local: on this machine [default: local]',
  },
  ...CLUSTER_OPTIONS,
  ...METADATA_OPTIONS,
  stage: { type: 'boolean', describe: 'Make the segments, and leave it to segmill publish to make them visible' },
  'drop-existing': {
    type: 'boolean',
    describe: "Hide older segments in time chunks of the spec's intervals that get no rows",
  },
  overlord: {
    type: 'string',
    requiresArg: true,
    describe:
      'Publish through the Overlord at this address, http://host:port; none: only store, whatever the configuration says',
  },
  lock: {
    requiresArg: true,
    describe:
      "publish: hold the Overlord's lock while segments are published; job: for the whole job [default: publish]",
  },
  'druid-conf': {
    type: 'string',
    requiresArg: true,
    describe:
      "Folder of Druid's configuration, for deep storage and Overlord [default: conf/segmill.yaml, if there is one]",
  },
  plan: {
    type: 'string',
    requiresArg: true,
    describe: 'A file of segmill plan: exactly its segments are made, or none',
  },
  resume: {
    requiresArg: true,
    describe:
      'auto: goes on from what a failed or killed run of the job left; never: begins at the input, leaves nothing when it fails [default: auto]',
  },
  json: { type: 'boolean', describe: 'One JSON document on stdout, no summary' },
  quiet: { type: 'boolean', describe: 'No progress, no warnings, no summary' },
  'dead-letters': {
    type: 'string',
    requiresArg: true,
    describe: 'A file for bad and thrown-away rows [default: one below workingPath, when there are any]',
  },
  report: { type: 'string', requiresArg: true, describe: "A file for the task report, in Druid's form" },
} as const;

/** Options of Druid's Java command line, taken so that scripts need no change. */
const JAVA_OPTIONS = {
  coordinate: {
    alias: 'c',
    type: 'string',
    requiresArg: true,
    describe: 'Ignored: Maven coordinates of Hadoop; there is none to load',
  },
  'no-default-hadoop': { type: 'boolean', describe: 'Ignored, likewise' },
} as const;

export const SPEC = {
  type: 'string',
  demandOption: true,
  describe: 'File with the ingestion spec; - is stdin',
} as const;

/** `segmill index` and, as Druid's Java command line has it, `segmill index hadoop`. */
export function addIndexCommand(cli: Argv, choose: Choose): Argv {
  const names = ['spec', ...Object.keys(OPTIONS)];
  return cli.command(
    'index <spec>',
    'Run an ingestion spec: read the input, write the segments',
    (command) =>
      command
        .command(
          'hadoop <spec>',
          "The same, as Druid's Java command line is called",
          (hadoop) => hadoop.positional('spec', SPEC).options(JAVA_OPTIONS).epilogue(EXIT_CODES_TEXT),
          (args) => {
            checkArguments(
              args,
              'index hadoop',
              [...names, 'coordinate', 'c', 'no-default-hadoop'],
              ['coordinate', 'c'],
            );
            const ready = readArguments(args);
            choose((context) => indexSpec(ready, context));
          },
        )
        .positional('spec', SPEC)
        .options(OPTIONS)
        .example('$0 index spec.json', 'Run a job')
        .example('$0 index spec.json --json', 'For scripts: one JSON document on stdout')
        .example('$0 index spec.json --plan plan.json', 'Make what segmill plan --out plan.json has shown')
        .example('$0 index - < spec.json', 'A spec from stdin')
        .epilogue(EXIT_CODES_TEXT),
    (args) => {
      checkArguments(args, 'index', names);
      const ready = readArguments(args);
      choose((context) => indexSpec(ready, context));
    },
  );
}

/** The arguments that {@link RUN_OPTIONS} give. */
export function readRunArguments(
  args: RawArguments,
): Pick<IndexArguments, 'spec' | 'workers' | 'quirks' | 'keepRuns' | 'hadoopConf'> {
  return {
    spec: args.spec as string,
    workers: args.workers === undefined ? availableParallelism() : wholeNumber('workers', args.workers, 1, WORKERS_MAX),
    quirks: args.quirks === undefined ? 'none' : oneOf('quirks', args.quirks, QUIRKS),
    keepRuns: args['keep-runs'] === undefined ? 'auto' : oneOf('keep-runs', args['keep-runs'], KEEP_RUNS),
    hadoopConf: args['hadoop-conf'] === undefined ? null : (args['hadoop-conf'] as string),
  };
}

function readArguments(args: RawArguments): IndexArguments {
  const engine = args.engine === undefined ? 'local' : oneOf('engine', args.engine, ENGINES);
  if (engine === 'local') refuseClusterArguments(args);
  else refuseLocalArguments(args);
  if (args.plan !== undefined && args['keep-runs'] !== undefined) {
    throw new UsageError(
      'options --plan and --keep-runs exclude each other: with a plan the input is read once, and no runs are kept',
    );
  }
  return {
    cluster: engine === 'local' ? null : readClusterArguments(args),
    application: null,
    ...readRunArguments(args),
    ...readMetadataArguments(args),
    stage: args.stage === true,
    dropExisting: args['drop-existing'] === true,
    overlord: args.overlord === undefined ? null : (args.overlord as string),
    lock: args.lock === undefined ? 'publish' : oneOf('lock', args.lock, LOCKS),
    druidConf: args['druid-conf'] === undefined ? null : (args['druid-conf'] as string),
    plan: args.plan === undefined ? null : (args.plan as string),
    resume: args.resume === undefined ? 'auto' : oneOf('resume', args.resume, RESUMES),
    json: args.json === true,
    quiet: args.quiet === true,
    report: args.report === undefined ? null : fileOf('report', args.report as string),
    deadLetters: args['dead-letters'] === undefined ? null : fileOf('dead-letters', args['dead-letters'] as string),
  };
}

function fileOf(option: string, path: string): string {
  if (path !== STDIN) return path;
  throw new UsageError(`option --${option} needs a file; --json prints a document on stdout`);
}
