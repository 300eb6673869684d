import { Writable } from 'node:stream';
import type { InterruptSignal, Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import type { runIndexJob } from '../../src/mapreduce/index/indexJob.ts';
import type { planIndexJob } from '../../src/mapreduce/index/plan/planIndexJob.ts';

/** A stream that keeps what is written to it. */
export class TextSink extends Writable {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  text = '';

  constructor({ isTTY = false, columns }: { isTTY?: boolean; columns?: number } = {}) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
    this.columns = columns;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface TestIoOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: { readonly columns: number };
}

/** An Io of this process's own making; signals are raised by `interrupt`. */
export class TestIo implements Io {
  readonly stdin: Io['stdin'];
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Io['env'];
  /** Milliseconds; tests move it. */
  time = 0;
  readonly exits: number[] = [];
  readonly handlers = new Set<(signal: InterruptSignal) => void>();

  constructor({ stdin = '', env = {}, terminal }: TestIoOptions = {}) {
    this.stdin = chunksOf(Buffer.from(stdin as string));
    const shape = terminal === undefined ? {} : { isTTY: true, columns: terminal.columns };
    this.stdout = new TextSink(shape);
    this.stderr = new TextSink(shape);
    this.env = env;
  }

  now(): number {
    return this.time;
  }

  onInterrupt(handler: (signal: InterruptSignal) => void): () => void {
    this.handlers.add(handler);
    return () => this.handlers.delete(handler);
  }

  exitNow(code: number): void {
    this.exits.push(code);
  }

  interrupt(signal: InterruptSignal): void {
    for (const handler of this.handlers) handler(signal);
  }
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  // In the middle of characters too.
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

export type RunIndexJob = typeof runIndexJob;

export type PlanIndexJob = typeof planIndexJob;

const NO_JOB = () => Promise.reject(new Error('no job was expected'));

/** What came of a command line. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line; a job that nobody expects is an error. */
export async function runCli(
  argv: readonly string[],
  io: TestIo = new TestIo(),
  job: RunIndexJob = NO_JOB,
  plan: PlanIndexJob = NO_JOB,
): Promise<Outcome> {
  const code = await run(argv, io, {
    loadRunIndexJob: () => Promise.resolve(job),
    loadPlanIndexJob: () => Promise.resolve(plan),
    loadRecordJob: () => Promise.resolve(() => Promise.resolve()),
    loadYarn: () => Promise.reject(new Error('The test has no cluster.')),
  });
  return { code, stdout: io.stdout.text, stderr: io.stderr.text };
}
