import { join } from 'node:path';
import { createRecordReader, type RecordReader } from '../../input/createScanner.ts';
import type { LineBlock } from '../../input/lines/lineBlocks.ts';
import { RecordBatch } from '../../input/recordBatch.ts';
import { createKernel } from '../../kernel/kernel.ts';
import { type RowReason, type RowSample, SAMPLES_PER_REASON, unparseableRows } from '../../row/rowCounts.ts';
import { Slots } from '../../row/slots.ts';
import type { TaskContext } from '../job.ts';
import { BadRowsError } from './errors.ts';
import { flushRun } from './flushRun.ts';
import type { MapManifest, MapPayload, RunManifest } from './indexPayload.ts';
import { RowAssembler } from './rowAssembler.ts';
import { RunFileWriter } from './runFile.ts';

/** Characters of a record that a sample shows. */
const SAMPLE_TEXT_MAX = 400;
/** Records between two looks at the memory in use: a fixed number, so that runs are cut at the same records everywhere. */
const CHECK_RECORDS = 4096;
/** Memory of the kernel at first: growing it renews every view of it. */
const KERNEL_RESERVE_BYTES = 64 * 1024 * 1024;

/** Parses one split, rolls its rows up and leaves them as sorted runs. */
export async function mapIndex(payload: MapPayload, context: TaskContext): Promise<MapManifest> {
  return new MapTask(payload, context).run();
}

class MapTask {
  readonly #payload: MapPayload;
  readonly #context: TaskContext;
  readonly #batch: RecordBatch;
  readonly #reader: RecordReader;
  readonly #assembler: RowAssembler;
  readonly #runs: RunManifest[] = [];
  readonly #samples: RowSample[] = [];
  readonly #sampled = new Map<RowReason, number>();
  /** Records of the current stretch between two looks at the memory. */
  #stretch = 0;
  readonly #stretchMax: number;
  #block: LineBlock | null = null;

  constructor(payload: MapPayload, context: TaskContext) {
    const { job } = payload.config;
    this.#payload = payload;
    this.#context = context;
    const slots = new Slots(job);
    const kernel = createKernel();
    kernel.reserve(KERNEL_RESERVE_BYTES);
    this.#batch = new RecordBatch(kernel, slots.names);
    this.#reader = createRecordReader(job.parse, this.#batch, {
      discover: false,
      onMalformed: (start, end, problem) => this.#malformed(start, end, problem),
    });
    this.#assembler = new RowAssembler(payload.config, slots, kernel);
    this.#stretchMax = Math.max(1, Math.min(CHECK_RECORDS, job.tuning.maxRowsInMemory));
  }

  async run(): Promise<MapManifest> {
    for await (const block of this.#reader.blocks(this.#payload.split)) {
      this.#block = block;
      this.#scanBlock(block);
      this.#context.progress.addBytes(block.end - block.start);
    }
    if (this.#assembler.index.rows > 0) this.#flush();
    return { split: this.#payload.split, counts: this.#assembler.counts, samples: this.#samples, runs: this.#runs };
  }

  #scanBlock(block: LineBlock): void {
    this.#reader.scanner.begin(block);
    for (;;) {
      const lines = this.#reader.scanner.next(this.#stretchMax - this.#stretch);
      if (lines === 0) break;
      this.#stretch += lines;
      this.#assemble();
    }
  }

  #malformed(start: number, end: number, problem: string): void {
    this.#assembler.counts.unparseable.malformed++;
    this.#sample('malformed', start, end, problem);
    this.#checkBadRows();
  }

  #assemble(): void {
    const { rows } = this.#batch;
    if (rows > 0) {
      this.#assembler.add(this.#batch, (reason, record) => this.#report(reason, record));
      this.#checkBadRows();
      this.#context.progress.addRows(rows);
    }
    if (this.#stretch < this.#stretchMax) return;
    this.#stretch = 0;
    const { maxRowsInMemory, maxBytesInMemory } = this.#payload.config.job.tuning;
    if (
      this.#assembler.index.rows >= maxRowsInMemory ||
      (maxBytesInMemory !== null && this.#assembler.memoryUsage() >= maxBytesInMemory)
    ) {
      this.#flush();
    }
  }

  #flush(): void {
    const { job } = this.#payload.config;
    const path = join(this.#context.attemptDirectory, `run-${String(this.#runs.length).padStart(5, '0')}`);
    const file = new RunFileWriter(path);
    try {
      const sections = flushRun(this.#assembler, job.tuning.partitions, file);
      this.#runs.push({ path, ...file.finish(), sections });
    } finally {
      file.close();
    }
    this.#assembler.clear();
  }

  #report(reason: RowReason, record: number): void {
    const batch = this.#batch;
    this.#sample(reason, batch.recordStarts[record], batch.recordEnds[record], MESSAGES[reason]);
  }

  /** Shows a record that stands at a place of the block. */
  #sample(reason: RowReason, start: number, end: number, message: string): void {
    const seen = this.#sampled.get(reason) ?? 0;
    if (seen === SAMPLES_PER_REASON || this.#block === null) return;
    this.#sampled.set(reason, seen + 1);
    const { path, firstOffset } = this.#block;
    const text = this.#batch.bytes.toString('utf8', start, Math.min(end, start + SAMPLE_TEXT_MAX * 4));
    this.#samples.push({
      reason,
      path,
      offset: firstOffset + start,
      message,
      text: text.length > SAMPLE_TEXT_MAX ? `${text.slice(0, SAMPLE_TEXT_MAX)}...` : text,
    });
  }

  #checkBadRows(): void {
    const { badRowsMax } = this.#payload;
    if (badRowsMax === null) return;
    const { counts } = this.#assembler;
    const bad = unparseableRows(counts) + counts.processedWithErrors;
    if (bad > badRowsMax) throw new BadRowsError(bad, badRowsMax, this.#samples);
  }
}

const MESSAGES: Record<RowReason, string> = {
  malformed: 'not a record',
  timestamp: 'no readable timestamp',
  outsideIntervals: 'outside the intervals of the granularitySpec',
  filtered: 'dropped by the filter of the transformSpec',
  badValue: 'a dimension or metric value is not of its type; it is stored as null',
};
