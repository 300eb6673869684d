const HEX = '0123456789ABCDEF';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x08, 0x62],
  [0x09, 0x74],
  [0x0a, 0x6e],
  [0x0c, 0x66],
  [0x0d, 0x72],
]);

/** A growing sequence of byte fragments that are pieces of JSON. */
export class FragmentBuffer {
  bytes = new Uint8Array(1 << 12);
  ends = new Int32Array(256);
  count = 0;
  #length = 0;

  /** Ends the current fragment. */
  end(): void {
    if (this.count === this.ends.length) {
      const ends = new Int32Array(this.count * 2);
      ends.set(this.ends);
      this.ends = ends;
    }
    this.ends[this.count++] = this.#length;
  }

  /** Appends bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#ensure(bytes.length);
    this.bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Appends ASCII text as it is. */
  ascii(text: string): void {
    this.#ensure(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.#length++] = text.charCodeAt(i);
  }

  byte(value: number): void {
    this.#ensure(1);
    this.bytes[this.#length++] = value;
  }

  /**
   * Appends a JSON string, quotes included, escaped as Jackson writes it to bytes: `"`, `\` and control characters escaped,
   * characters beyond U+FFFF as two upper-case `\uXXXX`, all others as UTF-8.
   */
  string(source: Uint8Array, start: number, end: number): void {
    this.#ensure((end - start) * 6 + 2);
    const { bytes } = this;
    let at = this.#length;
    bytes[at++] = QUOTE;
    for (let from = start; from < end; from++) {
      const byte = source[from];
      if (byte >= 0x20 && byte < 0xf0 && byte !== QUOTE && byte !== BACKSLASH) {
        bytes[at++] = byte;
      } else if (byte === QUOTE || byte === BACKSLASH) {
        bytes[at++] = BACKSLASH;
        bytes[at++] = byte;
      } else if (byte >= 0xf0) {
        const code =
          ((byte & 7) << 18) |
          ((source[from + 1] & 63) << 12) |
          ((source[from + 2] & 63) << 6) |
          (source[from + 3] & 63);
        at = putUnicodeEscape(bytes, at, 0xd800 + ((code - 0x10000) >> 10));
        at = putUnicodeEscape(bytes, at, 0xdc00 + ((code - 0x10000) & 0x3ff));
        from += 3;
      } else {
        const short = SHORT_ESCAPES.get(byte);
        if (short === undefined) at = putUnicodeEscape(bytes, at, byte);
        else {
          bytes[at++] = BACKSLASH;
          bytes[at++] = short;
        }
      }
    }
    bytes[at++] = QUOTE;
    this.#length = at;
  }

  clear(): void {
    this.count = 0;
    this.#length = 0;
  }

  #ensure(more: number): void {
    if (this.#length + more <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#length + more, this.bytes.length * 2));
    bytes.set(this.bytes.subarray(0, this.#length));
    this.bytes = bytes;
  }
}

function putUnicodeEscape(bytes: Uint8Array, at: number, unit: number): number {
  bytes[at] = BACKSLASH;
  bytes[at + 1] = 0x75;
  for (let i = 0; i < 4; i++) bytes[at + 2 + i] = HEX.charCodeAt((unit >> (12 - 4 * i)) & 15);
  return at + 6;
}
