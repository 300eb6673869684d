import type { Argv } from 'yargs';
import type { Choose } from '../context.ts';
import { EXIT_CODES_TEXT } from '../exitCode.ts';
import { planSpec } from '../planSpec.ts';
import { STDIN } from '../specFile.ts';
import { checkArguments, UsageError } from '../usageError.ts';
import { RUN_OPTIONS, readRunArguments, SPEC } from './indexCommand.ts';

const OPTIONS = {
  ...RUN_OPTIONS,
  json: { type: 'boolean', describe: 'The plan as one JSON document on stdout, no text' },
  out: { type: 'string', requiresArg: true, describe: 'A file for that document: index --plan runs it' },
  quiet: { type: 'boolean', describe: 'No progress, no warnings, no text' },
} as const;

/** `segmill plan`: what a spec would make of its input. */
export function addPlanCommand(cli: Argv, choose: Choose): Argv {
  return cli.command(
    'plan <spec>',
    'Read the input, tell what segments index would make; make none',
    (command) =>
      command
        .positional('spec', SPEC)
        .options(OPTIONS)
        .example('$0 plan spec.json', 'Rows, segments and their bounds, frequent keys, time and memory')
        .example('$0 plan spec.json --out plan.json', 'Keep the plan')
        .example('$0 index spec.json --plan plan.json', 'And make exactly that')
        .epilogue(EXIT_CODES_TEXT),
    (args) => {
      checkArguments(args, 'plan', ['spec', ...Object.keys(OPTIONS)]);
      if (args.out === STDIN) throw new UsageError('option --out needs a file; --json prints the plan on stdout');
      const ready = {
        ...readRunArguments(args),
        json: args.json === true,
        out: args.out ?? null,
        quiet: args.quiet === true,
      };
      choose((context) => planSpec(ready, context));
    },
  );
}
