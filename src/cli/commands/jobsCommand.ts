import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import pc from 'picocolors';
import type { Argv } from 'yargs';
import type { IndexReport } from '../../mapreduce/index/indexReport.ts';
import { type JobRecord, listJobs } from '../../publish/metadata/sqlite/jobHistory.ts';
import { totalRows } from '../../row/rowCounts.ts';
import type { Choose } from '../context.ts';
import { ExitCode } from '../exitCode.ts';
import { hasColors } from '../io.ts';
import { embeddedStorePath } from '../metadataOption.ts';
import { type Cell, plain, tableLines } from '../text/layout.ts';
import { countText, secondsText } from '../text/numbers.ts';
import { printableLine } from '../text/printable.ts';
import { checkArguments, UsageError } from '../usageError.ts';
import { writeText } from '../write.ts';

/** `segmill jobs`: the runs that wrote to a deep storage. */
export function addJobsCommand(cli: Argv, choose: Choose): Argv {
  return cli.command(
    'jobs <folder>',
    'List the jobs that wrote to a deep storage',
    (command) =>
      command
        .positional('folder', {
          type: 'string',
          demandOption: true,
          describe: 'Base of deep storage: ioConfig.segmentOutputPath of the specs',
        })
        .options({ json: { type: 'boolean', describe: 'All that is known of them, as one JSON document' } }),
    (args) => {
      checkArguments(args, 'jobs', ['folder', 'json']);
      choose(async ({ io }) => {
        const path = embeddedStorePath(resolve(args.folder));
        if (!existsSync(path)) {
          throw new UsageError(`no job has written to ${resolve(args.folder)}: it has no .segmill/store.sqlite`);
        }
        const jobs = await listJobs(path);
        const paint = pc.createColors(hasColors(io.stdout, io.env));
        await writeText(io.stdout, args.json ? `${JSON.stringify({ jobs }, null, 2)}\n` : jobsText(jobs, paint));
        return ExitCode.done;
      });
    },
  );
}

function jobsText(jobs: readonly JobRecord[], paint: ReturnType<typeof pc.createColors>): string {
  if (jobs.length === 0) return 'no jobs yet\n';
  const titles = [
    'job',
    'started (UTC)',
    'status',
    'datasource',
    'version',
    'rows read',
    'stored',
    'segments',
    'time',
    'spec',
  ];
  const head = titles.map((text): Cell => ({ text, paint: paint.dim }));
  const rows = jobs.map((job) => {
    const { counts, rowsStored, segments, seconds } = job.details as Partial<IndexReport>;
    const told = [
      counts === undefined ? '' : countText(totalRows(counts)),
      rowsStored === undefined ? '' : countText(rowsStored),
      segments === undefined ? '' : countText(segments.length),
      seconds === undefined ? '' : secondsText(seconds.total),
    ];
    const status = { text: job.status, paint: job.status === 'FAILED' ? paint.red : paint.green };
    return [
      plain(String(job.id)),
      plain(job.started.slice(0, 19)),
      status,
      plain(printableLine(job.dataSource)),
      plain(printableLine(job.version ?? '')),
      ...told.map(plain),
      plain(job.specSha256.slice(0, 8)),
    ];
  });
  const lines = tableLines(
    [head, ...rows],
    ['right', 'left', 'left', 'left', 'left', 'right', 'right', 'right', 'right', 'left'],
  );
  return `${lines.join('\n')}\n`;
}
