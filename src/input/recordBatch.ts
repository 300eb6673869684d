import type { Kernel } from '../kernel/kernel.ts';
import { FieldOrder } from './fieldOrder.ts';
import { FieldKind, type RecordView } from './record.ts';
import { SpanColumns } from './spanColumns.ts';
import { TooManyFieldsError } from './TooManyFieldsError.ts';

/** Records of one batch at most. */
export const BATCH_ROWS = 4096;

/** Fields that may be found in a split: where there are more, names hold what should be values, and memory would run out. */
const FOUND_FIELDS_MAX = 8192;

/** Line feeds behind the copied bytes: the kernel's scanners run up to one and look at whole vectors. */
const SENTINEL_BYTES = 64;
const LF = 0x0a;

/**
 * Consecutive records of one block of input, column by column: the field of slot `s` in record `r` stands at
 * `s * BATCH_ROWS + r` of `kinds`, `starts` and `ends`. Kinds are those of a RecordView; for `text` and `nested` fields
 * `starts` is an index into `texts` or `values`, for `list` fields a range of `elements` (whose texts are in `texts` too).
 * Filled by a scanner, read column-wise by the row assembler, then cleared and used again.
 *
 * Bytes, columns and elements lie in the memory of a kernel, so that its functions can fill and read them; `...Address`
 * says where, in bytes. Views and addresses are good until something is allocated in that kernel or a field is added:
 * read them anew before every loop, never keep them.
 */
export class RecordBatch {
  readonly kernel: Kernel;
  rows = 0;
  readonly elements: SpanColumns;
  elementCount = 0;
  readonly texts: string[] = [];
  readonly values: unknown[] = [];
  /** Names of the slots; grows by `addField` only. */
  readonly fieldNames: string[];
  /** Fields from here on belong to slots that were added: their nested values are not kept. */
  readonly firstFound: number;
  readonly #columns: SpanColumns;
  #order: FieldOrder | null = null;
  /** Address of `recordStarts`; BATCH_ROWS int32 words. */
  readonly recordStartsAddress: number;
  /** Address of `recordEnds`; BATCH_ROWS int32 words. */
  readonly recordEndsAddress: number;
  #bytesAddress = 0;
  #bytesLength = 0;
  #bytesCapacity = 0;
  /** The kernel's memory that the views below belong to. */
  #memory: Uint8Array;
  #bytes: Buffer = Buffer.alloc(0);
  #recordStarts: Int32Array = new Int32Array(0);
  #recordEnds: Int32Array = new Int32Array(0);

  /**
   * @param kernel whose memory takes the batch; there is no giving back, so both should live and end together
   * @param fieldNames the wanted fields in slot order, each once
   */
  constructor(kernel: Kernel, fieldNames: readonly string[]) {
    this.kernel = kernel;
    this.fieldNames = [...fieldNames];
    this.firstFound = fieldNames.length * BATCH_ROWS;
    this.#columns = new SpanColumns(kernel, Math.max(1, fieldNames.length) * BATCH_ROWS);
    this.elements = new SpanColumns(kernel, BATCH_ROWS);
    this.recordStartsAddress = kernel.allocate(BATCH_ROWS * 4);
    this.recordEndsAddress = kernel.allocate(BATCH_ROWS * 4);
    this.#memory = kernel.bytes;
    this.#renewViews();
  }

  /** The block's bytes, in kernel memory: all spans are relative to its first one. */
  get bytes(): Buffer {
    if (this.#memory !== this.kernel.bytes) this.#renewViews();
    return this.#bytes;
  }

  get bytesAddress(): number {
    return this.#bytesAddress;
  }

  get kinds(): Uint8Array {
    return this.#columns.kinds;
  }

  get starts(): Int32Array {
    return this.#columns.starts;
  }

  get ends(): Int32Array {
    return this.#columns.ends;
  }

  /** Address of `kinds`: slot `s` begins `s * BATCH_ROWS` bytes behind it. */
  get kindsAddress(): number {
    return this.#columns.kindsAddress;
  }

  /** Address of `starts`: slot `s` begins `s * BATCH_ROWS * 4` bytes behind it. */
  get startsAddress(): number {
    return this.#columns.startsAddress;
  }

  /** Address of `ends`: slot `s` begins `s * BATCH_ROWS * 4` bytes behind it. */
  get endsAddress(): number {
    return this.#columns.endsAddress;
  }

  /** Which fields each record has, where that is noted; else null. */
  get order(): FieldOrder | null {
    return this.#order;
  }

  /** Where each record stands in `bytes`: for errors and samples. */
  get recordStarts(): Int32Array {
    if (this.#memory !== this.kernel.bytes) this.#renewViews();
    return this.#recordStarts;
  }

  /** One past the last byte of each record, its line end left out. */
  get recordEnds(): Int32Array {
    if (this.#memory !== this.kernel.bytes) this.#renewViews();
    return this.#recordEnds;
  }

  /**
   * Empties the batch for records of another block, whose bytes are copied.
   *
   * @throws RangeError when the kernel's memory cannot take them
   */
  begin(bytes: Uint8Array): void {
    const { length } = bytes;
    if (length > this.#bytesCapacity || this.#bytesAddress === 0) {
      this.#bytesCapacity = Math.max(length, this.#bytesCapacity * 2);
      this.#bytesAddress = this.kernel.allocate(this.#bytesCapacity + SENTINEL_BYTES);
    }
    this.#bytesLength = length;
    const memory = this.kernel.bytes;
    memory.set(bytes, this.#bytesAddress);
    memory.fill(LF, this.#bytesAddress + length, this.#bytesAddress + length + SENTINEL_BYTES);
    this.#renewViews();
    this.clear();
  }

  /** Empties the batch for further records of the same block. */
  clear(): void {
    const { kinds } = this.#columns;
    // Rows are cleared as far as they were filled: few rows of many fields leave most of the columns alone.
    if (this.rows * 4 > BATCH_ROWS) kinds.fill(FieldKind.absent);
    else if (this.rows > 0) {
      for (let from = 0; from < kinds.length; from += BATCH_ROWS) kinds.fill(FieldKind.absent, from, from + this.rows);
    }
    this.rows = 0;
    this.elementCount = 0;
    this.texts.length = 0;
    this.values.length = 0;
    if (this.#order !== null) this.#order.count = 0;
  }

  /**
   * Has scanners note which fields each record has.
   *
   * @param hasNulls whether a field that is null is one of them
   */
  keepOrder(hasNulls: boolean): void {
    this.#order = new FieldOrder(this.kernel, BATCH_ROWS, hasNulls);
  }

  /** Takes back what a scanner wrote for a record that turned out malformed. */
  clearRow(row: number): void {
    const { kinds } = this.#columns;
    for (let at = row; at < kinds.length; at += BATCH_ROWS) kinds[at] = FieldKind.absent;
  }

  /**
   * Adds a slot for a field met for the first time (schemaless input) and returns its number.
   *
   * @throws TooManyFieldsError
   */
  addField(name: string): number {
    if (this.foundFields === FOUND_FIELDS_MAX) {
      throw new TooManyFieldsError(FOUND_FIELDS_MAX, name);
    }
    const slot = this.fieldNames.push(name) - 1;
    this.#columns.ensure((slot + 1) * BATCH_ROWS);
    return slot;
  }

  /** Slots that were added. */
  get foundFields(): number {
    return this.fieldNames.length - this.firstFound / BATCH_ROWS;
  }

  /** Copies one record into a view with the same slots, for code that looks at a row as a whole (filters). */
  load(row: number, view: RecordView): void {
    const { kinds, starts, ends } = this.#columns;
    view.bytes = this.bytes;
    view.elementCount = 0;
    for (let slot = 0, at = row; slot < view.fieldNames.length; slot++, at += BATCH_ROWS) {
      const kind = kinds[at] as FieldKind;
      view.slots.kinds[slot] = kind;
      if (kind === FieldKind.list) this.#loadList(starts[at], ends[at], slot, view);
      else if (kind === FieldKind.text) view.slots.texts[slot] = this.texts[starts[at]];
      else if (kind === FieldKind.nested) view.values[slot] = this.values[starts[at]];
      else {
        view.slots.starts[slot] = starts[at];
        view.slots.ends[slot] = ends[at];
      }
    }
  }

  #loadList(from: number, to: number, slot: number, view: RecordView): void {
    const { kinds, starts, ends } = this.elements;
    view.slots.starts[slot] = view.elementCount;
    for (let element = from; element < to; element++) {
      view.elements.ensure(view.elementCount + 1);
      const target = view.elementCount++;
      view.elements.kinds[target] = kinds[element];
      view.elements.starts[target] = starts[element];
      view.elements.ends[target] = ends[element];
      if (kinds[element] === FieldKind.text) view.elements.texts[target] = this.texts[starts[element]];
    }
    view.slots.ends[slot] = view.elementCount;
  }

  #renewViews(): void {
    const { bytes } = this.kernel;
    const { buffer } = bytes;
    this.#memory = bytes;
    this.#bytes = Buffer.from(buffer, this.#bytesAddress, this.#bytesLength);
    this.#recordStarts = new Int32Array(buffer, this.recordStartsAddress, BATCH_ROWS);
    this.#recordEnds = new Int32Array(buffer, this.recordEndsAddress, BATCH_ROWS);
  }
}
