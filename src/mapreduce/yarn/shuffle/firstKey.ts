/** Bytes whose order is that of the values a block begins with. */

/** Bytes of an order that are kept; blocks whose first rows agree in them come in position order. */
export const ORDER_BYTES_MAX = 256;

/** Writes values one behind the other, in a way that bytes compare as the values do. */
export class OrderWriter {
  readonly #bytes = new Uint8Array(ORDER_BYTES_MAX);
  readonly #view = new DataView(this.#bytes.buffer);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  /** What was written, cut off at ORDER_BYTES_MAX; valid until the next call. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): void {
    if (this.#length < ORDER_BYTES_MAX) this.#bytes[this.#length++] = value;
  }

  uint16(value: number): void {
    this.byte(value >> 8);
    this.byte(value & 0xff);
  }

  /** A whole number, such as a time. */
  integer(value: number): void {
    const wide = BigInt(value);
    this.#int64(Number(BigInt.asIntN(32, wide >> 32n)) ^ (1 << 31), Number(BigInt.asIntN(32, wide)));
  }

  /** A long as (low, high). */
  long(low: number, high: number): void {
    this.#int64(high ^ (1 << 31), low);
  }

  /** The bits of a double as (low, high): negative ones order against their bits. */
  double(low: number, high: number): void {
    if (high < 0) this.#int64(~high, ~low);
    else this.#int64(high ^ (1 << 31), low);
  }

  /**
   * A text in the order of its UTF-16 code units, which is that of Java: each is written as UTF-8 would write it alone, and 0 ends
   * the text.
   */
  text(text: string): void {
    for (let at = 0; at < text.length && this.#length < ORDER_BYTES_MAX; at++) {
      const unit = text.charCodeAt(at);
      if (unit < 2) {
        this.byte(1);
        this.byte(unit + 1);
      } else if (unit < 0x80) this.byte(unit);
      else if (unit < 0x800) {
        this.byte(0xc0 | (unit >> 6));
        this.byte(0x80 | (unit & 0x3f));
      } else {
        this.byte(0xe0 | (unit >> 12));
        this.byte(0x80 | ((unit >> 6) & 0x3f));
        this.byte(0x80 | (unit & 0x3f));
      }
    }
    this.byte(0);
  }

  #int64(high: number, low: number): void {
    if (this.#length + 8 > ORDER_BYTES_MAX) {
      // Half a number orders as well as it can.
      for (let shift = 24; shift >= 0; shift -= 8) this.byte((high >>> shift) & 0xff);
      for (let shift = 24; shift >= 0; shift -= 8) this.byte((low >>> shift) & 0xff);
      return;
    }
    this.#view.setInt32(this.#length, high);
    this.#view.setInt32(this.#length + 4, low);
    this.#length += 8;
  }
}
