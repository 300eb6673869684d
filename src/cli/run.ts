import yargs, { type Argv } from 'yargs';
import { PlanRefusedError } from '../mapreduce/index/plan/planError.ts';
import { programVersion } from '../version.ts';
import { addAttachCommand } from './commands/attachCommand.ts';
import { addDumpCommand } from './commands/dumpCommand.ts';
import { addIndexCommand } from './commands/indexCommand.ts';
import { addJobsCommand } from './commands/jobsCommand.ts';
import { addPlanCommand } from './commands/planCommand.ts';
import { addCleanCommand, addDiscardCommand, addPublishCommand } from './commands/publishCommands.ts';
import { addSchemaCommand } from './commands/schemaCommand.ts';
import { addValidateCommand } from './commands/validateCommand.ts';
import { type Action, type Choose, ownServices, type Services } from './context.ts';
import { errorText } from './errorText.ts';
import { EXIT_CODES_TEXT, ExitCode } from './exitCode.ts';
import { InterruptedError } from './interrupt.ts';
import { columnsOf, type Io } from './io.ts';
import { STDIN } from './specFile.ts';
import { type RawArguments, UsageError, unknownCommand } from './usageError.ts';
import { writeText } from './write.ts';

/** What follows the name of a command. */
const COMMANDS: Readonly<Record<string, string>> = {
  index: '<spec>',
  attach: '<application>',
  plan: '<spec>',
  validate: '<spec..>',
  publish: '<job>',
  discard: '<job>',
  clean: '<spec>',
  jobs: '<folder>',
  dump: '<segment>',
  schema: '',
};
const COMMAND_NAMES = Object.keys(COMMANDS);

/**
 * Runs a command line within this process.
 *
 * @param argv the arguments after the program's name
 * @returns the exit code; what went wrong is told on stderr, never thrown
 */
export async function run(argv: readonly string[], io: Io, services: Services = ownServices): Promise<number> {
  const debug = argv.includes('--debug');
  let asked: Asked;
  try {
    asked = parse(argv, columnsOf(io.stdout));
  } catch (error) {
    const code = tell(error, io, debug);
    const command = argv.find((word) => Object.hasOwn(COMMANDS, word));
    io.stderr.write(`See: segmill ${command === undefined ? '' : `${command} `}--help\n`);
    return code;
  }
  try {
    if (asked.action !== null) return await asked.action({ io, services, debug });
    await writeText(io.stdout, `${asked.output}\n`);
    return ExitCode.done;
  } catch (error) {
    return tell(error, io, debug);
  }
}

function tell(error: unknown, io: Io, debug: boolean): number {
  // The reader has seen enough, as in `segmill dump x --rows | head`.
  if ((error as NodeJS.ErrnoException | null)?.code === 'EPIPE') return ExitCode.done;
  io.stderr.write(errorText(error, debug));
  if (error instanceof InterruptedError) return ExitCode.interrupted;
  const isRefused = error instanceof UsageError || error instanceof PlanRefusedError;
  return isRefused ? ExitCode.badSpecOrUsage : ExitCode.failed;
}

/** An action, or a text that yargs made of it (help, version). */
interface Asked {
  readonly action: Action | null;
  readonly output: string;
}

/** @throws UsageError */
function parse(argv: readonly string[], columns: number): Asked {
  let action: Action | null = null;
  let output = '';
  const cli = commandLine(argv, columns, (chosen) => {
    action = chosen;
  });
  // With a callback yargs prints nothing by itself.
  const args = cli.parse(
    argv.map((word) => (word === '-' ? STDIN : word)),
    {},
    (_error, _args, text) => {
      output = text;
    },
  ) as RawArguments;
  if (action === null && output === '') throw withoutCommand(args);
  return { action, output };
}

/** What is wrong where no command was found. */
function withoutCommand(args: RawArguments): UsageError {
  const given = args._[0];
  const options = Object.keys(args).filter((name) => name !== '_' && name !== '$0' && name !== 'debug');
  // It took the command for its value.
  if (options.length > 0) return new UsageError(`option --${options[0]} stands before the command, options follow it`);
  if (given !== undefined) return unknownCommand(String(given), COMMAND_NAMES);
  return new UsageError(`a command is missing; there are ${COMMAND_NAMES.join(', ')}`);
}

/** A failure of yargs as a sentence: it counts missing arguments where it should name them. */
function worded(message: string, argv: readonly string[]): UsageError {
  if (!message.startsWith('Not enough non-option arguments')) return new UsageError(message);
  const command = argv.find((word) => Object.hasOwn(COMMANDS, word)) ?? '';
  return new UsageError(`${COMMANDS[command]} is missing after "${command}"`);
}

/** Whether a word may be one of yargs' ways to ask for help. */
function asksForHelp(word: string): boolean {
  return word.endsWith('help') || /^-[a-z]*h/.test(word);
}

function commandLine(argv: readonly string[], columns: number, choose: Choose): Argv {
  const cli = yargs()
    .scriptName('segmill')
    .usage("Usage: $0 <command> [options]\n\nDruid's index_hadoop: ingestion specs in, Druid segments out.")
    .exitProcess(false)
    .locale('en')
    // yargs makes the text of each command that it runs, asked or not; to wrap it takes longer than to read a spec.
    .wrap(argv.some(asksForHelp) ? columns : null)
    // An option means what its name says: no --no-x, no a.b objects, no numbers made of file names.
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .updateStrings({ 'Not enough arguments following: %s': 'option --%s needs a value' })
    .option('debug', { type: 'boolean', describe: 'Stack traces with errors' })
    .version('version', 'This version', programVersion())
    .help('help', 'This text')
    .alias('help', 'h')
    .example('$0 validate spec.json', 'Is it right, and does it mean what I think?')
    .example('$0 plan spec.json', 'What segments would it make?')
    .example('$0 index spec.json', 'Run it')
    .example('$0 dump index.zip --rows', 'Look at what came out')
    .epilogue(EXIT_CODES_TEXT)
    .fail((message, error) => {
      // Without a message it is what a command threw.
      throw message === null ? error : worded(message, argv);
    });
  const commands = [
    addIndexCommand,
    addAttachCommand,
    addPlanCommand,
    addValidateCommand,
    addPublishCommand,
    addDiscardCommand,
    addCleanCommand,
    addJobsCommand,
    addDumpCommand,
    addSchemaCommand,
  ];
  for (const add of commands) add(cli, choose);
  return cli;
}
