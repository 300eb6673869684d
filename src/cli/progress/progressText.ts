import type { IndexPhase, IndexProgress } from '../../mapreduce/index/indexReport.ts';
import { bytesText, countOf, countText, remainingText } from '../text/numbers.ts';

const VERBS: Record<IndexPhase, string> = {
  determine: 'finding shards',
  read: 'reading',
  scatter: 'cutting into shards',
  merge: 'merging',
  store: 'storing',
};

/** What tasks of a phase make, where they do not read the input. */
const TASKS: Record<IndexPhase, string> = {
  determine: 'part',
  read: 'split',
  scatter: 'run',
  merge: 'segment',
  store: 'segment',
};

/** Rates of the first moments say nothing yet. */
const RATE_SECONDS_MIN = 0.5;
const ETA_SECONDS_MIN = 2;
const ETA_FRACTION_MIN = 0.01;

/** Knows since when the phase runs, for rates and the time left. */
export class PhaseClock {
  #phase: IndexPhase | null = null;
  #start = 0;

  /** Seconds that the phase of a progress has run. @param now milliseconds of any clock that never goes back */
  seconds(phase: IndexPhase, now: number): number {
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#start = now;
    }
    return (now - this.#start) / 1000;
  }
}

/** Shards are found from the input, or from what `read` left. */
function readsInput({ phase, bytesTotal }: IndexProgress): boolean {
  return phase === 'read' || (phase === 'determine' && bytesTotal > 0);
}

/** How much of a phase is done, 0 to 1: by bytes where the input is read, else by tasks. */
export function fractionDone(progress: IndexProgress): number {
  const { bytes, bytesTotal, tasksDone, tasksTotal } = progress;
  const [done, total] = readsInput(progress) ? [bytes, bytesTotal] : [tasksDone, tasksTotal];
  return total > 0 ? Math.min(1, done / total) : 0;
}

/**
 * The facts of a moment, most important first: share, amount, rows, rate, time left.
 * @param seconds that the phase has run
 */
export function progressFacts(progress: IndexProgress, seconds: number): string[] {
  const { phase, bytes, bytesTotal, rows, tasksDone, tasksTotal } = progress;
  const fraction = fractionDone(progress);
  const facts = [
    // Never 100% before it is true.
    `${fraction === 1 ? 100 : Math.min(99, Math.floor(fraction * 100))}%`,
    readsInput(progress)
      ? `${bytesText(bytes)} of ${bytesText(bytesTotal)}`
      : `${countText(tasksDone)} of ${countOf(tasksTotal, TASKS[phase])}`,
  ];
  if (phase === 'store') return facts;
  facts.push(countOf(rows, 'row'));
  if (seconds >= RATE_SECONDS_MIN) facts.push(`${countText(rows / seconds)} rows/s`);
  if (seconds >= ETA_SECONDS_MIN && fraction >= ETA_FRACTION_MIN && fraction < 1) {
    facts.push(`${remainingText((seconds * (1 - fraction)) / fraction)} left`);
  }
  return facts;
}

/** A moment as a line of a log: `reading: 62%, 1.24 GB of 2.00 GB, 12,345,678 rows, 1,234,567 rows/s, 42 s left`. */
export function progressLine(progress: IndexProgress, seconds: number): string {
  return `${VERBS[progress.phase]}: ${progressFacts(progress, seconds).join(', ')}`;
}

const BAR_MAX = 24;
const BAR_MIN = 6;

/**
 * A moment as a line with a bar, never wider than the terminal: first the bar shrinks, then facts are left out from the end.
 * @param paint colors the done part of the bar
 */
export function progressBarText(
  progress: IndexProgress,
  seconds: number,
  columns: number,
  paint: (text: string) => string,
): string {
  const verb = VERBS[progress.phase];
  const facts = progressFacts(progress, seconds);
  // One column stays free: terminals differ in what they do at the last one.
  const room = columns - 1 - verb.length - 2 - 2;
  let text = facts.join('  ');
  while (facts.length > 1 && text.length + BAR_MIN > room) {
    facts.pop();
    text = facts.join('  ');
  }
  const bar = Math.max(0, Math.min(BAR_MAX, room - text.length));
  const done = Math.floor(bar * fractionDone(progress));
  return `${verb}  ${paint('█'.repeat(done))}${'░'.repeat(bar - done)}  ${text}`;
}
