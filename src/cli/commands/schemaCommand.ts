import type { Argv } from 'yargs';
import { specJsonSchema } from '../../spec/jsonSchema.ts';
import type { Choose } from '../context.ts';
import { ExitCode } from '../exitCode.ts';
import { checkArguments } from '../usageError.ts';
import { writeText } from '../write.ts';

/** `segmill schema`: for editors that check and complete JSON. */
export function addSchemaCommand(cli: Argv, choose: Choose): Argv {
  return cli.command('schema', 'Print the JSON Schema of ingestion specs, for editors', {}, (args) => {
    checkArguments(args, 'schema', []);
    choose(async ({ io }) => {
      await writeText(io.stdout, `${JSON.stringify(specJsonSchema(), null, 2)}\n`);
      return ExitCode.done;
    });
  });
}
