import type { BlockRef, SectionRef } from './run.ts';
import type { RunSource } from './runReader.ts';

/** Bytes of a section, from its first block to the end of its header. */
export function sectionBytes({ start, header }: SectionRef): number {
  return header.offset + header.length - start;
}

/** A section that was read at once: small ones have dozens of blocks, each of which would be a call to the system. */
export class WholeSection implements RunSource {
  readonly #start: number;
  readonly #bytes: Uint8Array;

  constructor(source: RunSource, section: SectionRef) {
    this.#start = section.start;
    this.#bytes = source.read({ offset: section.start, length: sectionBytes(section), count: 1 });
  }

  read({ offset, length }: BlockRef, spare?: ArrayBuffer): Uint8Array {
    const isEnough = spare !== undefined && spare.byteLength >= length;
    const bytes = new Uint8Array(isEnough ? spare : new ArrayBuffer(length), 0, length);
    const at = offset - this.#start;
    bytes.set(this.#bytes.subarray(at, at + length));
    return bytes;
  }
}
