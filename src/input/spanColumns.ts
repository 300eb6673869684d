import type { Kernel } from '../kernel/kernel.ts';

/**
 * Parallel arrays of fields (kind, start, end of the span) in kernel memory. Views and addresses are good until something
 * is allocated in the kernel; a reader takes them anew before every loop.
 */
export class SpanColumns {
  readonly #kernel: Kernel;
  #capacity = 0;
  #kindsAddress = 0;
  #startsAddress = 0;
  #endsAddress = 0;
  /** The kernel's memory that the views belong to. */
  #memory: Uint8Array;
  #kinds: Uint8Array = new Uint8Array(0);
  #starts: Int32Array = new Int32Array(0);
  #ends: Int32Array = new Int32Array(0);

  /** @param capacity fields at first; all kinds are 0 (absent) */
  constructor(kernel: Kernel, capacity: number) {
    this.#kernel = kernel;
    this.#memory = kernel.bytes;
    this.#move(capacity);
  }

  /** Fields that there is room for. */
  get capacity(): number {
    return this.#capacity;
  }

  get kinds(): Uint8Array {
    if (this.#memory !== this.#kernel.bytes) this.#renewViews();
    return this.#kinds;
  }

  get starts(): Int32Array {
    if (this.#memory !== this.#kernel.bytes) this.#renewViews();
    return this.#starts;
  }

  get ends(): Int32Array {
    if (this.#memory !== this.#kernel.bytes) this.#renewViews();
    return this.#ends;
  }

  /** One byte a field. */
  get kindsAddress(): number {
    return this.#kindsAddress;
  }

  /** One int32 word a field. */
  get startsAddress(): number {
    return this.#startsAddress;
  }

  /** One int32 word a field. */
  get endsAddress(): number {
    return this.#endsAddress;
  }

  /**
   * Makes room for so many fields: at least doubles, since the kernel takes no memory back.
   *
   * @throws RangeError when the kernel's memory cannot take them
   */
  ensure(capacity: number): void {
    if (capacity > this.#capacity) this.#move(Math.max(capacity, this.#capacity * 2));
  }

  #move(capacity: number): void {
    const kernel = this.#kernel;
    const kindsAddress = kernel.allocate(capacity);
    const startsAddress = kernel.allocate(capacity * 4);
    const endsAddress = kernel.allocate(capacity * 4);
    const { bytes } = kernel;
    bytes.copyWithin(kindsAddress, this.#kindsAddress, this.#kindsAddress + this.#capacity);
    bytes.fill(0, kindsAddress + this.#capacity, kindsAddress + capacity);
    bytes.copyWithin(startsAddress, this.#startsAddress, this.#startsAddress + this.#capacity * 4);
    bytes.copyWithin(endsAddress, this.#endsAddress, this.#endsAddress + this.#capacity * 4);
    this.#capacity = capacity;
    this.#kindsAddress = kindsAddress;
    this.#startsAddress = startsAddress;
    this.#endsAddress = endsAddress;
    this.#renewViews();
  }

  #renewViews(): void {
    const { bytes } = this.#kernel;
    const { buffer } = bytes;
    this.#memory = bytes;
    this.#kinds = new Uint8Array(buffer, this.#kindsAddress, this.#capacity);
    this.#starts = new Int32Array(buffer, this.#startsAddress, this.#capacity);
    this.#ends = new Int32Array(buffer, this.#endsAddress, this.#capacity);
  }
}
