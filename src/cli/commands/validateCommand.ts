import type { Argv } from 'yargs';
import { formatProblems } from '../../spec/formatProblems.ts';
import type { FieldUse, SpecProblem } from '../../spec/problem.ts';
import { readSpec } from '../../spec/readSpec.ts';
import type { Choose, Context } from '../context.ts';
import { errorMessages, errorText } from '../errorText.ts';
import { ExitCode } from '../exitCode.ts';
import { explainFields } from '../explainFields.ts';
import { columnsOf, hasColors } from '../io.ts';
import { maskSecrets } from '../maskSecrets.ts';
import { readSpecFile } from '../specFile.ts';
import { printableLine, printableText } from '../text/printable.ts';
import { checkArguments, UsageError } from '../usageError.ts';
import { verdict } from '../verdict.ts';
import { writeText } from '../write.ts';

const OPTIONS = {
  explain: {
    type: 'boolean',
    describe: 'What becomes of every field: used, defaulted, ignored or dangerous',
  },
  json: { type: 'boolean', describe: 'One JSON document on stdout' },
} as const;

/** A spec in the document that `--json` prints. */
interface SpecVerdict {
  readonly file: string;
  readonly valid: boolean;
  /** Why the file could not be read; absent where it could. */
  readonly error?: string;
  readonly problems: readonly SpecProblem[];
  /** With `--explain`. */
  readonly fields?: readonly FieldUse[];
}

/** `segmill validate`: reads specs, runs nothing. */
export function addValidateCommand(cli: Argv, choose: Choose): Argv {
  return cli.command(
    'validate <spec..>',
    'Check specs; nothing is run',
    (command) =>
      command
        .positional('spec', {
          type: 'string',
          demandOption: true,
          describe: 'Files with specs; - is stdin',
        })
        .options(OPTIONS)
        .example('$0 validate specs/*.json', 'All problems of all files, with lines and columns')
        .example('$0 validate spec.json --explain', 'Every field, its value and why'),
    (args) => {
      checkArguments(args, 'validate', ['spec', ...Object.keys(OPTIONS)], ['spec']);
      choose((context) =>
        // The types of yargs do not know that the two dots make a list.
        validate(args.spec as unknown as string[], args.explain ?? false, args.json ?? false, context),
      );
    },
  );
}

async function validate(names: readonly string[], explain: boolean, json: boolean, context: Context): Promise<number> {
  const { stdout } = context.io;
  const verdicts: SpecVerdict[] = [];
  for (const name of names) verdicts.push(await validateOne(name, explain, json, context));
  const valid = verdicts.every((verdict) => verdict.valid);
  if (json) await writeText(stdout, `${JSON.stringify({ valid, specs: verdicts }, null, 2)}\n`);
  return valid ? ExitCode.done : ExitCode.badSpecOrUsage;
}

/** Without `json` it prints what it finds at once: problems and verdict are this command's result. */
async function validateOne(argument: string, explain: boolean, json: boolean, context: Context): Promise<SpecVerdict> {
  const { io, debug } = context;
  try {
    const { name, text } = await readSpecFile(argument, io);
    const { problems, fields, job } = readSpec(text, name);
    if (!json) {
      const layout = { color: hasColors(io.stdout, io.env), columns: columnsOf(io.stdout) };
      const parts = [
        // First, for what matters should be what a terminal shows last.
        explain ? explainFields(fields, layout) : '',
        printableText(formatProblems(problems, name, maskSecrets(text))),
        `${printableLine(name)}: ${verdict(job !== null, problems)}\n`,
      ];
      await writeText(io.stdout, parts.join(''));
    }
    return { file: name, valid: job !== null, problems, ...(explain ? { fields } : {}) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(errorText(error, debug));
    return { file: argument, valid: false, error: errorMessages(error)[0], problems: [] };
  }
}
