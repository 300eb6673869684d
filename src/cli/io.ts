import type { Writable } from 'node:stream';
import { ExitCode } from './exitCode.ts';

/** Where text goes. `isTTY` and `columns` as in node:tty; absent on pipes and files. */
export type Output = Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined };

export type InterruptSignal = 'SIGINT' | 'SIGTERM';

/** All that the command line needs of the process it runs in, so that tests can run it within their own. */
export interface Io {
  /** Read for a spec named `-`. */
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Results, and nothing else. */
  readonly stdout: Output;
  /** Progress, warnings, errors. */
  readonly stderr: Output;
  /** NO_COLOR, FORCE_COLOR and TERM are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Takes signals over from the system until the returned function is called. */
  onInterrupt(handler: (signal: InterruptSignal) => void): () => void;
  /** Ends the process at once. */
  exitNow(code: number): void;
}

const SIGNALS: readonly InterruptSignal[] = ['SIGINT', 'SIGTERM'];

/** The Io of this process. Call it once: it makes closed pipes harmless (`segmill dump x --rows | head`). */
export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  // Without a listener the error would end the process; writers learn of it by their callbacks.
  for (const output of [stdout, stderr]) output.on('error', () => {});
  return {
    stdin,
    stdout,
    stderr,
    env,
    now: () => performance.now(),
    onInterrupt(handler) {
      const onSignal = (signal: InterruptSignal) => {
        // Whatever comes of stopping, this is how the process ended.
        process.exitCode = ExitCode.interrupted;
        handler(signal);
      };
      for (const signal of SIGNALS) process.on(signal, onSignal);
      return () => {
        for (const signal of SIGNALS) process.off(signal, onSignal);
      };
    },
    exitNow: (code) => process.exit(code),
  };
}

const COLUMNS_DEFAULT = 100;
const COLUMNS_MIN = 60;
const COLUMNS_MAX = 140;

/** Columns to lay text out for: those of the terminal within reason, 100 where there is none. */
export function columnsOf(output: Output): number {
  return Math.min(COLUMNS_MAX, Math.max(COLUMNS_MIN, output.columns || COLUMNS_DEFAULT));
}

/** Whether text for an output may have colors: https://no-color.org, then FORCE_COLOR, then whether it is a terminal. */
export function hasColors(output: Output, env: Io['env']): boolean {
  if ((env.NO_COLOR ?? '') !== '') return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return output.isTTY === true && env.TERM !== 'dumb';
}
