import { isUtf8 } from 'node:buffer';
import type { LineBlock } from '../lines/lineBlocks.ts';
import { nextLineEnd, nextLineStart } from '../lines/lineEnds.ts';
import { BATCH_ROWS, type RecordBatch } from '../recordBatch.ts';
import type { Discovery, RecordScanner } from '../recordScanner.ts';
import { columnFields, noteColumns } from './columns.ts';
import { DelimitedLineScanner, type Delimiters, decodeField } from './lineScanner.ts';

/** Words of the state of src/kernel/assembly/delimitedScan.ts. */
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
  columns: 16,
  columnCount: 17,
  delimiter: 18,
  delimiterLength: 19,
  listDelimiter: 20,
  listDelimiterLength: 21,
  quoted: 22,
  invalid: 23,
  stoppedAt: 24,
  words: 25,
} as const;

/** Fields per call of the kernel that it leaves to this side. */
const DEFERRED_MAX = 4096;

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
export class DelimitedBlockScanner implements RecordScanner {
  readonly #batch: RecordBatch;
  readonly #format: DelimitedFormat;
  readonly #discovery: Discovery;
  readonly #lines: DelimitedLineScanner;
  readonly #state: number;
  readonly #deferred: number;
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
    this.#state = kernel.allocate(State.words * 4);
    this.#deferred = kernel.allocate(DEFERRED_MAX * 4);
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

  next(limit: number): number {
    const batch = this.#batch;
    batch.clear();
    let lines = 0;
    while (lines < limit && batch.rows < BATCH_ROWS && this.#at < this.#bytes.length) {
      const wanted = Math.min(limit - lines, BATCH_ROWS - batch.rows);
      const scanned = this.#scanInKernel(wanted);
      lines += scanned;
      if (scanned === wanted || this.#at === this.#bytes.length) break;
      this.#scanLine();
      lines++;
    }
    noteColumns(batch, this.#fields);
    return lines;
  }

  /** Scans lines up to one that the kernel gives back. */
  #scanInKernel(limit: number): number {
    const batch = this.#batch;
    const { kernel, elements } = batch;
    const { ints } = kernel;
    const state = this.#state >>> 2;
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
    const lines = kernel.exports.scanDelimitedLines(this.#state, from, end, limit);
    batch.rows = ints[state + State.rows];
    batch.elementCount = ints[state + State.elements];
    this.#at = (ints[state + State.stoppedAt] >>> 0) - batch.bytesAddress;
    if (ints[state + State.deferredCount] > 0) this.#decode(ints[state + State.deferredCount]);
    return lines;
  }

  /** Decodes what the kernel has only found: values with doubled quotes or invalid UTF-8. */
  #decode(count: number): void {
    const batch = this.#batch;
    const { quotes } = this.#format;
    const list = this.#deferred >>> 2;
    // The kernel's memory may grow meanwhile, for elements of lists.
    for (let i = list; i < list + count; i++) {
      const field = batch.kernel.ints[i];
      const value = this.#bytes.subarray(batch.starts[field], batch.ends[field]);
      this.#lines.keepText(decodeField(value, quotes), field);
    }
  }

  /** Scans one line without the kernel. */
  #scanLine(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    const end = nextLineEnd(bytes, start, bytes.length, this.#hasLoneCarriageReturns);
    this.#at = nextLineStart(bytes, end, bytes.length);
    this.#lines.scan(bytes, start, end, this.#fields);
  }
}
