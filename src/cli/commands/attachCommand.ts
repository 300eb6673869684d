import type { Argv } from 'yargs';
import type { Choose } from '../context.ts';
import { EXIT_CODES_TEXT } from '../exitCode.ts';
import { indexSpec } from '../indexSpec.ts';
import { METADATA_OPTIONS, readMetadataArguments } from '../metadataOption.ts';
import { checkArguments } from '../usageError.ts';

const OPTIONS = {
  'hadoop-conf': {
    type: 'string',
    requiresArg: true,
    describe: "Folder of Hadoop's site files [default: HADOOP_CONF_DIR]",
  },
  ...METADATA_OPTIONS,
  overlord: {
    type: 'string',
    requiresArg: true,
    describe: 'The Overlord that the job publishes through, http://host:port',
  },
  json: { type: 'boolean', describe: 'One JSON document on stdout, no summary' },
  quiet: { type: 'boolean', describe: 'No progress, no warnings, no summary' },
} as const;

/** `segmill attach`: takes a job over whose driver is gone. */
export function addAttachCommand(cli: Argv, choose: Choose): Argv {
  return cli.command(
    'attach <application>',
    'Take over a job on a Hadoop cluster whose driver is gone',
    (command) =>
      command
        .positional('application', {
          type: 'string',
          demandOption: true,
          describe: 'Id of one of its applications: application_1700000000000_0001',
        })
        .options(OPTIONS)
        .epilogue(EXIT_CODES_TEXT),
    (args) => {
      checkArguments(args, 'attach', ['application', ...Object.keys(OPTIONS)]);
      const ready = {
        spec: '',
        application: args.application,
        cluster: null,
        workers: 1,
        quirks: 'none',
        keepRuns: 'auto',
        hadoopConf: args['hadoop-conf'] ?? null,
        json: args.json === true,
        quiet: args.quiet === true,
        ...readMetadataArguments(args),
        overlord: args.overlord ?? null,
        lock: 'publish',
        druidConf: null,
        stage: false,
        dropExisting: false,
        plan: null,
        resume: 'auto',
        report: null,
        deadLetters: null,
      } as const;
      choose((context) => indexSpec(ready, context));
    },
  );
}
