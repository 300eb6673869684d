import { writeSync } from 'node:fs';
import type { TaskProgress } from '../../job.ts';

/** Group of our counters among those of a job. */
export const COUNTERS = 'segmill';

/** Hadoop takes a task for dead that says nothing for long; counters are told along the way. */
const INTERVAL_MS = 2000;

/**
 * Progress as Hadoop Streaming reads it from stderr. Written at once, because merging never gives the event loop a turn.
 */
export class StreamingProgress implements TaskProgress {
  readonly #write: (line: string) => void;
  #bytes = 0;
  #rows = 0;
  #toldAt = 0;

  constructor(write: (line: string) => void = (line) => void writeSync(2, line)) {
    this.#write = write;
  }

  addBytes(count: number): void {
    this.#bytes += count;
    this.#tellSometimes();
  }

  addRows(count: number): void {
    this.#rows += count;
    this.#tellSometimes();
  }

  /** A count that only the end of a task knows. */
  count(name: string, value: number): void {
    if (value > 0) this.#write(`reporter:counter:${COUNTERS},${name},${value}\n`);
  }

  /** Keeps the task alive. */
  status(text: string): void {
    this.#write(`reporter:status:${text}\n`);
  }

  tell(): void {
    this.count('bytes', this.#bytes);
    this.count('rows', this.#rows);
    this.#bytes = 0;
    this.#rows = 0;
    this.#toldAt = performance.now();
  }

  #tellSometimes(): void {
    if (performance.now() - this.#toldAt >= INTERVAL_MS) this.tell();
  }
}
