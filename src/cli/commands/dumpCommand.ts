import type { Argv } from 'yargs';
import type { Choose } from '../context.ts';
import { ExitCode } from '../exitCode.ts';
import { checkArguments } from '../usageError.ts';
import { writeLines } from '../write.ts';

const OPTIONS = {
  rows: { type: 'boolean', default: false, describe: 'A line for each row too' },
  bitmaps: { type: 'boolean', default: false, describe: "The rows of each value, from the columns' bitmap indexes" },
  raw: { type: 'boolean', default: false, describe: "Sketches' bytes (base64) beside what is decoded of them" },
} as const;

/** `segmill dump`: what a segment is and holds, as JSON lines. */
export function addDumpCommand(cli: Argv, choose: Choose): Argv {
  return cli.command(
    'dump <segment>',
    'Print what a segment is, and its rows, as JSON lines',
    (command) =>
      command
        .positional('segment', {
          demandOption: true,
          describe: 'An index.zip, its folder, or the folder it was unpacked to',
        })
        .options(OPTIONS)
        .example('$0 dump out/segments/wikipedia/.../0/index.zip --rows | head', 'The description and the first rows'),
    (args) => {
      checkArguments(args, 'dump', ['segment', ...Object.keys(OPTIONS)]);
      choose(async ({ io }) => {
        const { openSegment } = await import('../../segment/reader/openSegment.ts');
        const { dumpSegment } = await import('../../segment/reader/dump.ts');
        const segment = await openSegment(args.segment as string);
        await writeLines(io.stdout, dumpSegment(segment, { rows: args.rows, bitmaps: args.bitmaps, raw: args.raw }));
        return ExitCode.done;
      });
    },
  );
}
