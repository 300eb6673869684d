const INITIAL_BYTES = 1 << 16;

/** Writes typed arrays one behind the other, each aligned to 8 bytes, in the machine's byte order (little-endian everywhere we run). */
export class BlockWriter {
  #buffer = new ArrayBuffer(INITIAL_BYTES);
  length = 0;

  /** Room for `count` int32; fill it before the next call. */
  int32(count: number): Int32Array<ArrayBuffer> {
    const at = this.#reserve(count * 4);
    return new Int32Array(this.#buffer, at, count);
  }

  uint16(count: number): Uint16Array<ArrayBuffer> {
    const at = this.#reserve(count * 2);
    return new Uint16Array(this.#buffer, at, count);
  }

  uint8(count: number): Uint8Array<ArrayBuffer> {
    const at = this.#reserve(count);
    return new Uint8Array(this.#buffer, at, count);
  }

  float32(count: number): Float32Array<ArrayBuffer> {
    const at = this.#reserve(count * 4);
    return new Float32Array(this.#buffer, at, count);
  }

  float64(count: number): Float64Array<ArrayBuffer> {
    const at = this.#reserve(count * 8);
    return new Float64Array(this.#buffer, at, count);
  }

  /** What was written; valid until the next call. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#buffer, 0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  #reserve(size: number): number {
    const at = this.length;
    const end = at + ((size + 7) & ~7);
    if (end > this.#buffer.byteLength) {
      const larger = new ArrayBuffer(Math.max(end, this.#buffer.byteLength * 2));
      new Uint8Array(larger).set(new Uint8Array(this.#buffer, 0, at));
      this.#buffer = larger;
    }
    if (end > at) new Uint8Array(this.#buffer, Math.max(at, end - 8), Math.min(8, end - at)).fill(0);
    this.length = end;
    return at;
  }
}

/** Reads what a BlockWriter wrote, without copies. */
export class BlockReader {
  readonly #buffer: ArrayBuffer;
  #at: number;
  readonly #end: number;

  /** @param bytes a block, beginning at a multiple of 8 of its buffer */
  constructor(bytes: Uint8Array) {
    this.#buffer = bytes.buffer as ArrayBuffer;
    this.#at = bytes.byteOffset;
    this.#end = bytes.byteOffset + bytes.byteLength;
  }

  int32(count: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#buffer, this.#take(count * 4), count);
  }

  uint16(count: number): Uint16Array<ArrayBuffer> {
    return new Uint16Array(this.#buffer, this.#take(count * 2), count);
  }

  uint8(count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, this.#take(count), count);
  }

  float32(count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer, this.#take(count * 4), count);
  }

  float64(count: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#buffer, this.#take(count * 8), count);
  }

  #take(size: number): number {
    const at = this.#at;
    this.#at += (size + 7) & ~7;
    if (this.#at > this.#end) throw new RangeError(`run block ends at byte ${this.#end}, a part of it at ${this.#at}`);
    return at;
  }
}
