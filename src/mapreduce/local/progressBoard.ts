/**
 * Live counters in shared memory: a lane is a place where one task at a time runs, with one writer, its worker thread. Plain adds, no
 * atomics, no messages: a reader may see a count that is a moment old, which is all that a progress bar needs.
 */

import type { TaskProgress } from '../job.ts';

/** Doubles per lane, a cache line's worth, so that lanes do not slow each other down. */
const LANE_STRIDE = 8;
const BYTES = 0;
const ROWS = 1;

/** The engine's side: sums over lanes and finished tasks. */
export class ProgressBoard {
  readonly memory: SharedArrayBuffer;
  readonly #counters: Float64Array;
  #finishedBytes = 0;
  #finishedRows = 0;

  constructor(lanes: number) {
    this.memory = new SharedArrayBuffer(lanes * LANE_STRIDE * Float64Array.BYTES_PER_ELEMENT);
    this.#counters = new Float64Array(this.memory);
  }

  get bytes(): number {
    return this.#finishedBytes + this.#sum(BYTES);
  }

  get rows(): number {
    return this.#finishedRows + this.#sum(ROWS);
  }

  /** Forgets what the lane's attempt has counted: it failed, and another one will count the same again. */
  clear(lane: number): void {
    this.#counters.fill(0, lane * LANE_STRIDE, (lane + 1) * LANE_STRIDE);
  }

  /** Adds the lane's counts to those of finished tasks. */
  finish(lane: number): void {
    this.#finishedBytes += this.#counters[lane * LANE_STRIDE + BYTES]!;
    this.#finishedRows += this.#counters[lane * LANE_STRIDE + ROWS]!;
    this.clear(lane);
  }

  #sum(counter: number): number {
    let sum = 0;
    for (let at = counter; at < this.#counters.length; at += LANE_STRIDE) sum += this.#counters[at]!;
    return sum;
  }
}

/** The worker's side: the counters of one lane. */
export function laneProgress(memory: SharedArrayBuffer, lane: number): TaskProgress {
  const counters = new Float64Array(memory, lane * LANE_STRIDE * Float64Array.BYTES_PER_ELEMENT, LANE_STRIDE);
  return {
    addBytes(count: number): void {
      counters[BYTES]! += count;
    },
    addRows(count: number): void {
      counters[ROWS]! += count;
    },
  };
}
