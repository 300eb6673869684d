import { readSync, writeSync } from 'node:fs';

/**
 * Records as Hadoop Streaming's `rawbytes` has them: `key length:i32 | key | value length:i32 | value`, big-endian. Reading and
 * writing block the thread, as the functions between them do: a task is a process of its own.
 */

const BUFFER_BYTES = 1 << 20;

export class RawBytesWriter {
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #filled = 0;

  /** @param file a descriptor, such as 1 for stdout */
  constructor(file: number) {
    this.#file = file;
  }

  write(key: Uint8Array, value: Uint8Array): void {
    this.#length(key.length);
    this.#append(key);
    this.#length(value.length);
    this.#append(value);
  }

  flush(): void {
    writeAll(this.#file, this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #length(length: number): void {
    if (this.#filled + 4 > BUFFER_BYTES) this.flush();
    this.#filled = this.#buffer.writeInt32BE(length, this.#filled);
  }

  #append(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > BUFFER_BYTES) this.flush();
    if (bytes.length > BUFFER_BYTES) {
      writeAll(this.#file, bytes);
      return;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }
}

/** A record; the value lies alone in its buffer. */
export interface RawRecord {
  readonly key: Buffer;
  readonly value: Uint8Array<ArrayBuffer>;
}

export class RawBytesReader {
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #at = 0;
  #end = 0;

  /** @param file a descriptor, such as 0 for stdin */
  constructor(file: number) {
    this.#file = file;
  }

  /** @returns null at the end. @throws where the input ends within a record */
  next(): RawRecord | null {
    if (this.#at === this.#end && !this.#fill()) return null;
    const key = this.#take();
    const value = this.#take();
    return { key: Buffer.from(key.buffer), value };
  }

  #take(): Uint8Array<ArrayBuffer> {
    let length = 0;
    for (let i = 0; i < 4; i++) {
      if (this.#at === this.#end && !this.#fill()) throw cut();
      length = (length << 8) | this.#buffer[this.#at++];
    }
    const bytes = new Uint8Array(new ArrayBuffer(length));
    for (let filled = 0; filled < length; ) {
      const buffered = Math.min(length - filled, this.#end - this.#at);
      if (buffered > 0) {
        bytes.set(this.#buffer.subarray(this.#at, this.#at + buffered), filled);
        this.#at += buffered;
        filled += buffered;
      } else if (!this.#fill()) throw cut();
    }
    return bytes;
  }

  #fill(): boolean {
    this.#at = 0;
    this.#end = readSync(this.#file, this.#buffer);
    return this.#end > 0;
  }
}

function cut(): Error {
  return new Error('The input of the reducer ends within a record: Hadoop closed the pipe. Its task log says why.');
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
