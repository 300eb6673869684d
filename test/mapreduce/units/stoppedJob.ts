import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IndexOptions, runIndexJob } from '../../../src/mapreduce/index/indexJob.ts';
import type { IndexReport } from '../../../src/mapreduce/index/indexReport.ts';
import type { Engine, PhaseOptions, TaskKind, TaskOutcome, Tasks } from '../../../src/mapreduce/job.ts';
import type { KeptUnits, UnitReport } from '../../../src/mapreduce/units/Units.ts';
import { jobOf } from '../index/checkJob.ts';
import { InlineEngine } from '../index/inlineEngine.ts';

const HOUR = 3_600_000;
/** So many that nearly every hour's segment is a task of its own. */
const ROWS_OF_HOUR = 10_000;

export const STOPPED = new Error('stopped by the test');

/** Runs tasks one after the other, and fails when some of a kind are done. */
class StoppingEngine implements Engine {
  readonly #engine: Engine;
  readonly #kind: TaskKind;
  #left: number;

  constructor(engine: Engine, kind: TaskKind, left: number) {
    this.#engine = engine;
    this.#kind = kind;
    this.#left = left;
  }

  async run(tasks: Tasks, options: PhaseOptions): Promise<TaskOutcome[]> {
    const outcomes: TaskOutcome[] = [];
    for await (const task of tasks) {
      if (task.kind === this.#kind && this.#left-- === 0) throw STOPPED;
      outcomes.push(...(await this.#engine.run([task], options)));
    }
    return outcomes;
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

export interface StoppedJobOptions {
  readonly tuning?: Readonly<Record<string, unknown>>;
  readonly metrics?: readonly unknown[];
  readonly run?: Partial<IndexOptions>;
}

/** A folder with input files, and a job over them that can be stopped. */
export class StoppedJob {
  readonly folder = mkdtempSync(join(tmpdir(), 'segmill-resume-'));
  readonly input = join(this.folder, 'in');
  /** What the last stopped run has told that it keeps. */
  kept: KeptUnits | null = null;

  constructor() {
    mkdirSync(this.input);
    // One file for each hour, with some rows of the next one, and some bad ones.
    for (const hour of [0, 1, 2]) this.write(`${hour}.json`, hour);
  }

  write(name: string, hour: number): void {
    const rows = Array.from({ length: ROWS_OF_HOUR }, (_, i) => {
      const at = i % 4000 === 77 ? '"never"' : hour * HOUR + i + (i % 9 === 0 ? HOUR : 0);
      return `{"ts":${at},"key":"k${i % 700}","n":${i}}\n`;
    });
    writeFileSync(join(this.input, name), rows.join(''));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs the job, below `out`, until some tasks of a kind are done. */
  async stop(kind: TaskKind, done: number, options: StoppedJobOptions = {}): Promise<void> {
    this.kept = null;
    const run = this.#run(options, 'out', (root) => new StoppingEngine(new InlineEngine(root), kind, done));
    await run.then(
      () => {
        throw new Error('the job has not met the task that was to stop it');
      },
      (error) => {
        if (error !== STOPPED) throw error;
      },
    );
  }

  /** Runs the job to its end, below `out`. */
  finish(options: StoppedJobOptions = {}): Promise<IndexReport> {
    return this.#run(options, 'out', (root) => new InlineEngine(root));
  }

  /** What comes of the job undisturbed. */
  async undisturbed(options: StoppedJobOptions = {}): Promise<unknown> {
    return this.outcomeOf(await this.#run(options, 'undisturbed', (root) => new InlineEngine(root)));
  }

  /** What must be the same of two runs of one job. */
  outcomeOf({ counts, samples, deadLetters, rowsStored, segments }: IndexReport): unknown {
    const letters = deadLetters === null ? null : readFileSync(deadLetters.path, 'utf8');
    const made = segments.map(({ interval, partitionNum, rows, size, zipSha256 }) => {
      return { interval, partitionNum, rows, size, zipSha256 };
    });
    return { counts, samples, letters, rowsStored, made };
  }

  #run(options: StoppedJobOptions, out: string, newEngine: (root: string) => Engine): Promise<IndexReport> {
    const signal = new AbortController().signal;
    const onKept = (kept: KeptUnits) => {
      this.kept = kept;
    };
    const of = { workers: 1, quirks: 'none' as const, signal, onKept, ...options.run };
    return runIndexJob(jobOf(this.specText(out, options)), of, newEngine);
  }

  /** @param out folder for deep storage and working path, below the job's */
  specText(out: string, { tuning, metrics }: StoppedJobOptions = {}): string {
    return JSON.stringify({
      dataSchema: {
        dataSource: 'ds',
        parser: {
          type: 'hadoopyString',
          parseSpec: {
            format: 'json',
            timestampSpec: { column: 'ts', format: 'millis' },
            dimensionsSpec: { dimensions: ['key'] },
          },
        },
        metricsSpec: metrics ?? [{ type: 'doubleSum', name: 'n', fieldName: 'n' }],
        granularitySpec: { segmentGranularity: 'HOUR', queryGranularity: 'NONE', intervals: ['1970-01-01/P1D'] },
      },
      ioConfig: {
        type: 'hadoop',
        inputSpec: { type: 'static', paths: this.input },
        segmentOutputPath: join(this.folder, out, 'segments'),
      },
      tuningConfig: {
        type: 'hadoop',
        partitionsSpec: { type: 'hashed', numShards: 1 },
        workingPath: join(this.folder, out, 'work'),
        maxParseExceptions: 1000,
        ...tuning,
      },
    });
  }

  /** Names in the folder of working directories, but for files of bad rows. */
  workingDirectories(): string[] {
    const path = join(this.folder, 'out', 'work', 'ds');
    return existsSync(path) ? readdirSync(path).filter((name) => !name.endsWith('.jsonl')) : [];
  }

  /** Paths of files of the kept units that match. */
  keptFiles(pattern: RegExp): string[] {
    const directory = this.kept?.directory ?? '';
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => pattern.test(path.slice(directory.length)))
      .sort();
  }

  /** Files of deep storage, below it. */
  segmentFiles(): string[] {
    const root = join(this.folder, 'out', 'segments');
    if (!existsSync(root)) return [];
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort();
  }
}

/** How many tasks of each kind there were already, of how many. */
export function reused(report: IndexReport): Record<keyof UnitReport, string> {
  const units = report.units as UnitReport;
  const text = (kind: keyof UnitReport) => `${units[kind].reused} of ${units[kind].reused + units[kind].made}`;
  return { map: text('map'), count: text('count'), scatter: text('scatter'), reduce: text('reduce') };
}
