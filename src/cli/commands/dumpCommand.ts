import type { Argv } from 'yargs';
import type { Choose } from '../context.ts';
import { ExitCode } from '../exitCode.ts';
import { checkArguments } from '../usageError.ts';
import { writeLines } from '../write.ts';

const OPTIONS = {
  rows: { type: 'boolean', describe: 'A line for each row too' },
  bitmaps: { type: 'boolean', describe: "The rows of each value, from the columns' bitmap indexes" },
  raw: { type: 'boolean', describe: "Sketches' bytes (base64) beside what is decoded of them" },
} as const;

/** `segmill dump`: what a segment is and holds, as JSON lines. */
export function addDumpCommand(cli: Argv, choose: Choose): Argv {
  return cli.command(
    'dump <segment>',
    'Print what a segment is, and its rows, as JSON lines',
    (command) =>
      command
        .positional('segment', {
          type: 'string',
          demandOption: true,
          describe: 'An index.zip, its folder, or the folder it was unpacked to',
        })
        .options(OPTIONS)
        .example('$0 dump index.zip', 'What it is')
        .example('$0 dump index.zip --rows | head', 'And its first rows'),
    (args) => {
      checkArguments(args, 'dump', ['segment', ...Object.keys(OPTIONS)]);
      choose(async ({ io }) => {
        const { openSegment } = await import('../../segment/reader/openSegment.ts');
        const { dumpSegment } = await import('../../segment/reader/dump.ts');
        const options = { rows: args.rows ?? false, bitmaps: args.bitmaps ?? false, raw: args.raw ?? false };
        const segment = await openSegment(args.segment);
        await writeLines(io.stdout, dumpSegment(segment, options));
        return ExitCode.done;
      });
    },
  );
}
