import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RowCounts, RowSample } from '../../src/row/rowCounts.ts';

const CLI = resolve(import.meta.dirname, '../../dist/cli/main.js');
/** Leaves the most memory that the process ever had, in KiB. That of getrusage begins with the parent's. */
const MEASURE = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync, writeFileSync } from 'node:fs';
  process.on('exit', () => {
    let peak = process.resourceUsage().maxRSS;
    try {
      peak = Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
    } catch {}
    writeFileSync(process.env.SEGMILL_PEAK_FILE, String(peak));
  });
`)}`;

/** What came of a command line in a process of its own. */
export interface ChildOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The most memory it ever had, in MiB. */
  readonly peakMiB: number;
}

export interface ChildJob {
  /** Parts of the input file. */
  readonly input: Iterable<string | Uint8Array>;
  /** Its name; default `in.json`. */
  readonly name?: string;
  /** Parts of a parseSpec in place of `"format": "json"`. */
  readonly parse?: object;
  /** Default: `page`, and `code` as a long. */
  readonly dimensions?: readonly unknown[];
}

/** What a job of index_hadoop did. */
export interface JobOutcome extends ChildOutcome {
  readonly counts: RowCounts | null;
  readonly samples: readonly RowSample[];
  readonly rowsStored: number;
  /** Why it failed; a folder's name is left out. */
  readonly error: string | null;
  /** Files that lie where segments belong, but for the history of jobs. */
  readonly published: readonly string[];
}

/** Runs the built command line. */
export function runChild(argv: readonly string[]): ChildOutcome {
  const folder = mkdtempSync(join(tmpdir(), 'segmill-child-'));
  const peakFile = join(folder, 'peak');
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', MEASURE, CLI, ...argv], {
      env: { ...process.env, SEGMILL_PEAK_FILE: peakFile },
      encoding: 'utf8',
      timeout: 120_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    const peak = existsSync(peakFile) ? Number(readFileSync(peakFile, 'utf8')) : Number.POSITIVE_INFINITY;
    return { code: status, stdout, stderr, peakMiB: Math.ceil(peak / 1024) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a job with one worker and no limit on bad rows over one file, and one day of 2024. */
export function runChildJob({ input, name = 'in.json', parse, dimensions }: ChildJob): JobOutcome {
  const folder = mkdtempSync(join(tmpdir(), 'segmill-child-job-'));
  try {
    const file = join(folder, name);
    const handle = openSync(file, 'w');
    for (const part of input) writeSync(handle, Buffer.from(part as string));
    closeSync(handle);
    const output = join(folder, 'out');
    const spec = {
      dataSchema: {
        dataSource: 'hostile',
        parser: {
          type: 'hadoopyString',
          parseSpec: {
            ...(parse ?? { format: 'json' }),
            timestampSpec: { column: 't', format: 'iso' },
            dimensionsSpec: { dimensions: dimensions ?? ['page', { type: 'long', name: 'code' }] },
          },
        },
        metricsSpec: [{ type: 'count', name: 'count' }],
        granularitySpec: { segmentGranularity: 'day', queryGranularity: 'none', intervals: ['2024-01-01/2024-01-02'] },
      },
      ioConfig: { type: 'hadoop', inputSpec: { type: 'static', paths: file }, segmentOutputPath: output },
      tuningConfig: {
        type: 'hadoop',
        partitionsSpec: { type: 'hashed', numShards: 1 },
        maxParseExceptions: 2_147_483_647,
        workingPath: join(folder, 'work'),
      },
    };
    const specFile = join(folder, 'spec.json');
    writeFileSync(specFile, JSON.stringify(spec));
    const child = runChild(['index', specFile, '--workers', '1', '--json', '--quiet']);
    const document = JSON.parse(child.stdout || '{}');
    const published = existsSync(output)
      ? readdirSync(output, { recursive: true, withFileTypes: true }).filter(
          (entry) => entry.isFile() && !entry.parentPath.endsWith('.segmill'),
        )
      : [];
    return {
      ...child,
      counts: document.counts ?? null,
      samples: (document.samples ?? []).map((sample: RowSample) => ({
        ...sample,
        path: sample.path.slice(folder.length + 1),
      })),
      rowsStored: document.rowsStored ?? 0,
      error: document.error?.replaceAll(`${folder}/`, '') ?? null,
      published: published.map((entry) => entry.name),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A JSON line with more fields behind its time. */
export function line(fields = '"page":"a"'): string {
  return `{"t":"2024-01-01T00:00:00Z",${fields}}\n`;
}
