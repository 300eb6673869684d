import { isUtf8 } from 'node:buffer';
import { KernelScan, type LineWalk, OWN_STATE, scanLines } from '../kernelScan.ts';
import type { LineBlock } from '../lines/lineBlocks.ts';
import { nextLineEnd, nextLineStart } from '../lines/lineEnds.ts';
import type { RecordBatch } from '../recordBatch.ts';
import type { Discovery, RecordScanner } from '../recordScanner.ts';
import { columnFields, noteColumns } from './columns.ts';
import { DelimitedLineScanner, type Delimiters, decodeField } from './lineScanner.ts';

/** Words of the state of src/kernel/assembly/delimitedScan.ts behind those of all scanners. */
const State = {
  columns: OWN_STATE,
  columnCount: OWN_STATE + 1,
  delimiter: OWN_STATE + 2,
  delimiterLength: OWN_STATE + 3,
  listDelimiter: OWN_STATE + 4,
  listDelimiterLength: OWN_STATE + 5,
  quoted: OWN_STATE + 6,
  invalid: OWN_STATE + 7,
  stoppedAt: OWN_STATE + 8,
  words: OWN_STATE + 9,
} as const;

/** The part of a `delimited` ParseSpec that a scanner needs. */
export interface DelimitedFormat extends Delimiters {
  /** Names of the columns; null: `useColumns` tells them. */
  readonly columns: readonly string[] | null;
}

/**
 * Scans blocks of lines of delimited values (CSV, TSV) into a RecordBatch: many lines per call of the batch's kernel. Lines that
 * the kernel gives back - stray quotes, more lists than it has room for - are scanned by a DelimitedLineScanner, one at a
 * time; so the results are those of a DelimitedLineScanner for every line.
 *
 * All values are texts; columns that a line lacks are absent, values beyond the columns are dropped. No line is malformed.
 */
export class DelimitedBlockScanner implements RecordScanner, LineWalk {
  readonly #batch: RecordBatch;
  readonly #format: DelimitedFormat;
  readonly #discovery: Discovery;
  readonly #lines: DelimitedLineScanner;
  readonly #scan: KernelScan;
  readonly #delimiter: number;
  readonly #delimiterLength: number;
  readonly #listDelimiter: number;
  readonly #listDelimiterLength: number;
  #fields: Int32Array = new Int32Array(0);
  /** Where the kernel finds `#fields`, and for how many there is room. */
  #columns = 0;
  #columnsMax = 0;
  /** The lines of the block where they came from: they stay in place when the kernel's memory grows. */
  #bytes: Buffer = Buffer.alloc(0);
  #hasLoneCarriageReturns = false;
  #hasInvalidUtf8 = false;
  #at = 0;

  /** @param batch filled by this scanner only; what is scanned lies in its kernel */
  constructor(batch: RecordBatch, format: DelimitedFormat, options: Discovery) {
    const { kernel } = batch;
    const delimiter = Buffer.from(format.delimiter);
    const listDelimiter = Buffer.from(format.listDelimiter);
    this.#batch = batch;
    this.#format = format;
    this.#discovery = options;
    if (options.discover) batch.keepOrder(true);
    this.#lines = new DelimitedLineScanner(batch, format);
    this.#scan = new KernelScan(batch, State.words);
    this.#delimiter = kernel.allocate(delimiter.length);
    this.#delimiterLength = delimiter.length;
    this.#listDelimiter = kernel.allocate(listDelimiter.length);
    this.#listDelimiterLength = listDelimiter.length;
    kernel.bytes.set(delimiter, this.#delimiter);
    kernel.bytes.set(listDelimiter, this.#listDelimiter);
    if (format.columns !== null) this.useColumns(format.columns);
  }

  /** Sets the columns of the blocks to come: those of a file with a header row. */
  useColumns(names: readonly string[]): void {
    this.#fields = columnFields(names, this.#batch, this.#discovery);
    const { kernel } = this.#batch;
    if (names.length > this.#columnsMax) {
      this.#columnsMax = Math.max(names.length, this.#columnsMax * 2);
      this.#columns = kernel.allocate(this.#columnsMax * 4);
    }
    kernel.ints.set(this.#fields, this.#columns >>> 2);
  }

  begin(block: LineBlock): void {
    this.#bytes = block.bytes.subarray(block.start, block.end);
    this.#hasLoneCarriageReturns = block.hasLoneCarriageReturns;
    this.#hasInvalidUtf8 = !isUtf8(this.#bytes);
    this.#at = 0;
    this.#batch.begin(this.#bytes);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  next(limit: number): number {
    const batch = this.#batch;
    batch.clear();
    const lines = scanLines(batch, limit, this);
    noteColumns(batch, this.#fields);
    return lines;
  }

  scanInKernel(limit: number): number {
    const batch = this.#batch;
    const { kernel } = batch;
    const { ints } = kernel;
    const state = this.#scan.prepare();
    ints[state + State.columns] = this.#columns;
    ints[state + State.columnCount] = this.#fields.length;
    ints[state + State.delimiter] = this.#delimiter;
    ints[state + State.delimiterLength] = this.#delimiterLength;
    ints[state + State.listDelimiter] = this.#listDelimiter;
    ints[state + State.listDelimiterLength] = this.#listDelimiterLength;
    ints[state + State.quoted] = Number(this.#format.quotes);
    ints[state + State.invalid] = Number(this.#hasInvalidUtf8);
    const from = batch.bytesAddress + this.#at;
    const end = batch.bytesAddress + this.#bytes.length;
    const lines = kernel.exports.scanDelimitedLines(this.#scan.address, from, end, limit);
    const deferred = this.#scan.take();
    this.#at = (ints[state + State.stoppedAt] >>> 0) - batch.bytesAddress;
    if (deferred > 0) this.#decode(deferred);
    return lines;
  }

  /** Decodes what the kernel has only found: values with doubled quotes or invalid UTF-8. */
  #decode(count: number): void {
    const batch = this.#batch;
    const { quotes } = this.#format;
    for (let i = 0; i < count; i++) {
      const field = this.#scan.deferred(i);
      const value = this.#bytes.subarray(batch.starts[field], batch.ends[field]);
      this.#lines.keepText(decodeField(value, quotes), field);
    }
  }

  scanLine(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    const end = nextLineEnd(bytes, start, bytes.length, this.#hasLoneCarriageReturns);
    this.#at = nextLineStart(bytes, end, bytes.length);
    this.#lines.scan(bytes, start, end, this.#fields);
  }
}
