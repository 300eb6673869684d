import cliProgress from 'cli-progress';
import pc from 'picocolors';
import type { IndexProgress } from '../../mapreduce/index/indexReport.ts';
import { hasColors, type Io } from '../io.ts';
import { PhaseClock, progressBarText, progressLine } from './progressText.ts';

/** Shows how a job gets on, on stderr. */
export interface ProgressDisplay {
  update(progress: IndexProgress): void;
  /** Leaves the terminal as it was. May be called more than once; updates after it are passed over. */
  stop(): void;
}

/** Where nobody watches live, a line this often. */
const LINE_EVERY_MS = 5_000;
const FRAMES_PER_SECOND = 10;

/** A live bar on a terminal, else a line every few seconds, or nothing at all. */
export function progressDisplay(io: Io, quiet: boolean): ProgressDisplay {
  if (quiet) return { update() {}, stop() {} };
  return io.stderr.isTTY === true && io.env.TERM !== 'dumb' ? barDisplay(io) : lineDisplay(io);
}

function barDisplay(io: Io): ProgressDisplay {
  const { cyan } = pc.createColors(hasColors(io.stderr, io.env));
  const clock = new PhaseClock();
  let latest: IndexProgress | null = null;
  let stopped = false;
  const bar = new cliProgress.SingleBar({
    stream: io.stderr,
    fps: FRAMES_PER_SECOND,
    hideCursor: true,
    clearOnComplete: true,
    // Signals are the command's business.
    gracefulExit: false,
    // The bar draws what was last told, at its own pace; its own numbers are not used.
    format: () =>
      latest === null
        ? ''
        : progressBarText(latest, clock.seconds(latest.phase, io.now()), io.stderr.columns || 80, cyan),
  });
  return {
    update(progress) {
      if (stopped) return;
      const isFirst = latest === null;
      latest = progress;
      clock.seconds(progress.phase, io.now());
      if (isFirst) bar.start(1, 0);
    },
    stop() {
      stopped = true;
      bar.stop();
    },
  };
}

function lineDisplay(io: Io): ProgressDisplay {
  const clock = new PhaseClock();
  let stopped = false;
  let lastLine = io.now();
  return {
    update(progress) {
      const now = io.now();
      const seconds = clock.seconds(progress.phase, now);
      if (stopped || now - lastLine < LINE_EVERY_MS) return;
      lastLine = now;
      io.stderr.write(`${progressLine(progress, seconds)}\n`);
    },
    stop() {
      stopped = true;
    },
  };
}
