/**
 * Thrown for every segment that is truncated, corrupt or of a kind this reader does not know. The message names the segment, the
 * file, the entry, the byte and what was expected there.
 */
export class SegmentFormatError extends Error {
  override readonly name = 'SegmentFormatError';
}

/** Where bytes come from, for error messages. */
export interface Place {
  /** The segment as its reader named it: a path, or `segment` for one in memory. */
  readonly segment: string;
  /** File of the segment, or what was decompressed from it. */
  readonly file: string;
  /** Entry of the smoosh container, or null for a file outside it. */
  readonly entry: string | null;
}

/**
 * A bounded window on bytes with a moving position. Multi-byte integers are big-endian unless a name says `LE`: that is the order of
 * all counts and offsets in a V9 segment. No read goes past `end`; one that would throws a {@link SegmentFormatError}.
 *
 * The bytes are shared, not copied: they belong to the segment and must not be written to.
 */
export class ByteReader {
  /** The whole file; `start`, `end` and `position` count from its first byte, so they are what error messages show. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  readonly place: Place;
  position: number;

  constructor(bytes: Uint8Array, place: Place, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.start = start;
    this.end = end;
    this.place = place;
    this.position = start;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  u8(what: string): number {
    this.need(1, what);
    return this.bytes[this.position++];
  }

  i32(what: string): number {
    this.need(4, what);
    const value = this.view.getInt32(this.position);
    this.position += 4;
    return value;
  }

  i32LE(what: string): number {
    this.need(4, what);
    const value = this.view.getInt32(this.position, true);
    this.position += 4;
    return value;
  }

  i64(what: string): bigint {
    this.need(8, what);
    const value = this.view.getBigInt64(this.position);
    this.position += 8;
    return value;
  }

  i64LE(what: string): bigint {
    this.need(8, what);
    const value = this.view.getBigInt64(this.position, true);
    this.position += 8;
    return value;
  }

  /** A count or byte length: an i32 that must not be negative. */
  size(what: string): number {
    const value = this.i32(what);
    if (value < 0) throw this.error(`${what} is ${value}, expected a number from 0 on`, this.position - 4);
    return value;
  }

  /** As {@link size}, little-endian. */
  sizeLE(what: string): number {
    const value = this.i32LE(what);
    if (value < 0) throw this.error(`${what} is ${value}, expected a number from 0 on`, this.position - 4);
    return value;
  }

  /** Druid's VByte: 7 bits a byte, least significant first, high bit set on the LAST byte (the reverse of LEB128). */
  vbyte(what: string): number {
    const at = this.position;
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.u8(what);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte >= 0x80) {
        if (value > 0x7fffffff) break;
        return value;
      }
    }
    throw this.error(`${what} is not a number of 31 bits in VByte form`, at);
  }

  /** A window on the next `length` bytes; the position moves behind them. */
  slice(length: number, what: string): ByteReader {
    this.need(length, what);
    const part = new ByteReader(this.bytes, this.place, this.position, this.position + length);
    this.position += length;
    return part;
  }

  /** A window on bytes `from` up to `to` counted from this reader's start, wherever its position is. The caller has checked both. */
  window(from: number, to: number): ByteReader {
    return new ByteReader(this.bytes, this.place, this.start + from, this.start + to);
  }

  /** The next `length` bytes as UTF-8. */
  text(length: number, what: string): string {
    this.need(length, what);
    const text = utf8(this.bytes, this.position, this.position + length);
    this.position += length;
    return text;
  }

  /** The bytes from the position to the end, not copied. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.position, this.end);
  }

  need(length: number, what: string): void {
    if (length > this.end - this.position) {
      throw this.error(`expected ${length} bytes of ${what}, but only ${this.end - this.position} are left`);
    }
  }

  /** An error at `at` (default: the position), counted from the file's first byte. */
  error(message: string, at: number = this.position): SegmentFormatError {
    const { segment, file, entry } = this.place;
    const where = entry === null ? file : `${file}, entry "${entry}"`;
    return new SegmentFormatError(`${segment}: ${where}, byte ${at}: ${message}`);
  }
}

/** Decodes bytes `start` up to `end` as UTF-8; malformed sequences become U+FFFD. */
export function utf8(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
