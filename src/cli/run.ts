import { readFileSync } from 'node:fs';
import yargs, { type Argv } from 'yargs';
import { addDumpCommand } from './commands/dumpCommand.ts';
import { addIndexCommand } from './commands/indexCommand.ts';
import { addSchemaCommand } from './commands/schemaCommand.ts';
import { addValidateCommand } from './commands/validateCommand.ts';
import { type Action, type Choose, ownServices, type Services } from './context.ts';
import { errorText } from './errorText.ts';
import { ExitCode } from './exitCode.ts';
import { InterruptedError } from './interrupt.ts';
import { columnsOf, type Io } from './io.ts';
import { checkArguments, type RawArguments, UsageError, unknownCommand } from './usageError.ts';
import { writeText } from './write.ts';

const COMMANDS = ['index', 'dump', 'validate', 'schema'];

const EPILOGUE = `Exit codes:
  0    done
  1    the job failed, or what was to be read cannot be
  2    the spec or the arguments are wrong; nothing was begun
  130  stopped by Ctrl-C (SIGINT) or SIGTERM`;

/**
 * Runs a command line within this process.
 *
 * @param argv the arguments after the program's name
 * @returns the exit code; what went wrong is told on stderr, never thrown
 */
export async function run(argv: readonly string[], io: Io, services: Services = ownServices): Promise<number> {
  const debug = argv.includes('--debug');
  try {
    const { action, output } = parse(argv, columnsOf(io.stdout));
    if (action !== null) return await action({ io, services, debug });
    await writeText(io.stdout, `${output}\n`);
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
  return error instanceof UsageError ? ExitCode.badSpecOrUsage : ExitCode.failed;
}

/** What a command line asks for: an action, or a text that yargs made of it (help, version). @throws UsageError */
function parse(argv: readonly string[], columns: number): { readonly action: Action | null; readonly output: string } {
  let action: Action | null = null;
  let output = '';
  const cli = commandLine(columns, (chosen) => {
    action = chosen;
  });
  // With a callback yargs prints nothing by itself.
  const args = cli.parse([...argv], {}, (_error, _args, text) => {
    output = text;
  }) as RawArguments;
  if (action === null && output === '') throw withoutCommand(args);
  return { action, output };
}

function withoutCommand(args: RawArguments): UsageError {
  const given = args._[0];
  if (given !== undefined && !COMMANDS.includes(String(given))) {
    const isOptionFirst = Object.keys(args).length > 2 && !('debug' in args);
    if (!isOptionFirst) return unknownCommand(String(given), COMMANDS);
  }
  checkArguments({ ...args, _: [] }, '', []);
  return new UsageError(`a command is missing: ${COMMANDS.join(', ')}; "segmill --help" tells what they do`);
}

function commandLine(columns: number, choose: Choose): Argv {
  let cli = yargs()
    .scriptName('segmill')
    .usage("Usage: $0 <command> [options]\n\nDruid's index_hadoop: ingestion specs in, Druid segments out.")
    .exitProcess(false)
    .locale('en')
    .wrap(columns)
    // An option means what its name says: no --no-x, no a.b objects, no numbers made of file names.
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .updateStrings(TEXTS)
    .option('debug', { type: 'boolean', describe: 'Stack traces with errors' })
    .version('version', 'This version', packageVersion())
    .help('help', 'This text')
    .alias('help', 'h')
    .epilogue(EPILOGUE)
    .fail((message, error) => {
      throw error instanceof UsageError ? error : new UsageError(message ?? error.message);
    });
  for (const add of [addIndexCommand, addValidateCommand, addDumpCommand, addSchemaCommand]) cli = add(cli, choose);
  return cli;
}

/** Wordings of yargs, in ours; `%s` are filled in order. */
const TEXTS = {
  'Not enough arguments following: %s': 'option --%s needs a value',
  'Not enough non-option arguments: got %s, need at least %s': {
    one: 'too few arguments: %s given, %s expected',
    other: 'too few arguments: %s given, %s expected',
  },
};

function packageVersion(): string {
  // Two folders up in the sources as in what is built of them.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
