import type { RecordReader } from '../../input/createScanner.ts';
import type { LineBlock } from '../../input/lines/lineBlocks.ts';
import type { RecordBatch } from '../../input/recordBatch.ts';
import { type RowReason, type RowSample, SAMPLES_PER_REASON, unparseableRows } from '../../row/rowCounts.ts';
import type { TaskContext } from '../job.ts';
import { BadRowsError } from './errors.ts';
import type { MapManifest, MapPayload } from './indexPayload.ts';
import { MapOutput } from './mapOutput.ts';
import { leaveWorkspace, type MapWorkspace, takeWorkspace } from './mapWorkspace.ts';
import type { RowAssembler } from './rowAssembler.ts';

/** Characters of a record that a sample shows. */
const SAMPLE_TEXT_MAX = 400;
/** Records between two looks at the memory in use: a fixed number, so that runs are cut at the same records everywhere. */
const CHECK_RECORDS = 4096;

/** Parses one split, rolls its rows up and leaves them as sorted runs. */
export async function mapIndex(payload: MapPayload, context: TaskContext): Promise<MapManifest> {
  const workspace = takeWorkspace(payload.config);
  const manifest = await new MapTask(payload, context, workspace).run();
  leaveWorkspace(workspace);
  return manifest;
}

class MapTask {
  readonly #payload: MapPayload;
  readonly #context: TaskContext;
  readonly #batch: RecordBatch;
  readonly #reader: RecordReader;
  readonly #assembler: RowAssembler;
  readonly #output: MapOutput;
  readonly #samples: RowSample[] = [];
  readonly #sampled = new Map<RowReason, number>();
  /** Records of the current stretch between two looks at the memory. */
  #stretch = 0;
  readonly #stretchMax: number;
  #block: LineBlock | null = null;

  constructor(payload: MapPayload, context: TaskContext, workspace: MapWorkspace) {
    const { job } = payload.config;
    this.#payload = payload;
    this.#context = context;
    this.#output = new MapOutput(payload, context.attemptDirectory);
    this.#batch = workspace.batch;
    this.#reader = workspace.reader;
    this.#assembler = workspace.assembler;
    workspace.onMalformed = (start, end, problem) => this.#malformed(start, end, problem);
    this.#stretchMax = Math.max(1, Math.min(CHECK_RECORDS, job.tuning.maxRowsInMemory));
  }

  async run(): Promise<MapManifest> {
    for await (const block of this.#reader.blocks(this.#payload.split)) {
      this.#block = block;
      this.#scanBlock(block);
      this.#context.progress.addBytes(block.end - block.start);
    }
    if (this.#assembler.index.rows > 0) this.#flush();
    const { counts, chunkRecords } = this.#assembler;
    const { split } = this.#payload;
    return { split, counts, samples: this.#samples, chunkRecords: [...chunkRecords], ...this.#output.finish() };
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
    this.#output.flush(this.#assembler);
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
