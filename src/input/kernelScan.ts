import { BATCH_ROWS, type RecordBatch } from './recordBatch.ts';

/** Words that the states of all kernel scanners begin with, see src/kernel/assembly/jsonScan.ts and delimitedScan.ts. */
const State = {
  bytes: 0,
  kinds: 1,
  starts: 2,
  ends: 3,
  recordStarts: 4,
  recordEnds: 5,
  rows: 6,
  rowsMax: 7,
  elementKinds: 8,
  elementStarts: 9,
  elementEnds: 10,
  elements: 11,
  elementsMax: 12,
  deferred: 13,
  deferredCount: 14,
  deferredMax: 15,
} as const;

/** The first word of a scanner's own. */
export const OWN_STATE = 16;
/** Fields per call of the kernel that it leaves to this side. */
const DEFERRED_MAX = 4096;

/** What a scanner in the kernel is told of the batch that it fills, and tells of what it filled. */
export class KernelScan {
  /** Address of the state. */
  readonly address: number;
  readonly #batch: RecordBatch;
  readonly #deferred: number;

  /** @param words of the state, with the scanner's own */
  constructor(batch: RecordBatch, words: number) {
    this.#batch = batch;
    this.address = batch.kernel.allocate(words * 4);
    this.#deferred = batch.kernel.allocate(DEFERRED_MAX * 4);
  }

  /** Before a call. @returns the state's first word in `kernel.ints` */
  prepare(): number {
    const batch = this.#batch;
    const { elements } = batch;
    const { ints } = batch.kernel;
    const state = this.address >>> 2;
    ints[state + State.bytes] = batch.bytesAddress;
    ints[state + State.kinds] = batch.kindsAddress;
    ints[state + State.starts] = batch.startsAddress;
    ints[state + State.ends] = batch.endsAddress;
    ints[state + State.recordStarts] = batch.recordStartsAddress;
    ints[state + State.recordEnds] = batch.recordEndsAddress;
    ints[state + State.rows] = batch.rows;
    ints[state + State.rowsMax] = BATCH_ROWS;
    ints[state + State.elementKinds] = elements.kindsAddress;
    ints[state + State.elementStarts] = elements.startsAddress;
    ints[state + State.elementEnds] = elements.endsAddress;
    ints[state + State.elements] = batch.elementCount;
    ints[state + State.elementsMax] = elements.capacity;
    ints[state + State.deferred] = this.#deferred;
    ints[state + State.deferredCount] = 0;
    ints[state + State.deferredMax] = DEFERRED_MAX;
    return state;
  }

  /** After a call: the batch has the rows. @returns how many fields the kernel has left to this side */
  take(): number {
    const { ints } = this.#batch.kernel;
    const state = this.address >>> 2;
    this.#batch.rows = ints[state + State.rows];
    this.#batch.elementCount = ints[state + State.elements];
    return ints[state + State.deferredCount];
  }

  /** A field that the kernel has left to this side. The kernel's memory may grow from one to the next. */
  deferred(number: number): number {
    return this.#batch.kernel.ints[(this.#deferred >>> 2) + number];
  }
}

/** Of a scanner that goes over a block in the kernel and, where that gives a line back, by itself. */
export interface LineWalk {
  /** No line of the block is left. */
  readonly isAtEnd: boolean;
  /** Scans at most `limit` lines up to one that the kernel gives back. @returns how many */
  scanInKernel(limit: number): number;
  /** Scans one line without the kernel. */
  scanLine(): void;
}

/** Fills an empty batch from at most `limit` lines. @returns how many were scanned */
export function scanLines(batch: RecordBatch, limit: number, walk: LineWalk): number {
  let lines = 0;
  while (lines < limit && batch.rows < BATCH_ROWS && !walk.isAtEnd) {
    const wanted = Math.min(limit - lines, BATCH_ROWS - batch.rows);
    const scanned = walk.scanInKernel(wanted);
    lines += scanned;
    if (scanned === wanted || walk.isAtEnd) break;
    walk.scanLine();
    lines++;
  }
  return lines;
}
