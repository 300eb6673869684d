import type { BlockRef, SectionRef } from './run.ts';
import type { RunSource } from './runReader.ts';

/** Bytes of a section, from its first block to the end of its header. */
export function sectionBytes({ start, header }: SectionRef): number {
  return header.offset + header.length - start;
}

/** A section that was read at once: small ones have dozens of blocks, each of which would be a call to the system. */
export class WholeSection implements RunSource {
  /** From its first block to the end of its header. */
  readonly bytes: Uint8Array;
  /** What is to be added to a block's offset to have its place in the buffer. */
  readonly #shift: number;

  /** @param spare see {@link RunSource.read}; not to be used as long as the section or its blocks are */
  constructor(source: RunSource, section: SectionRef, spare?: ArrayBuffer) {
    this.bytes = source.read({ offset: section.start, length: sectionBytes(section), count: 1 }, spare);
    this.#shift = this.bytes.byteOffset - section.start;
  }

  /** The buffer that holds the section. */
  get buffer(): ArrayBuffer {
    return this.bytes.buffer as ArrayBuffer;
  }

  /** Where a block begins in `bytes`. */
  placeOf({ offset }: BlockRef): number {
    return offset + this.#shift - this.bytes.byteOffset;
  }

  read({ offset, length }: BlockRef): Uint8Array {
    return new Uint8Array(this.bytes.buffer, offset + this.#shift, length);
  }
}
