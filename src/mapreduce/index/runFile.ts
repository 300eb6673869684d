import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { BlockRef } from '../../rollup/run/run.ts';
import type { RunSink } from '../../rollup/run/runWriter.ts';
import type { OpenRun } from '../job.ts';

const BUFFER_BYTES = 1 << 20;

/** A run as a file of this machine, written through a buffer. */
export class RunFileWriter implements RunSink {
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #file: number;
  #filled = 0;
  #written = 0;
  #crc = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  append(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > BUFFER_BYTES) this.#drain();
    if (bytes.length >= BUFFER_BYTES) this.#write(bytes);
    else {
      this.#buffer.set(bytes, this.#filled);
      this.#filled += bytes.length;
    }
  }

  /** @returns length and CRC-32 of the file */
  finish(): { bytes: number; crc32: number } {
    this.#drain();
    return { bytes: this.#written, crc32: this.#crc };
  }

  close(): void {
    closeSync(this.#file);
  }

  #drain(): void {
    this.#write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#written += bytes.length;
    this.#crc = crc32(bytes, this.#crc);
  }
}

export function openRunFile(path: string): OpenRun {
  return new RunFileReader(path);
}

/** Reads blocks of a run file of this machine. */
export class RunFileReader implements OpenRun {
  readonly #path: string;
  readonly #file: number;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'r');
  }

  read(ref: BlockRef, spare?: ArrayBuffer): Uint8Array {
    const isEnough = spare !== undefined && spare.byteLength >= ref.length;
    const bytes = new Uint8Array(isEnough ? spare : new ArrayBuffer(ref.length), 0, ref.length);
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(this.#file, bytes, at, bytes.length - at, ref.offset + at);
      if (count === 0)
        throw new Error(
          `${this.#path} ends at byte ${ref.offset + at}; a block of ${ref.length} bytes was expected at ${ref.offset}`,
        );
      at += count;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#file);
  }
}
