import type { Scratch } from '../scratch.ts';
import { compareUtf8 } from '../utf8Order.ts';
import type { ByteSource } from './byteSource.ts';
import { GenericIndexedWriter } from './genericIndexed.ts';

/**
 * The UTF-8 dictionary of a string column: a GenericIndexed with flag 1, values strictly ascending in UTF-16 code unit order
 * (Java's `String.compareTo`), null before everything. Ids are positions. The order is checked on the way in, for a dictionary
 * out of order makes wrong query results, not errors.
 */
export class DictionaryWriter {
  readonly #column: string;
  readonly #values: GenericIndexedWriter;
  #hasNull = false;

  constructor(column: string, scratch: Scratch) {
    this.#column = column;
    this.#values = new GenericIndexedWriter(column, 'dictionary', scratch);
  }

  /** Number of values, null included. */
  get cardinality(): number {
    return this.#values.count;
  }

  get hasNull(): boolean {
    return this.#hasNull;
  }

  /** True as long as the column holds nothing but nulls. */
  get isNullOnly(): boolean {
    return this.#values.count === (this.#hasNull ? 1 : 0);
  }

  /** Adds null, which must be the first value. */
  addNull(): void {
    if (this.#values.count > 0) {
      throw new Error(
        `dictionary of column "${this.#column}": null must come first, before ${this.#values.count} value(s)`,
      );
    }
    this.#hasNull = true;
    this.#values.appendNull();
  }

  /**
   * Adds the value whose UTF-8 bytes are `bytes[start, end)`.
   *
   * @param shared leading bytes that the caller knows to be those of the value before
   */
  add(bytes: Uint8Array, start: number, end: number, shared = 0): void {
    const values = this.#values;
    if (values.count > (this.#hasNull ? 1 : 0)) {
      const { stage, elementStart, elementEnd } = values;
      if (compareUtf8(stage, elementStart + shared, elementEnd, bytes, start + shared, end) >= 0) {
        const previous = new TextDecoder().decode(stage.subarray(elementStart, elementEnd));
        const value = new TextDecoder().decode(bytes.subarray(start, end));
        throw new Error(
          `dictionary of column "${this.#column}": values must be strictly ascending in UTF-16 order, ` +
            `but ${JSON.stringify(value)} comes after ${JSON.stringify(previous)}`,
        );
      }
    }
    values.append(bytes, start, end);
  }

  parts(): ByteSource[] {
    return this.#values.parts(true);
  }
}
