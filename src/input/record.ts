/**
 * One record of the input as the scanners leave it and the row assembler reads it: for each wanted field (a *slot*) a kind and,
 * for text and numbers, the span of bytes it stands in. Nothing is allocated per record; the arrays are overwritten by the next one.
 */

/** What a slot (or an element of a list) holds. */
export const FieldKind = {
  /** The record has no such field. */
  absent: 0,
  /** An explicit null. */
  null: 1,
  /** UTF-8 text: the bytes of the span are the value itself, with no escapes left in it. */
  string: 2,
  /** A JSON integer literal that fits in 64 bits; the span is the literal. */
  integer: 3,
  /** A JSON number literal with fraction or exponent, or an integer beyond 64 bits: a double. */
  decimal: 4,
  true: 5,
  false: 6,
  /** A string that had escapes or invalid UTF-8; decoded in `texts`. */
  text: 7,
  /** A map, or a list with maps, lists or nothing flat in it: as a JsonValue (input/json/parseValue.ts), in `values`. */
  nested: 8,
  /** A list of scalars and nulls: elements `starts[slot]` up to `ends[slot]` (exclusive) of `elements`. */
  list: 9,
} as const;

export type FieldKind = (typeof FieldKind)[keyof typeof FieldKind];

/** Parallel arrays of fields. Capacity grows by `ensure`. */
export class FieldArray {
  kinds: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  readonly texts: string[] = [];

  constructor(capacity: number) {
    this.kinds = new Uint8Array(capacity);
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
  }

  ensure(capacity: number): void {
    if (capacity <= this.kinds.length) return;
    const size = Math.max(capacity, this.kinds.length * 2);
    const kinds = new Uint8Array(size);
    kinds.set(this.kinds);
    const starts = new Int32Array(size);
    starts.set(this.starts);
    const ends = new Int32Array(size);
    ends.set(this.ends);
    this.kinds = kinds;
    this.starts = starts;
    this.ends = ends;
  }
}

/** The current record. Owned by the scanner that fills it; readers copy what they keep. */
export class RecordView {
  /** The buffer that all spans point into. */
  bytes: Uint8Array = new Uint8Array(0);
  readonly slots: FieldArray;
  readonly elements = new FieldArray(64);
  elementCount = 0;
  /** Values of `nested` slots, by slot. */
  readonly values: unknown[] = [];

  /** Names of the slots; grows by `addField` only. */
  readonly fieldNames: string[];

  /** @param fieldNames the wanted fields in slot order, each once */
  constructor(fieldNames: readonly string[]) {
    this.fieldNames = [...fieldNames];
    this.slots = new FieldArray(Math.max(1, fieldNames.length));
  }

  /** Adds a slot for a field met for the first time (schemaless input) and returns its number. */
  addField(name: string): number {
    this.fieldNames.push(name);
    this.slots.ensure(this.fieldNames.length);
    return this.fieldNames.length - 1;
  }
}
