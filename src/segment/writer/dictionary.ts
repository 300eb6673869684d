import type { Scratch } from '../scratch.ts';
import type { ByteSource } from './byteSource.ts';
import type { ElementBatch } from './elementBatch.ts';
import { GenericIndexedWriter } from './genericIndexed.ts';

/**
 * The UTF-8 dictionary of a string column: a GenericIndexed with flag 1, values strictly ascending in UTF-16 code unit order
 * (Java's `String.compareTo`), null before everything. Ids are positions.
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

  /** Adds values that come behind those added so far. */
  addAll(texts: ElementBatch): void {
    this.#values.appendAll(texts);
  }

  parts(): ByteSource[] {
    return this.#values.parts(true);
  }
}
