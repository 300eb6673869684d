import { FieldArray, FieldKind, type RecordView } from './record.ts';

/** Records of one batch at most. */
export const BATCH_ROWS = 4096;

/**
 * Consecutive records of one block of input, column by column: the field of slot `s` in record `r` stands at
 * `s * BATCH_ROWS + r` of `kinds`, `starts` and `ends`. Kinds are those of a RecordView; for `text` and `nested` fields
 * `starts` is an index into `texts` or `values`, for `list` fields a range of `elements` (whose texts are in `texts` too).
 * Filled by a scanner, read column-wise by the row assembler, then cleared and used again.
 */
export class RecordBatch {
  /** The block that all spans point into. */
  bytes: Uint8Array = new Uint8Array(0);
  rows = 0;
  kinds: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  /** Where each record stands in `bytes`: for errors and samples. */
  readonly recordStarts = new Int32Array(BATCH_ROWS);
  readonly recordEnds = new Int32Array(BATCH_ROWS);
  readonly elements = new FieldArray(256);
  elementCount = 0;
  readonly texts: string[] = [];
  readonly values: unknown[] = [];
  /** Names of the slots; grows by `addField` only. */
  readonly fieldNames: string[];

  /** @param fieldNames the wanted fields in slot order, each once */
  constructor(fieldNames: readonly string[]) {
    this.fieldNames = [...fieldNames];
    const size = Math.max(1, fieldNames.length) * BATCH_ROWS;
    this.kinds = new Uint8Array(size);
    this.starts = new Int32Array(size);
    this.ends = new Int32Array(size);
  }

  /** Empties the batch for records of another block. */
  begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.rows = 0;
    this.elementCount = 0;
    this.texts.length = 0;
    this.values.length = 0;
    this.kinds.fill(FieldKind.absent);
  }

  /** Takes back what a scanner wrote for a record that turned out malformed. */
  clearRow(row: number): void {
    for (let at = row; at < this.kinds.length; at += BATCH_ROWS) this.kinds[at] = FieldKind.absent;
  }

  /** Adds a slot for a field met for the first time (schemaless input) and returns its number. */
  addField(name: string): number {
    const slot = this.fieldNames.push(name) - 1;
    const size = (slot + 1) * BATCH_ROWS;
    if (size > this.kinds.length) {
      const kinds = new Uint8Array(size * 2);
      kinds.set(this.kinds);
      this.kinds = kinds;
      const starts = new Int32Array(size * 2);
      starts.set(this.starts);
      this.starts = starts;
      const ends = new Int32Array(size * 2);
      ends.set(this.ends);
      this.ends = ends;
    }
    return slot;
  }

  /** Copies one record into a view with the same slots, for code that looks at a row as a whole (filters). */
  load(row: number, view: RecordView): void {
    view.bytes = this.bytes;
    view.elementCount = 0;
    for (let slot = 0, at = row; slot < view.fieldNames.length; slot++, at += BATCH_ROWS) {
      const kind = this.kinds[at] as FieldKind;
      view.slots.kinds[slot] = kind;
      if (kind === FieldKind.list) this.#loadList(at, slot, view);
      else if (kind === FieldKind.text) view.slots.texts[slot] = this.texts[this.starts[at]];
      else if (kind === FieldKind.nested) view.values[slot] = this.values[this.starts[at]];
      else {
        view.slots.starts[slot] = this.starts[at];
        view.slots.ends[slot] = this.ends[at];
      }
    }
  }

  #loadList(at: number, slot: number, view: RecordView): void {
    const { elements } = this;
    view.slots.starts[slot] = view.elementCount;
    for (let element = this.starts[at]; element < this.ends[at]; element++) {
      view.elements.ensure(view.elementCount + 1);
      const target = view.elementCount++;
      view.elements.kinds[target] = elements.kinds[element];
      view.elements.starts[target] = elements.starts[element];
      view.elements.ends[target] = elements.ends[element];
      if (elements.kinds[element] === FieldKind.text)
        view.elements.texts[target] = this.texts[elements.starts[element]];
    }
    view.slots.ends[slot] = view.elementCount;
  }
}
