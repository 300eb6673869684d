import type { Kernel } from '../kernel/kernel.ts';

const INITIAL_FIELDS = 65_536;

/**
 * Which fields each record of a batch has, in the order of the record: what dimensions are discovered by. A field is named by the
 * first place of its slot, `slot * BATCH_ROWS`; a name that a record has twice stands where it was first. In kernel memory, like
 * the batch: views and addresses are good until something is allocated there.
 */
export class FieldOrder {
  /** Fields noted of all records. */
  count = 0;
  /** A field whose value is null is one that the record has: so in columns, not in JSON. */
  readonly hasNulls: boolean;
  /** Address of `ends`; an int32 word per record. */
  readonly endsAddress: number;
  readonly #kernel: Kernel;
  readonly #rows: number;
  #address: number;
  #capacity = INITIAL_FIELDS;

  /** @param rows records of a batch at most */
  constructor(kernel: Kernel, rows: number, hasNulls: boolean) {
    this.#kernel = kernel;
    this.#rows = rows;
    this.hasNulls = hasNulls;
    this.#address = kernel.allocate(INITIAL_FIELDS * 4);
    this.endsAddress = kernel.allocate(rows * 4);
  }

  /** Address of `fields`. */
  get address(): number {
    return this.#address;
  }

  /** Fields that there is room for. */
  get capacity(): number {
    return this.#capacity;
  }

  /** The fields of record `r` are `fields[ends[r - 1]..ends[r])`, with `ends[-1]` meaning 0. */
  get fields(): Int32Array {
    return this.#kernel.ints.subarray(this.#address / 4, this.#address / 4 + this.count);
  }

  get ends(): Int32Array {
    return this.#kernel.ints.subarray(this.endsAddress / 4, this.endsAddress / 4 + this.#rows);
  }

  /** Notes the next field of the record that is being scanned. */
  push(field: number): void {
    if (this.count === this.#capacity) this.#grow();
    this.#kernel.ints[this.#address / 4 + this.count++] = field;
  }

  /** Ends the fields of a record. */
  close(row: number): void {
    this.#kernel.ints[this.endsAddress / 4 + row] = this.count;
  }

  #grow(): void {
    const address = this.#kernel.allocate(this.#capacity * 2 * 4);
    this.#kernel.bytes.copyWithin(address, this.#address, this.#address + this.#capacity * 4);
    this.#address = address;
    this.#capacity *= 2;
  }
}
