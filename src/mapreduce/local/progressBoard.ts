/**
 * Live counters in shared memory: a lane is a place where one task at a time runs, with one writer, its worker thread. Plain adds, no
 * atomics, no messages: a reader may see a count that is a moment old, which is all that a progress bar needs.
 *
 * Before threads are ended they are halted: each waits where it tells of its progress next. Node 20 aborts the whole process when a thread
 * ends while it sets up zlib, which threads that make small segments do all the time.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskProgress } from '../job.ts';

/** Doubles per lane, a cache line's worth, so that lanes do not slow each other down. */
const LANE_STRIDE = 8;
const BYTES = 0;
const ROWS = 1;
/** Place of a lane's state among its int32. */
const STATE = 2 * (LANE_STRIDE - 1);
const INTS_PER_LANE = 2 * LANE_STRIDE;
const RUNS = 0;
const IS_TO_HALT = 1;
const HALTED = 2;
const HALT_POLL_MS = 2;

/** The engine's side: sums over lanes and finished tasks. */
export class ProgressBoard {
  readonly memory: SharedArrayBuffer;
  readonly #counters: Float64Array;
  readonly #states: Int32Array;
  #finishedBytes = 0;
  #finishedRows = 0;

  constructor(lanes: number) {
    this.memory = new SharedArrayBuffer(lanes * LANE_STRIDE * Float64Array.BYTES_PER_ELEMENT);
    this.#counters = new Float64Array(this.memory);
    this.#states = new Int32Array(this.memory);
  }

  get bytes(): number {
    return this.#finishedBytes + this.#sum(BYTES);
  }

  get rows(): number {
    return this.#finishedRows + this.#sum(ROWS);
  }

  /** Forgets what the lane's attempt has counted: it failed, and another one will count the same again. */
  clear(lane: number): void {
    const first = lane * LANE_STRIDE;
    this.#counters.fill(0, first, first + ROWS + 1);
  }

  /**
   * Halts the threads of all lanes, for good.
   *
   * @param isBusy whether a lane has an attempt that runs
   * @param waitMs how long to wait for threads that tell of no progress
   */
  async halt(isBusy: (lane: number) => boolean, waitMs: number): Promise<void> {
    const lanes = this.#states.length / INTS_PER_LANE;
    for (let lane = 0; lane < lanes; lane++) Atomics.store(this.#states, lane * INTS_PER_LANE + STATE, IS_TO_HALT);
    const isRunning = (lane: number) =>
      isBusy(lane) && Atomics.load(this.#states, lane * INTS_PER_LANE + STATE) !== HALTED;
    for (const end = performance.now() + waitMs; performance.now() < end; await sleep(HALT_POLL_MS)) {
      if (!Array.from({ length: lanes }, (_, lane) => lane).some(isRunning)) return;
    }
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
  const start = lane * LANE_STRIDE * Float64Array.BYTES_PER_ELEMENT;
  const counters = new Float64Array(memory, start, LANE_STRIDE);
  const states = new Int32Array(memory, start, INTS_PER_LANE);
  const haltIfTold = (): void => {
    if (Atomics.load(states, STATE) === RUNS) return;
    Atomics.store(states, STATE, HALTED);
    Atomics.wait(states, STATE, HALTED);
  };
  return {
    addBytes(count: number): void {
      counters[BYTES]! += count;
      haltIfTold();
    },
    addRows(count: number): void {
      counters[ROWS]! += count;
      haltIfTold();
    },
  };
}
