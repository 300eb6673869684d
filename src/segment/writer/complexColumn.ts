import type { Scratch } from '../scratch.ts';
import type { ByteSource } from './byteSource.ts';
import { complexOrder, type ElementOrder } from './complexOrder.ts';
import { GenericIndexedWriter } from './genericIndexed.ts';

/** A `complex` column part in Druid's default form: a GenericIndexed with the serialised object of each row. */
export class ComplexColumnWriter {
  readonly #values: GenericIndexedWriter;
  readonly #order: ElementOrder | null;
  /** Flag of the list: Druid sets it where objects happen to be strictly ascending, and it can compare them. */
  #isSorted: boolean;
  #previousIsNull = true;

  constructor(column: string, typeName: string, scratch: Scratch) {
    this.#values = new GenericIndexedWriter(column, 'values', scratch);
    this.#order = complexOrder(typeName);
    this.#isSorted = this.#order !== null;
  }

  get rows(): number {
    return this.#values.count;
  }

  /**
   * Appends `rows` objects; object i is `bytes[ends[i - 1], ends[i])`.
   *
   * @param nulls 1 per row without an object (its bytes are ignored); null when every row has one
   */
  append(bytes: Uint8Array, ends: Int32Array, nulls: Uint8Array | null, rows: number): void {
    for (let i = 0, start = 0; i < rows; start = ends[i++]) {
      const isNull = nulls !== null && nulls[i] !== 0;
      if (this.#isSorted) this.#isSorted = this.#isAbovePrevious(isNull, bytes, start, ends[i]);
      this.#previousIsNull = isNull;
      if (isNull) this.#values.appendNull();
      else this.#values.append(bytes, start, ends[i]);
    }
  }

  parts(): ByteSource[] {
    return this.#values.parts(this.#isSorted);
  }

  /** As Druid's `GenericIndexedWriter` compares: nothing with a null before it, and null is below everything. */
  #isAbovePrevious(isNull: boolean, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#previousIsNull) return true;
    const { stage, elementStart, elementEnd } = this.#values;
    return !isNull && this.#order!(stage, elementStart, elementEnd, bytes, start, end) < 0;
  }
}
